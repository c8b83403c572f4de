/**
 * The shop's books, for one order or for all. Counts come from the bookings, not from the states of the keys, so that
 * an effect that happened twice is counted twice.
 */
import type pg from 'pg';
import type { EffectRequest } from './effect';
import type { BookSum } from '../bookkeeper';
import { KIND_TITLES, type EffectKind } from './effect-kind';

export interface ShopKey {
  key: string;
  kind: EffectKind;
  orderId: string;
  /** The state in the shop's own table. */
  state: 'applied' | 'undone' | 'refused' | 'tombstoned';
  /** How often the effect was booked, and undone: 1 and 0 if it remains, 1 and 1 if it was undone. */
  applied: number;
  undone: number;
  detail: Partial<EffectRequest>;
  answer: unknown;
  /** ISO instants. */
  at: string;
  undoneAt: string | null;
}

export interface ShopLedgerReport {
  /** Null: all orders; only the newest keys are then listed. */
  order: string | null;
  stock: { sku: string; title: string; onHand: number; reserved: number; unitPrice: number; currency: string }[];
  /** Minor units. */
  money: { currency: string; taken: number; refunded: number; balance: number }[];
  /** Parcels that were sent, and mails that were sent. */
  parcels: number;
  mails: number;
  /** In the order in which they were first seen. */
  keys: ShopKey[];
}

const NEWEST_KEYS = 200;
/** The tables also contain the books of other example services. */
const KINDS: readonly EffectKind[] = ['reservation', 'payment', 'shipment', 'mail'];

export async function readLedger(pool: pg.Pool, order: string | null): Promise<ShopLedgerReport> {
  const client = await pool.connect();
  try {
    // One snapshot, so that totals and keys belong to the same time.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const stock = await client.query<ShopLedgerReport['stock'][number]>(
      `SELECT sku, title, on_hand AS "onHand", reserved, unit_price AS "unitPrice", currency FROM shop.stock ORDER BY sku`
    );
    const money = await client.query<{ currency: string; taken: number; refunded: number }>(
      `SELECT detail->>'currency' AS currency,
              coalesce(sum((detail->>'amount')::bigint) FILTER (WHERE direction = 'do'), 0)::float AS taken,
              coalesce(sum((detail->>'amount')::bigint) FILTER (WHERE direction = 'undo'), 0)::float AS refunded
       FROM shop.booking WHERE kind = 'payment' AND ($1::text IS NULL OR order_id = $1) GROUP BY 1 ORDER BY 1`,
      [order]
    );
    const sent = await client.query<{ parcels: number; mails: number }>(
      `SELECT coalesce(sum(CASE direction WHEN 'do' THEN 1 ELSE -1 END) FILTER (WHERE kind = 'shipment'), 0)::int AS parcels,
              (count(*) FILTER (WHERE kind = 'mail'))::int AS mails
       FROM shop.booking WHERE $1::text IS NULL OR order_id = $1`,
      [order]
    );
    const keys = await client.query<ShopKey>(
      `SELECT e.key, e.kind, e.order_id AS "orderId", e.state, e.detail, e.answer,
              (SELECT count(*) FROM shop.booking b WHERE b.key = e.key AND b.direction = 'do')::int AS applied,
              (SELECT count(*) FROM shop.booking b WHERE b.key = e.key AND b.direction = 'undo')::int AS undone,
              to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at,
              to_char(e.undone_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "undoneAt"
       FROM shop.effect e WHERE e.kind = ANY($3) AND ($1::text IS NULL OR e.order_id = $1)
       ORDER BY e.created_at DESC, e.key LIMIT $2`,
      [order, order === null ? NEWEST_KEYS : null, KINDS]
    );
    await client.query('COMMIT');
    return {
      order,
      stock: stock.rows,
      money: money.rows.map((row) => ({ ...row, balance: row.taken - row.refunded })),
      parcels: sent.rows[0]?.parcels ?? 0,
      mails: sent.rows[0]?.mails ?? 0,
      keys: keys.rows.reverse(),
    };
  } finally {
    // Ends a transaction that an error left open.
    await client.query('ROLLBACK').catch(() => {});
    client.release();
  }
}

/** The ledger in the form in which every example service reports its books, with what only the shop counts. */
export const reportOf = (ledger: ShopLedgerReport) => ({
  ...ledger,
  keys: ledger.keys.map((each) => ({ ...each, title: KIND_TITLES[each.kind] })),
  sums: [
    ...ledger.money.flatMap(({ currency, taken, refunded, balance }): BookSum[] => [
      { title: 'taken', minor: taken, currency },
      { title: 'refunded', minor: refunded, currency },
      { title: 'balance', minor: balance, currency },
    ]),
    { title: ledger.parcels === 1 ? 'parcel' : 'parcels', count: ledger.parcels },
    { title: ledger.mails === 1 ? 'mail' : 'mails', count: ledger.mails },
  ] satisfies BookSum[],
});
