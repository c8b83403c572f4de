/**
 * Drafts over the socket: the room of each draft, its new numbers, and who is in it. What changed is read by REST; the
 * socket only announces the number.
 *
 * A number reaches the other web processes through Redis. Where there is none, or while it is away, each process looks
 * at the numbers of its watched drafts every few seconds.
 */
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { DraftVisitor, DraftWatchAnswer } from '@/app/_contract/live';
import { failureOf, Refusal } from '../failure';
import type { Actor } from '../people/actor';
import { DraftRooms } from './draft-rooms';
import type { LiveServer, LiveSocket } from './server';

/** What the door needs of the drafts. */
export interface DraftsToWatch {
  /** The number of a draft. Throws `draftNotFound`, or `notAllowed` unless the actor may see it. */
  numberFor(actor: Actor, id: string): Promise<number>;
  numbersOf(ids: string[]): Promise<{ id: string; number: number }[]>;
}

const LOOK_EVERY_MS = 2_000;
/** A tab shows one draft; a client that watches many more is not a page of ours. */
const WATCHES_MOST = 20;

const watchSchema = z.object({ id: z.uuid().toLowerCase(), tab: z.string().min(1).max(64) });
const shownSchema = z.string().max(200).nullable();
const presentSchema = watchSchema.extend({ selected: shownSchema, typing: shownSchema });
const room = (id: string) => `draft:${id}`;

export class DraftDoor {
  readonly #rooms: DraftRooms;
  /** The newest number that was sent to the sockets of this process, by watched draft. */
  readonly #announced = new Map<string, number>();
  #drafts: DraftsToWatch | null = null;
  readonly #looks: NodeJS.Timeout;

  constructor(
    private readonly io: LiveServer,
    private readonly log: Logger,
    private readonly redis: Redis | null
  ) {
    this.#rooms = new DraftRooms({
      emit: (id, people) => io.local.to(room(id)).emit('draftPeople', { id, people }),
      report: redis ? (report) => io.serverSideEmit('draftPresence', report) : null,
    });
    io.on('draftChanged', ({ id, number }) => this.#announce(id, number));
    io.on('draftPresence', (report) => this.#rooms.heard(report));
    this.#looks = setInterval(() => void this.#look(), LOOK_EVERY_MS);
    this.#looks.unref();
  }

  peopleIn(id: string): DraftVisitor[] {
    return this.#rooms.people(id);
  }

  /** A draft changed in this process. */
  changed(id: string, number: number): void {
    this.#announce(id, number);
    if (this.redis) this.io.serverSideEmit('draftChanged', { id, number });
  }

  serve(drafts: DraftsToWatch): void {
    this.#drafts = drafts;
  }

  add(socket: LiveSocket): void {
    const watched = new Set<string>();
    socket.on('watchDraft', (request, answer) => {
      if (typeof answer !== 'function') return;
      this.#watch(socket, watched, request)
        .catch((error: unknown): DraftWatchAnswer => ({ kind: 'refused', error: failureOf(error, this.log) }))
        .then(answer, (error: unknown) => this.log.error({ err: error }, 'a watch request failed'));
    });
    socket.on('unwatchDraft', (request) => {
      const parsed = watchSchema.pick({ id: true }).safeParse(request);
      if (!parsed.success) return;
      watched.delete(parsed.data.id);
      this.#leave(socket, parsed.data.id);
    });
    socket.on('presentIn', (request) => {
      const parsed = presentSchema.safeParse(request);
      if (!parsed.success) return;
      const { id, selected, typing } = parsed.data;
      this.#rooms.present(id, socket.id, { selected, typing });
    });
    socket.once('disconnect', () => {
      for (const id of watched) this.#leave(socket, id);
      watched.clear();
    });
  }

  close(): void {
    clearInterval(this.#looks);
    this.#rooms.close();
  }

  async #watch(socket: LiveSocket, watched: Set<string>, request: unknown): Promise<DraftWatchAnswer> {
    const parsed = watchSchema.safeParse(request);
    if (!parsed.success) throw new Refusal('badRequest', 'This is not a valid draft.');
    const { id, tab } = parsed.data;
    if (watched.size >= WATCHES_MOST && !watched.has(id))
      throw new Refusal('tooManyTries', `One page can watch at most ${WATCHES_MOST} drafts.`);
    const { actor } = socket.data;
    watched.add(id);
    try {
      // Joined first, so that no change is missed between the read and the room.
      await socket.join(room(id));
      const number = (await this.#drafts?.numberFor(actor, id)) ?? 0;
      // It was unwatched, or the socket has ended, in the meantime.
      if (!watched.has(id)) throw new Refusal('badRequest', 'The draft is no longer watched.');
      // Those who watched before may not have heard of this number, and it is announced only once.
      if (this.#announced.has(id)) this.#announce(id, number);
      else this.#announced.set(id, number);
      this.#rooms.enter(id, socket.id, { personId: actor.id, name: actor.name, tab, selected: null, typing: null });
      return { kind: 'watching', number, people: this.#rooms.people(id) };
    } catch (error) {
      watched.delete(id);
      this.#leave(socket, id);
      throw error;
    }
  }

  #leave(socket: LiveSocket, id: string): void {
    void socket.leave(room(id));
    this.#rooms.leave(id, socket.id);
    if (!this.#rooms.watched().includes(id)) this.#announced.delete(id);
  }

  #announce(id: string, number: number): void {
    const before = this.#announced.get(id);
    if (before !== undefined && before >= number) return;
    if (before !== undefined) this.#announced.set(id, number);
    this.io.local.to(room(id)).emit('draftChanged', { id, number });
  }

  async #look(): Promise<void> {
    const ids = this.#rooms.watched();
    if (ids.length === 0) return;
    const numbers = await this.#drafts?.numbersOf(ids).catch((error: unknown) => {
      this.log.debug({ err: error }, 'the numbers of drafts could not be read now');
      return [];
    });
    for (const { id, number } of numbers ?? []) this.#announce(id, number);
  }
}
