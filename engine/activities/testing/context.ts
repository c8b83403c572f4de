/** For tests: runs an activity function inside a Temporal activity `Context`, as a worker does. */
import { asyncLocalStorage, Context, type Info } from '@temporalio/activity';
import { CancelledFailure, noopMetricMeter, type Logger } from '@temporalio/common';

export interface TestActivity<T> {
  result: Promise<T>;
  /** Requests a cancellation. */
  cancel(): void;
  heartbeats: unknown[];
}

export interface LogLine {
  level: string;
  message: string;
  data: unknown;
}

export function startActivity<T>(
  work: () => Promise<T>,
  info: Partial<Info> = {},
  lines: LogLine[] = []
): TestActivity<T> {
  const aborter = new AbortController();
  const cancelled = new Promise<never>((_, reject) => {
    aborter.signal.addEventListener('abort', () => reject(new CancelledFailure('CANCELLED')));
  });
  cancelled.catch(() => {});
  const heartbeats: unknown[] = [];
  const whole = {
    activityId: 'step',
    activityType: 'test',
    attempt: 1,
    namespace: 'default',
    workflowExecution: { workflowId: 'order-1', runId: 'run-1' },
    workflowType: 'orderFulfilment_v1',
    startToCloseTimeoutMs: 10_000,
    ...info,
  } as Info;
  const context = new Context(
    whole,
    cancelled,
    aborter.signal,
    (details) => heartbeats.push(details),
    undefined,
    logger(lines),
    noopMetricMeter,
    {}
  );
  return { result: asyncLocalStorage.run(context, work), cancel: () => aborter.abort(), heartbeats };
}

export const runActivity = <T>(work: () => Promise<T>, info?: Partial<Info>): Promise<T> =>
  startActivity(work, info).result;

function logger(lines: LogLine[]): Logger {
  const log = (level: string, message: string, data?: unknown) => void lines.push({ level, message, data });
  return {
    log,
    trace: (message, data) => log('trace', message, data),
    debug: (message, data) => log('debug', message, data),
    info: (message, data) => log('info', message, data),
    warn: (message, data) => log('warn', message, data),
    error: (message, data) => log('error', message, data),
  };
}
