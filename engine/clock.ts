/**
 * Time for whatever waits long: the engine's timers, and every long wait of the worker, the web and the launcher.
 *
 * The wall clock can be set: by NTP, by a person, by a fault that lasts seconds. A clock that is never set
 * (CLOCK_MONOTONIC) says how much time has passed. `SteadyClock` takes its time from both.
 *
 * Invariants:
 * - A wall clock that jumps and comes back within SETTLED_MS changes nothing. A jump that lasts is followed after
 *   SETTLED_MS.
 * - A call of `at` comes when the wall clock says so, or when as much time has passed as it was away when it was asked
 *   for, whichever is first. So a clock that is set back makes no call late. Whoever needs the instant itself looks at
 *   `now` again.
 * - It is at most SETTLED_MS + LONGEST_SLEEP_MS late (8 s), whatever the wall clock does, because no single sleep is
 *   longer than LONGEST_SLEEP_MS and the time is read again after each.
 * - `after` and `elapsedMs` depend on no wall clock: use them for how long something takes, and `at` for instants that
 *   are stored.
 * - A restart changes nothing of this while the machine runs on: `resume` continues from what the last process knew
 *   (`reading`), so that a clock which is wrong when the process starts is not believed before it has been so for
 *   SETTLED_MS.
 */
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Call once at the instant `atMs`, or when the time until then has passed; returns how to take it back. */
  at(atMs: number, call: () => void): () => void;
  /** Milliseconds of a clock that is never set. Only differences mean anything. */
  elapsedMs(): number;
  /** Call once when `ms` have passed; returns how to take it back. */
  after(ms: number, call: () => void): () => void;
}

/** A clock that continues after a restart of the process. */
export interface MachineClock extends Clock {
  /**
   * The time since the machine started, the same for all its processes; null on machines that do not name their starts.
   */
  sinceBoot(): SinceBoot | null;
  /** What the next process needs to continue with this time; null without `sinceBoot`. */
  reading(): ClockReading | null;
  /**
   * Continues with the time that an earlier process read. Has an effect once, and only if the machine was not started
   * since.
   */
  resume(reading: ClockReading): void;
  /** Called after a jump was followed, which makes earlier readings wrong. */
  onFollow(call: () => void): void;
}

export interface SinceBoot {
  /** Another one after each start of the machine. */
  boot: string;
  /** Milliseconds by a clock that is never set and does not count the time that the machine sleeps. */
  ms: number;
}

export interface ClockReading {
  boot: string;
  /** Milliseconds since the start of the machine, including the time that it slept. */
  uptimeMs: number;
  /** The time that was believed then, in milliseconds since the epoch. */
  nowMs: number;
}

/** The longest single sleep. */
export const LONGEST_SLEEP_MS = 2_000;
/** For so long a jump of the wall clock has to last before it is followed. */
export const SETTLED_MS = 6_000;
/** A difference this small is no jump: NTP slews the clock, and the two clocks drift. */
const SLEW_MS = 500;

export interface TimeSource {
  wallMs(): number;
  elapsedMs(): number;
  sinceBoot(): SinceBoot | null;
  /** As `ClockReading.uptimeMs`. */
  uptimeMs(): number;
  /** Returns how to take it back. */
  sleep(ms: number, call: () => void): () => void;
}

/** Only Linux names each start of the machine. */
function readBoot(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  } catch {
    return null;
  }
}
const BOOT = readBoot();

