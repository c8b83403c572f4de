/** Virtual time with real workers: the clock moves on whenever the engine has nothing to do by itself. */
import { setImmediate as turn } from 'node:timers/promises';
import type { VirtualClock } from '../../sim/virtual-clock';
import type { LeasedStore, Store } from '../../store/port';
import type { WorkflowTask, WorkflowTaskResult, WorkflowWorker } from '../../worker/port';
import type { EngineRole } from '../start-engine';

/** How many turns of the event loop in a row must find nothing under way. */
const QUIET_TURNS = 5;

/** Knows how many workflow tasks are with the worker: its thread answers in real time. */
export class CountingWorkflows implements WorkflowWorker {
  underWay = 0;

  constructor(private readonly inner: WorkflowWorker) {}

  serves(workflowType: string): boolean {
    return this.inner.serves(workflowType);
  }
  evict(runKey: number): void {
    this.inner.evict(runKey);
  }
  close(): Promise<void> {
    return this.inner.close();
  }
  async runWorkflowTask(task: WorkflowTask): Promise<WorkflowTaskResult> {
    this.underWay++;
    try {
      return await this.inner.runWorkflowTask(task);
    } finally {
      this.underWay--;
    }
  }
}

/** Knows how much is asked of a store that answers in real time. */
export class CountingStore implements Store {
  underWay = 0;

  constructor(private readonly inner: Store) {}

  close(): Promise<void> {
    return this.inner.close();
  }
  async acquire(holder: string): Promise<LeasedStore> {
    const lease = await this.inner.acquire(holder);
    return new Proxy(lease, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          const answer: unknown = value.apply(target, args);
          if (!(answer instanceof Promise)) return answer;
          this.underWay++;
          return answer.finally(() => this.underWay--);
        };
      },
    });
  }
}

/** For so long in virtual time, or until the engine waits for nothing: all have closed, or wait for a person. */
export async function drive(
  { engine }: EngineRole,
  clock: VirtualClock,
  [workflows, store]: [CountingWorkflows, CountingStore],
  forMs: number
): Promise<void> {
  const isQuiet = () =>
    workflows.underWay === 0 &&
    store.underWay === 0 &&
    [...engine.runs.values()].every((run) => run.isClean && !run.busy);
  const until = clock.now() + forMs;
  for (;;) {
    for (let turns = 0; turns < QUIET_TURNS; turns = isQuiet() ? turns + 1 : 0) await turn();
    const next = clock.next();
    if (next === null || next > until) return;
    await clock.advance(Math.max(0, next - clock.now()));
  }
}
