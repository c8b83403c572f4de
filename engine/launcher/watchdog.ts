/**
 * Detects processes that hang: each process is regularly sent a question. A process that leaves three questions in a
 * row unanswered is reported as hung, 6 to 8 s after it stopped. One that starts has a minute: it loads its code in one go, and
 * on a busy machine that takes longer than a process that serves is ever silent.
 *
 * Invariants:
 * - A late answer counts as an answer: a busy process is slow, and a hung one sends nothing.
 * - While the watchdog itself is late (a busy machine, a laptop that was asleep, a stopped launcher) nothing is
 *   counted, because the other processes may have been equally late.
 */
export const PROBE_MS = 2_000;
const MISSES = 3;
/** Of a process that starts: it loads its code. */
export const STARTING_MISSES = 30;
/** A round that comes this much after its time counts nothing. */
const LATE_MS = 1_000;

export interface Watched {
  /** Sends one question. `answered` may be called at any time, or never. Must not throw. */
  ask(answered: () => void): void;
  /** It does not serve yet. Undefined: it serves. */
  isStarting?(): boolean;
  /** The process hangs. It is no longer watched. */
  hung(): void;
}

interface Entry {
  open: object | null;
  misses: number;
  isStarting: boolean;
}

export class Watchdog {
  readonly #watched = new Map<Watched, Entry>();
  #dueMs: number | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** `now`: a monotonic clock, in milliseconds. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  start(): void {
    this.#timer ??= setInterval(() => this.round(), PROBE_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#watched.clear();
  }

  /** Returns a function that stops watching it. */
  watch(watched: Watched): () => void {
    this.#watched.set(watched, { open: null, misses: 0, isStarting: false });
    return () => this.#watched.delete(watched);
  }

  /** Counts the unanswered questions of the last round, and sends new ones. */
  round(): void {
    const nowMs = this.now();
    const late = this.#dueMs !== null && nowMs - this.#dueMs > LATE_MS;
    this.#dueMs = nowMs + PROBE_MS;
    for (const [watched, entry] of [...this.#watched]) {
      const isStarting = watched.isStarting?.() ?? false;
      // What it left unanswered while it started says nothing of how it serves.
      if (late || (entry.isStarting && !isStarting)) entry.misses = 0;
      else if (entry.open) entry.misses += 1;
      entry.isStarting = isStarting;
      if (entry.misses >= (isStarting ? STARTING_MISSES : MISSES)) {
        this.#watched.delete(watched);
        watched.hung();
        continue;
      }
      const question = {};
      entry.open = question;
      watched.ask(() => {
        entry.misses = 0;
        if (entry.open === question) entry.open = null;
      });
    }
  }
}
