/**
 * The indexes of ranges of search attributes (visibility/sql.ts), which are made while runs go on. They are not part of
 * the migrations, because they depend on what is registered. The lease is no matter: an index changes no answer.
 */
import type pg from 'pg';
import { attributeIndex } from '../../visibility/sql';

export class AttributeIndexes {
  readonly #made = new Set<string>();
  #client: pg.Client | null = null;
  /** One after the other. */
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(private readonly connect: () => pg.Client) {}

  make(attributes: readonly (readonly [name: string, indexedType: number])[]): Promise<void> {
    const wanted = attributes.flatMap(([name, type]) => attributeIndex(name, type) ?? []);
    const mine = this.#last.then(() => this.#make(wanted.filter(({ name }) => !this.#made.has(name))));
    this.#last = mine.catch(() => {});
    return mine;
  }

  /** What is being made is finished or given up by the database. */
  close(): void {
    this.#closed = true;
    this.#client?.end().catch(() => {});
  }

  async #make(indexes: readonly { name: string; expression: string }[]): Promise<void> {
    if (indexes.length === 0 || this.#closed) return;
    const client = this.connect();
    client.on('error', () => {});
    this.#client = client;
    try {
      await client.connect();
      const { rows } = await client.query<{ name: string; valid: boolean }>(
        `SELECT relname AS name, indisvalid AS valid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
         WHERE indrelid = 'engine.visibility'::regclass AND relname = ANY($1)`,
        [indexes.map(({ name }) => name)]
      );
      for (const { name, expression } of indexes) {
        if (this.#closed) return;
        const found = rows.find((row) => row.name === name);
        // Its making was interrupted.
        if (found && !found.valid) await client.query(`DROP INDEX engine."${name}"`);
        if (!found?.valid)
          await client.query(`CREATE INDEX CONCURRENTLY IF NOT EXISTS "${name}" ON engine.visibility (${expression})`);
        this.#made.add(name);
      }
      // An index of an expression has statistics of its own.
      if (indexes.some(({ name }) => !rows.some((row) => row.name === name && row.valid)))
        await client.query('ANALYZE engine.visibility');
    } catch (error) {
      if (!this.#closed) throw error;
    } finally {
      this.#client = null;
      await client.end().catch(() => {});
    }
  }
}
