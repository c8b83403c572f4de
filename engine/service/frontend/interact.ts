/** Signals, cancels, terminations, queries and updates. */
import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { temporal } from '../../proto';
import type { workflowservice } from './requests';
import * as history from '../../history';
import { demandFits, demandSignal, type Declared } from '../declared';
import { asServiceError, invalid, notFound, queryFailed, runCompleted, runNotFound, ServiceError } from '../errors';
import type { Run } from '../run';
import { MOST_REASON, requireReason } from './activities';
import { declaredBy, requireId, runOf, type Frontend } from './context';
import { demandLinks } from './links';

const { UpdateWorkflowExecutionLifecycleStage: Stage, QueryResultType, QueryRejectCondition } = temporal.api.enums.v1;

/**
 * How long a request waits for an update before it returns the known stage. The client then sends the request again.
 */
const UPDATE_WAIT_MS = 20_000;

export async function signal(frontend: Frontend, request: workflowservice.ISignalWorkflowExecutionRequest) {
  const signalName = requireId('signal_name', request.signalName);
  demandLinks(request.links);
  return onRun(frontend, request, async (run) => {
    if (await isRepeat(run, run.state.signalRequestIds, request.requestId)) return {};
    const declared = declaredBy(frontend, run);
    if (declared) demandSignal(declared, signalName, 'input', request.input);
    const { engine } = frontend;
    await engine.decide(run, (state) =>
      history.signal(
        state,
        {
          signalName,
          input: request.input ?? null,
          header: request.header ?? null,
          identity: request.identity ?? '',
          requestId: request.requestId ?? '',
          links: request.links,
        },
        run.now()
      )
    );
    return {};
  });
}

export async function requestCancel(
  frontend: Frontend,
  request: workflowservice.IRequestCancelWorkflowExecutionRequest
) {
  demandLinks(request.links);
  return onRun(frontend, request, async (run) => {
    const { reason, identity, requestId, links } = request;
    // As a Temporal server, which has nothing to do for a run that has closed.
    if (!run.isOpen || (requestId && run.state.cancelRequestIds.has(requestId))) {
      await run.durable();
      return {};
    }
    await frontend.engine.decide(run, (state) =>
      history.requestCancel(
        state,
        { reason: reason ?? '', identity: identity ?? '', requestId: requestId ?? '', links },
        run.now()
      )
    );
    return {};
  });
}

/** Who ends a run without saying who or why, in the words of a Temporal server (service/frontend/workflow_handler.go). */
const TERMINATED_BY_USER = { reason: 'terminated by user via frontend', identity: 'frontend-service' };

export async function terminate(frontend: Frontend, request: workflowservice.ITerminateWorkflowExecutionRequest) {
  demandLinks(request.links);
  return onRun(frontend, request, async (run) => {
    if (!run.isOpen) throw runCompleted();
    const reason = request.reason || TERMINATED_BY_USER.reason;
    const identity = request.identity || TERMINATED_BY_USER.identity;
    const { details, links } = request;
    await frontend.engine.decide(run, (state) =>
      history.terminate(state, { reason, details: details ?? null, identity, links }, run.now())
    );
    return {};
  });
}

/** As by Temporal servers after version 1.29, which has no pause of a run (history/paused.ts). */
export async function pause(frontend: Frontend, request: workflowservice.IPauseWorkflowExecutionRequest) {
  const asked = pauseRequest(request);
  return onRun(frontend, pausedRun(request), async (run) => {
    if (await isRepeat(run, run.state.pauseRequestIds, asked.requestId)) return {};
    await frontend.engine.decide(run, (state) => history.pauseRun(state, asked, run.now()));
    return {};
  });
}

export async function unpause(frontend: Frontend, request: workflowservice.IUnpauseWorkflowExecutionRequest) {
  const asked = pauseRequest(request);
  const { engine } = frontend;
  return onRun(frontend, pausedRun(request), async (run) => {
    if (await isRepeat(run, run.state.unpauseRequestIds, asked.requestId)) return {};
    await engine.decide(run, (state) => history.unpauseRun(state, asked, engine.epoch, run.now()));
    return {};
  });
}

type PauseFields = workflowservice.IPauseWorkflowExecutionRequest;
const pausedRun = ({ namespace, workflowId, runId }: PauseFields): RunRequest => ({
  namespace,
  workflowExecution: { workflowId, runId },
});