export const systemTime: TimeSource = {
  wallMs: Date.now,
  elapsedMs: () => performance.now(),
  sinceBoot: () => (BOOT === null ? null : { boot: BOOT, ms: Math.floor(Number(process.hrtime.bigint()) / 1e6) }),
  uptimeMs: () => Math.floor(uptime() * 1_000),
  sleep(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

interface Waiting {
  atMs: number;
  /** The same by the clock that is never set. */
  atElapsedMs: number;
  call: () => void;
  /** Takes back its own sleep; null while it is further away than one sleep. */
  cancel: (() => void) | null;
}

export class SteadyClock implements MachineClock {
  /** Wall clock minus elapsed time, as it is believed. */
  #offsetMs: number;
  /** A jump that has been seen and not yet followed: the offset that it leads to, and since when it lasts. */
  #jump: { offsetMs: number; sinceMs: number } | null = null;
  readonly #waiting = new Set<Waiting>();
  #cancelLook: (() => void) | null = null;
  #isResumed = false;
  readonly #onFollow: (() => void)[] = [];

  constructor(private readonly source: TimeSource = systemTime) {
    this.#offsetMs = source.wallMs() - source.elapsedMs();
  }

  now(): number {
    const elapsedMs = this.source.elapsedMs();
    const offsetMs = this.source.wallMs() - elapsedMs;
    if (Math.abs(offsetMs - this.#offsetMs) <= SLEW_MS) {
      this.#offsetMs = offsetMs;
      this.#jump = null;
    } else if (!this.#jump || Math.abs(offsetMs - this.#jump.offsetMs) > SLEW_MS) {
      this.#jump = { offsetMs, sinceMs: elapsedMs };
    } else if (elapsedMs - this.#jump.sinceMs >= SETTLED_MS) {
      this.#offsetMs = offsetMs;
      this.#jump = null;
      for (const call of this.#onFollow) call();
    }
    return Math.floor(elapsedMs + this.#offsetMs);
  }

  sinceBoot(): SinceBoot | null {
    return this.source.sinceBoot();
  }

  reading(): ClockReading | null {
    const since = this.source.sinceBoot();
    return since && { boot: since.boot, uptimeMs: this.source.uptimeMs(), nowMs: this.now() };
  }

  resume({ boot, uptimeMs, nowMs }: ClockReading): void {
    if (this.#isResumed || boot !== this.source.sinceBoot()?.boot) return;
    this.#isResumed = true;
    this.#offsetMs = nowMs + (this.source.uptimeMs() - uptimeMs) - this.source.elapsedMs();
    this.#jump = null;
    this.now();
  }

  onFollow(call: () => void): void {
    this.#onFollow.push(call);
  }

  elapsedMs(): number {
    return this.source.elapsedMs();
  }

  after(ms: number, call: () => void): () => void {
    return this.source.sleep(ms, call);
  }

  at(atMs: number, call: () => void): () => void {
    const now = this.now();
    const waiting: Waiting = { atMs, atElapsedMs: this.source.elapsedMs() + (atMs - now), call, cancel: null };
    this.#waiting.add(waiting);
    this.#place(waiting, now);
    this.#lookLater();
    return () => {
      this.#waiting.delete(waiting);
      waiting.cancel?.();
      if (this.#waiting.size > 0) return;
      this.#cancelLook?.();
      this.#cancelLook = null;
    };
  }

  /** Give it a sleep of its own when it is due within the longest one. */
  #place(waiting: Waiting, now: number): void {
    const leftMs = this.#left(waiting, now);
    if (waiting.cancel || leftMs > LONGEST_SLEEP_MS) return;
    waiting.cancel = this.source.sleep(Math.max(0, leftMs), () => {
      waiting.cancel = null;
      const now = this.now();
      if (this.#left(waiting, now) > 0) return this.#place(waiting, now);
      this.#waiting.delete(waiting);
      waiting.call();
    });
  }

  #left({ atMs, atElapsedMs }: Waiting, now: number): number {
    return Math.min(atMs - now, Math.ceil(atElapsedMs - this.source.elapsedMs()));
  }

  /** One look for all that wait longer than one sleep, while there are any. */
  #lookLater(): void {
    this.#cancelLook ??= this.source.sleep(LONGEST_SLEEP_MS, () => {
      this.#cancelLook = null;
      const now = this.now();
      for (const waiting of this.#waiting) this.#place(waiting, now);
      if (this.#waiting.size > 0) this.#lookLater();
    });
  }
}

export const systemClock: MachineClock = new SteadyClock();
