/**
 * A draft while its row is locked: takes gestures in order, each as a whole or not at all, and writes what they changed
 * in the same transaction.
 *
 * Rules
 * [DR1] A gesture is applied once, however often it is sent and by whatever process: the row lock makes one order of
 *       all gestures, and the ids of those that were answered are stored.
 * [DR2] A refused gesture is not in the log, and gestures behind it are taken.
 * [DR3] A snapshot and the gestures since it give the draft at any number that is kept.
 */
import { DRAFT_BYTES_MOST, type GestureAnswer, type SentGesture } from '@/app/_contract/drafts';
import { FLOW_FORMAT } from '@/engine/flow/document';
import { applyGesture } from '@/engine/flow/edit/apply';
import type { Draft } from '@/engine/flow/edit/draft';
import type { Note, Refusal } from '@/engine/flow/edit/operations';
import type { Prisma } from '@/prisma/client/client';
import type { Actor } from '../people/actor';
import { fold, foldedAt, SNAPSHOT_EVERY } from './fold';
import { asJson, contentOf, operationsIn } from './states';
import { listed, type Reader, type StoredDraft } from './stored';
import { touchedBy } from './touched';

/** A draft in memory. */
export interface DraftState {
  number: number;
  draft: Draft;
  /** At least its size as JSON. */
  bytes: number;
}
export const bytesOf = (draft: Draft): number => Buffer.byteLength(JSON.stringify(draft));

export class OpenDraft {
  readonly #applied: Prisma.DraftGestureCreateManyInput[] = [];
  readonly #refused: Prisma.DraftRefusalCreateManyInput[] = [];
  readonly #snapshots: Prisma.DraftSnapshotCreateManyInput[] = [];
  #state: DraftState;

  /** `known`: answers to gestures that may be sent again, by id. */
  constructor(
    readonly stored: StoredDraft,
    state: DraftState,
    private readonly known: Map<string, GestureAnswer>,
    private readonly actor: Pick<Actor, 'id' | 'name'>
  ) {
    this.#state = state;
  }

  get state(): DraftState {
    return this.#state;
  }

  /** [DR1] [DR2] */
  take({ id, tab, operations, reverts }: Omit<SentGesture, 'base'>): GestureAnswer {
    const known = this.known.get(id);
    if (known) return known;
    const answer = this.#apply({ id, tab, operations, reverts });
    this.known.set(id, answer);
    return answer;
  }

  #apply({ id, tab, operations, reverts }: Omit<SentGesture, 'base'>): GestureAnswer {
    const draftId = this.stored.id;
    const outcome = applyGesture(this.#state.draft, { operations });
    if (outcome.refusal) return this.#refuse(id, outcome.refusal);
    const { draft, inverse, notes } = outcome;
    const bytes = this.#sizeAfter(draft, operations);
    if (bytes > DRAFT_BYTES_MOST)
      return this.#refuse(id, { code: 'too-large', message: 'A draft has at most 2 MB. Nothing of this was applied.' });
    const number = this.#state.number + 1;
    this.#state = { number, draft, bytes };
    const at = new Date();
    this.#applied.push({
      draftId,
      number,
      id,
      tab,
      byId: this.actor.id,
      byName: this.actor.name,
      at,
      operations: asJson(operations),
      inverse: asJson(inverse),
      notes: asJson(notes),
      format: FLOW_FORMAT,
      touched: touchedBy(operations),
      reverts,
    });
    if (number % SNAPSHOT_EVERY === 0) this.#snapshots.push({ draftId, number, at, ...contentOf(draft) });
    return { id, status: 'applied', number, inverse, notes };
  }

  #refuse(gestureId: string, refusal: Refusal): GestureAnswer {
    this.#refused.push({ draftId: this.stored.id, gestureId, refusal: asJson(refusal) });
    return { id: gestureId, status: 'refused', refusal };
  }

  /**
   * An operation adds at most its own size, except a rename, which changes expressions too. Measured only near the
   * limit.
   */
  #sizeAfter(draft: Draft, operations: SentGesture['operations']): number {
    const most = this.#state.bytes + Buffer.byteLength(JSON.stringify(operations));
    return most > DRAFT_BYTES_MOST || operations.some(({ op }) => op === 'rename') ? bytesOf(draft) : most;
  }

  /** Writes what was taken. Returns the draft as it is stored now. [DR3] */
  async save(tx: Reader): Promise<StoredDraft> {
    const { id, folded } = this.stored;
    if (this.#refused.length > 0) await tx.draftRefusal.createMany({ data: this.#refused });
    const last = this.#applied.at(-1);
    if (!last) return this.stored;
    await tx.draftGesture.createMany({ data: this.#applied });
    await tx.draftSnapshot.createMany({ data: this.#snapshots });
    const { number, draft } = this.#state;
    const foldedNow = Math.max(folded, foldedAt(number));
    if (foldedNow > folded) await fold(tx, id, folded, foldedNow);
    return tx.draft.update({
      where: { id },
      data: {
        ...listed(draft),
        number,
        folded: foldedNow,
        changedById: this.actor.id,
        changedByName: this.actor.name,
        changedAt: last.at,
      },
    });
  }
}

/** The answers to those of the gestures that were answered before. Of a folded one, what takes it back is gone. */
export async function answersTo(tx: Reader, draftId: string, ids: string[]): Promise<Map<string, GestureAnswer>> {
  const applied = await tx.draftGesture.findMany({ where: { draftId, id: { in: ids } } });
  const refused = await tx.draftRefusal.findMany({ where: { draftId, gestureId: { in: ids } } });
  return new Map<string, GestureAnswer>([
    ...applied.map(({ id, number, inverse, notes }): [string, GestureAnswer] => [
      id,
      {
        id,
        status: 'applied',
        number,
        inverse: operationsIn(inverse ?? []),
        notes: (notes ?? []) as unknown as Note[],
      },
    ]),
    ...refused.map(({ gestureId: id, refusal }): [string, GestureAnswer] => [
      id,
      { id, status: 'refused', refusal: refusal as unknown as Refusal },
    ]),
  ]);
}
