/**
 * Calls to the engine that leads at the moment, repeated until they are answered. A caller of a durable engine
 * repeats its request with the same id, and may rely on an answer. Only errors that mean 'not now' are repeated; any
 * other error is an answer.
 */
import { status as grpcStatus, type ServiceError } from '@grpc/grpc-js';
import { isGrpcServiceError, WorkflowUpdateRPCTimeoutOrCancelledError, type Client } from '@temporalio/client';
import type { Cluster, Door } from './cluster';
import { setTimeout as delay } from 'node:timers/promises';

const CALL_LIMIT_MS = 8_000;
const AGAIN_MS = 60;
const NOT_NOW: readonly number[] = [
  grpcStatus.UNAVAILABLE,
  grpcStatus.DEADLINE_EXCEEDED,
  grpcStatus.CANCELLED,
  grpcStatus.ABORTED,
];

export class Calls {
  /** Descriptions of answers that no caller should get. */
  readonly complaints = new Set<string>();
  readonly #promised: (() => void)[] = [];

  constructor(
    private readonly cluster: Cluster,
    /** Ends all calls. */
    private readonly ended: AbortSignal
  ) {}

  /** As `persist`, for a call that changes something: its answer is a promise. */
  async change<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const answer = await this.persist(work);
    for (const listener of this.#promised.splice(0)) listener();
    return answer;
  }

  /** Resolves when the next change is acknowledged, or after the time limit. */
  nextPromise(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      this.#promised.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Resolves or rejects with an answer. */
  async persist<T>(work: (client: Client) => Promise<T>, limitMs = CALL_LIMIT_MS): Promise<T> {
    for (;;) {
      this.ended.throwIfAborted();
      const { door } = this.cluster;
      try {
        return await this.once(door, work, limitMs);
      } catch (error) {
        if (!isNotNow(error)) {
          this.#complain(error);
          throw error;
        }
        await delay(AGAIN_MS);
      }
    }
  }

  once<T>(door: Door, work: (client: Client) => Promise<T>, limitMs: number): Promise<T> {
    return door.connection.withAbortSignal(AbortSignal.any([door.closed.signal, this.ended]), () =>
      door.connection.withDeadline(Date.now() + limitMs, () => work(door.client))
    );
  }

  #complain(error: unknown): void {
    const answer = grpcErrorOf(error);
    const internal: readonly number[] = [grpcStatus.INTERNAL, grpcStatus.UNKNOWN, grpcStatus.DATA_LOSS];
    if (answer && internal.includes(answer.code)) this.complaints.add(`the engine answered ${answer.message}`);
  }
}

function isNotNow(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  const answer = grpcErrorOf(error);
  // The connection was cut in the middle of an answer.
  return answer !== null && (NOT_NOW.includes(answer.code) || /RST_STREAM|Connection dropped/.test(answer.details));
}

export function grpcErrorOf(error: unknown): ServiceError | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (isGrpcServiceError(cause)) return cause;
  return null;
}
