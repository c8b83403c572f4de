/**
 * Reads the shop's ledger report for the run page: which bookings belong to this run, and whether both ledgers agree.
 * Pure.
 */
import { z } from 'zod';
import { isLeft } from '@/engine/run-view/ledger';
import type { LedgerEntry, RunEvent } from '@/engine/run-view/model';
import { keyOwner, type RunOfKeys } from '@/engine/run-view/step-keys';

/**
 * The parts of engine/examples/order-fulfilment's report that are used here; the web passes the report on without
 * reading it.
 */
const reportSchema = z.object({
  money: z.array(z.object({ currency: z.string(), taken: z.number(), refunded: z.number(), balance: z.number() })),
  parcels: z.number(),
  mails: z.number(),
  keys: z.array(
    z.object({
      key: z.string(),
      kind: z.string(),
      state: z.enum(['applied', 'undone', 'refused', 'tombstoned']),
      applied: z.number(),
      undone: z.number(),
      detail: z.object({ amount: z.number().nullish(), currency: z.string().nullish() }).catch({}),
      at: z.string(),
    })
  ),
});
type Key = z.infer<typeof reportSchema>['keys'][number];

export interface ShopBook {
  key: string;
  activityId: string;
  kind: string;
  words: string;
  applied: number;
  undone: number;
  amount: { minor: number; currency: string } | null;
  atMs: number;
}
export interface ShopBooks extends Pick<z.infer<typeof reportSchema>, 'money' | 'parcels' | 'mails'> {
  own: ShopBook[];
  /** Number of bookings that belong to other runs of the same order. */
  others: number;
}

const KINDS: Record<string, string> = {
  reservation: 'Reservation',
  payment: 'Payment',
  shipment: 'Parcel',
  mail: 'Mail',
};
const WORDS: Record<Key['state'], string> = {
  applied: 'remains',
  undone: 'undone',
  refused: 'refused, nothing booked',
  tombstoned: 'the undo came first: the call is refused for ever',
};

/** Null if the answer is not a report of a shop. */
export function booksOf(report: unknown, events: readonly RunEvent[], run: RunOfKeys): ShopBooks | null {
  const read = reportSchema.safeParse(report);
  if (!read.success) return null;
  const { keys, ...sums } = read.data;
  const owner = keyOwner(events, run);
  const own = keys.flatMap((each) => {
    const activityId = owner(each.key);
    return activityId === null ? [] : [{ ...each, activityId }];
  });
  return {
    ...sums,
    own: own.map((each) => ({
      key: each.key,
      activityId: each.activityId,
      kind: KINDS[each.kind] ?? each.kind,
      words: WORDS[each.state],
      applied: each.applied,
      undone: each.undone,
      amount:
        typeof each.detail.amount === 'number' && each.detail.currency
          ? { minor: each.detail.amount, currency: each.detail.currency }
          : null,
      atMs: Date.parse(each.at),
    })),
    others: keys.length - own.length,
  };
}

/**
 * Whether the run's ledger and the books agree about an effect. While the outcome of an effect is open, there is no
 * answer.
 */
export function agreementOf(
  { applied, undone }: Pick<ShopBook, 'applied' | 'undone'>,
  entry: Pick<LedgerEntry, 'state'> | null
): 'agrees' | 'differs' | 'open' {
  if (applied > 1 || undone > applied) return 'differs';
  const state = entry?.state ?? 'notArmed';
  if (state === 'mayStand' || state === 'undoing' || state === 'undoFailed' || state === 'doneByHand') return 'open';
  return isLeft(state) === (applied - undone === 1) ? 'agrees' : 'differs';
}
