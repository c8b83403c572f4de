/**
 * The groups of runs that need attention, as the engine answered last. It groups all such runs at every question, which
 * takes some tenths of a second when a hundred thousand have failed, so the question is asked once for everybody who looks
 * at it, and seldom while it takes long.
 *
 * Rules
 * [ATR1] While nothing has changed, the last answer is served. After a change it is served for a second, and for twenty
 *        times as long as the question took; whoever got it then hears afterwards that it is stale.
 * [ATR2] Everybody who asks while the question is under way gets its answer. A failure is not kept.
 */
import type { BackstitchClient } from '@/engine/api/client';
import { unanswered } from '../engine';

const FRESH_MS = 1_000;
const TIMES_AS_LONG = 20;
/** Hints may be missing: no answer is older than that. */
const OLDEST_MS = 5_000;
const MINUTE_MS = 60_000;

type Groups = Awaited<ReturnType<BackstitchClient['listAttention']>>;
interface Answer {
  sinceMs: number;
  askedMs: number;
  /** Null while it is under way. */
  tookMs: number | null;
  groups: Promise<Groups>;
  isStale: boolean;
}

export class AttentionReader {
  /** By the number of days. */
  readonly #answers = new Map<number, Answer>();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly client: Pick<BackstitchClient, 'listAttention'>,
    private readonly namespace: string,
    /** Whoever got a stale answer asks again. */
    private readonly announce: () => void,
    private readonly now: () => number = Date.now
  ) {}

  /** Some run has changed. */
  changed(): void {
    for (const answer of this.#answers.values()) answer.isStale = true;
  }

  /** Failed runs of the last days, and all others. */
  async read(days: number): Promise<{ groups: Groups; sinceMs: number }> {
    const now = this.now();
    const known = this.#answers.get(days);
    const answer = known && this.#serves(known, now) ? known : this.#ask(days, now);
    return { groups: await answer.groups, sinceMs: answer.sinceMs };
  }

  #serves({ askedMs, tookMs, isStale }: Answer, now: number): boolean {
    if (tookMs === null) return true;
    const age = now - askedMs;
    if (!isStale) return age < Math.max(OLDEST_MS, TIMES_AS_LONG * tookMs);
    const leftMs = Math.max(FRESH_MS, TIMES_AS_LONG * tookMs) - age;
    if (leftMs > 0)
      this.#timer ??= setTimeout(() => {
        this.#timer = null;
        this.announce();
      }, leftMs).unref();
    return leftMs > 0;
  }

  #ask(days: number, now: number): Answer {
    // Whole minutes: the list that shows a group of failed runs has the same beginning.
    const sinceMs = Math.floor((now - days * 24 * 60 * MINUTE_MS) / MINUTE_MS) * MINUTE_MS;
    const groups = this.client.listAttention({ namespace: this.namespace, closedSinceMs: sinceMs }).catch(unanswered);
    const answer: Answer = { sinceMs, askedMs: now, tookMs: null, groups, isStale: false };
    this.#answers.set(days, answer);
    groups.then(
      () => (answer.tookMs = this.now() - now),
      () => {
        if (this.#answers.get(days) === answer) this.#answers.delete(days);
      }
    );
    return answer;
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }
}
