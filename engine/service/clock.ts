/** The engine's only source of time: tests and simulation give a virtual one. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Call once at `atMs` or soon after; returns how to take it back. */
  at(atMs: number, call: () => void): () => void;
}

/** How long the engine waits before it asks again for what could not be had (the lease, a read). */
export const RETRY_MS = 500;

/** Node keeps timers in 32-bit milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  at(atMs, call) {
    let timer: NodeJS.Timeout;
    const arm = () => {
      const left = Math.max(0, atMs - Date.now());
      timer = left > LONGEST_MS ? setTimeout(arm, LONGEST_MS) : setTimeout(call, left);
    };
    arm();
    return () => clearTimeout(timer);
  },
};
