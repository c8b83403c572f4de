/** What the session of a draft is given (a door to the server, a shelf, time), and what it shows. */
import type { DraftChanges, GesturesAnswer, SentGesture } from '@/app/_contract/drafts';
import type { AppFailure } from '@/app/_contract/errors';
import type { DeletedNames } from '@/engine/flow/edit/deleted';
import type { Draft } from '@/engine/flow/edit/draft';
import type { Note, Refusal } from '@/engine/flow/edit/operations';

/** A request to the server failed. */
export class DoorFailure extends Error {
  override name = 'DoorFailure';
  constructor(readonly failure: AppFailure) {
    super(failure.message);
  }
}
export interface Door {
  send(gestures: readonly SentGesture[], since: number): Promise<GesturesAnswer>;
  changes(since: number): Promise<DraftChanges>;
  whole(): Promise<{ draft: Draft; number: number }>;
}
/** What an edit was about when it was made: its step may be gone when it is refused. */
export interface About {
  words: string;
  /** See near.ts. Missing in what an older page of this browser has kept. */
  near?: readonly string[];
}
export interface Held extends About {
  gesture: SentGesture;
  refusal: Refusal;
}
export interface Kept {
  pending: SentGesture[];
  held: Held[];
  /** Of the pending gestures, by id. Missing in what an older page of this browser has kept. */
  about?: Readonly<Record<string, About>>;
}
export interface Parts {
  door: Door;
  /** Where edits are kept until they are answered. */
  keep(kept: Kept): Promise<void>;
  newId(): string;
  /** Calls once after a time, in milliseconds. Returns what cancels it. */
  after(ms: number, run: () => void): () => void;
  /** Calls once after the next frame is painted. */
  afterPaint(run: () => void): void;
  now(): number;
}

export type Saving =
  | { state: 'saved'; atMs: number | null }
  | { state: 'saving' }
  /** The server does not answer. It is asked again by itself. */
  | { state: 'offline'; changes: number }
  /** The server refuses to take edits. */
  | { state: 'stopped'; changes: number; failure: AppFailure };

export interface SessionView {
  draft: Draft;
  /** Number of the draft that the server holds. */
  number: number;
  saving: Saving;
  /** What 'Revert' would take back and 'Do again' would do again, in words; null: nothing. */
  revert: string | null;
  again: string | null;
  /** Edits that were refused, until the person has seen them. */
  held: readonly Held[];
  /** What own edits replaced although it was not seen. */
  notes: readonly Note[];
  /** What was deleted, by whomever: own deletions since the draft was begun, those of others while it is open. */
  deleted: DeletedNames;
}
