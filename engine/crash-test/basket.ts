/**
 * A basket: a flow that waits for one errand, leaves another one alone, and pays a fee (flows.ts). Somebody stops some
 * of them, resets some, and deletes some afterwards, with all their runs.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ShopKey } from '../examples/order-fulfilment/ledger';
import { STATUS } from '../run-name';
import type { Calls } from './calls';
import { ClientRun, countOpen } from './client-run';
import { belongsTo, stillThere, type DeletedRun, type Mixed, type World } from './participant';
import type { BasketPlan } from './plan-mix';
import type { JudgedRun } from './judged-run';
import { removeAll } from './removal';

const LOOK_MS = 120;
const MAY_COMPLETE: readonly string[] = ['goes-well', 'answer-lost', 'applies-after-timeout'];

export class Basket implements Mixed {
  readonly waits = false;
  readonly deleted: DeletedRun[] = [];
  readonly kept = { starts: 0, cancels: 0, resets: 0, deletions: 0 };
  readonly name: string;
  stuck: string | null = 'not started';

  constructor(
    private readonly plan: BasketPlan,
    private readonly calls: Calls,
    private readonly workflowType: string
  ) {
    this.name = plan.workflowId;
  }

  async play(): Promise<void> {
    const { plan, calls, kept } = this;
    const run = new ClientRun(this.name, calls);
    const { first, beside, own: scenario } = plan;
    await run.start(this.workflowType, { orderId: this.name, scenario, first, beside });
    kept.starts++;
    this.stuck = 'runs';
    let disturbance = plan.disturbance;
    for (let now = await run.look(); now?.isOpen; now = await run.look()) {
      if (disturbance && now.events >= disturbance.afterEvents) {
        const { what } = disturbance;
        disturbance = null;
        if (what === 'cancel') kept.cancels += Number(await run.cancel(`${this.name} cancel`));
        else {
          const made = await run.reset(`${this.name} reset`, what === 'resetToFirst' ? 'first' : 'last');
          kept.resets += Number(made !== null);
          run.runId = made ?? run.runId;
        }
      }
      await delay(LOOK_MS);
    }
    const isFamily = `(WorkflowId = '${this.name}' OR WorkflowId STARTS_WITH '${this.name}/')`;
    while ((await countOpen(calls, isFamily)) > 0) await delay(LOOK_MS);
    if (plan.isDeleted) {
      this.stuck = 'is being deleted';
      const removed = await removeAll(calls, isFamily);
      this.deleted.push(...removed);
      kept.deletions += removed.length;
    }
    this.stuck = null;
  }

  judge({ runs, books }: World): string[] {
    const { plan, name, kept } = this;
    const own = runs.filter(({ workflowId }) => belongsTo(name, workflowId));
    if (this.kept.deletions > 0) return stillThere(own, this.deleted);
    const roots = own.filter(({ workflowId }) => workflowId === name);
    const words: string[] = [];
    if (roots.length !== 1 + kept.resets) words.push(`${roots.length} runs, after ${kept.resets} resets`);
    // Each run that was reset was open until then.
    const last = roots.find(({ status }) => status !== STATUS.terminated);
    if (!last) return [...words, 'every run of it was terminated'];
    if (last.status === STATUS.completed) {
      for (const scenario of [plan.first, plan.own])
        if (!MAY_COMPLETE.includes(scenario) && scenario !== UNDO_FAILS) words.push(`completed in ${scenario}`);
      const remain = books.filter((key) => key.orderId === name && stands(key) && isOf(key, last, own));
      const kinds = remain.map(({ kind }) => kind).sort();
      if (kinds.join() !== 'payment,payment,reservation') words.push(`completed with ${kinds.join() || 'nothing'}`);
    } else {
      const all = last.entries.filter(({ state }) => !UNWOUND.includes(state));
      // An undo that ran out of attempts is left, and said to be.
      for (const { activityId, state } of all)
        if (state !== 'undoFailed') words.push(`did not complete, and ${activityId} is ${state}`);
    }
    return words.map((each) => `${name}: ${each}`);
  }
}

const UNDO_FAILS = 'refund-fails';
const UNWOUND: readonly string[] = ['undone', 'notArmed'];
const stands = ({ applied, undone }: ShopKey) => applied > undone;

/** The key is of this run, or of the last run of its child. */
function isOf({ key }: ShopKey, run: JudgedRun, all: readonly JudgedRun[]): boolean {
  if ([...run.keys.values()].includes(key)) return true;
  const inside = new Set(run.children.flatMap(({ runIds }) => runIds));
  return all.some(({ runId, keys }) => inside.has(runId) && [...keys.values()].includes(key));
}
