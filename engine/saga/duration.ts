/** Durations, as a flow is written with them, and durable waits. */
import { sleep } from '@temporalio/workflow';

/** Milliseconds, or a number and a unit: '250ms', '30s', '5m', '12h', '30d'. */
export type Duration = number | string;

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** NaN for a text that is no duration. */
export function milliseconds(duration: Duration): number {
  if (typeof duration === 'number') return duration;
  const [, amount, unit = ''] = /^(\d+)([a-z]+)$/.exec(duration) ?? [];
  return Number(amount) * (UNITS_MS[unit] ?? Number.NaN);
}

/** No cluster accepts longer timers. */
const LONGEST_PAUSE_MS = 36_500 * 86_400_000;

/** `nodeId`: the summary of the timer. */
export async function pause(nodeId: string, durationMs: number): Promise<void> {
  if (!Number.isFinite(durationMs)) throw new RangeError(`Cannot wait for ${durationMs} ms.`);
  if (durationMs > LONGEST_PAUSE_MS) throw new RangeError(`Cannot wait for ${durationMs} ms: at most 100 years.`);
  await sleep(Math.max(1, Math.round(durationMs)), { summary: nodeId });
}
