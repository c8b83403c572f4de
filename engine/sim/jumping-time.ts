/** Virtual time whose wall clock can be set, for a SteadyClock under test. */
import type { SinceBoot, TimeSource } from '../clock';
import type { VirtualClock } from './virtual-clock';

export class JumpingTime implements TimeSource {
  /** The offset of the wall clock. */
  offMs = 0;
  /** The longest sleep that was requested. */
  longestSleepMs = 0;
  /** Names the start of the machine; null for a machine that does not name it. */
  boot: string | null = 'boot-1';

  constructor(private readonly virtual: VirtualClock) {}

  wallMs(): number {
    return this.virtual.now() + this.offMs;
  }
  elapsedMs(): number {
    return this.virtual.now();
  }
  sinceBoot(): SinceBoot | null {
    return this.boot === null ? null : { boot: this.boot, ms: this.virtual.now() };
  }
  uptimeMs(): number {
    return this.virtual.now();
  }
  sleep(ms: number, call: () => void): () => void {
    this.longestSleepMs = Math.max(this.longestSleepMs, ms);
    return this.virtual.after(ms, call);
  }
}
