/** The shop's ledger report as the run page reads it: which bookings are this run's, and whether both ledgers agree. Pure. */
import { z } from 'zod';
import { isLeft } from '@/engine/run-view/ledger';
import type { LedgerEntry, RunEvent } from '@/engine/run-view/model';
import { keyOwner, type RunOfKeys } from '@/engine/run-view/step-keys';

/** What is read of engine/examples/order-fulfilment's report; the web passes it on unread. */
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
  /** Bookings of other runs of the same order. */
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
  tombstoned: 'undone before it arrived: refused for ever',
};

/** Null where the answer is no report of a shop. */
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

/** Does the run's ledger say of an effect what the books say? While an effect is open nobody can tell. */
export function agreementOf(
  { applied, undone }: Pick<ShopBook, 'applied' | 'undone'>,
  entry: Pick<LedgerEntry, 'state'> | null
): 'agrees' | 'differs' | 'open' {
  if (applied > 1 || undone > applied) return 'differs';
  const state = entry?.state ?? 'notArmed';
  if (state === 'mayStand' || state === 'undoing' || state === 'undoFailed' || state === 'doneByHand') return 'open';
  return isLeft(state) === (applied - undone === 1) ? 'agrees' : 'differs';
}
