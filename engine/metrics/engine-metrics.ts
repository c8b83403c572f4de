/**
 * The measurements of the engine, for Prometheus: engine/metrics/README.md lists all of them.
 *
 * Rules
 * [MTR1] Counts and times of runs, steps and attempts are those of what became durable.
 * [MTR2] Labels are flows that are published here, types of activities, and queues, each at most a number of them; the rest
 *        is 'other'. No label has an id, a value, a message or a name of a person.
 * [MTR3] A scrape reads no table. What needs the database or all runs in memory is sampled (sample.ts).
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { AttemptEnd } from '../history';
import { STATUS, type RunStatus } from '../run-name';
import type { QueueBacklog } from '../service/backlogs';
import type { Meter } from '../service/meter';
import { OPEN_STATES, type RunCounts } from '../store/port';
import { LastMinute } from './last-minute';
import { BoundedNames, OTHER } from './names';
import { Sample } from './sample';

/** What it reads when somebody scrapes. */
export interface Measured {
  countRuns(): Promise<RunCounts>;
  backlogs(): QueueBacklog[];
  now(): number;
  readonly holdsLease: boolean;
  readonly runsInMemory: number;
}

const MOST_FLOWS = 200;
const MOST_ACTIVITIES = 500;
const MOST_QUEUES = 50;

const COUNTS_REST_MS = 15_000;
const BACKLOGS_REST_MS = 2_000;

/** From a call within this machine to a step that waits days for its service. */
const STEP_BUCKETS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 86_400];
const ATTEMPT_BUCKETS = [1, 2, 3, 5, 10, 20];
const TASK_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const COMMIT_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const RESULTS: Record<RunStatus, string> = {
  [STATUS.running]: 'running',
  [STATUS.completed]: 'completed',
  [STATUS.failed]: 'failed',
  [STATUS.canceled]: 'canceled',
  [STATUS.terminated]: 'terminated',
  [STATUS.continuedAsNew]: 'continued_as_new',
  [STATUS.timedOut]: 'timed_out',
};
const ATTEMPT_RESULTS: Record<AttemptEnd['result'], string> = {
  completed: 'completed',
  failed: 'failed',
  timedOut: 'timed_out',
  canceled: 'canceled',
  lost: 'lost',
};

export class EngineMetrics implements Meter {
  readonly registry = new Registry();
  readonly #flows = new BoundedNames(MOST_FLOWS);
  readonly #activities = new BoundedNames(MOST_ACTIVITIES);
  readonly #queues = new BoundedNames(MOST_QUEUES);

