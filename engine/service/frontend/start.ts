/** StartWorkflowExecution and SignalWithStart: id policies, deduplication, and the initial data of the run. */
import { randomUUID } from 'node:crypto';
import Long from 'long';
import { temporal } from '../../proto';
import { durationMs } from '../../proto-time';
import type { SignalRequest } from '../../history';
import * as history from '../../history';
import { demandFits, demandServed, demandSignal } from '../declared';
import { invalid } from '../errors';
import type { Run } from '../run';
import { admitAttributes } from '../../visibility/attributes';
import { judge, replacedBy, type Policies } from '../id-policies';
import { demandRegistered } from './namespaces';
import { namespaceOf, requireId, requireKey, type Frontend } from './context';
import { demandLinks } from './links';
import { demandPriority } from './priority';

const {
  EventType,
  TaskQueueKind,
  WorkflowIdReusePolicy: Reuse,
  WorkflowIdConflictPolicy: Conflict,
} = temporal.api.enums.v1;
/** Partitions of task queues have such names (common/tqid of a Temporal server). */
const RESERVED_QUEUES = '/_sys/';

type StartRequest = temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest;
type SignalWithStartRequest = temporal.api.workflowservice.v1.ISignalWithStartWorkflowExecutionRequest;

export async function start(
  frontend: Frontend,
  request: StartRequest
): Promise<temporal.api.workflowservice.v1.IStartWorkflowExecutionResponse> {
  demandRegistered(frontend, request.namespace);
  if (request.onConflictOptions?.attachCompletionCallbacks && !request.onConflictOptions.attachRequestId)
    throw invalid('on_conflict_options.attach_completion_callbacks', 'needs attach_request_id');
  const { run, started } = await startRun(frontend, request);
  await run.durable();
  return startAnswer(run, started, request);
}

export function startAnswer(
  run: Run,
  started: boolean,
  request: StartRequest
): temporal.api.workflowservice.v1.IStartWorkflowExecutionResponse {
  const { state } = run;
  const requestId = request.requestId ?? '';
  const reference = state.attachedRequests.has(requestId)
    ? { requestIdRef: { requestId, eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED } }
    : { eventRef: STARTED };
  return {
    runId: state.runId,
    firstExecutionRunId: state.firstRunId,
    started,
    status: state.status,
    link: { workflowEvent: { ...addressOf(run), ...reference } },
  };
}

