/**
 * A draft in the browser: what the server holds, and this person's edits on top, which are shown at once and sent as
 * soon as possible (design D13). The server's order wins; an edit that does not apply to what others did is kept and
 * shown.
 *
 * Rules
 * [DS1] What is shown is what the server holds, with the own edits that it has not answered yet applied on top. Every
 *       change that is announced is read, also one that is announced while older ones are read.
 * [DS2] Gestures are sent in the order in which they were made, one request at a time. One whose answer was lost is
 *       sent again under the same id.
 * [DS3] What a person typed is never lost silently: until it is answered it is on the shelf (IndexedDB); when it is
 *       refused, it is listed with the reason.
 * [DS4] Typing in one field is one gesture, until the field is left, another edit is made, or a second has passed.
 * [DS5] Revert takes back the newest own edit, whatever others did since; what others changed is skipped and named.
 * [DS6] If the draft cannot be brought up to date gesture by gesture, it is read whole.
 * [DS7] What a person edits while somebody else gives its step another id is about that step, by its new id
 *       (engine/flow/edit/renames.ts).
 * [DS8] An edit is sent after the frame that shows it.
 * [DS10] What was deleted before the page was opened, by whomever, is known once it was asked for, as far as the server
 *       keeps gestures one by one (engine/flow/edit/deleted.ts).
 * [DS9] An edit is applied once: drafts that are shown share everything that no edit changed.
 * [DS10] What somebody else deleted is told once, with who did it: whoever had it selected is looking at it.
 *
 * No React and no network here: the parts are given (`Parts`).
 */
import type {
  DraftChanges,
  DraftPerson,
  GestureAnswer,
  LoggedGesture,
  OwnGesture,
  SentGesture,
} from '@/app/_contract/drafts';
import type { AppFailure } from '@/app/_contract/errors';
import { applyGesture } from '@/engine/flow/edit/apply';
import { NOTHING_DELETED, withDeleted, type DeletedNames } from '@/engine/flow/edit/deleted';
import { findNode, withInner, type Draft, type DraftNode } from '@/engine/flow/edit/draft';
import type { Note, Operation, Refusal } from '@/engine/flow/edit/operations';
import { same } from '@/engine/flow/edit/places';
import { renamesIn, withRenames } from '@/engine/flow/edit/renames';
import { revertOf } from '@/engine/flow/edit/revert';
import { gestureWords } from './gesture-words';
import { NO_EDITS, withEdit, withInverse, withOthersRenames, withoutEdit, type OwnEdits } from './own-edits';
import { nearOf } from './near';
import {
  DoorFailure,
  type About,
  type Held,
  type Kept,
  type Parts,
  type Saving,
  type SessionView,
} from './session-parts';
import { mergedTyping, withIds } from './typing';

function deletedNodes(operation: Operation): DraftNode[] {
  if (operation.op === 'remove') return withInner(operation.was);
  return operation.op === 'removeBranch' ? operation.was.steps.flatMap(withInner) : [];
}

interface Pending extends About {
  gesture: SentGesture;
}
const pendingOf = (gesture: SentGesture, before: Draft): Pending => {
  const { operations } = gesture;
  return { gesture, words: gestureWords(operations, before), near: nearOf(operations, before) };
};
const TYPING_PAUSE_MS = 1_000;
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];
/** Gestures in one request. */
const MOST_SENT = 50;
/** Gestures before the page was opened that are read for what they deleted. */
const LOOKED_BACK = 500;
/** Failures after which the same request may succeed. */
const PASSING: ReadonlySet<AppFailure['code']> = new Set([
  'engineAway',
  'databaseAway',
  'outcomeUnknown',
  'unexpected',
  'tooManyTries',
]);
/** Failures of the request's content: of one of its gestures. */
const OF_CONTENT: ReadonlySet<AppFailure['code']> = new Set(['badRequest', 'inputInvalid', 'payloadTooLarge']);

