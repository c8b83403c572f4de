/**
 * A worker whose workflows are functions of their history, and whose activities answer when the test decides: for
 * tests of the service. Every task loads the whole history, and checks that the history ends with the new events of
 * the task.
 */
import { idOf } from '../proto-time';
import type { Command, HistoryEvent } from '../history';
import { temporal } from '../proto';
import type { RunKey } from '../run-name';
import type {
  ActivityOutcome,
  ActivityTask,
  ActivityWorker,
  WorkflowTask,
  WorkflowTaskResult,
  WorkflowWorker,
} from '../worker/port';

/** All events so far → the commands of the workflow. The task fails if the function throws. */
export type Script = (events: readonly HistoryEvent[], task: WorkflowTask) => Command[];

export class ScriptedWorkflows implements WorkflowWorker {
  readonly evicted: RunKey[] = [];
  readonly tasks: WorkflowTask[] = [];
  /** Tasks wait while this is set. */
  gate: Promise<void> | null = null;
  /** The number of event loop turns that a task takes. */
  turns = 0;

  constructor(readonly scripts: Record<string, Script>) {}

  serves(workflowType: string): boolean {
    return Object.hasOwn(this.scripts, workflowType);
  }
  evict(runKey: RunKey): void {
    this.evicted.push(runKey);
  }
  close(): Promise<void> {
    return Promise.resolve();
  }

  async runWorkflowTask(task: WorkflowTask): Promise<WorkflowTaskResult> {
    this.tasks.push(task);
    await this.gate;
    for (let turn = 0; turn < this.turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    const events = await task.loadHistory();
    const ids = events.map(({ eventId }) => idOf(eventId));
    if (ids.some((id, index) => id !== index + 1)) throw new Error(`the history has a gap: ${ids.join()}`);
    const news = task.newEvents.map(({ eventId }) => idOf(eventId));
    const tail = news.length > 0 ? ids.slice(-news.length) : [];
    if (tail.join() !== news.join())
      throw new Error(`new are ${news.join()}, but the history ends with ${tail.join()}`);
    const { QueryResultType } = temporal.api.enums.v1;
    const queryResults = Object.fromEntries(
      task.queries.map(({ id }) => [
        id,
        { resultType: QueryResultType.QUERY_RESULT_TYPE_ANSWERED, answer: { payloads: [jsonPayload(events.length)] } },
      ])
    );
    try {
      const commands = task.newEvents.length > 0 ? this.scripts[task.run.workflowType]!(events, task) : [];
      const sdkMetadata = task.previousStartedEventId === 0 ? { coreUsedFlags: [1, 3] } : {};
      return { kind: 'completed', commands, messages: [], queryResults, sdkMetadata, revision: 'v1.0' };
    } catch (error) {
      const cause =
        temporal.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE;
      return { kind: 'failed', cause, failure: { message: (error as Error).message, source: 'Test' } };
    }
  }
}

export class ScriptedActivities implements ActivityWorker {
  /** Every start, in order. */
  readonly started: ActivityTask[] = [];
  readonly canceled: { token: string; reason: string }[] = [];
  readonly #open = new Map<string, { finish(outcome: ActivityOutcome): void; heartbeat(value: unknown): void }>();

  /** With `answer`, every attempt ends with it at once. Otherwise an attempt ends when `finish` is called. */
  constructor(public answer: ((task: ActivityTask) => ActivityOutcome) | null = null) {}

  serves(): boolean {
    return true;
  }
  run(task: ActivityTask, heartbeat: (details: temporal.api.common.v1.IPayload[]) => void): Promise<ActivityOutcome> {
    this.started.push(task);
    if (this.answer) return Promise.resolve(this.answer(task));
    return new Promise((finish) =>
      this.#open.set(task.activityId, { finish, heartbeat: (value) => heartbeat([jsonPayload(value)]) })
    );
  }
  finish(activityId: string, outcome: ActivityOutcome = completed(activityId)): void {
    const open = this.#open.get(activityId);
    if (!open) throw new Error(`activity ${activityId} does not run`);
    this.#open.delete(activityId);
    open.finish(outcome);
  }
  /** Ends the attempt that is running at the time of the call. */
  openAttempt(activityId: string): (outcome: ActivityOutcome) => void {
    const open = this.#open.get(activityId);
    if (!open) throw new Error(`activity ${activityId} does not run`);
    return open.finish;
  }
  heartbeat(activityId: string, value: unknown): void {
    this.#open.get(activityId)?.heartbeat(value);
  }
  cancel(token: string, reason: string): void {
    this.canceled.push({ token, reason });
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

export const completed = (value: unknown): ActivityOutcome => ({ kind: 'completed', result: [jsonPayload(value)] });

export const jsonPayload = (value: unknown): temporal.api.common.v1.IPayload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(value)),
});
