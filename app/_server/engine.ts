/**
 * The official Temporal client, configured so that an engine that is away is reported at once and found again soon:
 * no hidden retries within a call (a page would hang), a short reconnect interval, a deadline for every call.
 */
import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { Client, Connection } from '@temporalio/client';
import type { WebConfig } from './config';
import { fromEngine, Refusal } from './failure';
import type { Web } from './web';

export const IDENTITY = 'backstitch-web';
/** A page must not hang with an engine that hangs. */
const READ_DEADLINE_MS = 2_000;
/** Longer, because the run may have to be replayed first. */
const QUERY_DEADLINE_MS = 8_000;
const WRITE_DEADLINE_MS = 12_000;

/** Does not connect yet. */
export function connectEngine(config: WebConfig): Client {
  const connection = Connection.lazy({
    address: config.engineAddress,
    ...(config.key ? { apiKey: config.key } : {}),
    tls: false,
    interceptors: [bounded],
    channelArgs: {
      'grpc.initial_reconnect_backoff_ms': 200,
      'grpc.max_reconnect_backoff_ms': 2_000,
      'grpc.max_receive_message_length': 64 * 1024 * 1024,
    },
  });
  return new Client({ connection, namespace: config.namespace, identity: IDENTITY });
}

/**
 * A call without a deadline would wait for an engine that hangs for as long as it hangs, and everything that waits for
 * the call with it. `reading`, `asking` and `changing` say what is right; this is the end of a call for which nobody
 * did.
 */
export const bounded: Interceptor = (options, nextCall) =>
  new InterceptingCall(nextCall({ ...options, deadline: options.deadline ?? Date.now() + WRITE_DEADLINE_MS }));

type Temporal = Pick<Web, 'temporal'>;

/**
 * For calls that the engine answers itself: one that takes too long is treated as an engine that is away. Nothing was
 * sent that could still take effect.
 */
export async function reading<T>(web: Temporal, call: () => Promise<T>): Promise<T> {
  return web.temporal.withDeadline(Date.now() + READ_DEADLINE_MS, call).catch(unanswered);
}
/** For calls that the code of a run answers: they may take too long although the engine is well. */
export function asking<T>({ temporal }: Temporal, call: () => Promise<T>): Promise<T> {
  return temporal.withDeadline(Date.now() + QUERY_DEADLINE_MS, call);
}
export function changing<T>({ temporal }: Temporal, call: () => Promise<T>): Promise<T> {
  return temporal.withDeadline(Date.now() + WRITE_DEADLINE_MS, call);
}

/** Throws: a question to the engine that ran out of time as an engine that is away, anything else as it is. */
export function unanswered(error: unknown): never {
  if (fromEngine(error)?.code !== 'outcomeUnknown') throw error;
  throw new Refusal(
    'engineAway',
    'The engine takes too long to answer. Runs are safe: they continue when it is back.',
    undefined,
    { cause: error }
  );
}
