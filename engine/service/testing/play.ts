/** Plays programs on an engine that may be killed once, and requests that reset and delete their runs meanwhile. */
import { setImmediate as turn } from 'node:timers/promises';
import type { HistoryEvent } from '../../history';
import { payloads } from '../../history/testing/run';
import { localCaller, processCaller } from '../../permissions/caller';
import { temporal } from '../../proto';
import { toDuration } from '../../proto-time';
import { VirtualClock } from '../../sim/virtual-clock';
import type { Store } from '../../store/port';
import { ActivityExecutor } from '../../worker/activities/executor';
import type { EmbeddedWorker } from '../../worker/embedded-worker';
import type { Plan } from '../../worker/testing/workflows/plan';
import { asServiceError } from '../errors';
import type { EngineRole } from '../start-engine';
import type { CountingWorkflows } from './drive';
import { FatalStore, type Kill } from './fatal-store';
import { readRuns, startTestEngine, type StoredHistory } from './test-engine';

/**
 * At a time after the start, to the run that is current then. A pause ends after PAUSE_MS; to keep closed
 * runs for a day is for all of them.
 */
export interface Action {
  do: 'reset' | 'delete' | 'pause' | 'keepOneDay' | 'batch';
  to: string;
  atMs: number;
}

const { EventType } = temporal.api.enums.v1;
const LONGEST_MS = 10 * 86_400_000;
/** Not found; a batch is there already; a run is not in the state that the request needs. */
const ANSWERS = new Set([5, 6, 9]);
const QUIET_TURNS = 8;
const PAUSE_MS = 2_500;
const ADMIN = processCaller('web', [{ role: 'admin', flow: null }]);

type Described = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse;
type Page = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse;

export class Play {
  readonly clock = new VirtualClock();
  readonly store: FatalStore;
  /** Runs that were deleted, by request. */
  readonly deleted: string[] = [];
  readonly #ended: Promise<void>[] = [];
  #role: EngineRole | null = null;

  constructor(
    inner: Store,
    private readonly workers: { worker: EmbeddedWorker; workflows: CountingWorkflows },
    private readonly kill: Kill | null
  ) {
    const onKilled = () => {
      if (this.#role) this.#ended.push(this.#role.stop());
      this.#role = null;
    };
    this.store = new FatalStore(inner, kill && { ...kill, onKilled });
  }

  async #begin(): Promise<void> {
    const { worker, workflows } = this.workers;
    // The worker ends with the engine: its last tasks are nobody's.
    while (workflows.underWay > 0) await turn();
    await Promise.all(this.#ended);
    // What the workers of the one before had in memory is lost.
    for (let runKey = 1; runKey < 100; runKey++) worker.evict(runKey);
    const { store, clock } = this;
    const activityWorker = new ActivityExecutor({ activities: {} });
    // The official replayer takes most of the time, so it sees the histories of every third kill; history/check all.
    const source = (this.kill?.at ?? 0) % 3 === 0 ? undefined : 'scripted';
    this.#role = await startTestEngine({ store, clock, workflowWorker: workflows, activityWorker, source });
  }

  /** Starts the programs, and lets time pass until everything has ended. */
  async run(programs: Record<string, Plan>, actions: readonly Action[] = []): Promise<StoredHistory[]> {
    await this.#begin();
    const asked = [
      ...Object.entries(programs).map((program) => this.#start(...program)),
      ...actions.map((action) => this.#act(action)),
    ];
    const until = this.clock.now() + LONGEST_MS;
    for (;;) {
      for (let quiet = 0; quiet < QUIET_TURNS; quiet = this.#isQuiet() ? quiet + 1 : 0) {
        if (!this.#role) await this.#begin();
        await turn();
      }
      const next = this.clock.next();
      if (next === null || next > until) break;
      await this.clock.advance(next - this.clock.now());
    }
    await Promise.all(asked);
    await this.#role!.stop();
    await Promise.all(this.#ended);
    return readRuns(this.store);
  }

  #isQuiet(): boolean {
    if (!this.#role || this.workers.workflows.underWay > 0 || this.store.underWay > 0) return false;
    return [...this.#role.engine.runs.values()].every((run) => run.isClean && !run.busy);
  }

  /** As a client does: again, until it is answered. Null: there is no such run, or it is not in that state. */
  async #call<T>(method: string, request: object, caller = localCaller()): Promise<T | null> {
    for (;;) {
      try {
        return (await this.#role!.service.call(method, { namespace: 'default', ...request }, caller)) as T;
      } catch (error) {
        const { code } = asServiceError(error);
        // Not there, or not as it has to be: paused before by the same request, or not paused any more.
        if (error instanceof Error && ANSWERS.has(code)) return null;
        await new Promise<void>((resolve) => this.clock.after(100, resolve));
      }
    }
  }

  async #start(workflowId: string, plan: Plan): Promise<void> {
    await this.#call('StartWorkflowExecution', {
      workflowId,
      requestId: workflowId,
      workflowType: { name: 'player' },
      taskQueue: { name: 'backstitch' },
      input: payloads(plan),
    });
  }

  async #act(action: Action): Promise<void> {
    const { to: workflowId, atMs } = action;
    await new Promise<void>((resolve) => this.clock.after(atMs, resolve));
    if (action.do === 'keepOneDay') {
      const config = { workflowExecutionRetentionTtl: toDuration(86_400_000) };
      await this.#call('UpdateNamespace', { config }, ADMIN);
      return;
    }
    if (action.do === 'batch') {
      const signalOperation = { signal: 'once' };
      const named = { jobId: 'batch', reason: 'x', visibilityQuery: "WorkflowType = 'player'", signalOperation };
      await this.#call('StartBatchOperation', named);
      return;
    }
    const described = await this.#call<Described>('DescribeWorkflowExecution', { execution: { workflowId } });
    const runId = described?.workflowExecutionInfo?.execution?.runId;
    if (!runId) return;
    const workflowExecution = { workflowId, runId };
    if (action.do === 'pause') {
      const request = { workflowId, runId, requestId: `pause ${workflowId} at ${atMs}` };
      await this.#call('PauseWorkflowExecution', request);
      await new Promise<void>((resolve) => this.clock.after(PAUSE_MS, resolve));
      await this.#call('UnpauseWorkflowExecution', request);
      return;
    }
    if (action.do === 'delete') {
      this.deleted.push(runId);
      await this.#call('DeleteWorkflowExecution', { workflowExecution }, ADMIN);
      return;
    }
    const page = await this.#call<Page>('GetWorkflowExecutionHistory', { execution: workflowExecution });
    const isPoint = ({ eventType }: HistoryEvent) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED;
    const workflowTaskFinishEventId = page?.history?.events?.findLast(isPoint)?.eventId;
    if (!workflowTaskFinishEventId) return;
    const requestId = `reset ${workflowId} at ${atMs}`;
    await this.#call('ResetWorkflowExecution', {
      workflowExecution,
      workflowTaskFinishEventId,
      requestId,
      reason: 'x',
    });
  }
}