function pauseRequest({ identity, reason, requestId }: PauseFields): history.PauseRequest {
  for (const [name, text] of Object.entries({ identity, request_id: requestId }))
    if ((text?.length ?? 0) > MOST_REASON) throw invalid(name, `is longer than ${MOST_REASON} characters`);
  return { identity: identity ?? '', reason: requireReason(reason), requestId: requestId ?? '' };
}

/**
 * As on a Temporal server it is answered when that is certain, which is before the run is gone. A run of a published flow
 * may have to stay (history/deletion.ts).
 */
export function remove(frontend: Frontend, request: workflowservice.IDeleteWorkflowExecutionRequest) {
  return onRun(frontend, request, async (run) => {
    await frontend.engine.decide(run, (state) => history.deleteByRequest(state, run.now()));
    return {};
  });
}

/**
 * True if the request was accepted before. A client that repeats a request may not have seen this, nor that the run
 * has closed since. A new request to a closed run is rejected.
 */
async function isRepeat(run: Run, taken: ReadonlySet<string>, requestId: string | null | undefined): Promise<boolean> {
  if (requestId && taken.has(requestId)) {
    await run.durable();
    return true;
  }
  if (!run.isOpen) throw runCompleted();
  return false;
}

interface RunRequest {
  namespace?: string | null;
  workflowExecution?: temporal.api.common.v1.IWorkflowExecution | null;
  firstExecutionRunId?: string | null;
}

/**
 * Acts on the run that a request names. Without a run id that is the current one: if it closes before the request is
 * decided, and another run follows in the same commit, the request is for that one.
 */
async function onRun<T>(frontend: Frontend, request: RunRequest, act: (run: Run) => T | Promise<T>): Promise<T> {
  const isCurrent = !request.workflowExecution?.runId || request.firstExecutionRunId;
  for (;;) {
    const run = await runNamed(frontend, request);
    if (isCurrent && !run.isOpen && run.successor) continue;
    try {
      return await act(run);
    } catch (error) {
      if (!isCurrent || run.isOpen || !run.successor || asServiceError(error).code !== status.NOT_FOUND) throw error;
    }
  }
}

/**
 * With the id of the first run of a chain, the current run of that chain is meant, whatever the run id says, as on a
 * Temporal server (service/history/api/requestcancelworkflow/api.go).
 */
async function runNamed(frontend: Frontend, request: RunRequest): Promise<Run> {
  const { firstExecutionRunId: first } = request;
  const named = first ? { workflowId: request.workflowExecution?.workflowId } : request.workflowExecution;
  const run = await runOf(frontend, request.namespace, named);
  if (first && run.isOpen && run.state.firstRunId !== first) throw runNotFound(run.state.workflowId, first);
  return run;
}

export async function query(frontend: Frontend, request: workflowservice.IQueryWorkflowRequest) {
  const run = await runOf(frontend, request.namespace, request.execution, 'execution');
  requireId('query.query_type', request.query?.queryType);
  const bytes = history.payloadsBytes(request.query?.queryArgs);
  const { maxPayloadBytes } = run.state.rules.limits;
  if (bytes > maxPayloadBytes) {
    const problem = `limit maxPayloadBytes: the arguments have ${bytes} bytes, at most ${maxPayloadBytes} are allowed`;
    throw invalid('query.query_args', problem);
  }
  const condition = request.queryRejectCondition ?? 0;
  const { status: runStatus } = run.state;
  const rejects =
    (condition === QueryRejectCondition.QUERY_REJECT_CONDITION_NOT_OPEN && runStatus !== 1) ||
    (condition === QueryRejectCondition.QUERY_REJECT_CONDITION_NOT_COMPLETED_CLEANLY &&
      runStatus !== 1 &&
      runStatus !== 2);
  if (rejects) return { queryRejected: { status: runStatus } };
  const result = await frontend.engine.query(run, request.query ?? {});
  if (result.resultType === QueryResultType.QUERY_RESULT_TYPE_FAILED) {
    throw queryFailed(result.errorMessage ?? 'the query failed', result.failure);
  }
  return { queryResult: result.answer };
}

/** An update as it is asked for, checked as far as that is possible without its run. */
export interface AskedUpdate {
  updateId: string;
  name: string;
  request: temporal.api.update.v1.IRequest;
  wanted: number;
}

export function readUpdate(request: workflowservice.IUpdateWorkflowExecutionRequest): AskedUpdate {
  const { meta, input, links } = request.request ?? {};
  if (!meta) throw invalid('request.meta', 'is not set');
  const updateId = requireId('request.meta.update_id', meta.updateId || randomUUID());
  const name = requireId('request.input.name', input?.name);
  if (request.waitPolicy?.lifecycleStage === Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED)
    throw admittedOnly();
  demandLinks(links);
  const wanted = request.waitPolicy?.lifecycleStage || Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED;
  return { updateId, name, wanted, request: { meta: { updateId, identity: meta.identity ?? '' }, input, links } };
}

