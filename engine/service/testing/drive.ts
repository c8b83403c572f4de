/** Virtual time with real workers: the clock moves on whenever the engine has nothing to do by itself. */
import { setImmediate as turn } from 'node:timers/promises';
import type { VirtualClock } from '../../sim/virtual-clock';
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

/** For so long in virtual time, or until no open run is hot: all have closed, or wait for a person and were parked. */
export async function drive(
  { engine }: EngineRole,
  clock: VirtualClock,
  workflows: CountingWorkflows,
  forMs: number
): Promise<void> {
  const isQuiet = () => workflows.underWay === 0 && [...engine.runs.values()].every((run) => run.isClean && !run.busy);
  const until = clock.now() + forMs;
  for (;;) {
    for (let turns = 0; turns < QUIET_TURNS; turns = isQuiet() ? turns + 1 : 0) await turn();
    const next = clock.next();
    if (next === null || next > until || engine.runs.size === 0) return;
    await clock.advance(Math.max(0, next - clock.now()));
  }
}
