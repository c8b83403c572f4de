/**
 * The runs that one socket watches. A socket watches a run once, however often it is requested: a later request, an
 * `unwatch` or the end of the socket cancels an earlier request, also one that still waits for its first read.
 */
import type { WatchAnswer } from '@/app/_contract/live';
import { Refusal } from '../failure';
import { nameOf, type RunAddress } from '../runs/address';
import type { Hub } from './hub';

/** Where the deltas of a run reach this socket. */
export interface Rooms {
  join(run: RunAddress): void;
  leave(run: RunAddress): void;
}

/** Tabs of one page show one run; a client that watches many more is not a page of ours. */
const WATCHES_MOST = 20;

interface Held {
  ended: boolean;
  /** Null until the first read is complete. */
  leave: (() => void) | null;
}

export class Watches {
  readonly #held = new Map<string, Held>();
  #closed = false;

  constructor(
    private readonly hub: Pick<Hub, 'watch'>,
    private readonly rooms: Rooms
  ) {}

  /** Rejects as the run's upstream does, and if the request was cancelled meanwhile. */
  async watch(run: RunAddress, token: string | null): Promise<WatchAnswer> {
    this.unwatch(run);
    if (this.#closed) throw takenBack();
    if (this.#held.size >= WATCHES_MOST) {
      throw new Refusal('tooManyTries', `One page can watch at most ${WATCHES_MOST} runs.`);
    }
    const held: Held = { ended: false, leave: null };
    this.#held.set(nameOf(run), held);
    try {
      const { answer, leave } = await this.hub.watch(run, token, () => {
        if (!held.ended) this.rooms.join(run);
      });
      held.leave = leave;
      if (!held.ended) return answer;
      leave();
    } catch (error) {
      if (!held.ended) this.#held.delete(nameOf(run));
      throw error;
    }
    throw takenBack();
  }

  unwatch(run: RunAddress): void {
    const held = this.#held.get(nameOf(run));
    if (!held) return;
    held.ended = true;
    held.leave?.();
    this.#held.delete(nameOf(run));
    this.rooms.leave(run);
  }

  /** The socket has ended, and its rooms with it. */
  close(): void {
    this.#closed = true;
    for (const held of this.#held.values()) {
      held.ended = true;
      held.leave?.();
    }
    this.#held.clear();
  }
}

const takenBack = () =>
  new Refusal('badRequest', 'A newer request replaced this one, or the run is no longer watched.');
