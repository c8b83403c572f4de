/**
 * One step of a saga: run the activity, arm its undo, and settle what is not known.
 *
 * A step with an effect is waited for even when it is cancelled (WAIT_CANCELLATION_COMPLETED): whether its effect happened must be
 * known before anything is undone. Any close but Completed leaves that open, unless the failure says `NotApplied`; then the step's
 * policy decides: undo it, look it up, or ask a person. A call that nobody answered may still be carried out afterwards. Where the
 * target does not refuse it then, undo and look-up wait until late calls have settled; where nobody says when that is, the effect
 * may remain even when it was undone, and stays on the ledger.
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  DeterminismViolationError,
  sleep,
  type ActivityOptions,
} from '@temporalio/workflow';
import { newKeys, type ActivityCall, type StepKeys } from './call';
import { failureMessage, provesNotApplied } from './failures';
import type { LedgerEntry, Scope, UndoEntry, UndoFailurePolicy } from './ledger';
import { askOutcome } from './operator';
import { isUnsendable, scheduleActivity } from './schedule';
import type { SagaState } from './state';

export interface UndoSpec {
  title: string;
  activity: string;
  input: unknown;
  options: ActivityOptions;
  onFailure?: UndoFailurePolicy;
}

/** Data, or a function that makes it from the keys of the call: where the drawing puts a key into the input. */
type Input = unknown;

export interface StepSpec<Output> {
  id: string;
  title: string;
  activity: string;
  input: Input;
  options: ActivityOptions;
  effect: 'none' | 'reversible' | 'irreversible';
  /** JSON Schema that the answer is held against where it arrives. */
  output?: unknown;
  /** Makes the undo's data: from the output once the step completed, from nothing while only an attempt is known. */
  undo?: (output: Output | undefined, call: ActivityCall) => UndoSpec;
  /** 'attempted': armed before the step starts, since an attempt may have had its effect. */
  armed?: 'completed' | 'attempted';
  unknown?:
    | { policy: 'undo' }
    | { policy: 'ask' }
    | { policy: 'check'; activity: string; input: Input; options: ActivityOptions };
  /**
   * After an unknown outcome: may a forward call that arrives late still be carried out, once the undo or the look-up was asked with its
   * key? 'possible' where nothing is declared.
   */
  lateCalls?: 'refused' | 'possible';
  /** Within this time after the last attempt a call that nobody answered was carried out, or never will be. */
  settlesWithinMs?: number;
  /** The point of no return. */
  pivot?: boolean;
}

/** What a look-up activity answers. */
interface LookUp<Output> {
  applied: boolean;
  output?: Output;
}

/** What the undo of a step is called with. */
export function undoCall({ do: forwardKey, undo }: StepKeys): ActivityCall {
  return { idempotencyKey: undo, forwardKey, hasEffect: true };
}

const inputOf = (input: Input, call: ActivityCall): unknown =>
  typeof input === 'function' ? (input as (call: ActivityCall) => unknown)(call) : input;

export async function runStep<Output>(
  state: SagaState,
  scope: Scope,
  spec: StepSpec<Output>,
  onUndoFailure: UndoFailurePolicy
): Promise<Output> {
  const keys = newKeys(spec.id);
  const makeUndo = (output: Output | undefined): UndoEntry | null =>
    spec.undo ? { onFailure: onUndoFailure, ...spec.undo(output, undoCall(keys)) } : null;
  const undo = spec.armed === 'attempted' ? makeUndo(undefined) : null;
  const entry =
    spec.effect === 'none' ? null : state.ledger.add(scope, { nodeId: spec.id, activityId: spec.id, keys, undo });

  const call: ActivityCall = { idempotencyKey: keys.do, hasEffect: spec.effect !== 'none', output: spec.output };
  let output: Output;
  try {
    const answer = await scheduleActivity<Output>(spec.activity, [inputOf(spec.input, call), call], {
      ...spec.options,
      activityId: spec.id,
      summary: spec.title,
      cancellationType: entry
        ? ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
        : ActivityCancellationType.TRY_CANCEL,
    });
    output = state.exact.read(answer);
  } catch (error) {
    const found = entry
      ? await CancellationScope.nonCancellable(() => settleUnknown(state, spec, entry, makeUndo, error))
      : null;
    state.tell();
    if (!found) throw error;
    output = state.exact.read(found.output);
  }

  if (entry) {
    // It happened, whatever becomes of the data for its undo.
    entry.late = null;
    state.ledger.arm(entry, 'standing');
    keepUndo(entry, () => makeUndo(output));
    if (entry.undoProblem !== null) throw new TypeError(entry.undoProblem);
  }
  if (spec.pivot) state.pivoted = true;
  return output;
}

