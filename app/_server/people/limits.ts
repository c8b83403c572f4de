/**
 * Rate limits with fixed windows. Counting and checking are one atomic step, so that concurrent calls cannot exceed
 * the limit. With Redis the counts are shared by all web processes; while it is away each process counts by itself,
 * so that nobody is locked out.
 */
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';

interface Rule {
  /** Seconds. */
  window: number;
  max: number;
}
/** `retryAfter` in seconds. */
interface Verdict {
  allowed: boolean;
  retryAfter: number | null;
}

/** The first call of a window starts it. */
const CONSUME = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return { count, redis.call('PTTL', KEYS[1]) }`;
/** The maximum of callers within a window; above it the oldest are forgotten. */
const CALLERS_MOST = 50_000;
const ANSWER_MS = 1_000;

export class Limits {
  readonly #windows = new Map<string, { count: number; endsMs: number }>();

  constructor(
    private readonly redis: Redis | null,
    private readonly log: Pick<Logger, 'warn'>,
    private readonly now: () => number = Date.now
  ) {}

  /** Counts one call. */
  async consume(key: string, rule: Rule): Promise<Verdict> {
    return (await this.#consumeTogether(key, rule)) ?? this.#consumeHere(key, rule);
  }

  /** Resets the count of this key, for example after a successful sign-in. */
  async forget(key: string): Promise<void> {
    this.#windows.delete(key);
    if (this.redis?.status !== 'ready') return;
    await within(ANSWER_MS, this.redis.del(`backstitch:limit:${key}`)).catch((error: unknown) =>
      this.log.warn({ err: error }, 'Redis is away: the limit remains until its window ends')
    );
  }

  /**
   * Null if there is no Redis that answers now: a command would be queued, and the sign-in would wait, until Redis is
   * back.
   */
  async #consumeTogether(key: string, rule: Rule): Promise<Verdict | null> {
    if (this.redis?.status !== 'ready') return null;
    try {
      const counted = this.redis.eval(CONSUME, 1, `backstitch:limit:${key}`, rule.window * 1_000);
      const [count, leftMs] = (await within(ANSWER_MS, counted)) as [number, number];
      return verdict(count, leftMs, rule);
    } catch (error) {
      this.log.warn({ err: error }, 'Redis is away: attempts are counted in this process alone');
      return null;
    }
  }

  #consumeHere(key: string, rule: Rule): Verdict {
    const now = this.now();
    const open = this.#windows.get(key);
    const window = open && open.endsMs > now ? open : { count: 0, endsMs: now + rule.window * 1_000 };
    window.count++;
    // Inserted again, so that the first entry is the oldest.
    if (window !== open) this.#windows.delete(key);
    this.#windows.set(key, window);
    if (this.#windows.size > CALLERS_MOST) this.#windows.delete(this.#windows.keys().next().value as string);
    return verdict(window.count, window.endsMs - now, rule);
  }
}

function verdict(count: number, leftMs: number, { max }: Rule): Verdict {
  const allowed = count <= max;
  return { allowed, retryAfter: allowed ? null : Math.max(1, Math.ceil(leftMs / 1_000)) };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
