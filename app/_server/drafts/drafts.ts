/**
 * The drafts that this process works on: their newest states in memory, and changes of one draft one after the other.
 * The order of gestures is made by the database (a lock on the row of the draft), so that several web processes agree;
 * the queue here only keeps changes that wait for the same draft from occupying all connections.
 */
import { LRUCache } from 'lru-cache';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Draft } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/permissions/permissions';
import type { Prisma, PrismaClient } from '@/prisma/client/client';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import { answersTo, bytesOf, OpenDraft, type DraftState } from './open-draft';
import { stateAt } from './states';
import { demandOpen, readStored, type Reader, type StoredDraft } from './stored';

const KEPT_BYTES_MOST = 64 * 1024 * 1024;
const START_WITHIN_MS = 3_000;
const CHANGE_WITHIN_MS = 15_000;

export interface Changed<T> {
  result: T;
  /** As it was before. */
  before: StoredDraft;
  stored: StoredDraft;
  draft: Draft;
}

export class Drafts {
  readonly #states = new LRUCache<string, DraftState>({
    maxSize: KEPT_BYTES_MOST,
    sizeCalculation: ({ bytes }) => bytes + 1,
  });
  readonly #queues = new Map<string, LimitFunction>();

  constructor(
    private readonly database: PrismaClient,
    /** Called after gestures were applied and stored. */
    private readonly onChange: (draft: { id: string; number: number }) => void
  ) {}

  /** The draft at the number of its row. */
  async newest(stored: StoredDraft): Promise<Draft> {
    return (await this.#stateOf(this.database, stored)).draft;
  }

  /**
   * Runs `work` while the draft is locked, then stores the gestures that it took. `gestures`: their ids. Throws
   * `draftNotFound`,
   * `notAllowed`, `draftArchived`.
   */
  async change<T>(
    actor: Actor,
    id: string,
    operation: Operation,
    gestures: string[],
    work: (open: OpenDraft, tx: Prisma.TransactionClient) => Promise<T> | T
  ): Promise<Changed<T>> {
    const changed = await this.#alone(id, () =>
      this.database.$transaction(
        async (tx) => {
          await tx.$queryRaw`SELECT 1 FROM app.draft WHERE id = ${id}::uuid FOR UPDATE`;
          const before = await readStored({ database: tx }, actor, id, operation);
          demandOpen(before);
          const known = await answersTo(tx, before.id, gestures);
          const open = new OpenDraft(before, await this.#stateOf(tx, before), known, actor);
          const result = await work(open, tx);
          return { result, before, stored: await open.save(tx), state: open.state };
        },
        { maxWait: START_WITHIN_MS, timeout: CHANGE_WITHIN_MS }
      )
    );
    const { state, ...rest } = changed;
    const { id: draftId, number } = rest.stored;
    // Only after the commit: what was rolled back never happened.
    this.#keep(draftId, state);
    if (number > rest.before.number) this.onChange({ id: draftId, number });
    return { ...rest, draft: state.draft };
  }

  #keep(id: string, state: DraftState): void {
    const kept = this.#states.get(id);
    if (!kept || kept.number <= state.number) this.#states.set(id, state);
  }

  async #stateOf(reader: Reader, { id, number }: StoredDraft): Promise<DraftState> {
    const kept = this.#states.get(id);
    if (kept?.number === number) return kept;
    const draft = await stateAt(reader, id, number);
    if (!draft)
      throw new Refusal('draftStateGone', 'The draft has changed a great deal in the meantime. Read it again.');
    const state = { number, draft, bytes: bytesOf(draft) };
    if (reader === this.database) this.#keep(id, state);
    return state;
  }

  async #alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(id) ?? pLimit(1);
    this.#queues.set(id, queue);
    try {
      return await queue(work);
    } finally {
      if (queue.activeCount + queue.pendingCount === 0) this.#queues.delete(id);
    }
  }
}
