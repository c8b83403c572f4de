/**
 * One step of a saga: runs the activity, arms its undo, and settles an unknown outcome.
 *
 * The end of a step with an effect is awaited even after a cancellation (WAIT_CANCELLATION_COMPLETED), because its
 * outcome must be known before anything is undone. After any close but Completed the outcome is unknown, unless the
 * failure has the type `NotApplied`. The policy of the step then decides: undo it, look it up, or ask a person. A
 * call without an answer may still take effect later. If the target does not refuse such a late call, undo and
 * look-up wait until late calls have settled. If no such time is declared, the effect may remain even after its undo,
 * and it remains on the ledger.
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  DeterminismViolationError,
  type ActivityOptions,
} from '@temporalio/workflow';
import { newKeys, type ActivityCall, type StepKeys } from './call';
import { failureMessage, provesNotApplied } from './failures';
import { nodeIdOf } from './item-path';
import type { LedgerEntry, Scope, UndoEntry, UndoFailurePolicy } from './ledger';
import { askOutcome } from './operator';
import { isUnsendable, scheduleActivity } from './schedule';
import type { SagaState } from './state';
import { answerOrEnd, lateCallsSettled, WaitEnded } from './waits';

export interface UndoSpec {
  title: string;
  activity: string;
  input: unknown;
  options: ActivityOptions;
  onFailure?: UndoFailurePolicy;
}

/** Data, or a function that makes it from the keys of the call, if the document uses a key in the input. */
type Input = unknown;

export interface StepSpec<Output> {
  /** Of the node; in a loop with the path of the item (item-path.ts), which `Saga.step` adds. */
  id: string;
  title: string;
  activity: string;
  input: Input;
  options: ActivityOptions;
  effect: 'none' | 'reversible' | 'irreversible';
  /** JSON Schema against which the answer is checked on arrival. */
  output?: unknown;
  /**
   * Makes the data of the undo: from the output after the step completed, without an output while only an attempt is
   * known.
   */
  undo?(output: Output | undefined, call: ActivityCall): UndoSpec;
  /** 'attempted': armed before the step starts, because an attempt may have its effect. */
  armed?: 'completed' | 'attempted';
  unknown?:
    | { policy: 'undo' }
    | { policy: 'ask' }
    | { policy: 'check'; activity: string; input: Input; options: ActivityOptions };
  /**
   * After an unknown outcome: can a forward call that arrives late still take effect after the undo or the look-up
   * was called with its key? 'possible' if nothing is declared.
   */
  lateCalls?: 'refused' | 'possible';
  /** After this time since the last attempt, an unanswered call has either taken effect or never will. */
  settlesWithinMs?: number;
  /** The point of no return. */
  pivot?: boolean;
}

/** The answer of a look-up activity. */
interface LookUp<Output> {
  applied: boolean;
  output?: Output;
}

/** The input of a step's undo. */
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
    spec.effect === 'none'
      ? null
      : state.ledger.add(scope, {
          nodeId: nodeIdOf(spec.id),
          activityId: spec.id,
          title: spec.title,
          effect: spec.effect,
          keys,
          undo,
        });

  const call: ActivityCall = { idempotencyKey: keys.do, hasEffect: spec.effect !== 'none', output: spec.output };
  const known: Known<Output> = { late: null, lookUp: null };
  const settleLate = (entry: LedgerEntry, late: { output: Output } | { error: unknown }): void => {
    if ('output' in late) {
      // An undo that was asked before may have come too early for this effect: then it may remain.
      if (entry.undoRan || (entry.state !== 'mayStand' && entry.state !== 'notArmed')) return;
      known.late = { output: state.exact.read(late.output) };
      known.lookUp?.cancel();
      entry.late = null;
      state.ledger.arm(entry, 'standing');
      keepUndo(entry, () => makeUndo(known.late?.output));
    } else if (provesNotApplied(late.error, spec.options.retry?.maximumAttempts ?? 0)) {
      known.late = { output: undefined };
      known.lookUp?.cancel();
      entry.late = null;
      if (entry.state === 'mayStand') state.ledger.become(entry, entry.undoRan ? 'undone' : 'notArmed');
    }
  };
  let output: Output;
  try {
    const answer = scheduleActivity<Output>(spec.activity, [inputOf(spec.input, call), call], {
      ...spec.options,
      activityId: spec.id,
      summary: spec.title,
      cancellationType: entry
        ? ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
        : ActivityCancellationType.TRY_CANCEL,
    });
    output = state.exact.read(
      await (entry ? answerOrEnd(state, spec.id, answer, (late) => settleLate(entry, late)) : answer)
    );
  } catch (error) {
    const found = entry
      ? await CancellationScope.nonCancellable(() => settleUnknown(state, spec, entry, keys, makeUndo, error, known))
      : null;
    state.tell();
    if (!found) throw error;
    output = state.exact.read(found.output);
  }

  if (entry) {
    // The effect happened, even if the data for its undo cannot be computed.
    entry.late = null;
    state.ledger.arm(entry, 'standing');
    keepUndo(entry, () => makeUndo(output));
    if (entry.undoProblem !== null) throw new TypeError(entry.undoProblem);
  }
  if (spec.pivot) state.pivoted = true;
  return output;
}

