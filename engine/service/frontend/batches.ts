/**
 * StartBatchOperation and its neighbours, as service/frontend/workflow_handler.go and service/worker/batcher of a Temporal
 * server (v1.29.1). There a batch is a workflow of the server's own; here it is a row (../batches.ts).
 */
import { createHash } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import Long from 'long';
import type { HistoryEvent } from '../../history';
import { flowsOf, mayAnywhere } from '../../permissions/permissions';
import { temporal } from '../../proto';
import { idOf, toTimestamp } from '../../proto-time';
import { readJson } from '../../flow/values/json';
import { eventsFromHistory } from '../../run-view/events-from-history';
import { resetPointOf } from '../../run-view/reset-preview';
import { PAUSE_INFO, STATUS } from '../../run-name';
import { BATCH_OUTCOMES } from '../../store/port';
import type { Filter } from '../../visibility/record';
import { demandAccess, denied, visibleTo } from '../access';
import { batchedOf } from '../batched';
import type { Batch, BatchAction, BatchRequest, OwnOperation, Progress, Target } from '../batches';
import { alreadyStarted, invalid, notFound, ServiceError } from '../errors';
import { requireReason, resetActivity, unpauseActivity, updateActivityOptions } from './activities';
import { namespaceOf, requireKey, runOf, type Caller, type Frontend } from './context';
import * as interact from './interact';
import { demandPostReset } from './post-reset';
import type { workflowservice } from './requests';
import { reset } from './reset';
import { queryFilter } from './visibility';

const { StartBatchOperationRequest } = temporal.api.workflowservice.v1;
const {
  BatchOperationState: State,
  BatchOperationType: OperationType,
  EventType,
  ResetReapplyExcludeType: Exclude,
  ResetType,
} = temporal.api.enums.v1;

/** As on a Temporal server. */
const MOST_AT_ONCE = 1;
const MOST_EXECUTIONS = 1_000;
const MAX_PAGE = 1_000;

export async function startBatch(
  frontend: Frontend,
  request: BatchRequest,
  caller: Caller
): Promise<workflowservice.IStartBatchOperationResponse> {
  const named = demandBatch(frontend, request);
  demandOperation(request);
  return begin(frontend, request, named, caller);
}

export interface RunsBatchRequest {
  namespace: string;
  jobId: string;
  visibilityQuery: string;
  runs: Target[];
  reason: string;
  identity: string;
  kind: string;
  step: string;
  withoutSignals: boolean;
  withoutUpdates: boolean;
}

/** What only our batches can do; otherwise as StartBatchOperation. */
export async function startRunsBatch(frontend: Frontend, asked: RunsBatchRequest, caller: Caller): Promise<void> {
  const { runs: executions, namespace, jobId, visibilityQuery, reason } = asked;
  const request = StartBatchOperationRequest.fromObject({ namespace, jobId, visibilityQuery, executions, reason });
  const named = demandBatch(frontend, request);
  const own = ownOperationOf(asked);
  const { operation } = OWN[own.kind];
  if (!mayAnywhere(caller, operation)) throw denied(caller, operation);
  await begin(frontend, request, named, caller, own);
}

function ownOperationOf(asked: RunsBatchRequest): OwnOperation {
  const { kind, identity, step, withoutSignals, withoutUpdates } = asked;
  if (kind === 'pause' || kind === 'unpause') return { kind, identity };
  if (kind !== 'resetToStep') throw invalid('kind', `is not one of ${Object.keys(OWN).join(', ')}`);
  if (!step) throw invalid('step', 'is not set');
  return { kind, identity, step, withoutSignals, withoutUpdates };
}

/** Returns its name. */
function demandBatch(frontend: Frontend, request: BatchRequest): { namespace: string; jobId: string } {
  const { name: namespace } = namespaceOf(frontend, request.namespace);
  const jobId = requireKey('job_id', request.jobId);
  if (!requireReason(request.reason)) throw invalid('reason', 'is not set');
  const executions = request.executions ?? [];
  if (!request.visibilityQuery && executions.length === 0)
    throw invalid('visibility_query', 'must provide required parameters: VisibilityQuery or Executions');
  if (request.visibilityQuery && executions.length > 0)
    throw invalid('executions', 'batch query and executions are mutually exclusive');
  if (executions.length > MOST_EXECUTIONS) throw invalid('executions', `are more than ${MOST_EXECUTIONS}`);
  for (const { workflowId } of executions) if (!workflowId) throw invalid('executions.workflow_id', 'is not set');
  return { namespace, jobId };
}

