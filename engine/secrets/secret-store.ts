/**
 * Secrets that steps name: stored encrypted, read by activities when they run, never shown again.
 *
 * Invariants: AES-256-GCM with a key that is in a file of the data folder, not in the database. Every write uses a
 * new nonce. The name is bound to the value, so a value that was moved to another name cannot be decrypted. This
 * module logs nothing.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The key file is not the one that encrypted this secret, or the row was changed. */
export class SecretUnreadable extends Error {
  override name = 'SecretUnreadable';
}

export class SecretStore {
  private constructor(
    private readonly pool: pg.Pool,
    private readonly key: Buffer
  ) {}

  /** Reads the key of the data folder, or creates it. */
  static async open(pool: pg.Pool, dataDir: string): Promise<SecretStore> {
    const key = await readKey(path.join(dataDir, 'secrets.key'));
    if (key.length !== KEY_BYTES)
      throw new Error(`${path.join(dataDir, 'secrets.key')} is not a key of ${KEY_BYTES} bytes.`);
    return new SecretStore(pool, key);
  }

  async put(name: string, value: string, updatedBy: string): Promise<void> {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(name));
    const sealed = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    await this.pool.query(
      `INSERT INTO worker.secret (name, nonce, sealed, updated_by) VALUES ($1, $2, $3, $4)
       ON CONFLICT (name) DO UPDATE SET nonce = $2, sealed = $3, updated_by = $4, updated_at = now()`,
      [name, nonce, sealed, updatedBy]
    );
  }

  /** Null if there is none. Throws SecretUnreadable. */
  async read(name: string): Promise<string | null> {
    const { rows } = await this.pool.query<{ nonce: Buffer; sealed: Buffer }>(
      'SELECT nonce, sealed FROM worker.secret WHERE name = $1',
      [name]
    );
    const row = rows[0];
    if (!row) return null;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, row.nonce).setAAD(Buffer.from(name));
      decipher.setAuthTag(row.sealed.subarray(-TAG_BYTES));
      return decipher.update(row.sealed.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      throw new SecretUnreadable(`The secret '${name}' cannot be decrypted with this key file. Store it again.`);
    }
  }

  async names(): Promise<string[]> {
    const { rows } = await this.pool.query<{ name: string }>('SELECT name FROM worker.secret ORDER BY name');
    return rows.map((row) => row.name);
  }
}

async function readKey(file: string): Promise<Buffer> {
  const known = await readFile(file).catch(missing);
  if (known) return known;
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' });
  // A link is created completely or not at all, and never replaces a file. If two first starts run at the same time,
  // one key is created and both use it.
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await unlink(draft);
  return readFile(file);
}

function missing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
