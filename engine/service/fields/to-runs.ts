/** The fields of requests to a run that exists. */
import { honoured, ignored, notYet, refused, stored, type Fate, type Fields } from './fate';
import { CONTROL, EXECUTION, WORKER_VERSIONING } from './messages';

const LINKS = stored('event.links');
const inSignaled = (field: string): Fate => stored(`event.workflowExecutionSignaledEventAttributes.${field}`);
const inTerminated = (field: string): Fate => stored(`event.workflowExecutionTerminatedEventAttributes.${field}`);
const inAccepted = (field: string): Fate =>
  stored(`event.workflowExecutionUpdateAcceptedEventAttributes.acceptedRequest.${field}`);

export const SIGNAL: Fields = {
  namespace: honoured,
  workflowExecution: EXECUTION,
  signalName: honoured,
  input: inSignaled('input'),
  identity: inSignaled('identity'),
  requestId: honoured,
  control: CONTROL,
  header: inSignaled('header'),
  links: LINKS,
};

export const REQUEST_CANCEL: Fields = {
  namespace: honoured,
  workflowExecution: EXECUTION,
  identity: stored('event.workflowExecutionCancelRequestedEventAttributes.identity'),
  requestId: honoured,
  firstExecutionRunId: honoured,
  reason: stored('event.workflowExecutionCancelRequestedEventAttributes.cause'),
  links: LINKS,
};

const UPDATE_OPTIONS = 'service/history/api/updateworkflowoptions/api.go';

export const TERMINATE: Fields = {
  namespace: honoured,
  workflowExecution: EXECUTION,
  reason: inTerminated('reason'),
  details: inTerminated('details'),
  identity: inTerminated('identity'),
  firstExecutionRunId: honoured,
  links: LINKS,
};

/** What follows a reset in the same write; a batch asks for it, too. */
export const POST_RESET: Fields = {
  signalWorkflow: refused('unsupported post reset operation'),
  updateWorkflowOptions: {
    workflowExecutionOptions: {
      versioningOverride: WORKER_VERSIONING,
      priority: ignored('of the options, it changes the override only', UPDATE_OPTIONS),
      timeSkippingConfig: notYet('time of a run cannot be skipped'),
    },
    updateMask: { paths: honoured },
  },
};

export const RESET: Fields = {
  namespace: honoured,
  workflowExecution: EXECUTION,
  reason: stored('event.workflowTaskFailedEventAttributes.failure.message'),
  workflowTaskFinishEventId: honoured,
  requestId: honoured,
  resetReapplyType: honoured,
  resetReapplyExcludeTypes: honoured,
  postResetOperations: POST_RESET,
  identity: ignored('it is not read', 'service/history/api/resetworkflow/api.go'),
};

const inPaused = (field: string): Fate => stored(`event.workflowExecutionPausedEventAttributes.${field}`);
const inUnpaused = (field: string): Fate => stored(`event.workflowExecutionUnpausedEventAttributes.${field}`);

export const PAUSE: Fields = {
  namespace: honoured,
  workflowId: honoured,
  runId: honoured,
  identity: inPaused('identity'),
  reason: inPaused('reason'),
  requestId: honoured,
};

export const UNPAUSE: Fields = {
  ...PAUSE,
  identity: inUnpaused('identity'),
  reason: inUnpaused('reason'),
  requestId: inUnpaused('requestId'),
};

export const DELETE: Fields = { namespace: honoured, workflowExecution: EXECUTION };

export const QUERY: Fields = {
  namespace: honoured,
  execution: EXECUTION,
  query: { queryType: honoured, queryArgs: honoured, header: honoured },
  queryRejectCondition: honoured,
};

export const UPDATE: Fields = {
  namespace: honoured,
  workflowExecution: EXECUTION,
  firstExecutionRunId: honoured,
  waitPolicy: { lifecycleStage: honoured },
  request: {
    meta: { updateId: honoured, identity: inAccepted('meta.identity') },
    input: { header: inAccepted('input.header'), name: honoured, args: inAccepted('input.args') },
    requestId: ignored(
      'newer than this version, which knows an update by its id alone',
      'service/history/workflow/update/registry.go'
    ),
    completionCallbacks: refused('no callback address is configured'),
    links: inAccepted('links'),
  },
};

/** Of an update that starts its run. */
export const UPDATE_WITH_START: Fields = {
  ...UPDATE,
  firstExecutionRunId: refused('FirstExecutionRunId is not allowed.'),
  workflowExecution: { workflowId: honoured, runId: refused('RunId is not allowed.') },
};

export const POLL_UPDATE: Fields = {
  namespace: honoured,
  updateRef: { workflowExecution: EXECUTION, updateId: honoured },
  identity: ignored('it is not read', 'service/history/api/pollupdate/api.go'),
  waitPolicy: { lifecycleStage: honoured },
};