async function begin(
  frontend: Frontend,
  request: BatchRequest,
  { namespace, jobId }: { namespace: string; jobId: string },
  caller: Caller,
  own?: OwnOperation
): Promise<workflowservice.IStartBatchOperationResponse> {
  const { batches, engine } = frontend;
  const total = request.executions?.length ?? 0;
  const progress = { caller, total, done: 0, failed: 0, failures: [], next: null, stopped: null };
  const batch: Batch = {
    namespace,
    jobId,
    startTime: engine.now(),
    closeTime: null,
    request,
    progress: own ? { ...progress, own } : progress,
    unstored: [],
  };
  // Throws for a query that cannot be read.
  const { filter } = batchAction(frontend, batch);
  return engine.exclusively(`batches ${namespace}`, async () => {
    if (batches.find(namespace, jobId)) throw alreadyStarted(`batch operation ${jobId} exists already`, '', '');
    if (batches.of(namespace).filter(({ closeTime }) => closeTime === null).length >= MOST_AT_ONCE)
      throw new ServiceError(status.RESOURCE_EXHAUSTED, 'Max concurrent batch operations is reached');
    if (total === 0) {
      const [counted] = await engine.store.count(namespace, filter, null);
      batch.progress.total = counted?.count ?? 0;
    }
    await batches.start(batch);
    return {};
  });
}

/** As ValidateBatchOperation (service/worker/batcher/workflow.go). */
function demandOperation(request: BatchRequest): void {
  const batched = batchedOf(request);
  if (!batched) throw invalid('operation', 'Batch operation is not set on request.');
  if (request.signalOperation && !request.signalOperation.signal)
    throw invalid('signal_operation.signal', 'must provide signal name');
  const { resetOperation } = request;
  if (resetOperation) {
    const { options, resetType } = resetOperation;
    demandPostReset(resetOperation.postResetOperations);
    if (options && !options.firstWorkflowTask && !options.lastWorkflowTask && !idOf(options.workflowTaskId))
      throw invalid('reset_operation.options', 'batch reset missing target');
    if (!options && !resetType) throw invalid('reset_operation.reset_type', 'unknown batch reset type');
  }
  const ofActivities =
    request.unpauseActivitiesOperation ?? request.resetActivitiesOperation ?? request.updateActivityOptionsOperation;
  if (ofActivities && !ofActivities.type && !ofActivities.matchAll)
    throw invalid('operation.activity', 'Either activity type must be set, or match all should be set to true');
  const options = request.updateActivityOptionsOperation;
  if (options && Boolean(options.activityOptions) === Boolean(options.restoreOriginal))
    throw invalid('update_activity_options_operation', 'either activity options or restore original must be set');
}

export async function stopBatch(
  frontend: Frontend,
  request: workflowservice.IStopBatchOperationRequest,
  caller: Caller
): Promise<workflowservice.IStopBatchOperationResponse> {
  const batch = batchNamed(frontend, request);
  if (!requireReason(request.reason)) throw invalid('reason', 'Reason is not set on request.');
  const { operation } = batchAction(frontend, batch);
  // Whoever may do it to some flows only stops only what they began.
  if (flowsOf(caller, operation) !== null && batch.progress.caller.name !== caller.name)
    throw denied(caller, operation);
  if (batch.closeTime !== null) throw notFound('workflow execution already completed');
  await frontend.batches.stop(batch, { identity: request.identity ?? '', reason: request.reason ?? '' });
  return {};
}

function batchNamed(frontend: Frontend, request: { namespace?: string | null; jobId?: string | null }): Batch {
  const { name } = namespaceOf(frontend, request.namespace);
  const jobId = requireKey('job_id', request.jobId);
  const batch = frontend.batches.find(name, jobId);
  if (!batch) throw notFound(`batch operation ${jobId} not found`);
  return batch;
}

