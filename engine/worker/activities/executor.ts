/**
 * Runs activity attempts in this process: plain Temporal activity functions with the official Context, so that the
 * same functions run under the official worker beside a real cluster.
 *
 * Invariants:
 * - `run` never rejects.
 * - The signal of an attempt that was cancelled or timed out is aborted. A result that such an attempt still returns
 *   is reported, and the engine decides whether the result counts.
 * - At most `maxConcurrent` attempts run. The others wait in order.
 */
import { Context, asyncLocalStorage } from '@temporalio/activity';
import {
  ApplicationFailure,
  CancelledFailure,
  defaultFailureConverter,
  defaultPayloadConverter,
  ensureApplicationFailure,
  noopMetricMeter,
  TemporalFailure,
  type Logger as TemporalLogger,
} from '@temporalio/common';
import type { Logger } from 'pino';
import type { temporal } from '../../proto';
import type { AttemptInfo } from './attempt-info';
import type { ActivityOutcome, ActivityTask, ActivityWorker } from '../port';

type Payload = temporal.api.common.v1.IPayload;
export type ActivityFunction = (...args: never[]) => Promise<unknown> | unknown;
export type ActivityFunctions = Record<string, ActivityFunction>;

export interface ActivityExecutorOptions {
  activities: ActivityFunctions;
  /** Finds the function for a type that is not among `activities`, such as an operation of a connection. */
  others?: (activityType: string) => ActivityFunction | undefined;
  maxConcurrent?: number;
  log?: Logger;
}

interface Running {
  cancel(reason: Parameters<ActivityWorker['cancel']>[1]): void;
}

/** Details are sent at most this often within a heartbeat timeout. */
const THROTTLE = 0.8;
const LONGEST_THROTTLE_MS = 30_000;

export class ActivityExecutor implements ActivityWorker {
  readonly #running = new Map<string, Running>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(private readonly options: ActivityExecutorOptions) {
    this.#free = options.maxConcurrent ?? 200;
  }

  serves(activityType: string): boolean {
    return this.#functionFor(activityType) !== undefined;
  }

  cancel(token: string, reason: Parameters<ActivityWorker['cancel']>[1]): void {
    this.#running.get(token)?.cancel(reason);
  }

  async run(task: ActivityTask, heartbeat: (details: Payload[]) => void): Promise<ActivityOutcome> {
    const activity = this.#functionFor(task.activityType);
    if (!activity) {
      const known = Object.keys(this.options.activities).join(', ');
      return failed(
        ApplicationFailure.retryable(
          `Activity '${task.activityType}' is not registered on this worker, which has: ${known}`,
          'NotFoundError'
        )
      );
    }
    await this.#admit();
    try {
      return await this.#attempt(task, activity, heartbeat);
    } finally {
      this.#free++;
      this.#waiting.shift()?.();
    }
  }

  close(): Promise<void> {
    for (const running of this.#running.values()) running.cancel('WORKER_SHUTDOWN');
    return Promise.resolve();
  }

  #functionFor(activityType: string): ActivityFunction | undefined {
    const { activities, others } = this.options;
    return Object.hasOwn(activities, activityType) ? activities[activityType] : others?.(activityType);
  }

  async #admit(): Promise<void> {
    if (this.#free <= 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#free--;
  }

  async #attempt(
    task: ActivityTask,
    activity: ActivityFunction,
    heartbeat: (details: Payload[]) => void
  ): Promise<ActivityOutcome> {
    const controller = new AbortController();
    let reject: (error: Error) => void = () => {};
    const cancelled = new Promise<never>((_, rejectPromise) => (reject = rejectPromise));
    cancelled.catch(() => {}); // an activity may ignore its cancellation
    this.#running.set(task.token, {
      cancel: (reason) => {
        const failure = new CancelledFailure(reason, [{ type: reason }]);
        reject(failure);
        controller.abort(failure);
      },
    });
    const beats = new Throttled(
      Math.min(task.heartbeatTimeoutMs * THROTTLE || LONGEST_THROTTLE_MS, LONGEST_THROTTLE_MS),
      (details) => heartbeat(details === undefined ? [] : [defaultPayloadConverter.toPayload(details) as Payload])
    );
    const context = new Context(
      activityInfo(task),
      cancelled,
      controller.signal,
      (details: unknown) => beats.send(details),
      undefined,
      activityLogger(this.options.log, task),
      noopMetricMeter,
      {}
    );
    try {
      const args = task.input.map((payload) => defaultPayloadConverter.fromPayload(payload as never)) as never[];
      const result = await asyncLocalStorage.run(context, () => activity(...args));
      const payload = defaultPayloadConverter.toPayload(result);
      return { kind: 'completed', result: payload ? [payload as Payload] : [] };
    } catch (error) {
      if (error instanceof CancelledFailure && controller.signal.aborted) return { kind: 'canceled', details: [] };
      if (isAbortOf(controller.signal, error)) return { kind: 'canceled', details: [] };
      return failed(error);
    } finally {
      beats.stop();
      this.#running.delete(task.token);
    }
  }
}

