/** The books of an example service, for one reference or for all, as ../bookkeeper.ts reads them. */
import type pg from 'pg';
import type { Booked } from '../books/effect';
import { kindOf, type Service } from './service';

export interface BookedKey {
  key: string;
  /** The name of the effect, and its title. */
  effect: string;
  title: string;
  reference: string;
  /** The state in the service's own table. */
  state: 'applied' | 'undone' | 'refused' | 'tombstoned';
  /** How often the effect was booked, and undone: 1 and 0 if it remains, 1 and 1 if it was undone. */
  applied: number;
  undone: number;
  detail: Booked;
  answer: unknown;
  /** ISO instant. */
  at: string;
}

export interface ServiceBooks {
  service: string;
  title: string;
  /** Null: all; only the newest keys are then listed. */
  reference: string | null;
  /** In the order in which they were first seen. */
  keys: BookedKey[];
}

const NEWEST_KEYS = 200;

export async function readBooks(pool: pg.Pool, service: Service, reference: string | null): Promise<ServiceBooks> {
  const effects = new Map(service.effects.map((effect) => [kindOf(service, effect), effect]));
  const { rows } = await pool.query<Omit<BookedKey, 'effect' | 'title'> & { kind: string }>(
    `SELECT e.key, e.kind, e.order_id AS reference, e.state, e.detail, e.answer,
            (SELECT count(*) FROM shop.booking b WHERE b.key = e.key AND b.direction = 'do')::int AS applied,
            (SELECT count(*) FROM shop.booking b WHERE b.key = e.key AND b.direction = 'undo')::int AS undone,
            to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
     FROM shop.effect e WHERE e.kind = ANY($1) AND ($2::text IS NULL OR e.order_id = $2)
     ORDER BY e.created_at DESC, e.key LIMIT $3`,
    [[...effects.keys()], reference, reference === null ? NEWEST_KEYS : null]
  );
  const keys = rows.reverse().map(({ kind, ...row }) => {
    const { name = kind, title = kind } = effects.get(kind) ?? {};
    return { ...row, effect: name, title };
  });
  return { service: service.name, title: service.title, reference, keys };
}