export function describeBatch(
  frontend: Frontend,
  request: workflowservice.IDescribeBatchOperationRequest
): workflowservice.IDescribeBatchOperationResponse {
  const batch = batchNamed(frontend, request);
  const { done, failed, total, stopped } = batch.progress;
  const batched = batchedOf(batch.request);
  const hasEnded = batch.closeTime !== null && !stopped;
  return {
    ...infoOf(batch),
    totalOperationCount: Long.fromNumber(hasEnded ? done + failed : Math.max(total, done + failed)),
    completeOperationCount: Long.fromNumber(done),
    failureOperationCount: Long.fromNumber(failed),
    identity: batch.progress.own?.identity ?? (batched && batch.request[batched.field]?.identity) ?? '',
    reason: batch.request.reason,
    query: batch.request.visibilityQuery,
  };
}

const infoOf = (batch: Batch): temporal.api.batch.v1.IBatchOperationInfo => ({
  jobId: batch.jobId,
  state: stateOf(batch),
  operationType: operationTypeOf(batch),
  startTime: toTimestamp(batch.startTime),
  closeTime: batch.closeTime === null ? null : toTimestamp(batch.closeTime),
});

/** Temporal has no number for what only our batches do, but a reset is a reset. */
const operationTypeOf = ({ request, progress: { own } }: Batch): number =>
  own?.kind === 'resetToStep' ? OperationType.BATCH_OPERATION_TYPE_RESET : (batchedOf(request)?.type ?? 0);

function stateOf({ closeTime, progress: { stopped } }: Batch): temporal.api.enums.v1.BatchOperationState {
  if (closeTime === null) return State.BATCH_OPERATION_STATE_RUNNING;
  return stopped ? State.BATCH_OPERATION_STATE_FAILED : State.BATCH_OPERATION_STATE_COMPLETED;
}

/** The token is the number of batches before the page. */
export function listBatches(
  frontend: Frontend,
  { namespace, pageSize, nextPageToken }: workflowservice.IListBatchOperationsRequest
): workflowservice.IListBatchOperationsResponse {
  const { name } = namespaceOf(frontend, namespace);
  const from = nextPageToken?.length ? Number(new TextDecoder().decode(nextPageToken)) : 0;
  if (!Number.isSafeInteger(from) || from < 0) throw invalid('next_page_token', 'is not a token of this engine');
  const all = frontend.batches.of(name);
  const to = from + (pageSize && pageSize > 0 ? Math.min(pageSize, MAX_PAGE) : MAX_PAGE);
  return {
    operationInfo: all.slice(from, to).map(infoOf),
    nextPageToken: to < all.length ? new TextEncoder().encode(String(to)) : new Uint8Array(),
  };
}

// --- what became of its runs ---

export type BatchResultsRequest = {
  namespace: string;
  jobId: string;
  /** One of BATCH_OUTCOMES, 'waiting' for runs that were not asked yet, or '' for all that were. */
  outcome: string;
  pageSize: number;
  pageToken: string;
};

export interface BatchResults {
  results: { workflowId: string; runId: string; outcome: string; problem: string; atMs: number }[];
  nextPageToken: string;
}

/** The token is that of the last run of a page. */
export async function listBatchResults(frontend: Frontend, request: BatchResultsRequest): Promise<BatchResults> {
  const batch = batchNamed(frontend, request);
  const { outcome, pageToken } = request;
  const limit = request.pageSize > 0 ? Math.min(request.pageSize, MAX_PAGE) : MAX_PAGE;
  const from = pageToken ? readToken(pageToken) : undefined;
  if (outcome === 'waiting') {
    const { targets, next } = await frontend.batches.waiting(batch, from as Progress['next'] | undefined, limit);
    const results = targets.map((target) => ({ ...target, outcome, problem: '', atMs: 0 }));
    return { results, nextPageToken: targets.length > 0 ? JSON.stringify(next) : '' };
  }
  const asked = BATCH_OUTCOMES.find((each) => each === outcome) ?? null;
  if (outcome !== '' && !asked)
    throw invalid('outcome', `is not one of ${[...BATCH_OUTCOMES, 'waiting'].join(', ')}, or empty`);
  const after = from === undefined ? -1 : Number(from);
  const found = await frontend.batches.results(batch, { outcome: asked, after, limit });
  return {
    results: found.map(({ number: _, problem, at, ...result }) => ({ ...result, problem: problem ?? '', atMs: at })),
    nextPageToken: found.length === limit ? String(found.at(-1)?.number ?? '') : '',
  };
}

