/** The shop's connections: a pool, and transactions that are committed whole or not at all. */
import pg from 'pg';

export type Transaction = pg.PoolClient;

export function openPool(databaseUrl: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10, application_name: 'backstitch shop' });
  // A broken connection is replaced: by the pool while it is idle, by `inTransaction` while it is in use, where the
  // next query fails. Without this handler its error event would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Commits the changes of `work` if it resolves; rolls back and rethrows if it rejects. */
export async function inTransaction<T>(pool: pg.Pool, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const tx = await pool.connect();
  let broken: Error | undefined;
  try {
    await tx.query('BEGIN');
    const result = await work(tx);
    await tx.query('COMMIT');
    return result;
  } catch (error) {
    await tx.query('ROLLBACK').catch((rollback: Error) => (broken = rollback));
    throw error;
  } finally {
    tx.release(broken);
  }
}
