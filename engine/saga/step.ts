/**
 * One step of a saga: run the activity, arm its undo, and settle what is not known.
 *
 * A step with an effect is waited for even when it is cancelled (WAIT_CANCELLATION_COMPLETED): whether its effect happened must be
 * known before anything is undone. Any close but Completed leaves that open, unless the failure says `NotApplied`; then the step's
 * policy decides: undo it, look it up, or ask a person.
 */
import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  scheduleActivity,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import { provesNotApplied } from './failures';
import type { LedgerEntry, Scope, UndoEntry, UndoFailurePolicy } from './ledger';
import { askOutcome } from './operator';
import type { SagaState } from './state';

export interface UndoSpec {
  title: string;
  activity: string;
  input: unknown;
  options: ActivityOptions;
  onFailure?: UndoFailurePolicy;
}

export interface StepSpec<Output> {
  id: string;
  title: string;
  activity: string;
  input: unknown;
  options: ActivityOptions;
  effect: 'none' | 'reversible' | 'irreversible';
  /** Makes the undo's data: from the output once the step completed, from nothing while only an attempt is known. */
  undo?: (output: Output | undefined) => UndoSpec;
  /** 'attempted': armed before the step starts, since an attempt may have had its effect. */
  armed?: 'completed' | 'attempted';
  unknown?:
    | { policy: 'undo' }
    | { policy: 'ask' }
    | { policy: 'check'; activity: string; input: unknown; options: ActivityOptions };
  /** The point of no return. */
  pivot?: boolean;
}

/** What a look-up activity answers. */
interface LookUp<Output> {
  applied: boolean;
  output?: Output;
}

/** The same across attempts, engine restarts and an operator's retries; new after a reset (design section 4). */
export function idempotencyKey(activityId: string): string {
  const { namespace, workflowId, runId } = workflowInfo();
  return `${namespace}/${workflowId}/${runId}/${activityId}`;
}

export async function runStep<Output>(
  state: SagaState,
  scope: Scope,
  spec: StepSpec<Output>,
  onUndoFailure: UndoFailurePolicy
): Promise<Output> {
  const makeUndo = (output: Output | undefined): UndoEntry | null =>
    spec.undo ? { onFailure: onUndoFailure, ...spec.undo(output) } : null;
  const attempted = spec.armed === 'attempted';
  const entry =
    spec.effect === 'none'
      ? null
      : state.ledger.add(scope, {
          nodeId: spec.id,
          activityId: spec.id,
          // The code cannot tell when an attempt is sent: from here on it may have been.
          state: 'mayStand',
          undo: attempted ? makeUndo(undefined) : null,
        });

  let output: Output;
  try {
    output = await scheduleActivity<Output>(spec.activity, [spec.input], {
      ...spec.options,
      activityId: spec.id,
      summary: spec.title,
      cancellationType: entry
        ? ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
        : ActivityCancellationType.TRY_CANCEL,
    });
  } catch (error) {
    const found = entry
      ? await CancellationScope.nonCancellable(() => settleUnknown(state, spec, entry, makeUndo, error))
      : null;
    state.tell();
    if (!found) throw error;
    output = found.output;
  }

  if (entry) {
    // It stands, whatever becomes of the data for its undo.
    state.ledger.arm(entry, 'standing');
    entry.undo = makeUndo(output);
  }
  if (spec.pivot) state.pivoted = true;
  return output;
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
  const { unknown = { policy: 'ask' } } = spec;
  if (unknown.policy === 'undo') {
    entry.undo ??= makeUndo(undefined);
    return null;
  }
  if (unknown.policy === 'check') {
    const answer = await lookUp<Output>(spec.id, unknown);
    if (answer?.applied) return { output: answer.output as Output };
    if (answer) {
      state.ledger.become(entry, 'notArmed');
      return null;
    }
  }
  const decision = await askOutcome(state, spec.id, error);
  if (decision.choice === 'applied') return { output: decision.output as Output };
  if (decision.choice === 'notApplied') state.ledger.become(entry, 'notArmed');
  else entry.undo ??= makeUndo(undefined);
  return null;
}

/** Null when the look-up does not answer, or answers something else: then a person decides. */
async function lookUp<Output>(
  nodeId: string,
  check: { activity: string; input: unknown; options: ActivityOptions }
): Promise<LookUp<Output> | null> {
  try {
    const answer = await scheduleActivity<Partial<LookUp<Output>> | null>(
      check.activity,
      [check.input, { forwardKey: idempotencyKey(nodeId) }],
      {
        ...check.options,
        activityId: `${nodeId}:check`,
        summary: `Did ${nodeId} happen?`,
      }
    );
    return typeof answer?.applied === 'boolean' ? (answer as LookUp<Output>) : null;
  } catch (error) {
    if (error instanceof ActivityFailure) return null;
    throw error;
  }
}