function readToken(token: string): unknown {
  try {
    const read: unknown = readJson(token);
    if (Number.isSafeInteger(read)) return read;
    const { startTime, runKey } = (read ?? {}) as { startTime?: unknown; runKey?: unknown };
    if (Number.isSafeInteger(startTime) && Number.isSafeInteger(runKey)) return { startTime, runKey };
  } catch {
    // Refused below.
  }
  throw invalid('page_token', 'is not a token of this engine');
}

// --- what a batch does ---

/** As BATCHED, of what only our batches do. */
const OWN = {
  pause: { method: 'PauseWorkflowExecution', operation: 'runs.pause', isForOpenRuns: true },
  unpause: { method: 'UnpauseWorkflowExecution', operation: 'runs.unpause', isForOpenRuns: true },
  resetToStep: { method: 'ResetWorkflowExecution', operation: 'runs.reset', isForOpenRuns: false },
} as const satisfies Record<
  OwnOperation['kind'],
  Pick<NonNullable<ReturnType<typeof batchedOf>>, 'method' | 'operation' | 'isForOpenRuns'>
>;

/** Throws INVALID_ARGUMENT for a query that cannot be read. */
export function batchAction(frontend: Frontend, batch: Batch): BatchAction {
  const { request, namespace, jobId, progress } = batch;
  const { caller, own } = progress;
  const batched = own ? OWN[own.kind] : batchedOf(request);
  if (!batched) throw new Error(`batch ${jobId} has no operation`);
  const { operation, method, isForOpenRuns } = batched;
  const performs = own ? ownPerformer(frontend, batch, own) : performer(frontend, batch);
  return {
    method,
    operation,
    filter: filterOf(frontend, request, isForOpenRuns, visibleTo(caller, operation)),
    perform: async (target) => {
      await demandAccess(frontend, operation, 'run', { namespace, execution: target }, caller);
      return performs(target);
    },
  };
}

function filterOf(
  frontend: Frontend,
  request: BatchRequest,
  isForOpenRuns: boolean,
  visible: Filter | null
): Filter | null {
  const asked = queryFilter(request.visibilityQuery, namespaceOf(frontend, request.namespace));
  const isOpen: Filter = { op: '=', field: 'ExecutionStatus', value: STATUS.running };
  const { type, matchAll } = request.unpauseActivitiesOperation ?? {};
  const isPaused: Filter | null = type
    ? { op: '=', field: PAUSE_INFO, value: `property:activityType=${type}` }
    : matchAll
      ? { op: 'isNotNull', field: PAUSE_INFO }
      : null;
  const of = [asked, isForOpenRuns ? isOpen : null, isPaused, visible].filter((part) => part !== null);
  return of.length > 1 ? { op: 'and', of } : (of[0] ?? null);
}

function performer(frontend: Frontend, { request, namespace, jobId }: Batch): (target: Target) => Promise<unknown> {
  const reason = request.reason ?? '';
  const { terminationOperation: termination, signalOperation: signal, cancellationOperation: cancellation } = request;
  const { unpauseActivitiesOperation: unpause, resetActivitiesOperation: resets } = request;
  const { updateActivityOptionsOperation: options, resetOperation } = request;
  if (termination) {
    const { details, identity } = termination;
    return (workflowExecution) =>
      interact.terminate(frontend, { namespace, workflowExecution, reason, details, identity });
  }
  if (signal) {
    const { signal: signalName, ...rest } = signal;
    return (workflowExecution) =>
      interact.signal(frontend, { namespace, workflowExecution, signalName, ...rest, requestId: jobId });
  }
  if (cancellation) {
    const { identity } = cancellation;
    return (workflowExecution) =>
      interact.requestCancel(frontend, { namespace, workflowExecution, reason, identity, requestId: jobId });
  }
  if (resetOperation) return (target) => resetOne(frontend, { namespace, jobId, reason }, resetOperation, target);
  if (unpause) {
    const { type, matchAll: unpauseAll, resetAttempts, resetHeartbeat, jitter } = unpause;
    const release = { type, unpauseAll, resetAttempts, resetHeartbeat, jitter };
    return (execution) => unpauseActivity(frontend, { namespace, execution, ...release });
  }
  if (resets) return (execution) => resetActivity(frontend, { namespace, execution, ...resets });
  if (options) return (execution) => updateActivityOptions(frontend, { namespace, execution, ...options });
  return (workflowExecution) => interact.remove(frontend, { namespace, workflowExecution });
}