/** Its arguments fit what the flow declares. */
export function demandUpdate({ name, request }: AskedUpdate, declared: Declared | undefined): void {
  const updates = declared?.updates ?? {};
  const schema = Object.hasOwn(updates, name) ? updates[name] : undefined;
  if (schema) demandFits('request.input.args', request.input?.args, schema);
}

/** It was admitted. */
export const updateAnswer = async (frontend: Frontend, run: Run, { updateId, wanted }: AskedUpdate) =>
  answer(run, updateId, await waitFor(frontend, run, updateId, wanted));

export async function update(frontend: Frontend, request: workflowservice.IUpdateWorkflowExecutionRequest) {
  const asked = readUpdate(request);
  return onRun(frontend, { ...request, firstExecutionRunId: null }, (run) => {
    if (request.firstExecutionRunId && run.state.firstRunId !== request.firstExecutionRunId) {
      throw runNotFound(run.state.workflowId, request.firstExecutionRunId);
    }
    if (!run.isOpen && !run.state.updates.has(asked.updateId)) throw runCompleted();
    demandUpdate(asked, declaredBy(frontend, run));
    run.apply(history.admitUpdate(run.state, asked.request, run.now()));
    return updateAnswer(frontend, run, asked);
  });
}

export async function pollUpdate(frontend: Frontend, request: workflowservice.IPollWorkflowExecutionUpdateRequest) {
  const reference = request.updateRef;
  const updateId = requireId('update_ref.update_id', reference?.updateId);
  const run = await runOf(frontend, request.namespace, reference?.workflowExecution, 'update_ref.workflow_execution');
  const known = run.state.updates.get(updateId);
  if (!known) throw notFound(`update "${updateId}" not found`);
  const wanted = request.waitPolicy?.lifecycleStage || Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_UNSPECIFIED;
  const seen = reachedBy(known);
  const reached = seen.stage >= wanted ? seen : await waitFor(frontend, run, updateId, wanted, seen);
  // The state in memory may not be stored yet.
  await run.durable();
  return answer(run, updateId, reached);
}

/** As a Temporal server (service/frontend/errors.go). */
const admittedOnly = () =>
  new ServiceError(
    status.PERMISSION_DENIED,
    'wait_policy.lifecycle_stage: ADMITTED cannot be waited for, because an update is not stored before it is accepted',
    {
      type: 'PermissionDeniedFailure',
      value: temporal.api.errordetails.v1.PermissionDeniedFailure.encode({}).finish(),
    }
  );

interface Reached {
  stage: number;
  outcome: temporal.api.update.v1.IOutcome | null;
}

const ADMITTED: Reached = { stage: Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ADMITTED, outcome: null };

function reachedBy({ acceptedEventId, outcome }: history.UpdateState): Reached {
  if (outcome) return { stage: Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED, outcome };
  return acceptedEventId
    ? { stage: Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED, outcome: null }
    : ADMITTED;
}

/**
 * Stages are reported after the commit that reached them, so a reported stage is durable. Returns the known stage
 * after the time limit.
 */
function waitFor({ engine }: Frontend, run: Run, updateId: string, wanted: number, known = ADMITTED): Promise<Reached> {
  return new Promise((resolve, reject) => {
    let seen = known;
    const stops = [
      engine.onUpdateStage(run.runKey, updateId, ({ stage, outcome }) => {
        if (stage === 'aborted' && outcome === null) {
          finish(() => reject(runCompleted()));
          return;
        }
        const completed = stage !== 'accepted';
        seen = {
          stage: completed
            ? Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED
            : Stage.UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_ACCEPTED,
          outcome,
        };
        if (seen.stage >= wanted) finish(() => resolve(seen));
      }),
      run.onCommit(() => {
        const { dead } = run;
        if (dead) finish(() => reject(dead));
      }),
      engine.after(UPDATE_WAIT_MS, () => finish(() => resolve(seen))),
    ];
    const finish = (settle: () => void) => {
      for (const stop of stops) stop();
      settle();
    };
  });
}

function answer(run: Run, updateId: string, { stage, outcome }: Reached) {
  const workflowExecution = { workflowId: run.state.workflowId, runId: run.state.runId };
  return { updateRef: { workflowExecution, updateId }, outcome, stage };
}