  readonly #doneTasks = new LastMinute();
  readonly #doneAttempts = new LastMinute();
  readonly #started = this.#counter('backstitch_runs_started_total', 'Runs that were started.', ['flow']);
  readonly #closed = this.#counter('backstitch_runs_closed_total', 'Runs that closed, by result.', ['flow', 'result']);
  readonly #attempts = this.#counter('backstitch_attempts_total', 'Attempts of steps that ended, by result.', [
    'flow',
    'activity',
    'result',
  ]);
  readonly #steps = this.#counter('backstitch_steps_total', 'Steps that ended, by the result of the last attempt.', [
    'flow',
    'activity',
    'result',
  ]);
  readonly #stepSeconds = this.#histogram(
    'backstitch_step_duration_seconds',
    'From the schedule of a step to its end, with all its attempts and the pauses between them.',
    ['flow', 'activity'],
    STEP_BUCKETS
  );
  readonly #stepAttempts = this.#histogram(
    'backstitch_step_attempts',
    'How many attempts a step took.',
    ['flow', 'activity'],
    ATTEMPT_BUCKETS
  );
  readonly #taskSeconds = this.#histogram(
    'backstitch_workflow_task_duration_seconds',
    'How long a workflow task was in the embedded worker, with its wait for the thread.',
    ['flow'],
    TASK_BUCKETS
  );
  readonly #tasksFailed = this.#counter('backstitch_workflow_tasks_failed_total', 'Workflow tasks that failed.', [
    'flow',
  ]);
  readonly #commitSeconds = this.#histogram(
    'backstitch_commit_duration_seconds',
    'How long a commit to PostgreSQL took; one commit has changes of many runs.',
    [],
    COMMIT_BUCKETS
  );
  readonly #commitRuns = this.#counter('backstitch_committed_changes_total', 'Changes of runs in these commits.', []);
  readonly #commitsFailed = this.#counter('backstitch_commits_failed_total', 'Commits that failed.', []);

  /** `flowOf`: the published flow of which a workflow type is a version; undefined for every other type. */
  constructor(private readonly options: { flowOf: (workflowType: string) => string | undefined; version: string }) {
    collectDefaultMetrics({ register: this.registry });
    this.#gauge('backstitch_build_info', 'Always 1; the version is its label.', ['version'], (gauge) =>
      gauge.set({ version: options.version }, 1)
    );
  }

  /** Measures this engine when somebody scrapes. Called once. */
  observe(measured: Measured): void {
    const counts = new Sample(() => measured.countRuns(), { restMs: COUNTS_REST_MS });
    const backlogs = new Sample(() => measured.backlogs(), { restMs: BACKLOGS_REST_MS });
    this.#gauge('backstitch_lease_held', '1 while this engine is the one that writes.', [], (gauge) =>
      gauge.set(measured.holdsLease ? 1 : 0)
    );
    this.#gauge('backstitch_runs_in_memory', 'Open runs that are in memory.', [], (gauge) =>
      gauge.set(measured.runsInMemory)
    );
    this.#gauge('backstitch_open_runs', 'Open runs, by what they do.', ['state'], async (gauge) => {
      const sampled = await counts.get();
      gauge.reset();
      if (sampled) for (const state of OPEN_STATES) gauge.set({ state }, sampled.value.open[state]);
    });
    this.#gauge(
      'backstitch_runs_with_effects_remaining',
      'Closed runs of which effects remain or may remain, until a person settles them.',
      [],
      async (gauge) => {
        const sampled = await counts.get();
        gauge.set(sampled?.value.remaining.runs ?? NaN);
      }
    );
    this.#gauge(
      'backstitch_effects_remaining',
      'The effects that remain or may remain of these runs.',
      [],
      async (gauge) => {
        const sampled = await counts.get();
        gauge.set(sampled?.value.remaining.effects ?? NaN);
      }
    );
    this.#gauge('backstitch_runs_counted_timestamp_seconds', 'When the runs were counted.', [], async (gauge) => {
      const sampled = await counts.get();
      gauge.set(sampled ? sampled.atMs / 1_000 : NaN);
    });
    this.#gauge(
      'backstitch_queue_backlog',
      'Tasks that no worker has taken, by queue and kind: workflow or activity.',
      ['queue', 'kind'],
      async (gauge) => {
        gauge.reset();
        for (const { taskQueue, kind, count } of (await backlogs.get())?.value ?? [])
          gauge.inc({ queue: this.#queues.of(taskQueue), kind }, count);
      }
    );
    this.#gauge(
      'backstitch_queue_oldest_task_age_seconds',
      'How long the oldest task of the queue has waited.',
      ['queue', 'kind'],
      async (gauge) => {
        gauge.reset();
        const ages = new Map<string, { queue: string; kind: string; seconds: number }>();
        for (const { taskQueue, kind, sinceMs } of (await backlogs.get())?.value ?? []) {
          const queue = this.#queues.of(taskQueue);
          const seconds = Math.max(0, measured.now() - sinceMs) / 1_000;
          const known = ages.get(`${kind} ${queue}`);
          ages.set(`${kind} ${queue}`, { queue, kind, seconds: Math.max(seconds, known?.seconds ?? 0) });
        }
        for (const { seconds, ...labels } of ages.values()) gauge.set(labels, seconds);
      }
    );
  }

  runStarted(workflowType: string): void {
    this.#started.inc({ flow: this.#flow(workflowType) });
  }

  runClosed(workflowType: string, status: RunStatus): void {
    this.#closed.inc({ flow: this.#flow(workflowType), result: RESULTS[status] });
  }

  attemptEnded(workflowType: string, { activityType, result: ended, activity: step }: AttemptEnd): void {
    const flow = this.#flow(workflowType);
    const of = { flow, activity: flow === OTHER ? OTHER : this.#activity(flow, activityType) };
    const result = ATTEMPT_RESULTS[ended];
    if (ended !== 'lost') this.#doneAttempts.add();
    this.#attempts.inc({ ...of, result });
    if (!step) return;
    this.#steps.inc({ ...of, result });
    this.#stepSeconds.observe(of, step.ms / 1_000);
    this.#stepAttempts.observe(of, step.attempts);
  }

  workflowTaskEnded(workflowType: string, ms: number, result: 'completed' | 'failed'): void {
    const flow = this.#flow(workflowType);
    this.#taskSeconds.observe({ flow }, ms / 1_000);
    this.#doneTasks.add();
    if (result === 'failed') this.#tasksFailed.inc({ flow });
  }

  committed(ms: number, runs: number): void {
    this.#commitSeconds.observe(ms / 1_000);
    this.#commitRuns.inc(runs);
  }

  commitFailed(): void {
    this.#commitsFailed.inc();
  }

  /** What the embedded worker has done in the last minute. */
  get lastMinute(): { workflowTasks: number; attempts: number } {
    return { workflowTasks: this.#doneTasks.count, attempts: this.#doneAttempts.count };
  }

  /** The exposition format of Prometheus, version 0.0.4. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** [MTR2] */
  #flow(workflowType: string): string {
    const flow = this.options.flowOf(workflowType);
    return flow === undefined ? OTHER : this.#flows.of(flow);
  }

  /** Bounded for all flows together, because each pair has a histogram. */
  #activity(flow: string, activityType: string): string {
    return this.#activities.of(`${flow} ${activityType}`) === OTHER ? OTHER : activityType;
  }

  #counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram<L extends string>(name: string, help: string, labelNames: L[], buckets: number[]): Histogram<L> {
    return new Histogram({ name, help, labelNames, buckets, registers: [this.registry] });
  }

  #gauge<L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    measure: (gauge: Gauge<L>) => void | Promise<void>
  ): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      async collect() {
        await measure(this);
      },
    });
  }
}