function ownPerformer(
  frontend: Frontend,
  { request, namespace, jobId }: Batch,
  own: OwnOperation
): (target: Target) => Promise<unknown> {
  const reason = request.reason ?? '';
  const { kind, identity } = own;
  if (kind === 'resetToStep') {
    const excluded = [
      ...(own.withoutSignals ? [Exclude.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL] : []),
      ...(own.withoutUpdates ? [Exclude.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE] : []),
    ];
    const options = { resetReapplyExcludeTypes: excluded };
    return (target) => resetOne(frontend, { namespace, jobId, reason }, { options }, target, own.step);
  }
  const act = kind === 'pause' ? interact.pause : interact.unpause;
  return (target) => act(frontend, { namespace, ...target, identity, reason, requestId: jobId });
}

interface ResetOf {
  namespace: string;
  jobId: string;
  reason: string;
}

async function resetOne(
  frontend: Frontend,
  { namespace, jobId, reason }: ResetOf,
  { options, resetType, resetReapplyType, postResetOperations }: temporal.api.batch.v1.IBatchOperationReset,
  target: Target,
  step: string | null = null
): Promise<unknown> {
  const run = await runOf(frontend, namespace, target);
  const { workflowId, runId } = run.state;
  const requestId = requestIdOf(jobId, runId);
  if (run.state.startRequestId === requestId || (await isResetBy(frontend, run.state, requestId))) return {};
  const events = await frontend.engine.readEvents(run.runKey, 1, run.durableNextEventId);
  const isFirst = options ? Boolean(options.firstWorkflowTask) : resetType === ResetType.RESET_TYPE_FIRST_WORKFLOW_TASK;
  const ofStep =
    step === null ? null : (resetPointOf(step, eventsFromHistory({ events: events.filter(mayBegin) })) ?? 0);
  if (ofStep === 0)
    throw new ServiceError(
      status.FAILED_PRECONDITION,
      `the run has not come to the step '${step}', so it cannot be reset to it`
    );
  const point = ofStep ?? (idOf(options?.workflowTaskId) || pointOf(events, isFirst));
  if (!point) throw invalid('reset_operation', 'unable to find any scheduled or completed task');
  return reset(frontend, {
    namespace,
    workflowExecution: { workflowId, runId },
    reason,
    requestId,
    workflowTaskFinishEventId: Long.fromNumber(point),
    resetReapplyType: options ? options.resetReapplyType : resetReapplyType,
    resetReapplyExcludeTypes: options?.resetReapplyExcludeTypes,
    postResetOperations,
  });
}

/** [BAT1] The run that this request made of it may have been followed by others. */
async function isResetBy(
  frontend: Frontend,
  { namespace, workflowId, resetRunId }: { namespace: string; workflowId: string; resetRunId: string },
  requestId: string
): Promise<boolean> {
  const made = resetRunId ? await frontend.engine.find(namespace, workflowId, resetRunId) : null;
  return made?.state.startRequestId === requestId;
}

/** Events with which a step can begin (RPV1). */
const BEGINNINGS: readonly unknown[] = [
  EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
  EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
  EventType.EVENT_TYPE_TIMER_STARTED,
];
const mayBegin = ({ eventType }: HistoryEvent): boolean => BEGINNINGS.includes(eventType);

const requestIdOf = (jobId: string, runId: string): string =>
  createHash('sha256').update(`${jobId}/${runId}`).digest('hex').slice(0, 36);

/** As getFirstWorkflowTaskEventID and getLastWorkflowTaskEventID (service/worker/batcher/activities.go). */
function pointOf(events: readonly HistoryEvent[], isFirst: boolean): number {
  const isCompleted = ({ eventType }: HistoryEvent) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED;
  const completed = isFirst ? events.find(isCompleted) : events.findLast(isCompleted);
  if (completed) return idOf(completed.eventId);
  const scheduled = events.find(({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
  return scheduled ? idOf(scheduled.eventId) + 1 : 0;
}
