/**
 * The log of changes on PostgreSQL. A position is the epoch of the lease and a number that the holder of the lease counts
 * up, because the holder is the only writer.
 *
 * A number is given when its commit is sent, and two commits can be in flight, so a higher number can be visible before a
 * lower one. A reader must not continue after the higher one: `settled` is the position before the first number whose
 * commit is still in flight. It is known in this process alone, so it waits for no other transaction of the database, as
 * `pg_snapshot_xmin` would: for the making of an index, for minutes, or for a forgotten prepared transaction, for ever.
 *
 * - A commit of an earlier epoch is not in flight any more: the takeover waited for it, or it fails (store.ts).
 * - A commit whose connection broke may still be carried out by the server. Its number counts as in flight until the
 *   server has ended that connection; it is asked to, when somebody reads.
 * - After a dump and a restore the log and the epoch are those of the dump, and the next holder takes a higher epoch than
 *   every row has. No id of a transaction is stored, which would mean another one in the new database. Where a reader kept
 *   its position elsewhere, and is ahead of what was restored, the engine's next epochs may be behind that position;
 *   then it reads since a time again.
 */
import type pg from 'pg';
import type { ChangePage, ChangeQuery } from '../port';
import { comparePositions, type ChangePosition, type RunChange, type StoredChange } from '../../visibility/change';
import type { Parameters } from './parameters';

/** One row has all changes of one commit, because a row for each would cost a commit of many runs much more. */
export interface ChangeRow extends ChangePosition {
  changes: RunChange[];
}

/** The row has the position of its last change, and the latest time. */
export function writeChanges(p: Parameters, changes: readonly StoredChange[]): string {
  const last = changes.at(-1);
  const values = [
    p.add(last?.epoch, 'bigint'),
    p.add(last?.number, 'bigint'),
    p.add(Math.max(...changes.map(({ at }) => at)), 'bigint'),
    p.add(changes.length, 'int'),
    p.add(JSON.stringify(changes.map(({ epoch: _, number: __, ...change }) => change)), 'json'),
  ];
  return `r AS (INSERT INTO engine.run_change (epoch, number, at, size, changes) SELECT ${values.join(', ')} FROM l)`;
}

/**
 * Rows of ChangeRow, until they have as many changes as asked for. Of the first one all but the last change may have been
 * read before, so its size does not count.
 */
export function changesStatement({ after, limit }: ChangeQuery, settled: ChangePosition): pg.QueryConfig {
  return {
    text: `SELECT epoch, number, changes FROM (
        SELECT epoch, number, changes,
          sum(size) OVER (ORDER BY epoch, number) - size - first_value(size) OVER (ORDER BY epoch, number) AS before
        FROM (
          SELECT epoch, number, size, changes FROM engine.run_change
          WHERE (epoch, number) > ($1, $2) AND (epoch, number) <= ($3, $4) ORDER BY epoch, number LIMIT $5
        ) AS next
      ) AS counted WHERE before < $5 ORDER BY epoch, number`,
    values: [after.epoch, after.number, settled.epoch, settled.number, limit],
  };
}

export function pageOf(
  rows: readonly ChangeRow[],
  { namespace, after, limit }: ChangeQuery,
  settled: ChangePosition,
  removed: ChangePosition | null
): ChangePage {
  const all = rows.flatMap(({ epoch, number, changes }) =>
    changes.map((change, index): StoredChange => ({ ...change, epoch, number: number - changes.length + 1 + index }))
  );
  // The first row may have some that were read before.
  const later = all.filter((change) => comparePositions(change, after) > 0);
  const isEnd = later.length < limit;
  const read = later.slice(0, limit);
  const { epoch, number } = isEnd ? settled : (read.at(-1) ?? settled);
  const changes = read.filter((change) => change.namespace === namespace);
  return { changes, through: { epoch, number }, isEnd, removed };
}

export const REMOVED = 'SELECT epoch, number FROM engine.run_change_removed';

export const SINCE = `SELECT epoch, number - size AS number FROM engine.run_change
  WHERE at >= $1 ORDER BY epoch, number LIMIT 1`;

/** Of the oldest rows, those before the first that is young enough. Returns a row if the lease is held. */
export const REMOVE = `WITH l AS MATERIALIZED (SELECT 1 FROM engine.lease WHERE epoch = $1 FOR SHARE),
  oldest AS (SELECT epoch, number, at FROM engine.run_change ORDER BY epoch, number LIMIT $3),
  old AS (SELECT epoch, number, bool_and(at < $2) OVER (ORDER BY epoch, number) AS is_old FROM oldest),
  d AS (DELETE FROM engine.run_change c USING l, old
    WHERE old.is_old AND c.epoch = old.epoch AND c.number = old.number RETURNING c.epoch, c.number),
  r AS (INSERT INTO engine.run_change_removed (id, epoch, number)
    SELECT 1, epoch, number FROM d ORDER BY epoch DESC, number DESC LIMIT 1
    ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, number = excluded.number)
  SELECT (SELECT count(*) FROM d) AS removed FROM l`;

/** Ends connections of this name that the server still has. Returns those that it had. */
export const END_BROKEN = `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE pid = ANY($1) AND application_name = $2`;

/** The numbers of one lease. */
export class ChangeNumbers {
  #last = 0;
  /** The lowest number of each commit that is in flight, with the connection if that broke. */
  readonly #inFlight = new Map<number, number | null>();

  constructor(private readonly epoch: number) {}

  /** For the changes of one commit, which is about to be sent. */
  take(changes: readonly RunChange[]): StoredChange[] {
    if (changes.length === 0) return [];
    this.#inFlight.set(this.#last + 1, null);
    return changes.map((change) => ({ ...change, epoch: this.epoch, number: ++this.#last }));
  }

  /** The outcome of the commit is known. */
  settle([first]: readonly StoredChange[]): void {
    if (first) this.#inFlight.delete(first.number);
  }

  /** The outcome of the commit is unknown, until the server has ended the connection. */
  broke([first]: readonly StoredChange[], connection: number): void {
    if (first) this.#inFlight.set(first.number, connection);
  }

  /** Connections that broke. */
  get broken(): number[] {
    return [...this.#inFlight.values()].filter((connection) => connection !== null);
  }

  /** The server has ended these. */
  ended(connections: readonly number[]): void {
    for (const [first, connection] of this.#inFlight)
      if (connection !== null && connections.includes(connection)) this.#inFlight.delete(first);
  }

  /** Read it before the log: what is written up to here is seen by every later statement. */
  get settled(): ChangePosition {
    const lowest = Math.min(...this.#inFlight.keys());
    return { epoch: this.epoch, number: Number.isFinite(lowest) ? lowest - 1 : this.#last };
  }
}
