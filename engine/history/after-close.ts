/**
 * Information about a run that arrives after its close: the answer to a call that was still in flight, and the
 * findings of a person about an effect. Nothing is added to a history after its close, so this is stored in the run's
 * side state, and the effects that the run left behind are counted again. For an open run nothing is stored here,
 * because its own code gets the information.
 */
import { LONGEST_ID } from '../plain-text';
import { STATUS } from '../run-name';
import { RequestError, type RunState } from './api';
import { type Decision } from './decision';
import type { AfterClose, LateAnswer, SettledEffect } from './run-state';

/** More than anybody settles for one run; data of callers must be limited. */
const MOST = 5_000;

/**
 * A call that was in flight at the close was answered. The finding that it happened is never replaced by an answer to
 * an older attempt.
 */
export function answerAfterClose(decision: Decision, answer: LateAnswer): void {
  learn(decision, ({ lateAnswers, settled }) => {
    const known = lateAnswers.find(({ scheduledEventId }) => scheduledEventId === answer.scheduledEventId);
    if (known?.applied) return null;
    return { lateAnswers: [...lateAnswers.filter((each) => each !== known), answer], settled };
  });
}

/** The last statement of a person counts. */
export function settleAfterClose(decision: Decision, effect: SettledEffect): void {
  if (!effect.activityId || effect.activityId.length > LONGEST_ID)
    throw new RequestError('INVALID_ARGUMENT', `activity_id: 1 to ${LONGEST_ID} characters`);
  learn(decision, ({ lateAnswers, settled }) => {
    const others = settled.filter(({ activityId }) => activityId !== effect.activityId);
    return { lateAnswers, settled: [...others, effect] };
  });
}

/** A person keeps the run, or does so no more: its retention period has no effect meanwhile. */
export function keepAfterClose(decision: Decision, isKept: boolean): void {
  const { state } = decision;
  if (state.status === STATUS.running)
    throw new RequestError('FAILED_PRECONDITION', 'the run is open, and an open run is never removed');
  if (isKept && state.toBeDeleted) throw new RequestError('FAILED_PRECONDITION', 'the run is being deleted');
  if (state.isKept === isKept) return;
  state.isKept = isKept;
  decision.effect({ kind: 'visibility' });
}

function learn(decision: Decision, change: (known: AfterClose) => AfterClose | null): void {
  const { state } = decision;
  if (state.status === STATUS.running)
    throw new RequestError('FAILED_PRECONDITION', 'the run is open, so its own history has this information');
  const next = change(state.afterClose ?? { lateAnswers: [], settled: [] });
  if (!next) return;
  if (next.settled.length > MOST || next.lateAnswers.length > MOST)
    throw new RequestError('INVALID_ARGUMENT', `at most ${MOST} effects of a closed run can be settled`);
  state.afterClose = next;
  decision.effect({ kind: 'visibility' });
  countLeftBehind(decision);
}

/** Stores the counted effects. Does nothing for a run that cannot be counted. */
export function countLeftBehind(decision: Decision): void {
  const { state } = decision;
  if (!isCounted(state)) return;
  state.leftBehind = { state: 'counting' };
  decision.effect({ kind: 'count' });
}

const isCounted = ({ rules, started }: RunState): boolean => rules.isCounted(started.workflowType?.name ?? '');
