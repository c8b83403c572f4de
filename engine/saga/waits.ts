/**
 * Waits that an operator may end. Before anything is undone, a run waits for the answer to a request that it has sent,
 * and for the time within which late calls settle. Both can take long, and an operator may know that nothing more will
 * come.
 *
 * Invariants: an operator can end a wait only while the run turns back: a step that goes forward is never cut short.
 * After it, the outcome is unknown and remains so: a promise about late calls (`settlesWithin`) no longer counts,
 * because the end of the request is unknown.
 */
import { CancelledFailure, CancellationScope, sleep } from '@temporalio/workflow';
import { nodeIdOf } from './item-path';
import type { LedgerEntry } from './ledger';
import type { SagaState } from './state';

/** An operator ended the wait for an answer. The flow sees it as the cancellation that it is. */
export class WaitEnded extends CancelledFailure {}

/**
 * The answer to the call of a step. Once the step was cancelled, an operator may end the wait: then this rejects with
 * `WaitEnded`, and `late` is called with the answer if it comes all the same.
 */
export function answerOrEnd<Output>(
  state: SagaState,
  stepId: string,
  call: Promise<Output>,
  late: (answer: { output: Output } | { error: unknown }) => void
): Promise<Output> {
  return new Promise((resolve, reject) => {
    let withdraw = () => {};
    let over: 'answered' | 'ended' | null = null;
    const answered = (answer: { output: Output } | { error: unknown }) => {
      if (over === 'ended') {
        state.lateCalls--;
        return late(answer);
      }
      over = 'answered';
      withdraw();
      if ('output' in answer) resolve(answer.output);
      else reject(answer.error as Error);
    };
    call.then(
      (output) => answered({ output }),
      (error: unknown) => answered({ error })
    );
    CancellationScope.current().cancelRequested.catch(() => {
      if (over) return;
      const wait = { nodeId: nodeIdOf(stepId), activityId: stepId, role: 'do', sinceMs: Date.now() } as const;
      withdraw = state.offerEnd(wait, () => {
        over = 'ended';
        state.lateCalls++;
        reject(new WaitEnded('An operator ended the wait for the answer of this step.'));
      });
    });
  });
}

/**
 * Waits until no late call can follow, if there is such a time, or until an operator ends the wait. For scopes that a
 * cancellation does not reach.
 */
export async function lateCallsSettled(state: SagaState, entry: LedgerEntry, role: 'undo' | 'check'): Promise<void> {
  const { late, nodeId, activityId } = entry;
  const waitMs = (late?.settledAtMs ?? 0) - Date.now();
  if (waitMs <= 0) return;
  const timer = new CancellationScope();
  let ended = false;
  const withdraw = state.offerEnd({ nodeId, activityId, role, sinceMs: Date.now() }, () => {
    ended = true;
    entry.late = { settledAtMs: null };
    timer.cancel();
  });
  try {
    await timer.run(() => sleep(waitMs, { summary: `${activityId}:${role}` }));
  } catch (error) {
    if (!ended) throw error;
  } finally {
    withdraw();
  }
}
