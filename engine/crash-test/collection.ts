/**
 * A collection: a flow with a long loop (flows.ts), which continues as new every few doors. Some have to give everything
 * back at the end, from the last run of the chain to the first payment of the first run; somebody stops some of them on
 * their way, and deletes some afterwards, with all their runs.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { STATUS } from '../run-name';
import type { Calls } from './calls';
import { ClientRun, countOpen } from './client-run';
import { signalFaults, type JudgedRun } from './judged-run';
import { belongsTo, stillThere, type DeletedRun, type Mixed, type World } from './participant';
import type { CollectionPlan } from './plan-mix';
import { removeAll } from './removal';

const LOOK_MS = 120;

export class Collection implements Mixed {
  readonly waits = false;
  readonly deleted: DeletedRun[] = [];
  readonly kept = { starts: 0, cancels: 0, deletions: 0, signals: 0 };
  readonly name: string;
  readonly #signals: string[] = [];
  stuck: string | null = 'not started';

  constructor(
    private readonly plan: CollectionPlan,
    private readonly calls: Calls,
    private readonly workflowType: string
  ) {
    this.name = plan.workflowId;
  }

  async play(): Promise<void> {
    const { plan, calls, kept, name } = this;
    const { own: scenario, doors, atDoors } = plan;
    await new ClientRun(name, calls).start(this.workflowType, { orderId: name, scenario, doors, atDoors });
    kept.starts++;
    this.stuck = 'runs';
    const current = new ClientRun(name, calls);
    const isChain = `WorkflowId = '${name}'`;
    for (let looks = 0; (await countOpen(calls, isChain)) > 0; looks++) {
      const requestId = `${name} signal ${looks}`;
      if (looks < plan.signals && (await current.signal('remark', requestId))) {
        this.#signals.push(requestId);
        kept.signals++;
      }
      if (looks === plan.cancelAfterLooks) kept.cancels += Number(await current.cancel(`${name} cancel`));
      await delay(LOOK_MS);
    }
    if (plan.isDeleted) {
      this.stuck = 'is being deleted';
      const removed = await removeAll(calls, isChain);
      this.deleted.push(...removed);
      kept.deletions += removed.length;
    }
    this.stuck = null;
  }

  judge({ runs, books }: World): string[] {
    const { plan, name, kept } = this;
    const chain = runs.filter(({ workflowId }) => belongsTo(name, workflowId));
    if (kept.deletions > 0) return stillThere(chain, this.deleted);
    const words = signalFaults(chain, this.#signals);
    const ends = chain.filter(({ status }) => status !== STATUS.continuedAsNew);
    const [last] = ends;
    if (!last || ends.length > 1)
      return [`${name}: ${ends.length} of its ${chain.length} runs did not continue as new`];
    if (kept.cancels === 0 && chain.length < 2) words.push(`one run alone, for ${plan.doors} doors`);
    const remain = books.filter((key) => key.orderId === name && key.applied > key.undone).length;
    if (last.status === STATUS.completed) {
      if (plan.own !== 'goes-well') words.push(`completed in ${plan.own}`);
      if (remain !== plan.doors + 1) words.push(`completed, and ${remain} payments of ${plan.doors + 1} remain`);
    } else words.push(...this.#notGivenBack(last, remain));
    return words.map((each) => `${name}: ${each}`);
  }

  /** An undo that ran out of attempts is left, and said to be. */
  #notGivenBack({ entries, status }: JudgedRun, remain: number): string[] {
    const words: string[] = [];
    if (this.plan.own === 'goes-well' && this.kept.cancels === 0) words.push(`went well, and closed as ${status}`);
    const left = entries.filter(({ state }) => state !== 'undone' && state !== 'notArmed');
    for (const { activityId, state } of left) if (state !== 'undoFailed') words.push(`${activityId} is ${state}`);
    if (remain > left.length) words.push(`${remain} payments remain, and its ledger has ${left.length}`);
    return words;
  }
}
