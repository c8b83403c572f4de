/**
 * Sends deltas to browsers. Deltas are not kept for a slow browser: above a limit of unsent bytes it gets no more of
 * them. After the unsent ones have left, it gets the last one that it missed, whose number shows the gap, so that the
 * browser requests what is missing.
 *
 * Invariant: for each socket at most `KEPT_BYTES_MOST` and one message wait in this process, and as much in its
 * connection.
 */
import type { Server, Socket } from 'socket.io';
import type { RunDelta, ServerToBrowser } from '@/app/_contract/live';
import { nameOf, type RunAddress } from '../runs/address';

export const KEPT_BYTES_MOST = 1024 * 1024;

type LiveServer = Pick<Server<never, ServerToBrowser>, 'local' | 'sockets'>;
type LiveSocket = Pick<Socket<never, ServerToBrowser>, 'id' | 'conn' | 'join' | 'leave' | 'emit' | 'once'>;

interface Backlog {
  bytes: number;
  /** The last delta of each room that was not sent. */
  missed: Map<string, RunDelta>;
  onFree: (() => void)[];
}
const room = (run: RunAddress) => `run:${nameOf(run)}`;

export class Outflow {
  readonly #backlogs = new Map<string, Backlog>();
  /** Sockets by room that get no deltas for now. */
  readonly #behind = new Map<string, Set<LiveSocket>>();

  constructor(private readonly io: LiveServer) {}

  /** Call it once for each socket, before anything else. */
  add(socket: LiveSocket): void {
    const backlog: Backlog = { bytes: 0, missed: new Map(), onFree: [] };
    this.#backlogs.set(socket.id, backlog);
    socket.conn.on('packetCreate', (packet) => (backlog.bytes += sizeOf(packet)));
    socket.conn.on('drain', () => this.#drained(socket, backlog));
    socket.once('disconnect', () => {
      this.#backlogs.delete(socket.id);
      for (const name of backlog.missed.keys()) this.#catchUp(socket, name);
      backlog.onFree.splice(0).forEach((free) => free());
    });
  }

  /** Synchronous: the adapter has the rooms of this process in memory. */
  join(socket: LiveSocket, run: RunAddress): void {
    void socket.join(room(run));
  }
  leave(socket: LiveSocket, run: RunAddress): void {
    void socket.leave(room(run));
    this.#backlogs.get(socket.id)?.missed.delete(room(run));
    this.#catchUp(socket, room(run));
  }

  /** Sends to all sockets in the room; encoded once for those that keep up. */
  send(run: RunAddress, delta: RunDelta): void {
    const name = room(run);
    for (const id of this.io.sockets.adapter.rooms.get(name) ?? []) {
      const socket = this.io.sockets.sockets.get(id);
      if (socket && (this.#backlogs.get(id)?.bytes ?? 0) > KEPT_BYTES_MOST) this.#fallBehind(socket, name);
    }
    for (const socket of this.#behind.get(name) ?? []) this.#backlogs.get(socket.id)?.missed.set(name, delta);
    this.io.local.to(name).emit('runDelta', delta);
  }

  /** Resolves when nothing waits for this socket; awaited before something large is made for it. */
  free(socket: LiveSocket): Promise<void> {
    const backlog = this.#backlogs.get(socket.id);
    if (!backlog || backlog.bytes === 0) return Promise.resolve();
    return new Promise((resolve) => backlog.onFree.push(resolve));
  }

  #fallBehind(socket: LiveSocket, name: string): void {
    void socket.leave(name);
    const behind = this.#behind.get(name) ?? new Set();
    this.#behind.set(name, behind.add(socket));
  }
  #catchUp(socket: LiveSocket, name: string): void {
    const behind = this.#behind.get(name);
    behind?.delete(socket);
    if (behind?.size === 0) this.#behind.delete(name);
  }
  #drained(socket: LiveSocket, backlog: Backlog): void {
    backlog.bytes = 0;
    const missed = [...backlog.missed];
    backlog.missed.clear();
    for (const [name, last] of missed) {
      this.#catchUp(socket, name);
      void socket.join(name);
      socket.emit('runDelta', last);
    }
    backlog.onFree.splice(0).forEach((free) => free());
  }
}

function sizeOf({ data }: { data?: unknown }): number {
  return typeof data === 'string' || data instanceof Uint8Array ? data.length : 0;
}
