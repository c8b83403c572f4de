/**
 * Rate limits with fixed windows. With Redis the counts are shared by all web processes. While Redis is away, or does
 * not answer within ANSWER_MS, each process counts by itself, so that nobody is locked out and the limit still holds.
 */
import type { Redis } from 'ioredis';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  RLWrapperTimeouts,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import { Refusal } from '../failure';

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

const ANSWER_MS = 1_000;

export class Limits {
  /** One for each rule: there are few. */
  readonly #limiters = new Map<string, RateLimiterAbstract>();

  constructor(private readonly redis: Redis | null) {}

  /** Counts one call. Throws `tooManyTries` beyond the limit. `what`: 'from this address'. */
  async demand(key: string, rule: Rule, what: string): Promise<void> {
    const { allowed, retryAfter } = await this.consume(key, rule);
    if (!allowed) throw new Refusal('tooManyTries', `Too many attempts ${what}. Wait ${retryAfter} s.`);
  }

  /** Counts one call. */
  async consume(key: string, rule: Rule): Promise<Verdict> {
    try {
      await this.#limiterOf(rule).consume(key);
      return { allowed: true, retryAfter: null };
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      return { allowed: false, retryAfter: Math.max(1, Math.ceil(refused.msBeforeNext / 1_000)) };
    }
  }

  /** Resets the count of this key, for example after a successful sign-in. */
  async forget(key: string): Promise<void> {
    await Promise.all([...this.#limiters.values()].map((limiter) => limiter.delete(key)));
  }

  #limiterOf({ window, max }: Rule): RateLimiterAbstract {
    const name = `${max} in ${window} s`;
    const limiter = this.#limiters.get(name) ?? createLimiter(this.redis, { points: max, duration: window });
    this.#limiters.set(name, limiter);
    return limiter;
  }
}

function createLimiter(redis: Redis | null, rule: { points: number; duration: number }): RateLimiterAbstract {
  const options = { ...rule, keyPrefix: 'backstitch:limit' };
  const here = new RateLimiterMemory(options);
  if (!redis) return here;
  // Only the wrapper is insured: a call that is late is counted here once, whatever becomes of it there.
  const together = new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true });
  return new RLWrapperTimeouts({ limiter: together, timeoutMs: ANSWER_MS, insuranceLimiter: here });
}
