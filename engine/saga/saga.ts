/**
 * Runs a flow as a saga: if it fails it always unwinds, and at its end it reports the effects that remain.
 *
 * Invariants
 * - If the body fails, every armed effect is undone, or it remains on the ledger and the failure names it. A success
 *   reports nothing.
 * - During the unwinding a cancellation is recorded and changes nothing. After the pivot nothing is undone, and
 *   neither a cancellation nor the deadline changes anything.
 * - The run ends only after its concurrent work has ended (closing tasks in the inbox).
 * - A run that continues as new (continue.ts) undoes nothing and reports nothing: the next run of its chain does.
 * - Nondeterminism is never handled: neither by catches of the flow nor by unwinding.
 */
import {
  ApplicationFailure,
  CancellationScope,
  DeterminismViolationError,
  isCancellation,
  continueAsNew,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { serveApprovals } from './approval';
import { failureAsData, failureFromData } from './carried-failure';
import { Continues, continueIfDue } from './continue';
import { milliseconds, type Duration } from './duration';
import { asFailure, failureMessage } from './failures';
import { Ended } from './ended';
import { marked } from './exact';
import { HANDS_OVER, LEFT_STANDING, type HandedResult } from './handed';
import { Saga, type SagaOptions } from './nodes';
import { serveOperators } from './operator';
import { demandSendable } from './schedule';
import { SignalInbox } from './signals';
import { SagaState, type Cursor } from './state';
import { unwind } from './unwind';
import { misfitOf } from './value-check';

/**
 * Runs a flow as a saga. Completes with the output of the body. If the body fails or is cancelled, its effects are
 * undone, the last one first, and the run ends as failed or cancelled. If effects remain, the failure has the type
 * `LeftStanding`, the ledger in its details, and the original failure as its cause. A run that a parent waits for hands
 * over what it has left (handed.ts).
 */
export async function saga<Output>(
  options: SagaOptions,
  body: (saga: Saga<Output>) => Promise<Output>
): Promise<Output> {
  const state = new SagaState();
  const { memo, workflowType } = workflowInfo();
  const takenOver = memo?.[HANDS_OVER] !== undefined;
  state.restore(options.carried);
  serveOperators(state);
  serveApprovals(state);
  const cursor: Cursor = { nodeId: '', through: true };
  const inbox = new SignalInbox(state.exact);
  const root = new Saga<Output>(state, state.ledger.root, options, inbox, cursor);
  state.inbox = inbox;
  inbox.listen(options.signals ?? {}, state.from?.signals);
  try {
    // Changed in place, because the code of the flow reads the same object.
    if (options.input) state.exact.read(options.input.value);
    demandFits(options.input);
    state.input = options.input?.value;
    // The flow has failed in a run before this one, which goes on with the undoing.
    if (state.from?.failure) throw failureFromData(state.from.failure);
    const output = await withDeadline(state, options.deadline, () => outputOf(body(root)));
    const result = takenOver
      ? ({ handsOver: 1, output, effects: state.ledger.handOver(state.pivoted, workflowType) } satisfies HandedResult)
      : output;
    demandSendable([result], 'The output of the flow');
    state.end('done');
    await state.besideEnded();
    return result as Output;
  } catch (error) {
    if (error instanceof DeterminismViolationError) throw error;
    if (error instanceof Continues) return nextRun(state, error);
    const failure = asFailure(error, state.whereFailed(error, cursor));
    const between =
      'carried' in options && !staysForStop(state, failure)
        ? () => continueIfDue(state, { failure: failureAsData(failure) })
        : undefined;
    try {
      if (!state.pivoted && state.ledger.standing.length > 0) await unwind(state, state.ledger.root, between);
    } catch (thrown) {
      if (thrown instanceof Continues) return nextRun(state, thrown);
      throw thrown;
    }
    const { leftWords } = state.ledger;
    state.end('failed');
    await state.besideEnded();
    // A parent learns of what is left from a failure only, so a run that it stopped fails then.
    if (!leftWords || (isCancellation(failure) && !takenOver)) throw failure;
    throw ApplicationFailure.create({
      message: `${failureMessage(failure)} (${leftWords})`,
      type: LEFT_STANDING,
      nonRetryable: true,
      cause: failure as Error,
      details: [state.ledger.report(), ...(takenOver ? [state.ledger.handOver(state.pivoted, workflowType)] : [])],
    });
  }
}

/** [CAS4] */
const staysForStop = ({ ledger }: SagaState, failure: unknown): boolean =>
  isCancellation(failure) && workflowInfo().historyLength + ledger.standing.length * EVENTS_OF_UNDO < ROOM;
/** With its workflow task and a retry. */
const EVENTS_OF_UNDO = 8;
/** A server ends a run with 51,200 events. */
const ROOM = 40_000;

/** Ends this run; the next one of its chain goes on. */
const nextRun = (state: SagaState, { carried }: Continues): Promise<never> =>
  continueAsNew(...[state.input, carried].map(marked));

/** The return value of the body, or the output of the node that ended the flow. */
async function outputOf<Output>(body: Promise<Output>): Promise<Output> {
  try {
    return await body;
  } catch (error) {
    if (error instanceof Ended && !(error instanceof Continues)) return error.output as Output;
    throw error;
  }
}

/** Fails the run before its first step if its input does not match the schema of the flow. */
function demandFits(input: SagaOptions['input']): void {
  const misfit = input && misfitOf(input.value, input.schema);
  if (!misfit) return;
  throw ApplicationFailure.nonRetryable(
    `The input does not match its schema: ${misfit.at} ${misfit.message}.`,
    'InvalidInput'
  );
}

/** A timer inside the workflow, because a timeout of the server would close the run without running its code. */
async function withDeadline<Output>(
  state: SagaState,
  deadline: Duration | undefined,
  body: () => Promise<Output>
): Promise<Output> {
  if (deadline === undefined) return body();
  // The next run of a chain has what remains of it.
  state.deadlineAtMs ??= Date.now() + milliseconds(deadline);
  const remainsMs = Math.max(1, state.deadlineAtMs - Date.now());
  const flow = new CancellationScope();
  const timer = new CancellationScope();
  let expired = false;
  timer
    .run(() => sleep(remainsMs, { summary: 'Deadline of the run' }))
    .then(() => {
      expired = true;
      flow.cancel();
    })
    .catch(() => {}); // cancelled: the flow ended in time
  try {
    return await flow.run(body);
  } catch (error) {
    if (expired && isCancellation(error)) {
      throw ApplicationFailure.nonRetryable('The flow did not end before its deadline.', 'DeadlineExceeded');
    }
    throw error;
  } finally {
    timer.cancel();
  }
}