export class DraftSession {
  #confirmed: Draft;
  #number: number;
  #pending: Pending[] = [];
  #typing: Pending | null = null;
  #own: OwnEdits = NO_EDITS;
  #held: Held[] = [];
  #notes: Note[] = [];
  #deleted: DeletedNames = NOTHING_DELETED;
  #saving: Saving = { state: 'saved', atMs: null };
  #view: SessionView | undefined;
  #busy = false;
  /** The newest number that was announced. */
  #announced = 0;
  #failures = 0;
  #oneByOne = false;
  /** The draft after each of the pending gestures. */
  #made: { on: Draft | null; drafts: { gesture: SentGesture; draft: Draft }[] } = { on: null, drafts: [] };
  #isSentSoon = false;
  #cancelRetry = () => {};
  #cancelPause = () => {};
  #closed = false;
  readonly #listeners = new Set<() => void>();
  readonly #renamed = new Set<(from: string, to: string) => void>();
  readonly #othersDeleted = new Set<(nodes: readonly DraftNode[], by: DraftPerson) => void>();

  constructor(
    opened: { draft: Draft; number: number; own: readonly OwnGesture[]; idsFollowTitles: boolean },
    private readonly tab: string,
    private readonly parts: Parts
  ) {
    this.#confirmed = opened.draft;
    this.#number = opened.number;
    this.#opened = opened.number;
    this.#idsFollowTitles = opened.idsFollowTitles;
    for (const { id, inverse, operations, reverts } of opened.own) {
      this.#own = withEdit(this.#own, { id, inverse, words: gestureWords(operations, opened.draft) }, reverts);
      this.#deleted = withDeleted(this.#deleted, operations);
    }
  }
  #idsFollowTitles: boolean;
  readonly #opened: number;
  #isLookedBack = false;

