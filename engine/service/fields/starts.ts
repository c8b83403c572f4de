/** The fields of StartWorkflowExecution and SignalWithStartWorkflowExecution. */
import { honoured, ignored, notYet, refused, stored, type Fate, type Fields } from './fate';
import { CONTROL, RETRY_POLICY, TASK_QUEUE, WORKER_VERSIONING } from './messages';

const inStarted = (field: string): Fate => stored(`event.workflowExecutionStartedEventAttributes.${field}`);

const EAGER = ignored(
  'a server may always answer without a first task, and the capability eager_workflow_start is not set',
  'service/history/api/startworkflow/api.go'
);

const EITHER: Fields = {
  namespace: honoured,
  workflowId: honoured,
  workflowType: { name: honoured },
  taskQueue: TASK_QUEUE,
  input: inStarted('input'),
  workflowExecutionTimeout: honoured,
  workflowRunTimeout: honoured,
  workflowTaskTimeout: honoured,
  identity: inStarted('identity'),
  requestId: honoured,
  workflowIdReusePolicy: honoured,
  workflowIdConflictPolicy: honoured,
  retryPolicy: RETRY_POLICY,
  cronSchedule: honoured,
  memo: stored('describe.workflowExecutionInfo.memo'),
  searchAttributes: honoured,
  header: inStarted('header'),
  workflowStartDelay: honoured,
  userMetadata: stored('describe.executionConfig.userMetadata'),
  links: stored('event.links'),
  versioningOverride: WORKER_VERSIONING,
  priority: stored('describe.workflowExecutionInfo.priority'),
  timeSkippingConfig: notYet('this engine skips no time for single runs'),
};

export const START: Fields = {
  ...EITHER,
  requestEagerExecution: EAGER,
  eagerWorkerDeploymentOptions: EAGER,
  continuedFailure: inStarted('continuedFailure'),
  lastCompletionResult: inStarted('lastCompletionResult'),
  // A Temporal server with its default configuration allows no address.
  completionCallbacks: refused('no callback address is configured'),
  onConflictOptions: {
    attachRequestId: honoured,
    // There are none: `completionCallbacks` is refused.
    attachCompletionCallbacks: honoured,
    attachLinks: honoured,
  },
};

/** Of an update that starts its run (service/frontend/workflow_handler.go). */
export const START_FOR_UPDATE: Fields = {
  ...START,
  cronSchedule: refused('CronSchedule is not allowed.'),
  requestEagerExecution: refused('RequestEagerExecution is not supported.'),
  workflowStartDelay: refused('WorkflowStartDelay is not supported.'),
};

export const SIGNAL_WITH_START: Fields = {
  ...EITHER,
  signalName: honoured,
  signalInput: stored('signal.workflowExecutionSignaledEventAttributes.input'),
  control: CONTROL,
};
