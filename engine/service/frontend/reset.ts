/**
 * ResetWorkflowExecution: history/reset.ts, as service/history/api/resetworkflow/api.go of a Temporal server. A saga
 * cannot be reset past its first undo, and not to before one for a step that it would then count on: the new run would
 * take an effect for granted that was undone, or would not know what remains (design section 4).
 */
import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { decodePayload } from '../../flow/values/payload';
import { handsOver, type HistoryEvent } from '../../history';
import { idOf } from '../../proto-time';
import { carriedBy, carriedEffects, type Carried } from '../../saga/carried';
import { temporal } from '../../proto';
import { invalid, ServiceError } from '../errors';
import type { Engine } from '../engine';
import type { Run } from '../run';
import { requireId, runOf, type Frontend } from './context';
import { demandPostReset } from './post-reset';
import type { workflowservice } from './requests';

const { EventType, ResetReapplyExcludeType: Exclude, ResetReapplyType: Reapply } = temporal.api.enums.v1;

export async function reset(
  frontend: Frontend,
  request: workflowservice.IResetWorkflowExecutionRequest
): Promise<workflowservice.IResetWorkflowExecutionResponse> {
  const requestId = requireId('request_id', request.requestId);
  demandPostReset(request.postResetOperations);
  const { engine } = frontend;
  const named = await runOf(frontend, request.namespace, request.workflowExecution);
  const { namespace, workflowId } = named.state;
  const run = await engine.withWorkflowId(namespace, workflowId, async () => {
    const current = await engine.current(namespace, workflowId);
    if (current?.state.startRequestId === requestId) return current;
    const base = request.workflowExecution?.runId
      ? await runOf(frontend, request.namespace, request.workflowExecution)
      : current;
    if (!base) throw invalid('workflow_execution', 'has no current run');
    return resetTo(frontend, request, requestId, base, current);
  });
  await run.durable();
  return { runId: run.state.runId };
}

async function resetTo(
  frontend: Frontend,
  request: workflowservice.IResetWorkflowExecutionRequest,
  requestId: string,
  base: Run,
  current: Run | null
): Promise<Run> {
  const { engine } = frontend;
  const point = idOf(request.workflowTaskFinishEventId);
  const runId = randomUUID();
  if (point <= 1 || point >= base.durableNextEventId)
    throw invalid('workflow_task_finish_event_id', 'Workflow task finish ID must be > 1 && <= workflow last event ID.');
  const around = await eventsAround(engine, base, point);
  demandPoint(around, point);
  if (handsOver(base.state))
    throw refused(
      `its parent, '${base.state.started.parentWorkflowExecution?.workflowId}', has taken over what it left; reset that run`
    );
  const { closeEvent } = base.state;
  if (carriedIn(closeEvent?.workflowExecutionContinuedAsNewEventAttributes))
    throw refused('it continued as a new run, to which its effects belong; reset that run');
  // Runs that are not the current one are marked by commits of their own. These name a run that does not exist yet:
  // whoever looks for it finds none, as for a run that was not reset.
  const sharing = await runsThatShare(engine, base, around.events);
  if (current !== base) sharing.set(base, point);
  for (const [run, eventId] of sharing)
    if (run !== current && eventId > run.state.resetEventId) await engine.mark(run, runId, eventId);
  const { events, after } = await eventsAround(engine, base, point);
  const { firstRunId, namespace, workflowId } = base.state;
  return engine.reset(
    current,
    base,
    {
      namespace,
      workflowId,
      runId,
      firstRunId,
      requestId,
      base: { runId: base.state.runId, events },
      reason: request.reason ?? '',
      after,
      excludes: excludesOf(request),
    },
    current === base ? point : ((current && sharing.get(current)) ?? 0)
  );
}

/** How many runs of one workflow id are compared. */
const MOST_RUNS = 100;

/**
 * Other runs that have events of the new run, because they were made by a reset of the same run: with the first event of
 * each that the new one does not have.
 */
async function runsThatShare(engine: Engine, base: Run, events: readonly HistoryEvent[]): Promise<Map<Run, number>> {
  const { namespace, workflowId } = base.state;
  const filter = { op: '=', field: 'WorkflowId', value: workflowId } as const;
  const found = new Map<Run, number>();
  for (const { runId } of await engine.store.list({ namespace, filter, limit: MOST_RUNS, after: null })) {
    const run = await engine.find(namespace, workflowId, runId);
    // The Started event of such runs is the same.
    if (!run || run.state.runId === base.state.runId || originOf(run) !== originOf(base)) continue;
    const own = await engine.readEvents(run.runKey, 1, Math.min(run.durableNextEventId, events.length + 1));
    const differs = own.findIndex((event, index) => !isSame(event, events[index]!));
    found.set(run, (differs < 0 ? own.length : differs) + 1);
  }
  return found;
}