export async function signalWithStart(
  frontend: Frontend,
  request: SignalWithStartRequest
): Promise<temporal.api.workflowservice.v1.ISignalWithStartWorkflowExecutionResponse> {
  demandRegistered(frontend, request.namespace);
  const signalName = requireId('signal_name', request.signalName);
  if (request.workflowIdConflictPolicy === Conflict.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
    throw invalid('workflow_id_conflict_policy', 'FAIL is not possible with a signal: it goes to the run that is open');
  const declared = frontend.declared(request.workflowType?.name ?? '');
  if (declared) demandSignal(declared, signalName, 'signal_input', request.signalInput);
  const signal: SignalRequest = {
    signalName,
    input: request.signalInput ?? null,
    header: request.header ?? null,
    identity: request.identity ?? '',
    requestId: request.requestId ?? '',
    links: request.links,
    endsStartDelay: true,
  };
  const { run, started } = await startRun(frontend, request, signal);
  await run.durable();
  return { runId: run.state.runId, firstExecutionRunId: run.state.firstRunId, started };
}

const STARTED = { eventId: Long.fromNumber(1), eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED };

function addressOf({ state: { namespace, workflowId, runId } }: Run) {
  return { namespace, workflowId, runId };
}

/** An update that comes with a start. */
export interface UpdateWithStart {
  updateId: string;
  admit(state: history.RunState): history.Transition;
}

/**
 * `signal`: sent to the run that starts, or to the one that is open. `update`: the same; a run that has it already is
 * used, whatever the policies say (service/history/api/multioperation/api.go of a Temporal server).
 */
export function startRun(
  frontend: Frontend,
  request: StartRequest,
  signal?: SignalRequest,
  update?: UpdateWithStart
): Promise<{ run: Run; started: boolean }> {
  const namespace = namespaceOf(frontend, request.namespace);
  const { name } = namespace;
  const workflowId = requireKey('workflow_id', request.workflowId);
  const declared = frontend.declared(requireKey('workflow_type.name', request.workflowType?.name));
  demandQueue('task_queue.name', request.taskQueue?.name);
  checkDuration('workflow_execution_timeout', request.workflowExecutionTimeout);
  checkDuration('workflow_run_timeout', request.workflowRunTimeout);
  checkDuration('workflow_task_timeout', request.workflowTaskTimeout);
  checkDuration('workflow_start_delay', request.workflowStartDelay);
  checkSchedule(request, frontend.engine.now());
  const policies = policiesOf(request, signal);
  demandPriority(request.priority);
  demandLinks(request.links);
  const admitted = admitAttributes(request.searchAttributes?.indexedFields ?? {}, namespace.searchAttributes);
  if ('problem' in admitted)
    throw invalid(admitted.name ? `search_attributes.${admitted.name}` : 'search_attributes', admitted.problem);
  if (declared) demandFits('input', request.input, declared.input);
  const { engine } = frontend;
  return engine.withWorkflowId(name, workflowId, async () => {
    // A rejection or a next run must not depend on data that is not stored, because the commit of a start or a close
    // can still fail.
    const current = await engine.current(name, workflowId);
    if (current?.state.attachedRequests.has(request.requestId ?? '')) return { run: current, started: false };
    const known = update && current?.state.updates.get(update.updateId);
    if (current && known && (known.outcome || current.isOpen)) return { run: current, started: false };
    const verdict = current ? judge(current, request.requestId ?? '', policies) : 'create';
    // A repeated request is answered as the first one was.
    if (current && verdict === 'repeated') {
      if (update && current.isOpen) current.apply(update.admit(current.state));
      return { run: current, started: true };
    }
    if (current && verdict === 'use') {
      if (current.dead) throw current.dead;
      if (signal) current.apply(history.signal(current.state, signal, current.now()));
      if (update) current.apply(update.admit(current.state));
      if (request.onConflictOptions) current.apply(history.attach(current.state, attachedBy(request), current.now()));
      return { run: current, started: false };
    }
    if (declared) demandServed(declared, request.workflowType?.name ?? '');
    const attributes = request.searchAttributes ? { indexedFields: admitted.fields } : null;
    const start = newRun(engine.now(), name, workflowId, { ...request, searchAttributes: attributes }, signal);
    if (!current || verdict === 'create')
      return { run: engine.create(start, current?.state.runId ?? null, update?.admit), started: true };
    const end = (state: history.RunState) => history.terminate(state, replacedBy(start.runId), current.now());
    return { run: engine.replace(current, end, start, update?.admit), started: true };
  });
}

export function demandQueue(field: string, name: string | null | undefined): void {
  const queue = requireKey(field, name);
  if (queue.startsWith(RESERVED_QUEUES)) throw invalid(field, `begins with the reserved ${RESERVED_QUEUES}`);
}

/** As a Temporal server, which writes the event also if nothing is attached. */
function attachedBy({ onConflictOptions: asked, requestId, links }: StartRequest): history.AttachRequest {
  return {
    requestId: asked?.attachRequestId ? requestId || randomUUID() : '',
    links: asked?.attachLinks ? links : null,
  };
}

/** Throws INVALID_ARGUMENT for policies that a Temporal server does not combine (service/frontend/workflow_handler.go). */
function policiesOf(request: StartRequest, signal: SignalRequest | undefined): Policies {
  const reuse = request.workflowIdReusePolicy ?? 0;
  const conflict = request.workflowIdConflictPolicy ?? 0;
  const terminates = conflict === Conflict.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING;
  if (reuse === Reuse.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING) {
    if (conflict) throw invalid('workflow_id_reuse_policy', 'TERMINATE_IF_RUNNING has no conflict policy beside it');
    return {
      reuse: Reuse.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
      conflict: Conflict.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING,
    };
  }
  if (terminates && reuse === Reuse.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
    throw invalid('workflow_id_reuse_policy', 'REJECT_DUPLICATE contradicts the conflict policy TERMINATE_EXISTING');
  const byDefault = signal
    ? Conflict.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
    : Conflict.WORKFLOW_ID_CONFLICT_POLICY_FAIL;
  return { reuse, conflict: conflict || byDefault };
}

function newRun(
  now: number,
  namespace: string,
  workflowId: string,
  request: StartRequest,
  signal?: SignalRequest
): Omit<history.StartRun, 'runKey'> {
  const runId = randomUUID();
  const { delayMs, initiator } = history.firstOfSchedule(request.cronSchedule, now);
  return {
    namespace,
    workflowId,
    runId,
    firstRunId: runId,
    requestId: request.requestId || randomUUID(),
    signal,
    firstWorkflowTaskAt: now + delayMs,
    startDelayMs: durationMs(request.workflowStartDelay),
    userMetadata: request.userMetadata,
    links: request.links,
    attributes: {
      workflowType: request.workflowType,
      taskQueue: { ...request.taskQueue, kind: request.taskQueue?.kind || TaskQueueKind.TASK_QUEUE_KIND_NORMAL },
      input: request.input,
      workflowExecutionTimeout: request.workflowExecutionTimeout,
      workflowRunTimeout: request.workflowRunTimeout,
      workflowTaskTimeout: request.workflowTaskTimeout,
      originalExecutionRunId: runId,
      firstExecutionRunId: runId,
      identity: request.identity,
      retryPolicy: request.retryPolicy,
      cronSchedule: request.cronSchedule,
      initiator,
      attempt: 1,
      memo: request.memo,
      searchAttributes: request.searchAttributes,
      header: request.header,
      continuedFailure: request.continuedFailure,
      lastCompletionResult: request.lastCompletionResult,
      workflowId,
      priority: request.priority,
    },
  };
}

/** As ValidateWorkflowStartDelay and ValidateSchedule of a Temporal server. */
function checkSchedule({ cronSchedule, workflowStartDelay }: StartRequest, now: number): void {
  if (!cronSchedule) return;
  if (workflowStartDelay) throw invalid('workflow_start_delay', 'is not possible with cron_schedule');
  const fault = history.cronFault(cronSchedule, now);
  if (fault) throw invalid('cron_schedule', fault);
}

function checkDuration(field: string, duration: Parameters<typeof durationMs>[0]): void {
  if (duration && durationMs(duration) < 0) throw invalid(field, 'is negative');
}
