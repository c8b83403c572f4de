/**
 * The unwinding: undoes the effects that remain, the last one first, in a scope that a cancellation does not reach.
 *
 * An undo sends the key of its forward call and a key of its own, which is the same for all attempts. If it has no
 * retries left: 'retry' continues with growing pauses; 'ask' waits for an operator; 'continue' leaves it on the
 * ledger as failed. If the input of an undo cannot be computed, an operator is always asked.
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  DeterminismViolationError,
  sleep,
} from '@temporalio/workflow';
import type { StepKeys } from './call';
import { UNDO_INPUT } from './contract';
import { failureMessage, provesNotApplied } from './failures';
import { unwindPlan, type LedgerEntry, type Scope, type UndoEntry, type UnwindPlan } from './ledger';
import { askUndo } from './operator';
import { scheduleActivity } from './schedule';
import type { SagaState } from './state';
import { undoCall } from './step';
import { lateCallsSettled } from './waits';

const FIRST_PAUSE_MS = 1_000;
/**
 * Each try adds about ten events to a history of limited length: at this rate the service may be down for four
 * months.
 */
const LONGEST_PAUSE_MS = 30 * 60_000;

/**
 * Undoes a scope. It never rejects because of a failed undo: the policy decides what happens, and the ledger keeps
 * the result. `between`: called between two undos, while nothing is open; it may throw. A caller that goes forward again afterwards must call `endUnwinding`.
 */
export async function unwind(state: SagaState, scope: Scope, between?: () => Promise<void>): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    state.beginUnwinding();
    await follow(state, unwindPlan(scope), between);
  });
}

async function follow(state: SagaState, plan: UnwindPlan, between?: () => Promise<void>): Promise<void> {
  let isFirst = true;
  for (const step of plan) {
    if (Array.isArray(step)) await Promise.all(step.map((branch) => follow(state, branch)));
    else if ((step.state === 'standing' || step.state === 'mayStand') && !step.undoRan) {
      // Each run of a chain undoes something: where nothing can be called, the effect remains as it is.
      const isCalled = step.undo !== null || step.undoProblem !== null;
      if (isCalled && !isFirst) await between?.();
      if (isCalled) isFirst = false;
      await undo(state, step);
    }
  }
}

async function undo(state: SagaState, entry: LedgerEntry): Promise<void> {
  if (!entry.undo) {
    // Without an undo the effect remains, and the run reports it at its end.
    if (entry.undoProblem !== null) await undoByHand(state, entry, entry.undoProblem);
    return;
  }
  const { state: before } = entry;
  await lateCallsSettled(state, entry, 'undo');
  // A late answer may have come meanwhile.
  if (entry.state !== 'standing' && entry.state !== 'mayStand') return;
  const { undo: call, keys } = entry;
  if (!keys) return;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    state.ledger.become(entry, 'undoing');
    try {
      await runUndo(entry, keys, call);
      entry.undoRan = true;
      state.ledger.become(entry, entry.late?.settledAtMs === null ? 'mayStand' : 'undone');
      return;
    } catch (error) {
      if (error instanceof DeterminismViolationError) throw error;
      if (!(error instanceof ActivityFailure)) {
        // Nothing was scheduled: its input makes no valid command.
        state.ledger.become(entry, before);
        return undoByHand(state, entry, failureMessage(error));
      }
      entry.mayBeUndone ||= !provesNotApplied(error, call.options.retry?.maximumAttempts ?? 0);
      state.ledger.become(entry, 'undoFailed');
      if (call.onFailure === 'continue') return;
      if (call.onFailure === 'retry') {
        // Its own retries are used up, or its failure is not retryable: continue with growing pauses.
        await sleep(pauseMs, { summary: `${entry.activityId}:undo` });
        continue;
      }
      const { choice } = await askUndo(state, entry.activityId, error);
      if (choice === 'retry') continue;
      state.ledger.become(entry, choice === 'doneByHand' ? 'doneByHand' : 'leftStanding');
      return;
    }
  }
}

/** Whatever the policy: if the input of the undo cannot be computed, a person must undo the effect. */
async function undoByHand(state: SagaState, entry: LedgerEntry, problem: string): Promise<void> {
  const message = `the input of the undo cannot be computed: ${problem}`;
  const { choice } = await askUndo(state, entry.activityId, ApplicationFailure.nonRetryable(message, UNDO_INPUT));
  state.ledger.become(entry, choice === 'doneByHand' ? 'doneByHand' : 'leftStanding');
}

function runUndo({ activityId, madeBy }: LedgerEntry, keys: StepKeys, undo: UndoEntry): Promise<unknown> {
  // With the forward key, the target can refuse a late forward call that the undo has overtaken.
  return scheduleActivity(
    undo.activity,
    [undo.input, { ...undoCall(keys), ...(madeBy === undefined ? {} : { madeBy }) }],
    {
      ...undo.options,
      activityId: `${activityId}:undo`,
      summary: undo.title,
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    }
  );
}
