/**
 * The oracle of crash tests: does the ledger of a run agree with the shop's books? Pure.
 *
 * A run is right when it is
 * - completed, and every effect remains exactly once;
 * - failed (or cancelled), and every booked effect was undone exactly once;
 * - waiting for a person, or ended with effects that were left on purpose, and its ledger has exactly the effects of
 * the shop. Everything else is a violation, described in words. The shop's counters must also agree with its books
 * (`judgeBooks`).
 */
import type { LedgerReport, LedgerState } from '../../saga/contract';
import type { ShopKey, ShopLedgerReport } from './ledger';

export interface RunClaim {
  /** The activity id of a key of this run; null for a key of another run (run-view/step-keys.ts). */
  ownerOf(key: string): string | null;
  status: 'running' | 'completed' | 'failed' | 'canceled' | 'terminated' | 'timedOut' | 'continuedAsNew';
  /** Activity ids of the effects that a completed run has: each must remain exactly once, and no other. */
  expected: string[];
  /** The run's own ledger: the query `__ledger`, or the projection of its history. */
  ledger: LedgerReport['entries'];
  /** True if a person must answer: an approval, a failed undo, an unknown outcome. */
  waitsForPerson: boolean;
}

export type Verdict =
  | { kind: 'completed' }
  | { kind: 'unwound' }
  | { kind: 'waits'; standing: string[] }
  | { kind: 'leftStanding'; standing: string[] }
  | { kind: 'violation'; words: string[] };

/** For `mayStand` and `undoing` the run's ledger leaves the outcome open, so the shop may show either. */
const STANDS: readonly LedgerState[] = ['standing', 'undoFailed', 'leftStanding'];
export function judge(run: RunClaim, shop: ShopLedgerReport): Verdict {
  const keys = shop.keys.filter((key) => run.ownerOf(key.key) !== null);
  const activityId = (key: ShopKey) => run.ownerOf(key.key) ?? '';
  const words = keys.flatMap((key) => bookingFaults(activityId(key), key));
  const standing = keys.filter((key) => key.applied > key.undone).map(activityId);
  const claims = new Map(run.ledger.map((entry) => [entry.activityId, entry.state]));

  switch (run.status) {
    case 'completed': {
      for (const id of run.expected)
        if (!standing.includes(id)) words.push(`completed, but the shop has no effect of ${id}`);
      for (const id of standing)
        if (!run.expected.includes(id))
          words.push(`completed, but the shop has an effect of ${id}, which should have none`);
      return words.length ? { kind: 'violation', words } : { kind: 'completed' };
    }
    case 'failed':
    case 'canceled': {
      const left = standing.filter((id) => claims.get(id) === 'leftStanding');
      for (const id of standing)
        if (!left.includes(id))
          words.push(
            `${run.status}, but the effect of ${id} remains at the shop; the ledger says ${claims.get(id) ?? 'nothing'}`
          );
      for (const [id, state] of claims) {
        if (STANDS.includes(state) && !standing.includes(id))
          words.push(`the ledger says ${id} is ${state}; the shop does not show it`);
      }
      if (words.length) return { kind: 'violation', words };
      return left.length ? { kind: 'leftStanding', standing: left } : { kind: 'unwound' };
    }
    case 'running': {
      if (!run.waitsForPerson) words.push('neither closed nor waiting for a person');
      for (const [id, state] of claims) {
        if (STANDS.includes(state) && !standing.includes(id))
          words.push(`the ledger says ${id} is ${state}; the shop does not show it`);
        if ((state === 'undone' || state === 'notArmed') && standing.includes(id)) {
          words.push(`the ledger says ${id} is ${state}; its effect remains at the shop`);
        }
      }
      for (const id of standing) {
        if (!claims.has(id)) words.push(`the effect of ${id} remains at the shop; the run's ledger does not have it`);
      }
      return words.length ? { kind: 'violation', words } : { kind: 'waits', standing };
    }
    default:
      return { kind: 'violation', words: [...words, `closed as ${run.status}, which runs no undo`] };
  }
}

/**
 * Do the counters agree with the effects that remain? They are stored separately from the bookings, so an effect that
 * was applied twice shows in at least one of them. `keys` are those of all orders.
 */
export function judgeBooks(shop: Pick<ShopLedgerReport, 'stock' | 'money'>, keys: readonly ShopKey[]): string[] {
  const words: string[] = [];
  const standing = keys.filter((key) => key.applied > key.undone);
  const reserved = new Map<string, number>();
  const taken = new Map<string, number>();
  const add = (sums: Map<string, number>, name: string, count: number) => sums.set(name, (sums.get(name) ?? 0) + count);
  for (const { kind, detail } of standing) {
    if (kind === 'reservation') for (const { sku, quantity } of detail.items ?? []) add(reserved, sku, quantity);
    if (kind === 'payment') add(taken, detail.currency ?? '', detail.amount ?? 0);
  }
  for (const { sku, reserved: counted } of shop.stock) {
    const booked = reserved.get(sku) ?? 0;
    if (counted !== booked) words.push(`${counted} of ${sku} are reserved; the bookings of orders say ${booked}`);
  }
  for (const { currency, balance } of shop.money) {
    const booked = taken.get(currency) ?? 0;
    if (balance !== booked) words.push(`the till has ${balance} ${currency}; the bookings of orders say ${booked}`);
  }
  return words;
}

/** Violations whatever the run says: an effect may be booked once at most, and undone once at most. */
function bookingFaults(id: string, key: ShopKey): string[] {
  const words: string[] = [];
  if (key.applied > 1) words.push(`${id} was applied ${key.applied} times`);
  if (key.undone > 1) words.push(`${id} was undone ${key.undone} times`);
  if (key.undone > key.applied) words.push(`${id} was undone without having been applied`);
  if ((key.state === 'tombstoned' || key.state === 'refused') && key.applied > 0) {
    words.push(`${id} is ${key.state} but was applied`);
  }
  return words;
}
