/** The shop's connections: a pool, and work done in one transaction or not at all. */
import pg from 'pg';

export type Transaction = pg.PoolClient;

export function openPool(databaseUrl: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 10, application_name: 'backstitch shop' });
  // A connection that breaks is replaced: by the pool while it is idle, by `inTransaction` while it is lent, where the next query
  // fails. Unheard, its error would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Commits what `work` did when it resolves; rolls back and rethrows when it rejects. */
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