/**
 * Sends the first details at once and later details at most once per interval. The latest details are sent in any
 * case while the attempt runs.
 */
class Throttled {
  #timer: NodeJS.Timeout | null = null;
  #latest: { details: unknown } | null = null;

  constructor(
    private readonly intervalMs: number,
    private readonly out: (details: unknown) => void
  ) {}

  send(details: unknown): void {
    if (this.#timer) {
      this.#latest = { details };
      return;
    }
    this.out(details);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      const latest = this.#latest;
      this.#latest = null;
      if (latest) this.send(latest.details);
    }, this.intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }
}

/** `fetch` and similar functions reject with the signal's reason, or with an AbortError that the signal caused. */
function isAbortOf(signal: AbortSignal, error: unknown): boolean {
  return signal.aborted && error instanceof Error && (error === signal.reason || error.name === 'AbortError');
}

function failed(error: unknown): ActivityOutcome {
  const failure = error instanceof TemporalFailure ? error : ensureApplicationFailure(error);
  return { kind: 'failed', failure: defaultFailureConverter.errorToFailure(failure, defaultPayloadConverter) };
}

function activityInfo(task: ActivityTask): AttemptInfo {
  const token = Buffer.from(task.token);
  const [heartbeat] = task.heartbeatDetails;
  return {
    taskToken: token,
    base64TaskToken: token.toString('base64'),
    activityId: task.activityId,
    activityType: task.activityType,
    activityNamespace: task.namespace,
    namespace: task.namespace,
    attempt: task.attempt,
    isLocal: false,
    inWorkflow: true,
    workflowExecution: { workflowId: task.workflowId, runId: task.runId },
    workflowNamespace: task.namespace,
    workflowType: task.workflowType,
    revision: task.revision,
    scheduledTimestampMs: task.scheduledTimeMs,
    currentAttemptScheduledTimestampMs: task.currentAttemptScheduledTimeMs,
    scheduleToCloseTimeoutMs: task.scheduleToCloseTimeoutMs,
    startToCloseTimeoutMs: task.startToCloseTimeoutMs,
    heartbeatTimeoutMs: task.heartbeatTimeoutMs || undefined,
    heartbeatDetails: heartbeat ? defaultPayloadConverter.fromPayload(heartbeat as never) : undefined,
    taskQueue: task.taskQueue,
  };
}

function activityLogger(log: Logger | undefined, task: ActivityTask): TemporalLogger {
  const child = log?.child({ workflowId: task.workflowId, activityId: task.activityId, attempt: task.attempt });
  const write = (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') => (message: string, meta?: object) =>
    child?.[level](meta ?? {}, message);
  return {
    log: (level, message, meta) => child?.[level.toLowerCase() as 'info'](meta ?? {}, message),
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}
