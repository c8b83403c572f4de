/** Runs branches concurrently until the first one succeeds. */
import { CancellationScope, DeterminismViolationError } from '@temporalio/workflow';

/**
 * Resolves with the first work that succeeds, by its key, after all others have ended; they are cancelled then. Rejects
 * with the first failure if none succeeds.
 */
export async function firstOf<Key extends string>(works: Readonly<Record<Key, () => Promise<void>>>): Promise<Key> {
  const siblings = new CancellationScope();
  let winner: { key: Key } | null = null;
  let broken: { error: unknown } | null = null;
  let first: { error: unknown } | null = null;
  await Promise.all(
    (Object.entries(works) as [Key, () => Promise<void>][]).map(async ([key, work]) => {
      try {
        await siblings.run(work);
        winner ??= { key };
        siblings.cancel();
      } catch (error) {
        first ??= { error };
        // Never hidden by a branch that succeeds.
        if (error instanceof DeterminismViolationError) broken ??= { error };
      }
    })
  );
  const fatal = broken as { error: unknown } | null;
  if (fatal) throw fatal.error;
  const won = winner as { key: Key } | null;
  if (won) return won.key;
  throw (first as { error: unknown } | null)?.error;
}
