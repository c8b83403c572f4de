/**
 * A flow with a long loop continues as new between two rounds of it, before its history reaches the limits of the
 * server.
 *
 * Rules
 * [CAS1] It continues when the server suggests it, at the end of a round of a loop that is directly in the flow, and
 *        only if nothing is open: no call whose late answer still counts, no task in the inbox that is being closed.
 *        A run that turns back continues between two undos of its last rollback.
 * [CAS2] A run stays as it is if the next one could not go on in the same way: it has a schedule or a retry policy; it
 *        has started a child that ends together with it; a value cannot be sent as data, or all values together are
 *        too large for one command. It then grows until the server asks it to turn back.
 * [CAS4] A run that was asked to stop ends as cancelled. The engine passes the request on to the next run of the chain
 *        (CHN6 in history/chain.ts); another server does not, and the next run would end as failed there, so the run
 *        stays one run while its rollback fits into its history.
 * [CAS5] A variable that the run before did not have, because its revision did not, is as at the beginning.
 * [CAS6] An output that the run before did not have, because its revision did not have the step, cannot be made up: the
 *        step is before the loop with which the run goes on. So this revision does not take the run: its workflow task
 *        fails as for other code that does not fit, and the engine goes on with the revision of the run before.
 * [CAS3] The next run does what this one would have done: with the same ledger, the same keys, the same variables,
 *        outputs, signals and tasks, and with what remains of its deadline.
 */
import { CancellationScope, condition, DeterminismViolationError, workflowInfo } from '@temporalio/workflow';
import type { Carried } from './carried';
import { Ended } from './ended';
import { ExactNumber, marked } from './exact';
import { isSendable } from './schedule';
import type { SagaState } from './state';

/** Thrown through the flow, which ends here: the next run goes on. No catch handles it. */
export class Continues extends Ended {
  constructor(readonly carried: Carried) {
    super(undefined);
  }
}

/** After a refusal the run is asked again when its history has grown by so many events. */
const ASKED_EVERY = 500;

/** True if the run should end as soon as nothing is open [CAS1] [CAS2]. */
export function isDue({ staysHere, staysUntilEvent }: SagaState): boolean {
  const { continueAsNewSuggested, historyLength, cronSchedule, retryPolicy } = workflowInfo();
  return continueAsNewSuggested && !cronSchedule && !retryPolicy && !staysHere && historyLength >= staysUntilEvent;
}

/** Ends this run if it should continue as new [CAS1]; otherwise it goes on. Rejects if the run is cancelled. */
export async function continueIfDue(state: SagaState, from: Partial<Pick<Carried, 'loop' | 'failure'>>): Promise<void> {
  if (!isDue(state)) return;
  if (state.isBusyBeside) await condition(() => !state.isBusyBeside);
  const carried = state.carried(from);
  const fits = isData(carried) && isSendable([state.input, carried].map(marked));
  if (fits && !CancellationScope.current().consideredCancelled) {
    state.silence();
    throw new Continues(carried);
  }
  state.staysUntilEvent = workflowInfo().historyLength + ASKED_EVERY;
}

/** `own`: the values as they are at the beginning, when only variables have one. Throws for a missing output [CAS6]. */
export function demandCarried({ names }: Carried, own: object): void {
  const missing = Object.entries(own).find(([name, value]) => value === undefined && !names?.includes(name));
  if (!names || !missing) return;
  throw new DeterminismViolationError(
    `This run goes on where the one before it stopped, and that one had no output '${missing[0]}': its revision did not have that step.`
  );
}

/** True if the value is the same after it was sent as JSON. A field without a value is the same as no field. */
function isData(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return true;
  if (Array.isArray(value)) return value.every((item) => item !== undefined && isData(item));
  return Object.values(value).every(isData);
}
