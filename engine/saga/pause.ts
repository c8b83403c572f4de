import { sleep } from '@temporalio/workflow';
import { LONGEST_MS } from './duration';

/** A durable wait. `nodeId`: the summary of the timer. */
export async function pause(nodeId: string, durationMs: number): Promise<void> {
  if (!Number.isFinite(durationMs)) throw new RangeError(`Cannot wait for ${durationMs} ms.`);
  if (durationMs > LONGEST_MS) throw new RangeError(`Cannot wait for ${durationMs} ms: at most 100 years.`);
  await sleep(Math.max(1, Math.round(durationMs)), { summary: nodeId });
}
