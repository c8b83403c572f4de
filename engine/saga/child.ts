/**
 * A flow as a step of another one: a child run with a history, a ledger and a page of its own.
 *
 * Rules
 * [CW1] A parent that waits takes over what the child has left when it ends (handed.ts), as one group: it is undone as a
 *       part of the parent's own rollback, last done first, with the keys of the child.
 * [CW2] A parent that is stopped, or whose sibling branch failed, asks the child to stop, and waits until it has undone
 *       itself.
 * [CW3] While a child runs, and if it ended without saying what it left, the parent counts it as one effect that may
 *       remain.
 * [CW4] A parent that does not wait takes over nothing: such a child keeps its effects, also if the parent is undone.
 * [CW5] A child that somebody stopped by itself is a failure of its step, of the type 'ChildStopped', which a catch may
 *       handle. One that did not end within the time limit of its step is asked to stop, and fails with 'Timeout'.
 */
import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowCancellationType,
  ChildWorkflowFailure,
  DeterminismViolationError,
  ParentClosePolicy,
  TerminatedFailure,
  TimeoutFailure,
  executeChild,
  sleep,
  startChild,
  workflowInfo,
  type ChildWorkflowOptions,
} from '@temporalio/workflow';
import { milliseconds, type Duration } from './duration';
import { marked } from './exact';
import { rootFailure } from './failures';
import { HANDS_OVER, handedByFailure, handedResult, NOTHING_LEFT, type HandedScope } from './handed';
import { nodeIdOf } from './item-path';
import type { Scope } from './ledger';
import { demandSendable } from './schedule';
import { sha256 } from './sha256';
import type { SagaState } from './state';

export interface ChildSpec {
  /** Of the node; in a loop with the path of the item (item-path.ts), which `Saga.child` adds. */
  id: string;
  title: string;
  /** The flow, and the type of the version of it that was the newest when this one was published. */
  flow: string;
  workflow: string;
  input: unknown;
  /** Default: that of this run, a slash and the id of the step. */
  workflowId?: string;
  /** Of all its steps together: 'irreversible' if nothing can undo them. */
  effect: 'none' | 'reversible' | 'irreversible';
  /**
   * If this run ends first: it is asked to stop and undoes itself, it is closed at once and undoes nothing, or it goes
   * on. Default: 'stop' if this run waits for it, otherwise 'leave'.
   */
  onParentClose?: 'stop' | 'kill' | 'leave';
  /** After it the child is asked to stop. */
  timeout?: Duration;
}

export interface StartedChild {
  workflowId: string;
  runId: string;
}

const POLICIES = {
  stop: ParentClosePolicy.REQUEST_CANCEL,
  kill: ParentClosePolicy.TERMINATE,
  leave: ParentClosePolicy.ABANDON,
};

/** Starts a child, waits for its end, and takes over what it has left. */
export async function runChild<Output>(state: SagaState, scope: Scope, spec: ChildSpec): Promise<Output> {
  const { id, title, effect } = spec;
  const nodeId = nodeIdOf(id);
  const options = optionsOf(spec, 'stop', { [HANDS_OVER]: id });
  const entry =
    effect === 'none'
      ? null
      : state.ledger.add(scope, { nodeId, activityId: id, title, effect, keys: null, undo: null });
  const takeOver = (effects: HandedScope): void => {
    if (entry) state.ledger.become(entry, 'notArmed');
    state.ledger.adopt(scope, effects, { nodeId, stepId: id });
  };
  let timedOut = false;
  try {
    const result = state.exact.read(
      await withTimeLimit(
        spec,
        () => (timedOut = true),
        () => executeChild<() => Promise<unknown>>(spec.workflow, options as never)
      )
    );
    const handed = handedResult(result);
    // [CW3] It is no run of this library, or one that was made before it could hand anything over.
    if (!handed) return result as Output;
    takeOver(handed.effects);
    return handed.output as Output;
  } catch (error) {
    if (error instanceof DeterminismViolationError) throw error;
    const left = effectsAfter(error);
    if (left) takeOver(state.exact.read(left));
    state.tell();
    throw failureOf(error, spec, timedOut);
  }
}

