/**
 * Where the export of traces is in the log of changes: one row of each namespace, so that whichever engine holds the lease
 * goes on where the one before it was.
 *
 * [TRC8] A position is never replaced by an earlier one. The file in which it was kept before is read once, where there is no
 *        row yet, and removed.
 */
import { readFile, rm } from 'node:fs/promises';
import type pg from 'pg';
import { z } from 'zod';
import { readJson } from '../flow/values/json';
import type { ChangePosition } from '../visibility/change';

const positionSchema = z.object({ epoch: z.number().int().min(0), number: z.number().int().min(0) });

export class PositionTable {
  constructor(
    private readonly database: Pick<pg.Pool, 'query'>,
    private readonly namespace: string,
    /** The file of before. */
    private readonly file: string
  ) {}

  /** Null for none, of before neither. */
  async read(): Promise<ChangePosition | null> {
    const stored = (await this.#stored()) ?? (await this.#takeOver());
    await rm(this.file, { force: true });
    return stored;
  }

  async write({ epoch, number }: ChangePosition): Promise<void> {
    await this.database.query(
      `INSERT INTO engine.trace_position AS p (namespace, epoch, number) VALUES ($1, $2, $3)
       ON CONFLICT (namespace) DO UPDATE SET epoch = EXCLUDED.epoch, number = EXCLUDED.number
       WHERE (p.epoch, p.number) < (EXCLUDED.epoch, EXCLUDED.number)`,
      [this.namespace, epoch, number]
    );
  }

  async #stored(): Promise<ChangePosition | null> {
    const { rows } = await this.database.query<{ epoch: string; number: string }>(
      'SELECT epoch, number FROM engine.trace_position WHERE namespace = $1',
      [this.namespace]
    );
    const [row] = rows;
    return row ? { epoch: Number(row.epoch), number: Number(row.number) } : null;
  }

  async #takeOver(): Promise<ChangePosition | null> {
    const before = await this.#before();
    if (before) await this.write(before);
    return before;
  }

  /** Null for no file, and for one that is no position. */
  async #before(): Promise<ChangePosition | null> {
    let text: string;
    try {
      text = await readFile(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    try {
      return positionSchema.parse(readJson(text));
    } catch {
      return null;
    }
  }
}