/**
 * What was answered after an operator had ended the wait for it; null while nothing was, or nothing that settles it.
 */
interface Known<Output> {
  /** Without an output: it did not happen. */
  late: { output: Output | undefined } | null;
  /** Of a look-up that is under way. Such an answer ends it, because what it would say is known. */
  lookUp: CancellationScope | null;
}

/**
 * Stores the undo that `make` returns. If it throws, the earlier undo is kept; if there was none, a person is asked.
 */
function keepUndo(entry: LedgerEntry, make: () => UndoEntry | null): void {
  try {
    entry.undo = make();
    entry.undoProblem = null;
  } catch (error) {
    if (error instanceof DeterminismViolationError) throw error;
    entry.undoProblem = failureMessage(error);
  }
}

/** Did the effect happen? Resolves to the output if it did; null means that the failure must be thrown. */
async function settleUnknown<Output>(
  state: SagaState,
  spec: StepSpec<Output>,
  entry: LedgerEntry,
  keys: StepKeys,
  makeUndo: (output: Output | undefined) => UndoEntry | null,
  error: unknown,
  known: Known<Output>
): Promise<{ output: Output } | null> {
  const ended = error instanceof WaitEnded;
  if (!ended && provesNotApplied(error, spec.options.retry?.maximumAttempts ?? 0)) {
    state.ledger.become(entry, 'notArmed');
    return null;
  }
  state.ledger.arm(entry, 'mayStand');
  entry.late = lateCallsOf(spec, ended);
  const { unknown = { policy: 'ask' } } = spec;
  if (unknown.policy === 'undo') {
    if (!entry.undo) keepUndo(entry, () => makeUndo(undefined));
    return null;
  }
  if (unknown.policy === 'check') {
    await lateCallsSettled(state, entry, 'check');
    known.lookUp = new CancellationScope();
    const answer = known.late ? null : await known.lookUp.run(() => lookUp<Output>(spec, unknown, keys));
    if (known.late) return settledBy(entry, known.late);
    if (answer?.applied) return { output: answer.output as Output };
    if (answer) {
      // If a late call may follow, the outcome remains unknown: the effect stays on the ledger as one that may have
      // happened.
      if (entry.late?.settledAtMs === null) state.ledger.arm(entry, 'mayStand');
      else state.ledger.become(entry, 'notArmed');
      return null;
    }
  }
  const isKnown = () => known.late !== null;
  const refusal = (given: unknown) => undoRefusal(entry, makeUndo, given as Output);
  const decision = await askOutcome(state, spec.id, error, refusal, isKnown);
  if (!decision) return settledBy(entry, known.late);
  if (decision.choice === 'applied') return { output: decision.output as Output };
  if (decision.choice === 'notApplied') state.ledger.become(entry, 'notArmed');
  else if (!entry.undo) keepUndo(entry, () => makeUndo(decision.output as Output | undefined));
  return null;
}

/** What a late answer says; the ledger has it already. */
function settledBy<Output>({ state }: LedgerEntry, late: Known<Output>['late']): { output: Output } | null {
  return late && state === 'standing' ? { output: late.output as Output } : null;
}

/** Why 'undo it' cannot be chosen with this output; null if it can. Changes nothing. */
function undoRefusal<Output>(
  entry: LedgerEntry,
  makeUndo: (output: Output | undefined) => UndoEntry | null,
  output: Output | undefined
): string | null {
  try {
    return entry.undo || makeUndo(output) ? null : 'It has no undo.';
  } catch (error) {
    return `Its undo reads the output of the step. Enter the output: ${failureMessage(error)}`;
  }
}

/** `ended`: its request may still be in flight, so that no time is known after which it settles. */
function lateCallsOf({ lateCalls, settlesWithinMs }: StepSpec<never>, ended: boolean): LedgerEntry['late'] {
  if (lateCalls === 'refused') return null;
  return { settledAtMs: ended || settlesWithinMs === undefined ? null : Date.now() + settlesWithinMs };
}

/** Null if the look-up does not answer, or if its answer has another shape: then a person decides. */
async function lookUp<Output>(
  { id, output }: StepSpec<Output>,
  check: { activity: string; input: Input; options: ActivityOptions },
  keys: StepKeys
): Promise<LookUp<Output> | null> {
  const call: ActivityCall = { idempotencyKey: keys.check, forwardKey: keys.do, hasEffect: false };
  // The look-up returned the output of the step.
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
