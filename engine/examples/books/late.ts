/**
 * Calls that take effect after their caller has stopped waiting. Each is stored as a row first, so that a shop that
 * is killed meanwhile still applies it after its next start. For a caller there is no difference.
 */
import type pg from 'pg';
import { inTransaction } from './database';
import { subjectOf, type Booked, type EffectTable } from './effect';
import { applyOnce } from './exactly-once';

interface LateRow {
  key: string;
  kind: string;
  request: Booked;
  waitMs: number;
}

export class LateCalls {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly pool: pg.Pool,
    private readonly effects: EffectTable
  ) {}

  /** Continues the calls that an earlier process left. */
  async resume(): Promise<void> {
    const { rows } = await this.pool.query<LateRow>(
      `SELECT key, kind, request, GREATEST(0, EXTRACT(EPOCH FROM due_at - clock_timestamp()) * 1000)::float AS "waitMs"
       FROM shop.late WHERE kind = ANY($1)`,
      [Object.keys(this.effects)]
    );
    for (const row of rows) this.#schedule(row);
  }

  /** Stores that the call will be applied in `waitMs`; the first row of a key counts. */
  async promise(row: LateRow): Promise<void> {
    await this.pool.query(
      `INSERT INTO shop.late (key, kind, order_id, request, due_at)
       VALUES ($1, $2, $3, $4, clock_timestamp() + $5 * interval '1 millisecond') ON CONFLICT (key) DO NOTHING`,
      [row.key, row.kind, subjectOf(this.#effect(row), row.request), JSON.stringify(row.request), row.waitMs]
    );
    this.#schedule(row);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #effect({ kind }: Pick<LateRow, 'kind'>) {
    const effect = this.effects[kind];
    if (!effect) throw new Error(`there is no effect '${kind}'`);
    return effect;
  }

  #schedule(row: LateRow): void {
    if (this.#timers.has(row.key)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(row.key);
      void this.#apply(row);
    }, row.waitMs);
    this.#timers.set(row.key, timer);
  }

  async #apply(row: LateRow): Promise<void> {
    try {
      await inTransaction(this.pool, async (tx) => {
        await applyOnce(tx, { kind: row.kind, effect: this.#effect(row) }, row.key, row.request);
        await tx.query('DELETE FROM shop.late WHERE key = $1', [row.key]);
      });
    } catch {
      // The database is away; the row is still stored.
      this.#schedule({ ...row, waitMs: 1_000 });
    }
  }
}
