/**
 * The deletion of a run (service/history/api/deleteworkflow/api.go of a Temporal server). An open run is terminated
 * first; then whoever has to hear from the run does; then the service removes it (service/deletions.ts).
 *
 * - An open run is terminated, and carries out its close policy, before it is removed.
 * - That a run is to be removed is durable with the commit that answers the request, so a crash does not undo it.
 * - A run is removed only when nobody has to hear from it any more.
 */
import { STATUS } from '../run-name';
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

export const mayBeDeleted = (state: RunState): boolean => state.toBeDeleted && !hasMessages(state);

/** Closed at `untilMs` or before, and nothing of it is left to do for anybody: service/retention.ts. */
export function mayExpire(state: RunState, untilMs: number): boolean {
  const { status, closeTimeMs, toBeDeleted, isKept, leftBehind, searchAttributes, afterClose } = state;
  if (status === STATUS.running || closeTimeMs === null || closeTimeMs > untilMs) return false;
  if (toBeDeleted || isKept) return false;
  if (hasMessages(state) || leftBehind?.state === 'counting') return false;
  const left = leftBehind ? leftBehind.standing : Number(searchAttributes.SagaStanding ?? 0);
  const acknowledged = (afterClose?.settled ?? []).filter(({ found }) => found === 'remains').length;
  return left <= acknowledged;
}
