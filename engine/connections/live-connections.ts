/**
 * The connections as calls use them: their present addresses and the names of their secrets. Kept for a few seconds,
 * and read again at once after a change by this process.
 */
import type pg from 'pg';
import { listConnections, type StoredConnection } from './connection-table';

/** Another engine process may have changed a connection before it gave up its lease. */
const FRESH_MS = 3_000;

export class LiveConnections {
  #kept: { atMs: number; connections: Promise<ReadonlyMap<string, StoredConnection>> } | null = null;

  constructor(
    private readonly pool: pg.Pool,
    private readonly now: () => number = () => performance.now()
  ) {}

  /** Null if there is none; archived connections are returned. Rejects if the database cannot be read. */
  async find(name: string): Promise<StoredConnection | null> {
    return (await this.#all()).get(name) ?? null;
  }

  changed(): void {
    this.#kept = null;
  }

  #all(): Promise<ReadonlyMap<string, StoredConnection>> {
    const atMs = this.now();
    if (this.#kept && atMs - this.#kept.atMs < FRESH_MS) return this.#kept.connections;
    const connections = listConnections(this.pool).then(
      (stored) => new Map(stored.map((each) => [each.connection.name, each]))
    );
    const kept = { atMs, connections };
    this.#kept = kept;
    connections.catch(() => {
      if (this.#kept === kept) this.#kept = null;
    });
    return connections;
  }
}
