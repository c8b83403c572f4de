/**
 * Checks of revisions over the socket. While somebody watches a check, this process reads its report from the engine,
 * once for all who watch it, and sends what changed.
 *
 * Each message is the whole report, so a browser that was cut off has missed nothing once its next request is answered.
 */
import type { Logger } from 'pino';
import { z } from 'zod';
import type { GateReport } from '@/app/_contract/gates';
import type { GateWatchAnswer } from '@/app/_contract/live';
import { failureOf, isRefusal, Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { LiveServer, LiveSocket } from './server';

/** Throws `gateNotFound`, or `notAllowed` unless the actor may see the flow. */
export type ReadGate = (actor: Actor, flow: string, id: string) => Promise<GateReport>;

/** Short enough that a person sees the counts move. */
const READ_MS = 200;
const READ_AGAIN_MS = 1_000;
/** A page checks one revision; a client that watches many more is not a page of ours. */
const WATCHES_MOST = 20;

const watchSchema = z.object({ flow: z.string().min(1).max(200), id: z.string().min(1).max(100) });
const roomOf = (id: string) => `gate:${id}`;

interface Watched {
  /** Who reads it, by socket: the permission of one of them is enough, and each was checked. */
  actors: Map<string, Actor>;
  flow: string;
  sent: string;
  timer: NodeJS.Timeout | null;
}

export class GateDoor {
  readonly #watched = new Map<string, Watched>();
  #read: ReadGate | null = null;
  #closed = false;

  constructor(
    private readonly io: LiveServer,
    private readonly log: Logger
  ) {}

  serve(read: ReadGate): void {
    this.#read = read;
  }

  add(socket: LiveSocket): void {
    socket.on('watchGate', (request, answer) => {
      if (typeof answer !== 'function') return;
      this.#watch(socket, request)
        .catch((error: unknown): GateWatchAnswer => ({ kind: 'refused', error: failureOf(error, this.log) }))
        .then(answer, (error: unknown) => this.log.error({ err: error }, 'a watch request failed'));
    });
    socket.on('unwatchGate', (request) => {
      const parsed = watchSchema.pick({ id: true }).safeParse(request);
      if (parsed.success) this.#leave(socket, parsed.data.id);
    });
    socket.once('disconnect', () => {
      for (const id of [...this.#watched.keys()]) this.#leave(socket, id);
    });
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#watched.values()) if (timer) clearTimeout(timer);
    this.#watched.clear();
  }

  async #watch(socket: LiveSocket, request: unknown): Promise<GateWatchAnswer> {
    const parsed = watchSchema.safeParse(request);
    if (!parsed.success || !this.#read) throw new Refusal('badRequest', 'This is not a valid check.');
    const { flow, id } = parsed.data;
    const mine = [...this.#watched.values()].filter(({ actors }) => actors.has(socket.id)).length;
    if (mine >= WATCHES_MOST) throw new Refusal('tooManyTries', `One page can watch at most ${WATCHES_MOST} checks.`);
    const { actor } = socket.data;
    const report = await this.#read(actor, flow, id);
    if (!socket.connected) throw new Refusal('badRequest', 'The socket has ended.');
    await socket.join(roomOf(id));
    if (report.phase === 'checking') {
      const watched = this.#watched.get(id) ?? { actors: new Map<string, Actor>(), flow, sent: '', timer: null };
      watched.actors.set(socket.id, actor);
      this.#watched.set(id, watched);
      watched.timer ??= this.#later(id, READ_MS);
    }
    return { kind: 'watching', report };
  }

  #leave(socket: LiveSocket, id: string): void {
    void socket.leave(roomOf(id));
    const watched = this.#watched.get(id);
    if (!watched?.actors.delete(socket.id) || watched.actors.size > 0) return;
    if (watched.timer) clearTimeout(watched.timer);
    this.#watched.delete(id);
  }

  #later(id: string, ms: number): NodeJS.Timeout {
    return setTimeout(() => void this.#look(id), ms);
  }

  async #look(id: string): Promise<void> {
    const watched = this.#watched.get(id);
    const [actor] = watched?.actors.values() ?? [];
    if (!watched || !actor || !this.#read) return;
    let waitMs: number = READ_MS;
    try {
      const report = await this.#read(actor, watched.flow, id);
      const text = JSON.stringify(report);
      if (text !== watched.sent) this.io.local.to(roomOf(id)).emit('gateReport', report);
      watched.sent = text;
      if (report.phase !== 'checking') this.#watched.delete(id);
    } catch (error) {
      // The engine is away: the last report remains, and it is read again.
      waitMs = READ_AGAIN_MS;
      if (isRefusal(error) && error.code === 'gateNotFound') {
        this.io.local.to(roomOf(id)).emit('gateLost', { id, error: failureOf(error, this.log) });
        this.#watched.delete(id);
      }
    }
    if (!this.#closed && this.#watched.get(id) === watched) watched.timer = this.#later(id, waitMs);
  }
}
