/**
 * The deletion of a run (service/history/api/deleteworkflow/api.go of a Temporal server). An open run is terminated
 * first; then whoever has to hear from the run does; then the service removes it (service/deletions.ts).
 *
 * - An open run is terminated, and carries out its close policy, before it is removed.
 * - That a run is to be removed is durable with the commit that answers the request, so a crash does not undo it.
 * - A run is removed only when nobody has to hear from it any more.
 * - What is known only here of a published flow is not removed without a person who knows of it: `whyItStays` is asked by
 *   retention and by every request to delete a run (DeleteWorkflowExecution, and batches of it). A workflow that is no
 *   published flow has no effects that are counted, and is kept by nobody, so its requests are answered as a Temporal
 *   server answers them. The removal of a namespace is a decision about all of its runs, and asks nothing.
 */
import { STATUS } from '../run-name';
import { RequestError } from './api';
import type { Decision } from './decision';
import { terminateRun } from './execution';
import { hasMessages } from './messages';
import type { RunState } from './run-state';

/** A second request changes nothing. */
export function requestDeletion(decision: Decision): void {
  const { state } = decision;
  if (state.toBeDeleted) return;
  state.toBeDeleted = true;
  if (state.status === STATUS.running)
    terminateRun(decision, { reason: 'Delete workflow execution', details: null, identity: 'history-service' });
  decision.effect({ kind: 'delete' });
}

/** [DLS7] A request of a caller. Throws FAILED_PRECONDITION for a run that must stay, and nothing changes then. */
export function deleteByRequest(decision: Decision): void {
  const { state } = decision;
  const why = state.toBeDeleted ? null : whyItStays(state);
  if (why !== null) throw new RequestError('FAILED_PRECONDITION', WHY_IT_STAYS[why]);
  requestDeletion(decision);
}

const WHY_IT_STAYS = {
  open: 'the run is open, and the effects of a published flow are known only after its close: terminate or cancel it first',
  kept: 'a person keeps the run: end that first',
  counting: 'the effects that the run left behind are being counted: try again in a moment',
  effects: 'an effect of the run remains, or may remain, that nobody has acknowledged: settle it first (SettleEffect)',
} as const;

/** Why a run is not removed, by a request or when its period is over; null: nothing is against it. */
export function whyItStays(state: RunState): keyof typeof WHY_IT_STAYS | null {
  const { status, isKept, leftBehind, searchAttributes, afterClose, rules, started } = state;
  const isCounted = rules.isCounted(started.workflowType?.name ?? '');
  if (status === STATUS.running) return isCounted ? 'open' : null;
  if (isKept) return 'kept';
  // Its effects are those of the next run, which has them in its input.
  if (status === STATUS.continuedAsNew && isCounted) return null;
  if (leftBehind?.state === 'counting') return 'counting';
  const left = leftBehind ? leftBehind.standing : Number(searchAttributes.SagaStanding ?? 0);
  const acknowledged = (afterClose?.settled ?? []).filter(({ found }) => found === 'remains').length;
  return left > acknowledged ? 'effects' : null;
}

export const mayBeDeleted = (state: RunState): boolean => state.toBeDeleted && !hasMessages(state);

/** Closed at `untilMs` or before, and nothing of it is left to do for anybody: service/retention.ts. */
export function mayExpire(state: RunState, untilMs: number): boolean {
  const { status, closeTimeMs, toBeDeleted } = state;
  if (status === STATUS.running || closeTimeMs === null || closeTimeMs > untilMs) return false;
  return !toBeDeleted && !hasMessages(state) && whyItStays(state) === null;
}
