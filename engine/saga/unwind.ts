/**
 * The way back: undo what stands, last done first, in a scope that cancellation does not reach.
 *
 * An undo carries the key of its forward call and has one of its own, the same however often it is tried. When it has run out of
 * retries: 'retry' goes on, ever more slowly; 'ask' waits for an operator; 'continue' leaves it on the ledger as failed. An undo whose
 * input cannot be made asks an operator always.
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  DeterminismViolationError,
  sleep,
} from '@temporalio/workflow';
import { UNDO_INPUT } from './contract';
import { failureMessage } from './failures';
import { unwindPlan, type LedgerEntry, type Scope, type UndoEntry, type UnwindPlan } from './ledger';
import { askUndo } from './operator';
import { scheduleActivity } from './schedule';
import type { SagaState } from './state';
import { lateCallsSettled, undoCall } from './step';

const FIRST_PAUSE_MS = 1_000;
/** Each try is some ten events of a history that is bounded: at this pace a service may be gone for a third of a year. */
const LONGEST_PAUSE_MS = 30 * 60_000;

/**
 * Undo a scope. Never fails for an undo that failed: its policy says what happens, and the ledger keeps it. Whoever goes forward
 * again afterwards says so (`endUnwinding`).
 */
export async function unwind(state: SagaState, scope: Scope): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    state.beginUnwinding();
    await follow(state, unwindPlan(scope));
  });
}

async function follow(state: SagaState, plan: UnwindPlan): Promise<void> {
  for (const step of plan) {
    if (Array.isArray(step)) await Promise.all(step.map((branch) => follow(state, branch)));
    else if ((step.state === 'standing' || step.state === 'mayStand') && !step.undoRan) await undo(state, step);
  }
}

async function undo(state: SagaState, entry: LedgerEntry): Promise<void> {
  if (!entry.undo) {
    // Without an undo the effect remains, and the run says so when it ends.
    if (entry.undoProblem !== null) await undoByHand(state, entry, entry.undoProblem);
    return;
  }
  const { state: before } = entry;
  await lateCallsSettled(entry, 'undo');
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    state.ledger.become(entry, 'undoing');
    try {
      await runUndo(entry, entry.undo);
      entry.undoRan = true;
      state.ledger.become(entry, entry.late?.settledAtMs === null ? 'mayStand' : 'undone');
      return;
    } catch (error) {
      if (error instanceof DeterminismViolationError) throw error;
      if (!(error instanceof ActivityFailure)) {
        // Nothing was scheduled: its input makes no command.
        state.ledger.become(entry, before);
        return undoByHand(state, entry, failureMessage(error));
      }
      state.ledger.become(entry, 'undoFailed');
      if (entry.undo.onFailure === 'continue') return;
      if (entry.undo.onFailure === 'retry') {
        // Its own retries are used up, or it refused to be retried: go on asking, but ever more slowly.
        await sleep(pauseMs, { summary: `${entry.nodeId}:undo` });
        continue;
      }
      const { choice } = await askUndo(state, entry.nodeId, error);
      if (choice === 'retry') continue;
      state.ledger.become(entry, choice === 'doneByHand' ? 'doneByHand' : 'leftStanding');
      return;
    }
  }
}

/** Whatever the policy: an undo whose input cannot be made is a person's to do. */
async function undoByHand(state: SagaState, entry: LedgerEntry, problem: string): Promise<void> {
  const message = `the input of the undo cannot be made: ${problem}`;
  const { choice } = await askUndo(state, entry.nodeId, ApplicationFailure.nonRetryable(message, UNDO_INPUT));
  state.ledger.become(entry, choice === 'doneByHand' ? 'doneByHand' : 'leftStanding');
}

function runUndo({ nodeId, keys }: LedgerEntry, undo: UndoEntry): Promise<unknown> {
  // The forward key lets the other side refuse a late forward call that the undo overtook.
  return scheduleActivity(undo.activity, [undo.input, undoCall(keys)], {
    ...undo.options,
    activityId: `${nodeId}:undo`,
    summary: undo.title,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}