const originOf = ({ state }: Run): string => state.started.originalExecutionRunId ?? '';
const isSame = (one: HistoryEvent, other: HistoryEvent): boolean =>
  Buffer.compare(Event.encode(one).finish(), Event.encode(other).finish()) === 0;

interface Around {
  /** Of the base before the point. */
  events: HistoryEvent[];
  /** Of the base after it, and of the runs that continued it. */
  after: HistoryEvent[];
}

/** Nothing happens to these runs between the answer and the next await of the caller. */
async function eventsAround(engine: Engine, base: Run, point: number): Promise<Around> {
  for (;;) {
    const chain: { run: Run; stored: HistoryEvent[]; next: number }[] = [];
    for (let run: Run | null = base; run;) {
      const next: number = run.durableNextEventId;
      chain.push({ run, stored: await engine.readEvents(run.runKey, 1, next), next });
      run = await continuationOf(engine, run);
    }
    for (const { run } of chain) if (run.dead) throw run.dead;
    // A commit that ended during the read has its events in neither.
    if (chain.some(({ run, next }) => run.durableNextEventId !== next)) continue;
    const [own = [], ...later] = chain.map(({ run, stored }) => [
      ...stored,
      ...[...run.unstored, ...run.state.buffered].map(copyOf),
    ]);
    return { events: own.slice(0, point - 1), after: [...own.slice(point - 1), ...later.flat()] };
  }
}

async function continuationOf(engine: Engine, { state }: Run): Promise<Run | null> {
  const { namespace, workflowId, closeEvent } = state;
  const next = closeEvent?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  return next ? engine.find(namespace, workflowId, next) : null;
}

const { HistoryEvent: Event } = temporal.api.history.v1;
/** Events are changed when they are written, and those in memory belong to their run. */
const copyOf = (event: HistoryEvent): HistoryEvent => Event.decode(Event.encode(event).finish());

function excludesOf({
  resetReapplyType: type,
  resetReapplyExcludeTypes,
}: workflowservice.IResetWorkflowExecutionRequest) {
  const excluded = new Set(resetReapplyExcludeTypes);
  const isNone = type === Reapply.RESET_REAPPLY_TYPE_NONE;
  return {
    signals: isNone || excluded.has(Exclude.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL),
    updates:
      isNone || type === Reapply.RESET_REAPPLY_TYPE_SIGNAL || excluded.has(Exclude.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE),
  };
}

/** Activity ids of the saga library: `node[~i][:undo]`. */
const UNDO = /^(.+):undo$/;

function demandPoint({ events, after }: Around, point: number): void {
  const last = events.at(-1)?.eventType;
  if (last !== EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED && last !== EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED)
    throw invalid(
      'workflow_task_finish_event_id',
      `Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: ${point}`
    );
  const kept = new Set(events.flatMap((event) => scheduledIn(event) ?? []));
  const carried = carriedIn(events[0]?.workflowExecutionStartedEventAttributes);
  for (const { activityId } of carried ? carriedEffects(carried) : []) kept.add(activityId);
  const children = new Set(events.flatMap((event) => childStepIn(event) ?? []));
  for (const activityId of kept)
    if (UNDO.test(activityId)) throw refused(`the run began to undo its steps before that point, with '${activityId}'`);
  for (const event of after) {
    const [, undone] = UNDO.exec(scheduledIn(event) ?? '') ?? [];
    if (undone === undefined) continue;
    // Of an effect that a child handed over: 'pay~2/charge' (saga/handed.ts).
    const [step = '', ...inChild] = undone.split('/');
    if (kept.has(undone) || (inChild.length > 0 && children.has(step)))
      throw refused(`the step '${undone}' was undone, and the new run would count on it`);
  }
}

/** What a run carries to the next one of its chain (saga/carried.ts); null if that is nothing of a flow. */
function carriedIn(attributes: { input?: temporal.api.common.v1.IPayloads | null } | null | undefined): Carried | null {
  const payload = attributes?.input?.payloads?.[1];
  try {
    return payload ? carriedBy(decodePayload(payload)) : null;
  } catch {
    return null;
  }
}

/** The step of the flow that the child is: its summary. */
function childStepIn({ eventType, userMetadata }: HistoryEvent): string | null {
  const summary = userMetadata?.summary;
  if (eventType !== EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED || !summary) return null;
  try {
    return String(decodePayload(summary));
  } catch {
    return null;
  }
}

const scheduledIn = (event: HistoryEvent) => event.activityTaskScheduledEventAttributes?.activityId;

const refused = (why: string) =>
  new ServiceError(
    status.FAILED_PRECONDITION,
    `workflow_task_finish_event_id: a saga cannot be reset to there: ${why}`
  );
