/** StartWorkflowExecution and SignalWithStart: id policies, deduplication, and the initial data of the run. */
import { randomUUID } from 'node:crypto';
import { temporal } from '../../proto';
import { durationMs } from '../../proto-time';
import type { SignalRequest } from '../../history';
import * as history from '../../history';
import { demandFits, demandServed, demandSignal } from '../declared';
import { alreadyStarted, invalid } from '../errors';
import type { Run } from '../run';
import { namespaceOf, requireId, type Frontend } from './context';
import { STATUS } from '../../run-name';

const { WorkflowIdReusePolicy: Reuse, WorkflowIdConflictPolicy: Conflict } = temporal.api.enums.v1;
type StartRequest = temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest;

export async function start(
  frontend: Frontend,
  request: StartRequest
): Promise<temporal.api.workflowservice.v1.IStartWorkflowExecutionResponse> {
  const { run, started } = await startRun(frontend, request);
  await run.durable();
  return { runId: run.state.runId, started, status: run.state.status };
}

export async function signalWithStart(
  frontend: Frontend,
  request: temporal.api.workflowservice.v1.ISignalWithStartWorkflowExecutionRequest
): Promise<temporal.api.workflowservice.v1.ISignalWithStartWorkflowExecutionResponse> {
  const signalName = requireId('signal_name', request.signalName);
  const declared = frontend.declared(request.workflowType?.name ?? '');
  if (declared) demandSignal(declared, signalName, 'signal_input', request.signalInput);
  const signal: SignalRequest = {
    signalName,
    input: request.signalInput ?? null,
    header: request.header ?? null,
    identity: request.identity ?? '',
    requestId: request.requestId ?? '',
  };
  const { run, started } = await startRun(
    frontend,
    { ...request, workflowIdConflictPolicy: Conflict.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING },
    signal
  );
  // The same request again: its signal is in the history right after the start, whether or not the run is still open.
  const repeated = signal.requestId !== '' && run.state.startRequestId === signal.requestId;
  if (!started && !repeated) await frontend.engine.decide(run, (state) => history.signal(state, signal, run.now()));
  await run.durable();
  return { runId: run.state.runId, started };
}

function startRun(
  frontend: Frontend,
  request: StartRequest,
  signal?: SignalRequest
): Promise<{ run: Run; started: boolean }> {
  const { name } = namespaceOf(frontend, request.namespace);
  const workflowId = requireId('workflow_id', request.workflowId);
  const declared = frontend.declared(requireId('workflow_type.name', request.workflowType?.name));
  requireId('task_queue.name', request.taskQueue?.name);
  checkDuration('workflow_execution_timeout', request.workflowExecutionTimeout);
  checkDuration('workflow_run_timeout', request.workflowRunTimeout);
  checkDuration('workflow_task_timeout', request.workflowTaskTimeout);
  checkDuration('workflow_start_delay', request.workflowStartDelay);
  if (request.cronSchedule) throw invalid('cron_schedule', 'is not supported by this engine yet');
  for (const [attribute, payload] of Object.entries(request.searchAttributes?.indexedFields ?? {}))
    if (!history.isReadableSearchAttribute(payload))
      throw invalid(`search_attributes.${attribute}`, 'is not valid JSON, or has text that cannot be stored');
  if (declared) demandFits('input', request.input, declared.input);
  const { engine } = frontend;
  return engine.withWorkflowId(name, workflowId, async () => {
    const current = await engine.find(name, workflowId, '');
    // A rejection or a next run must not depend on data that is not stored, because the commit of a start or a close
    // can still fail.
    await current?.told();
    const verdict = current ? judge(current, request) : 'create';
    if (current && verdict === 'use') return { run: current, started: false };
    if (declared) demandServed(declared, request.workflowType?.name ?? '');
    const start = newRun(engine.now(), name, workflowId, request, signal);
    if (!current || verdict === 'create')
      return { run: engine.create(start, current?.state.runId ?? null), started: true };
    const reason = 'TerminateIfRunning WorkflowIdReusePolicy Policy';
    const identity = request.identity ?? '';
    const end = (state: history.RunState) =>
      history.terminate(state, { reason, details: null, identity }, current!.now());
    return { run: engine.replace(current, end, start), started: true };
  });
}

/**
 * What a start does if there is already a run with its id: use that run, create the next one, or end it and create
 * the next one. Throws if the policies do not allow it.
 */
function judge(current: Run, request: StartRequest): 'use' | 'create' | 'replace' {
  const { state } = current;
  if (request.requestId && state.startRequestId === request.requestId) return 'use';
  const reuse = request.workflowIdReusePolicy ?? 0;
  const conflict = request.workflowIdConflictPolicy ?? 0;
  if (current.isOpen) {
    const replaces =
      conflict === Conflict.WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING ||
      reuse === Reuse.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING;
    if (replaces) return 'replace';
    if (conflict === Conflict.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING) return 'use';
    const message = `Workflow execution is already running. WorkflowId: ${state.workflowId}, RunId: ${state.runId}.`;
    throw alreadyStarted(message, state.runId, state.startRequestId);
  }
  const completed = state.status === STATUS.completed;
  const refuses =
    reuse === Reuse.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE ||
    (reuse === Reuse.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY && completed);
  if (!refuses) return 'create';
  const message = `Workflow execution already finished${completed ? ' successfully' : ''}. WorkflowId: ${state.workflowId}, RunId: ${state.runId}. Workflow Id reuse policy refuses another.`;
  throw alreadyStarted(message, state.runId, state.startRequestId);
}

function newRun(
  now: number,
  namespace: string,
  workflowId: string,
  request: StartRequest,
  signal?: SignalRequest
): Omit<history.StartRun, 'runKey'> {
  const runId = randomUUID();
  return {
    namespace,
    workflowId,
    runId,
    firstRunId: runId,
    requestId: request.requestId || randomUUID(),
    signal,
    firstWorkflowTaskAt: now + durationMs(request.workflowStartDelay),
    attributes: {
      workflowType: request.workflowType,
      taskQueue: request.taskQueue,
      input: request.input,
      workflowExecutionTimeout: request.workflowExecutionTimeout,
      workflowRunTimeout: request.workflowRunTimeout,
      workflowTaskTimeout: request.workflowTaskTimeout,
      originalExecutionRunId: runId,
      firstExecutionRunId: runId,
      identity: request.identity,
      retryPolicy: request.retryPolicy,
      attempt: 1,
      memo: request.memo,
      searchAttributes: request.searchAttributes,
      header: request.header,
      firstWorkflowTaskBackoff: request.workflowStartDelay,
      workflowId,
      priority: request.priority,
    },
  };
}

function checkDuration(field: string, duration: Parameters<typeof durationMs>[0]): void {
  if (duration && durationMs(duration) < 0) throw invalid(field, 'is negative');
}
