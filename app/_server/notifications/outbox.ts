/** Finds and sends notifications, again and again, in every web process. While a part is away, it tries later. */
import { setTimeout as delay } from 'node:timers/promises';
import { failureOf } from '../failure';
import type { Web } from '../web';
import { collect } from './collect';
import { follow } from './follow';
import { removeOld } from './remove-old';
import { CHANNELS, sendDue, waitMs } from './send';

const EVERY_MS = 2_000;
const REMOVE_EVERY_MS = 60 * 60_000;
const CLOSE_MS = 3_000;
/** After the mail server was away. */
const PAUSE_MS_MOST = 5 * 60_000;

export class Outbox {
  readonly #timer: NodeJS.Timeout;
  #working: Promise<void> | null = null;
  #awayTimes = 0;
  #mailAt = 0;
  #removeAt = 0;

  /** `web`: complete when the first round begins. */
  constructor(private readonly web: () => Web) {
    this.#timer = setInterval(() => void this.round(), EVERY_MS);
  }

  /** Somebody wants it tried now. */
  wake(): void {
    this.#mailAt = 0;
    void this.round();
  }

  /** One round at a time. */
  round(): Promise<void> {
    this.#working ??= this.#work()
      .catch((error: unknown) => this.web().log.debug({ failure: failureOf(error) }, 'notifications wait for a part'))
      .finally(() => (this.#working = null));
    return this.#working;
  }

  async #work(): Promise<void> {
    const web = this.web();
    await collect(web);
    await follow(web);
    const nowMs = Date.now();
    for (const channel of CHANNELS) {
      if (channel === 'mail' && nowMs < this.#mailAt) continue;
      const { tried, isAway } = await sendDue(web, channel);
      if (tried > 0) web.invalidations.announce(['people']);
      if (channel !== 'mail') continue;
      this.#awayTimes = isAway ? this.#awayTimes + 1 : 0;
      this.#mailAt = this.#awayTimes === 0 ? 0 : nowMs + Math.min(PAUSE_MS_MOST, waitMs(this.#awayTimes));
    }
    if (nowMs >= this.#removeAt) {
      this.#removeAt = nowMs + REMOVE_EVERY_MS;
      await removeOld(web);
    }
  }

  /** Waits for the message that is being sent, but not for a mail server that hangs. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.race([this.#working, delay(CLOSE_MS, undefined, { ref: false })]);
  }
}