/** [CW4] Starts a child. Resolves when it has started. */
export async function leaveChild(spec: ChildSpec): Promise<StartedChild> {
  const options = optionsOf(spec, 'leave', {});
  const here = CancellationScope.current();
  if (here.consideredCancelled) await here.cancelRequested;
  try {
    // A stop of this run says nothing to a child for which it does not wait.
    const started = await CancellationScope.nonCancellable(() =>
      startChild<() => Promise<unknown>>(spec.workflow, options as never)
    );
    return { workflowId: started.workflowId, runId: started.firstExecutionRunId };
  } catch (error) {
    if (error instanceof DeterminismViolationError) throw error;
    throw failureOf(error, spec, false);
  }
}

function optionsOf(
  { id, title, flow, workflow, input, workflowId, onParentClose }: ChildSpec,
  policy: keyof typeof POLICIES,
  memo: Record<string, unknown>
): ChildWorkflowOptions & { args: unknown[] } {
  demandSendable([input], `The input of '${id}'`);
  const { searchAttributes } = workflowInfo();
  const version = Number(workflow.split('_v').at(-1));
  return {
    args: [marked(input)],
    workflowId: workflowId === undefined ? ownIdOf(id) : demandId(workflowId, id),
    cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
    parentClosePolicy: POLICIES[onParentClose ?? policy],
    memo: { BackstitchFlow: flow, BackstitchVersion: version, ...memo },
    // A cluster has these attributes only if somebody registered them; then this run has them too.
    ...('BackstitchFlow' in searchAttributes
      ? { searchAttributes: { BackstitchFlow: [flow], BackstitchVersion: [version] } }
      : {}),
    // The history is read by it (design D7); the title is for other tools.
    staticSummary: id,
    staticDetails: title,
  };
}

/** A longer one is a digest, because servers limit ids. */
function ownIdOf(stepId: string): string {
  const id = `${workflowInfo().workflowId}/${stepId}`;
  return bytesOf(id) > LONGEST_ID ? `sha256/${sha256(id)}` : id;
}

/** A server refuses other ids, and with them the whole task, again and again. Here only the step fails. */
function demandId(id: unknown, stepId: string): string {
  if (typeof id === 'string' && id !== '' && bytesOf(id) <= LONGEST_ID && !UNSUITABLE.test(id)) return id;
  const message = `The id for the run of '${stepId}' is not a text of 1 to ${LONGEST_ID} bytes without control characters.`;
  throw ApplicationFailure.nonRetryable(message, 'InvalidRunId');
}

const LONGEST_ID = 1_000;
const UNSUITABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Cs}/u;
const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** What a child has left that ended with this; null: it is unknown. */
function effectsAfter(error: unknown): HandedScope | null {
  // It was not started: refused, cancelled before, or with an input that cannot be sent.
  if (!(error instanceof ChildWorkflowFailure)) return NOTHING_LEFT;
  const { cause } = error;
  // Its code did not run to its end.
  if (cause instanceof TerminatedFailure || cause instanceof TimeoutFailure) return null;
  return cause instanceof ApplicationFailure ? handedByFailure(cause.type, cause.details ?? []) : NOTHING_LEFT;
}

/** [CW5] */
function failureOf(error: unknown, { title, timeout, workflowId, id }: ChildSpec, timedOut: boolean): unknown {
  // The workflow library does not export its class.
  if (error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError') {
    const taken = workflowId ?? ownIdOf(id);
    return ApplicationFailure.nonRetryable(`A run with the id '${taken}' is open already.`, 'ChildAlreadyRunning');
  }
  if (!(rootFailure(error) instanceof CancelledFailure)) return error;
  // This run turns back: what the child has left is in the ledger.
  if (CancellationScope.current().consideredCancelled)
    return error instanceof ChildWorkflowFailure ? new CancelledFailure(`'${title}' was stopped.`, [], error) : error;
  const type = timedOut ? 'Timeout' : 'ChildStopped';
  const message = timedOut ? `'${title}' did not end within ${timeout}.` : `The run of '${title}' was stopped.`;
  return ApplicationFailure.create({ message, type, nonRetryable: true, cause: error as Error });
}

/** A timer inside this run: a time limit of the server would close the child without running its code. */
async function withTimeLimit<Output>(
  { id, timeout }: ChildSpec,
  onEnd: () => void,
  body: () => Promise<Output>
): Promise<Output> {
  if (timeout === undefined) return body();
  const child = new CancellationScope();
  const timer = new CancellationScope();
  const ended = child.run(body);
  timer
    .run(() => sleep(milliseconds(timeout), { summary: id }))
    .then(() => {
      onEnd();
      child.cancel();
    })
    .catch(() => {}); // cancelled: the child ended in time
  try {
    return await ended;
  } finally {
    timer.cancel();
  }
}