  read = (): SessionView => (this.#view ??= this.#look());
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  /** A node has another id now, by whomever. */
  onRenamed(listener: (from: string, to: string) => void): () => void {
    this.#renamed.add(listener);
    return () => this.#renamed.delete(listener);
  }
  /** [DS10] With all that was inside of what was deleted. */
  onOthersDeleted(listener: (nodes: readonly DraftNode[], by: DraftPerson) => void): () => void {
    this.#othersDeleted.add(listener);
    return () => this.#othersDeleted.delete(listener);
  }
  /** After the flow was published, ids no longer follow titles. */
  keepIds(): void {
    this.#idsFollowTitles = false;
  }

  /**
   * Edits that an earlier page of this browser could not send. Those that arrived all the same are answered as then.
   */
  takeOver({ pending, held, about = {} }: Kept): void {
    const known = new Set(this.#pending.map(({ gesture }) => gesture.id));
    const older = pending.filter(({ id }) => !known.has(id));
    let draft = this.#confirmed;
    const before: Pending[] = [];
    for (const gesture of older) {
      const outcome = applyGesture(draft, gesture);
      before.push({ ...pendingOf(gesture, draft), ...about[gesture.id] });
      if (!outcome.refusal) draft = outcome.draft;
    }
    this.#pending = [...before, ...this.#pending];
    const heldIds = new Set(this.#held.map(({ gesture }) => gesture.id));
    this.#held = [...held.filter(({ gesture }) => !heldIds.has(gesture.id)), ...this.#held];
    this.#changed();
    void this.#run();
  }

  /** Applies an edit and sends it. A refusal is returned: nothing was changed then. */
  edit(operations: readonly Operation[], { typing = false }: { typing?: boolean } = {}): Refusal | null {
    if (operations.length === 0) return null;
    if (!typing) {
      this.settle();
      return this.#make(operations, null);
    }
    const merged = this.#typing ? mergedTyping(this.#typing.gesture.operations, operations) : null;
    if (!merged) this.settle();
    const before = this.#shown(this.#pending);
    // If the title was left before a pause, its id has followed it already.
    const isFollowed = (each: Operation) =>
      each.op === 'rename' && !findNode(before, each.id) && findNode(before, each.to);
    const wanted = merged ?? operations.filter((each) => !isFollowed(each));
    if (wanted.length === 0) return null;
    const { refusal } = applyGesture(before, { operations: wanted });
    if (refusal && !merged) return refusal;
    const gesture = this.#typing?.gesture ?? this.#gesture(wanted, null);
    this.#typing = pendingOf({ ...gesture, operations: [...wanted] }, before);
    this.#cancelPause();
    this.#cancelPause = this.parts.after(TYPING_PAUSE_MS, () => this.#settle('paused'));
    this.#changed();
    return refusal ?? null;
  }

  /** The field was left: what was typed is an edit of its own now. If its step is gone by now, it is listed [DS3]. */
  settle(): void {
    this.#settle('left');
  }
  /** After a pause somebody may type on, so an id follows its title only when the field is left. */
  #settle(how: 'left' | 'paused'): void {
    const typed = this.#typing;
    if (!typed) return;
    this.#cancelPause();
    this.#typing = null;
    const operations = typed.gesture.operations.filter((each) => each.op !== 'set' || !same(each.value, each.was));
    const refusal =
      operations.length > 0 &&
      this.#make(
        how === 'left'
          ? this.#idsFollowTitles
            ? withIds(this.#shown(this.#pending), operations)
            : operations
          : operations,
        null,
        typed.gesture.id
      );
    if (refusal) this.#hold(typed, refusal);
    this.#changed();
  }

  revert(): Refusal | null {
    this.settle();
    return this.#takeBack(this.#own.done.at(-1));
  }
  again(): Refusal | null {
    this.settle();
    return this.#takeBack(this.#own.reverted.at(-1));
  }

  /** Somebody changed the draft, or the connection is back. */
  announced(number: number): void {
    this.#announced = Math.max(this.#announced, number);
    this.retry();
  }
  retry(): void {
    this.#cancelRetry();
    void this.#run();
  }
  dismissHeld(id: string): void {
    this.#held = this.#held.filter(({ gesture }) => gesture.id !== id);
    this.#changed();
  }
  dismissNotes(): void {
    this.#notes = [];
    this.#changed();
  }
  /** [DS10] Something names what the draft does not have. */
  async lookBack(): Promise<void> {
    if (this.#isLookedBack || this.#opened === 0) return;
    this.#isLookedBack = true;
    const changes = await this.parts.door.changes(Math.max(0, this.#opened - LOOKED_BACK)).catch(() => null);
    const before = (changes?.gestures ?? []).filter(({ number }) => number <= this.#opened);
    const found = before.reduce((names, { operations }) => withDeleted(names, operations), NOTHING_DELETED);
    if (this.#closed || found.size === 0) return;
    // What is known already was deleted later.
    this.#deleted = new Map([...found, ...this.#deleted]);
    this.#changed();
  }

  close(): void {
    this.settle();
    void this.#run();
    this.#closed = true;
    this.#cancelRetry();
    this.#cancelPause();
  }

  /** [DS5] */
  #takeBack(edit: OwnEdits['done'][number] | undefined): Refusal | null {
    if (!edit) return null;
    const { operations, skipped } = revertOf(this.#shown(this.#pending), edit.inverse);
    const [first] = skipped;
    if (operations.length === 0) {
      this.#own = withoutEdit(this.#own, edit.id);
      this.#changed();
    } else this.#make(operations, edit.id);
    return first ? { code: 'gone', message: `Not reverted: ${edit.words}. ${first.why}` } : null;
  }

  #gesture(operations: readonly Operation[], reverts: string | null, id = this.parts.newId()): SentGesture {
    return { id, tab: this.tab, base: this.#number, operations: [...operations], reverts };
  }

  #make(operations: readonly Operation[], reverts: string | null, id?: string): Refusal | null {
    const before = this.#shown(this.#pending);
    const outcome = applyGesture(before, { operations });
    if (outcome.refusal) {
      this.#changed();
      return outcome.refusal;
    }
    const gesture = this.#gesture(operations, reverts, id);
    const pending = pendingOf(gesture, before);
    const { words } = pending;
    this.#pending.push(pending);
    this.#made.drafts.push({ gesture, draft: outcome.draft });
    this.#own = withEdit(this.#own, { id: gesture.id, inverse: outcome.inverse, words }, reverts);
    this.#deleted = withDeleted(this.#deleted, operations);
    this.#tellRenames(operations);
    // Otherwise it is sent when the server answers again.
    if (this.#saving.state === 'saved' || this.#saving.state === 'saving') this.#sendSoon();
    this.#changed();
    return null;
  }

  /** [DS8] */
  #sendSoon(): void {
    this.#saving = { state: 'saving' };
    if (this.#isSentSoon) return;
    this.#isSentSoon = true;
    this.parts.afterPaint(() => {
      this.#isSentSoon = false;
      void this.#run();
    });
  }

  /** [DS9] */
  #shown(pending: readonly Pending[]): Draft {
    const known = this.#made.on === this.#confirmed ? this.#made.drafts : [];
    const other = pending.findIndex(({ gesture }, index) => known[index]?.gesture !== gesture);
    const drafts = known.slice(0, other < 0 ? pending.length : other);
    let draft = drafts.at(-1)?.draft ?? this.#confirmed;
    for (const { gesture } of pending.slice(drafts.length)) {
      const outcome = applyGesture(draft, gesture);
      if (!outcome.refusal) draft = outcome.draft;
      drafts.push({ gesture, draft });
    }
    this.#made = { on: this.#confirmed, drafts };
    return draft;
  }

  /** [DS2] */
  async #run(): Promise<void> {
    if (this.#busy || this.#closed) return;
    this.#busy = true;
    try {
      while (this.#pending.length > 0 || this.#announced > this.#number) {
        const batch = this.#pending.slice(0, this.#oneByOne ? 1 : MOST_SENT).map(({ gesture }) => gesture);
        if (this.#saving.state !== 'saving') this.#set({ state: 'saving' });
        if (batch.length > 0) {
          const { answers, changes } = await this.parts.door.send(batch, this.#number);
          await this.#receive(answers, changes);
        } else {
          const announced = this.#announced;
          await this.#receive([], await this.parts.door.changes(this.#number));
          // A server that holds less than was announced is not asked again and again. What was announced meanwhile is
          // read.
          if (this.#announced === announced) this.#announced = this.#number;
        }
        this.#failures = 0;
        this.#oneByOne = false;
      }
      if (this.#saving.state !== 'saved') this.#set({ state: 'saved', atMs: this.parts.now() });
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#busy = false;
    }
  }

  async #receive(answers: readonly GestureAnswer[], changes: DraftChanges): Promise<void> {
    await this.#advance(changes);
    for (const answer of answers) {
      const pending = this.#pending.find(({ gesture }) => gesture.id === answer.id);
      if (answer.status === 'applied') {
        this.#own = withInverse(this.#own, answer.id, answer.inverse);
        this.#notes = [...this.#notes, ...answer.notes];
      } else if (pending) this.#hold(pending, answer.refusal);
    }
    const answered = new Set(answers.map(({ id }) => id));
    this.#pending = this.#pending.filter(({ gesture }) => !answered.has(gesture.id));
    this.#changed();
  }

  #hold({ gesture, ...about }: Pending, refusal: Refusal): void {
    this.#held = [...this.#held, { gesture, ...about, refusal }];
    this.#own = withoutEdit(this.#own, gesture.id);
  }

  /** [DS6] */
  async #advance({ number, gestures, draft }: DraftChanges): Promise<void> {
    if (number <= this.#number) return;
    const next = draft ?? this.#followed(gestures ?? [], number);
    if (next) [this.#confirmed, this.#number] = [next, number];
    else ({ draft: this.#confirmed, number: this.#number } = await this.parts.door.whole());
  }

  /** The confirmed draft after these gestures; null if they do not lead to that number. */
  #followed(gestures: readonly LoggedGesture[], number: number): Draft | null {
    let draft = this.#confirmed;
    let at = this.#number;
    for (const gesture of gestures) {
      if (gesture.number <= this.#number) continue;
      if (gesture.number !== at + 1) return null;
      const outcome = applyGesture(draft, gesture);
      if (outcome.refusal) return null;
      draft = outcome.draft;
      at = gesture.number;
      if (gesture.tab !== this.tab) this.#follow(gesture);
    }
    return at === number ? draft : null;
  }

  /** [DS7] */
  #follow({ number, operations, by }: LoggedGesture): void {
    this.#deleted = withDeleted(this.#deleted, operations);
    const nodes = operations.flatMap(deletedNodes);
    if (nodes.length > 0) for (const listener of this.#othersDeleted) listener(nodes, by);
    const renames = renamesIn(operations);
    if (renames.length === 0) return;
    const followed = ({ gesture, ...about }: Pending): Pending => ({
      ...about,
      gesture: { ...gesture, base: number, operations: [...withRenames(gesture.operations, renames)] },
    });
    this.#pending = this.#pending.map(followed);
    if (this.#typing) this.#typing = followed(this.#typing);
    this.#own = withOthersRenames(this.#own, renames);
    this.#tellRenames(operations);
  }

  #failed(error: unknown): void {
    if (!(error instanceof DoorFailure)) throw error;
    const { failure } = error;
    const changes = this.#pending.length;
    if (OF_CONTENT.has(failure.code) && changes > 0) {
      // One gesture of the request cannot be taken: it is found by sending them one by one.
      if (this.#oneByOne || changes === 1) {
        this.#hold(this.#pending.shift()!, { code: 'malformed', message: failure.message });
        this.#changed();
      }
      this.#oneByOne = true;
      this.#cancelRetry = this.parts.after(0, () => void this.#run());
    } else if (PASSING.has(failure.code)) {
      const wait = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)]!;
      this.#set({ state: 'offline', changes });
      this.#cancelRetry = this.parts.after(wait, () => void this.#run());
    } else this.#set({ state: 'stopped', changes, failure });
  }

  #tellRenames(operations: readonly Operation[]): void {
    for (const each of operations)
      if (each.op === 'rename') for (const listener of this.#renamed) listener(each.id, each.to);
  }

  #set(saving: Saving): void {
    this.#saving = saving;
    this.#changed();
  }
  /** [DS3] */
  #changed(): void {
    if (this.#saving.state === 'offline' || this.#saving.state === 'stopped')
      this.#saving = { ...this.#saving, changes: this.#pending.length + (this.#typing ? 1 : 0) };
    this.#view = this.#look();
    const typed = this.#typing ? [this.#typing] : [];
    const pending = [...this.#pending, ...typed];
    void this.parts.keep({
      pending: pending.map(({ gesture }) => gesture),
      held: [...this.#held],
      about: Object.fromEntries(pending.map(({ gesture, words, near }) => [gesture.id, { words, near }])),
    });
    for (const listener of this.#listeners) listener();
  }
  /** [DS1] */
  #look(): SessionView {
    const typed = this.#typing ? [this.#typing] : [];
    const draft = this.#shown([...this.#pending, ...typed]);
    // An answer of the server that changes nothing is no other draft: nothing is computed or drawn again.
    const isSame = this.#view !== undefined && same(this.#view.draft, draft);
    if (isSame && draft === this.#confirmed) this.#confirmed = this.#view!.draft;
    return {
      draft: isSame ? this.#view!.draft : draft,
      number: this.#number,
      // What is being typed is not sent yet.
      saving: this.#typing && this.#saving.state === 'saved' ? { state: 'saving' } : this.#saving,
      revert: this.#typing?.words ?? this.#own.done.at(-1)?.words ?? null,
      again: this.#typing ? null : (this.#own.reverted.at(-1)?.words ?? null),
      held: this.#held,
      notes: this.#notes,
      deleted: this.#deleted,
    };
  }
}
