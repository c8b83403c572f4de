/** Plays every failure of a draft. The cells are sent as they come, one line each. */
import type { TrialBody } from '@/app/_contract/trial';
import { sentPart } from '@/engine/trial/parts';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { playTrial } from './play';

/** `signal`: the caller has gone, so the trial is ended. */
export async function tryMatrix(
  web: Pick<Web, 'versions' | 'limits'>,
  actor: Actor,
  body: TrialBody,
  signal: AbortSignal
): Promise<Response> {
  const trial = await playTrial(web, actor, 'matrix', body, signal);
  const encoder = new TextEncoder();
  const lineOf = (json: string) => encoder.encode(`${json}\n`);
  const rest = trial.rest[Symbol.asyncIterator]();
  const lines = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(lineOf(trial.first.json)),
    async pull(controller) {
      try {
        const { value, done } = await rest.next();
        if (done) controller.close();
        else controller.enqueue(lineOf(value.json));
      } catch {
        const message = 'The connection to the engine was lost before the end.';
        controller.enqueue(lineOf(sentPart({ kind: 'end', end: 'broken', message }).json));
        controller.close();
      }
    },
    cancel: () => trial.leave(),
  });
  // Proxies must not collect the lines.
  const headers = { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
  return new Response(lines, { headers });
}
