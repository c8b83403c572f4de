/** What came of a trial, as a test of the flow keeps it. Pure, shared with the browser. */
import type { Outcome } from '../flow/tests';
import { isMeant } from '../run-view/remaining';
import type { TrialEnd, TrialResult } from './result';

type Played = Pick<TrialResult, 'end' | 'left' | 'undone'>;

/** A completed run leaves the effects that it means to have. */
export function outcomeOf({ end, left, undone }: Played): Outcome {
  const remains = end.kind === 'completed' ? left.filter((each) => !isMeant(each)) : left;
  return {
    ends: end.kind,
    remains: remains.map(({ nodeId }) => nodeId).sort(),
    undone: [...undone],
    asks: end.questions.map(({ nodeId, kind }) => ({ nodeId, kind })),
  };
}

/** True if the run ended and left something behind without asking anybody. */
export const leavesSilently = ({ end, left }: { end: Pick<TrialEnd, 'kind'>; left: readonly unknown[] }): boolean =>
  left.length > 0 && (end.kind === 'failed' || end.kind === 'canceled' || end.kind === 'completed');