/** Keep the undo that `make` gives. What it was before stays where it cannot be made; where there was none, a person is asked. */
function keepUndo(entry: LedgerEntry, make: () => UndoEntry | null): void {
  try {
    entry.undo = make();
    entry.undoProblem = null;
  } catch (error) {
    if (error instanceof DeterminismViolationError) throw error;
    entry.undoProblem = failureMessage(error);
  }
}

/** Did the effect happen? Resolves to the output when it did after all; null leaves the failure to be thrown. */
async function settleUnknown<Output>(
  state: SagaState,
  spec: StepSpec<Output>,
  entry: LedgerEntry,
  makeUndo: (output: Output | undefined) => UndoEntry | null,
  error: unknown
): Promise<{ output: Output } | null> {
  if (provesNotApplied(error, spec.options.retry?.maximumAttempts ?? 0)) {
    state.ledger.become(entry, 'notArmed');
    return null;
  }
  state.ledger.arm(entry, 'mayStand');
  entry.late = lateCallsOf(spec);
  const { unknown = { policy: 'ask' } } = spec;
  if (unknown.policy === 'undo') {
    if (!entry.undo) keepUndo(entry, () => makeUndo(undefined));
    return null;
  }
  if (unknown.policy === 'check') {
    await lateCallsSettled(entry, 'check');
    const answer = await lookUp<Output>(spec, unknown, entry.keys);
    if (answer?.applied) return { output: answer.output as Output };
    if (answer) {
      // Not yet, where a late call may follow: then it stays on the ledger as what may have happened.
      if (entry.late?.settledAtMs === null) state.ledger.arm(entry, 'mayStand');
      else state.ledger.become(entry, 'notArmed');
      return null;
    }
  }
  const decision = await askOutcome(state, spec.id, error, (given) => undoRefusal(entry, makeUndo, given as Output));
  if (decision.choice === 'applied') return { output: decision.output as Output };
  if (decision.choice === 'notApplied') state.ledger.become(entry, 'notArmed');
  else if (!entry.undo) keepUndo(entry, () => makeUndo(decision.output as Output | undefined));
  return null;
}

/** Why 'undo it' cannot be chosen with this output; null when it can. Changes nothing. */
function undoRefusal<Output>(
  entry: LedgerEntry,
  makeUndo: (output: Output | undefined) => UndoEntry | null,
  output: Output | undefined
): string | null {
  try {
    return entry.undo || makeUndo(output) ? null : 'It has no undo.';
  } catch (error) {
    return `Its undo is made from what the step answered, so say what that was: ${failureMessage(error)}`;
  }
}

function lateCallsOf({ lateCalls, settlesWithinMs }: StepSpec<never>): LedgerEntry['late'] {
  if (lateCalls === 'refused') return null;
  return { settledAtMs: settlesWithinMs === undefined ? null : Date.now() + settlesWithinMs };
}

/** Wait until no late call can follow, where that is promised. For scopes that a cancellation does not reach. */
export async function lateCallsSettled({ late, activityId }: LedgerEntry, role: 'undo' | 'check'): Promise<void> {
  const waitMs = (late?.settledAtMs ?? 0) - Date.now();
  if (waitMs > 0) await sleep(waitMs, { summary: `${activityId}:${role}` });
}

/** Null when the look-up does not answer, or answers something else: then a person decides. */
async function lookUp<Output>(
  { id, output }: StepSpec<Output>,
  check: { activity: string; input: Input; options: ActivityOptions },
  keys: StepKeys
): Promise<LookUp<Output> | null> {
  const call: ActivityCall = { idempotencyKey: keys.check, forwardKey: keys.do, hasEffect: false };
  // What it found is the step's own output.
  if (output !== undefined) call.output = { type: 'object', properties: { output } };
  try {
    const answer = await scheduleActivity<Partial<LookUp<Output>> | null>(
      check.activity,
      [inputOf(check.input, call), call],
      {
        ...check.options,
        activityId: `${id}:check`,
        summary: `Did ${id} happen?`,
      }
    );
    return typeof answer?.applied === 'boolean' ? (answer as LookUp<Output>) : null;
  } catch (error) {
    if (error instanceof ActivityFailure || isUnsendable(error)) return null;
    throw error;
  }
}
