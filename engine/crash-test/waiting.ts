/** Waiting for real processes: always for a condition, and always with a time limit. */
import { setTimeout as delay } from 'node:timers/promises';

export class GaveUp extends Error {
  override name = 'GaveUp';
}

const LOOK_AGAIN_MS = 20;

/** Rejects with GaveUp after the time limit. */
export async function within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new GaveUp(`waited ${limitMs / 1_000} s for ${what}`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Repeats `look` until it returns something. An error counts as nothing, because the process may be down. */
export async function until<T>(
  limitMs: number,
  what: string,
  look: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  everyMs = LOOK_AGAIN_MS
): Promise<T> {
  const giveUpAt = Date.now() + limitMs;
  for (let last: unknown; ;) {
    try {
      const seen = await look();
      if (seen !== null && seen !== undefined && seen !== false) return seen;
    } catch (error) {
      last = error;
    }
    if (Date.now() > giveUpAt) throw new GaveUp(`waited ${limitMs / 1_000} s for ${what}`, { cause: last });
    await delay(everyMs);
  }
}
