/**
 * The watch of one draft on the browser's side of the socket. No React and no network here: the socket is given.
 *
 * Rules
 * [DWA1] The draft is asked for after each connect, because the server has no memory of the earlier socket.
 * [DWA2] A refusal that passes (the database is away, too many requests) is asked again until the draft is watched.
 *        Without it nothing that others do is announced on this connection.
 * [DWA3] Who is here is not known without a connection: a moment after it was lost, nobody is shown any more.
 */
import type { DraftVisitor, DraftWatchAnswer } from '@/app/_contract/live';
import type { AppFailure } from '@/app/_contract/errors';

export interface WatchPort {
  readonly connected: boolean;
  ask(answer: (answer: DraftWatchAnswer) => void): void;
  /** Calls once after a time, in milliseconds. Returns what cancels it. */
  after(ms: number, run: () => void): () => void;
}

const AGAIN_MS = 2_000;
/** A connection that is back by then was hardly away. */
const LOST_MS = 3_000;
/** Whoever signed out, or may not see the draft, gets the same answer again. */
const LASTING: ReadonlySet<AppFailure['code']> = new Set([
  'draftNotFound',
  'notAllowed',
  'notSignedIn',
  'secondFactorNeeded',
]);

export class DraftWatch {
  #asked = 0;
  #cancel = () => {};
  #cancelLost = () => {};

  constructor(
    private readonly port: WatchPort,
    private readonly onWatching: (number: number, people: readonly DraftVisitor[]) => void,
    private readonly onLost: () => void
  ) {}

  /** [DWA1] */
  ask(): void {
    this.#cancel();
    if (!this.port.connected) return;
    this.#cancelLost();
    const question = ++this.#asked;
    this.port.ask((answer) => {
      if (question !== this.#asked) return;
      if (answer.kind === 'watching') this.onWatching(answer.number, answer.people);
      else if (!LASTING.has(answer.error.code)) this.#cancel = this.port.after(AGAIN_MS, () => this.ask());
    });
  }

  /** [DWA3] */
  lost(): void {
    this.#cancelLost();
    this.#cancelLost = this.port.after(LOST_MS, this.onLost);
  }

  close(): void {
    this.#asked++;
    this.#cancel();
    this.#cancelLost();
  }
}
