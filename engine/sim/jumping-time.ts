/** Virtual time whose wall clock can be set, for a SteadyClock under test. */
import type { TimeSource } from '../clock';
import type { VirtualClock } from './virtual-clock';

export class JumpingTime implements TimeSource {
  /** The offset of the wall clock. */
  offMs = 0;
  /** The longest sleep that was requested. */
  longestSleepMs = 0;

  constructor(private readonly virtual: VirtualClock) {}

  wallMs(): number {
    return this.virtual.now() + this.offMs;
  }
  elapsedMs(): number {
    return this.virtual.now();
  }
  sleep(ms: number, call: () => void): () => void {
    this.longestSleepMs = Math.max(this.longestSleepMs, ms);
    return this.virtual.after(ms, call);
  }
}
