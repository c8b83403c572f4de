/** Runs pieces of work in their order, a limited number of them at a time. */
import { CancellationScope, isCancellation } from '@temporalio/workflow';

export interface TurnOptions {
  /** How many run at a time. */
  concurrency: number;
  /** After a failure: cancel the others, or let all of them run. */
  onFailure: 'stop' | 'finish';
  /** True: no more work begins, unless work has failed. `begun`: how many pieces have. */
  pauses?(begun: number): boolean;
}

/**
 * All work that began has ended before this resolves or rejects. Resolves to the number of pieces that began. Rejects with the first failure. A cancellation stops
 * the rest, whatever the options.
 */
export async function inTurn(
  count: number,
  { concurrency, onFailure, pauses }: TurnOptions,
  work: (index: number) => Promise<void>
): Promise<number> {
  const siblings = new CancellationScope();
  let next = 0;
  let stopped = false;
  let first: { error: unknown } | null = null;
  const worker = async (): Promise<void> => {
    while (next < count && !stopped && (first !== null || !pauses?.(next))) {
      const index = next++;
      try {
        await siblings.run(() => work(index));
      } catch (error) {
        first ??= { error };
        if (onFailure === 'finish' && !isCancellation(error)) continue;
        stopped = true;
        siblings.cancel();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, worker));
  const failed = first as { error: unknown } | null;
  if (failed) throw failed.error;
  return next;
}
