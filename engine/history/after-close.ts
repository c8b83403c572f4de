/**
 * What becomes known of a run after its close: what a call answered that was still out, and what a person found out about an effect.
 * Nothing is added to a history after its close, so this is kept in the run's side state, and what the run left behind is counted again
 * with it. On a run that is open nothing is kept here: its own code hears of it.
 */
import { STATUS } from '../store/port';
import { RequestError, type RunState } from './api';
import { type Decision } from './decision';
import type { AfterClose, LateAnswer, SettledEffect } from './run-state';

/** Nobody settles so many effects of one run; what callers send is bounded. */
const MOST = 5_000;
const LONGEST_ID = 1_000;

/** A call that was out at the close was answered. That it happened is never taken back by an answer to an older attempt. */
export function answerAfterClose(decision: Decision, answer: LateAnswer): void {
  learn(decision, ({ lateAnswers, settled }) => {
    const known = lateAnswers.find(({ scheduledEventId }) => scheduledEventId === answer.scheduledEventId);
    if (known?.applied) return null;
    return { lateAnswers: [...lateAnswers.filter((each) => each !== known), answer], settled };
  });
}

/** The last word of a person counts. */
export function settleAfterClose(decision: Decision, effect: SettledEffect): void {
  if (!effect.activityId || effect.activityId.length > LONGEST_ID)
    throw new RequestError('INVALID_ARGUMENT', `activity_id: 1 to ${LONGEST_ID} characters`);
  learn(decision, ({ lateAnswers, settled }) => {
    const others = settled.filter(({ activityId }) => activityId !== effect.activityId);
    return { lateAnswers, settled: [...others, effect] };
  });
}

function learn(decision: Decision, change: (known: AfterClose) => AfterClose | null): void {
  const { state } = decision;
  if (state.status === STATUS.running)
    throw new RequestError('FAILED_PRECONDITION', 'the run is open: what is known of it is in its own history');
  const next = change(state.afterClose ?? { lateAnswers: [], settled: [] });
  if (!next) return;
  if (next.settled.length > MOST || next.lateAnswers.length > MOST)
    throw new RequestError('INVALID_ARGUMENT', `at most ${MOST} effects of a closed run are settled`);
  state.afterClose = next;
  decision.effect({ kind: 'visibility' });
  countLeftBehind(decision);
}

/** Whoever counts says what the run left behind. Nothing where nobody can. */
export function countLeftBehind(decision: Decision): void {
  const { state } = decision;
  if (!isCounted(state)) return;
  state.leftBehind = { state: 'counting' };
  decision.effect({ kind: 'count' });
}

const isCounted = ({ rules, started }: RunState): boolean => rules.isCounted(started.workflowType?.name ?? '');
