/**
 * A program: runs of hand-written workflow code (worker/testing/workflows/plans.ts) that start, signal and cancel each
 * other and continue as new. What they asked of each other happened once (service/testing/verdict.ts).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ofChains, ofMessages, ofResets } from '../service/testing/verdict';
import type { Calls } from './calls';
import { ClientRun, countOpen } from './client-run';
import { signalFaults, type JudgedRun } from './judged-run';
import { belongsTo, stillThere, type DeletedRun, type Mixed, type World } from './participant';
import type { ProgramPlan } from './plan-mix';
import { removeAll } from './removal';
import { STATUS } from '../run-name';

export const PROGRAM_TYPE = 'player';
const LOOK_MS = 120;

export class Program implements Mixed {
  readonly waits = false;
  readonly deleted: DeletedRun[] = [];
  readonly kept = { starts: 0, cancels: 0, resets: 0, deletions: 0, signals: 0 };
  readonly name: string;
  readonly #signals: string[] = [];
  stuck: string | null = 'not started';

  constructor(
    private readonly plan: ProgramPlan,
    private readonly calls: Calls
  ) {
    this.name = plan.workflowId;
  }

  async play(): Promise<void> {
    const { plan, calls, kept, name } = this;
    const run = new ClientRun(name, calls);
    await run.start(PROGRAM_TYPE, plan.steps);
    kept.starts++;
    this.stuck = 'runs';
    const current = new ClientRun(name, calls);
    const isFamily = `(WorkflowId = '${name}' OR WorkflowId STARTS_WITH '${name}/')`;
    for (let looks = 0; (await countOpen(calls, isFamily)) > 0; looks++) {
      const requestId = `${name} signal ${looks}`;
      if (looks < plan.signals && (await current.signal('tell', requestId))) {
        this.#signals.push(requestId);
        kept.signals++;
      }
      if (looks === plan.disturbance?.afterLooks) {
        if (plan.disturbance.what === 'cancel') kept.cancels += Number(await current.cancel(`${name} cancel`));
        else kept.resets += Number((await (await current.pinned()).reset(`${name} reset`, 'last')) !== null);
      }
      await delay(LOOK_MS);
    }
    if (plan.isDeleted) {
      this.stuck = 'is being deleted';
      const removed = await removeAll(calls, isFamily);
      this.deleted.push(...removed);
      kept.deletions += removed.length;
    }
    this.stuck = null;
  }

  judge({ runs }: World): string[] {
    const own = runs.filter(({ workflowId }) => belongsTo(this.name, workflowId));
    if (this.kept.deletions > 0) return stillThere(own, this.deleted);
    const words = [...ofChains(own, []), ...ofResets(own)];
    if (this.kept.resets === 0)
      words.push(...ofMessages(own), ...this.#lostLaps(own), ...signalFaults(own, this.#signals));
    return words.map((each) => `${this.name}: ${each}`);
  }

  /** A chain that nobody stopped has all its runs. */
  #lostLaps(own: readonly JudgedRun[]): string[] {
    const chain = own.filter(({ workflowId }) => workflowId === this.name);
    const wasStopped = chain.some(({ status }) => status === STATUS.canceled);
    const laps = 1 + (this.plan.steps.laps ?? 0);
    return wasStopped || chain.length === laps ? [] : [`has ${chain.length} runs, and its chain has ${laps}`];
  }
}
