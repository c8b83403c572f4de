/** Runs pieces of work in their order, a limited number of them at a time. */
import { CancellationScope, isCancellation } from '@temporalio/workflow';

export interface TurnOptions {
  /** How many run at a time. */
  concurrency: number;
  /** After a failure: cancel the others, or let all of them run. */
  onFailure: 'stop' | 'finish';
}

/**
 * All work that began has ended before this resolves or rejects. Rejects with the first failure. A cancellation stops
 * the rest, whatever the options.
 */
export async function inTurn(
  count: number,
  { concurrency, onFailure }: TurnOptions,
  work: (index: number) => Promise<void>
): Promise<void> {
  const siblings = new CancellationScope();
  let next = 0;
  let stopped = false;
  let first: { error: unknown } | null = null;
  const worker = async (): Promise<void> => {
    while (next < count && !stopped) {
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
}
