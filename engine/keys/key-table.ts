/**
 * Keys of people, for programs: they are created, found and revoked here. Only digests are stored. A key itself is
 * returned once, when it is created.
 *
 * Every call of a program looks its key up, so the valid keys are kept in memory. A change in this process takes
 * effect at once, also for open calls. A change in another engine process takes effect after a second. While the
 * table cannot be read, keys are rejected as unavailable, and never accepted from an old copy.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Grant } from '../permissions/permissions';

export interface KeyOwner {
  id: string;
  name: string;
  email: string;
  groups: string[];
  grants: Grant[];
}
export interface StoredKey {
  id: string;
  name: string;
  ending: string;
  grants: Grant[];
  owner: KeyOwner;
  createdBy: string;
  createdMs: number;
  expiresMs: number | null;
  revokedMs: number | null;
  revokedBy: string | null;
  lastUsedMs: number | null;
}
export interface NewKey {
  name: string;
  grants: Grant[];
  owner: KeyOwner;
  expiresMs: number | null;
  createdBy: string;
}

/** Makes a key recognisable in a text, e.g. for a scanner of repositories. */
const PREFIX = 'bsk_';
const FRESH_MS = 1_000;
/** The precision of 'last used'. */
const USED_MS = 60_000;

interface Row {
  id: string;
  name: string;
  sha256: string;
  ending: string;
  grants: Grant[];
  owner_id: string;
  owner_name: string;
  owner_email: string;
  owner_groups: string[];
  owner_grants: Grant[];
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  revoked_by: string | null;
  last_used_at: Date | null;
}

export class KeyTable {
  #valid = new Map<string, StoredKey>();
  #readMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;
  readonly #used = new Map<string, number>();
  readonly #listeners = new Map<string, Set<() => void>>();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly pool: pg.Pool,
    private readonly now: () => number = Date.now
  ) {}

  /** Every key, including those that ended, newest first. */
  async list(): Promise<StoredKey[]> {
    const { rows } = await this.pool.query<Row>('SELECT * FROM worker.api_key ORDER BY created_at DESC, id');
    return rows.map(keyOf);
  }

  /** Only this result contains `secret`. */
  async create({ name, grants, owner, expiresMs, createdBy }: NewKey): Promise<{ key: StoredKey; secret: string }> {
    const secret = `${PREFIX}${randomBytes(32).toString('base64url')}`;
    const { rows } = await this.pool.query<Row>(
      `INSERT INTO worker.api_key (id, name, sha256, ending, grants, owner_id, owner_name, owner_email, owner_groups,
         owner_grants, created_by, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING *`,
      [
        randomUUID(),
        name,
        createHash('sha256').update(secret).digest('hex'),
        secret.slice(-4),
        JSON.stringify(grants),
        owner.id,
        owner.name,
        owner.email,
        owner.groups,
        JSON.stringify(owner.grants),
        createdBy,
        expiresMs === null ? null : new Date(expiresMs),
      ]
    );
    await this.#read();
    return { key: keyOf(rows[0] as Row), secret };
  }

  /** Null if there is no such key. Revoking a key again has no effect. */
  async revoke(id: string, revokedBy: string): Promise<StoredKey | null> {
    const { rows } = await this.pool.query<Row>(
      `UPDATE worker.api_key SET revoked_at = COALESCE(revoked_at, now()), revoked_by = COALESCE(revoked_by, $2)
       WHERE id = $1 RETURNING *`,
      [id, revokedBy]
    );
    await this.#read();
    return rows[0] ? keyOf(rows[0]) : null;
  }

  /**
   * The type and the current permissions of the owner of keys. Without grants, none of the owner's keys is accepted.
   */
  async putOwner({ id, name, email, groups, grants }: KeyOwner): Promise<void> {
    await this.pool.query(
      `UPDATE worker.api_key SET owner_name = $2, owner_email = $3, owner_groups = $4, owner_grants = $5
       WHERE owner_id = $1`,
      [id, name, email, groups, JSON.stringify(grants)]
    );
    await this.#read();
  }

  /**
   * The key with this digest, if it is valid now. `use`: this is a call of its own, and is recorded as the last use.
   */
  async find(sha256: string, { use = true }: { use?: boolean } = {}): Promise<StoredKey | null> {
    if (this.now() - this.#readMs > FRESH_MS) await (this.#reading ?? this.#read());
    const key = this.#valid.get(sha256);
    if (!key || !this.#counts(key)) return null;
    if (use) this.#note(key);
    return key;
  }

  /**
   * Calls the listener when this key ends: it is revoked or expires, or its owner has no permission any more. Returns
   * a function that removes the listener.
   */
  onEnd(id: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, listeners.add(listener));
    this.#timer ??= setInterval(() => void this.#read().catch(() => {}), FRESH_MS).unref();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(id);
      if (this.#listeners.size === 0 && this.#timer) {
        clearInterval(this.#timer);
        this.#timer = null;
      }
    };
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Concurrent reads share one query. */
  #read(): Promise<void> {
    // A query that began before a change of this process may not include the change. So a change waits for that query
    // and reads again.
    const after = this.#reading?.catch(() => {}) ?? Promise.resolve();
    const reading = after.then(() => this.#readNow());
    const settled = reading.finally(() => {
      if (this.#reading === settled) this.#reading = null;
    });
    this.#reading = settled;
    return settled;
  }

  async #readNow(): Promise<void> {
    const atMs = this.now();
    const { rows } = await this.pool.query<Row>('SELECT * FROM worker.api_key WHERE revoked_at IS NULL');
    this.#valid = new Map(rows.map((row) => [row.sha256, keyOf(row)]));
    this.#readMs = atMs;
    const ids = new Set([...this.#valid.values()].filter((key) => this.#counts(key)).map(({ id }) => id));
    for (const [id, listeners] of this.#listeners) if (!ids.has(id)) for (const listener of listeners) listener();
  }

  #counts({ expiresMs, owner }: StoredKey): boolean {
    return (expiresMs === null || expiresMs > this.now()) && owner.grants.length > 0;
  }

  /** Written asynchronously, beside the call, because a use that is not recorded causes no harm. */
  #note({ id }: StoredKey): void {
    const now = this.now();
    if (now - (this.#used.get(id) ?? 0) < USED_MS) return;
    this.#used.set(id, now);
    this.pool
      .query('UPDATE worker.api_key SET last_used_at = $2 WHERE id = $1', [id, new Date(now)])
      .catch(() => this.#used.delete(id));
  }
}

function keyOf(row: Row): StoredKey {
  return {
    id: row.id,
    name: row.name,
    ending: row.ending,
    grants: row.grants,
    owner: {
      id: row.owner_id,
      name: row.owner_name,
      email: row.owner_email,
      groups: row.owner_groups,
      grants: row.owner_grants,
    },
    createdBy: row.created_by,
    createdMs: row.created_at.getTime(),
    expiresMs: row.expires_at?.getTime() ?? null,
    revokedMs: row.revoked_at?.getTime() ?? null,
    revokedBy: row.revoked_by,
    lastUsedMs: row.last_used_at?.getTime() ?? null,
  };
}
