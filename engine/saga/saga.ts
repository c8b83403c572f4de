/**
 * A flow as a saga: begins it, always unwinds it, and says which effects remain when it ends.
 *
 * Invariants
 * - However the body ends, what it armed is undone, or it stands on the ledger and the failure says so. A success says nothing.
 * - On the way back a cancellation is on record and changes nothing. Past the pivot nothing is undone, and neither a cancellation nor
 *   the deadline changes anything.
 * - The run ends after what goes on beside it (telling the inbox).
 * - Nondeterminism is never handled: not by the flow's catches, not by unwinding.
 */
import {
  ApplicationFailure,
  CancellationScope,
  DeterminismViolationError,
  isCancellation,
  sleep,
} from '@temporalio/workflow';
import { serveApprovals } from './approval';
import { asFailure, failureMessage } from './failures';
import { Ended, Saga, type SagaOptions } from './nodes';
import { serveOperators } from './operator';
import { demandSendable } from './schedule';
import { SignalInbox } from './signals';
import { SagaState, type Cursor } from './state';
import { unwind } from './unwind';
import { misfitOf } from './value-check';

/**
 * Run a flow as a saga. Completes with the body's output; when the body fails or is cancelled, undoes what it did, last done first,
 * and ends as failed or cancelled. Effects that remain then are named by the failure: type `LeftStanding`, the ledger in its details,
 * what went wrong as its cause.
 */
export async function saga<Output>(options: SagaOptions, body: (saga: Saga) => Promise<Output>): Promise<Output> {
  const state = new SagaState();
  serveOperators(state);
  serveApprovals(state);
  const cursor: Cursor = { nodeId: '', through: true };
  const inbox = new SignalInbox(state.exact);
  const root = new Saga(state, state.ledger.root, options, inbox, cursor);
  inbox.listen(options.signals ?? {});
  try {
    // In place: the flow's own code reads the same object.
    if (options.input) state.exact.read(options.input.value);
    demandFits(options.input);
    const output = await withDeadline(options.deadlineMs, () => outputOf(body(root)));
    demandSendable([output], 'The output of the flow');
    state.end('done');
    await state.besideEnded();
    return output;
  } catch (error) {
    if (error instanceof DeterminismViolationError) throw error;
    const failure = asFailure(error, state.whereFailed(error, cursor));
    if (!state.pivoted && state.ledger.standing.length > 0) await unwind(state, state.ledger.root);
    const { leftWords } = state.ledger;
    state.end('failed');
    await state.besideEnded();
    if (!leftWords || isCancellation(failure)) throw failure;
    throw ApplicationFailure.create({
      message: `${failureMessage(failure)} (${leftWords})`,
      type: 'LeftStanding',
      nonRetryable: true,
      cause: failure as Error,
      details: [state.ledger.report()],
    });
  }
}

/** What the body returned, or what the node that ended the flow gave. */
async function outputOf<Output>(body: Promise<Output>): Promise<Output> {
  try {
    return await body;
  } catch (error) {
    if (error instanceof Ended) return error.output as Output;
    throw error;
  }
}

/** Fails the run before its first step when it was started with something that its flow does not take. */
function demandFits(input: SagaOptions['input']): void {
  const misfit = input && misfitOf(input.value, input.schema);
  if (!misfit) return;
  throw ApplicationFailure.nonRetryable(`The input does not fit: ${misfit.at} ${misfit.message}.`, 'InvalidInput');
}

/** A timer inside the workflow: a server-side timeout would close the run without running any of its code. */
async function withDeadline<Output>(deadlineMs: number | undefined, body: () => Promise<Output>): Promise<Output> {
  if (deadlineMs === undefined) return body();
  const flow = new CancellationScope();
  const timer = new CancellationScope();
  let expired = false;
  timer
    .run(() => sleep(deadlineMs, { summary: 'Deadline of the run' }))
    .then(() => {
      expired = true;
      flow.cancel();
    })
    .catch(() => {}); // cancelled: the flow was in time
  try {
    return await flow.run(body);
  } catch (error) {
    if (expired && isCancellation(error)) {
      throw ApplicationFailure.nonRetryable('The flow was not through by its deadline.', 'DeadlineExceeded');
    }
    throw error;
  } finally {
    timer.cancel();
  }
}
