/**
 * Compares the ledger of a run with the books of a service that its steps call. The books are an independent view: the
 * service makes them from what it did, and never asks the run. Pure.
 *
 * Rules
 * [BK1] A booking belongs to the run whose call had its key (step-keys.ts). Bookings of other runs are only counted.
 * [BK2] An effect that remains by the ledger is booked once and not undone; one that was undone, or did not happen, is
 *       not booked, or booked and undone.
 * [BK3] Whatever the ledger says, an effect that was booked or undone more than once does not agree.
 * [BK4] An effect that remains by the ledger and has no booking does not agree.
 * [BK5] Where the ledger leaves the outcome open (may have happened, is being undone, undone by hand elsewhere, an undo
 *       that failed without an answer), the books cannot disagree.
 * [BK6] While the run moves on, books and events are read at different moments. A difference counts once it is
 *       `certain`.
 */
import type { FlowDocument } from '../flow/document';
import { allNodes } from '../flow/tree';
import { fieldsOf } from './fields';
import { isLeft, surelyRemains } from './ledger';
import type { LedgerEntry, RunEvent } from './model';
import { keyOwner, type RunOfKeys } from './step-keys';

/** One key in the books of a service. */
export interface BookedKey {
  key: string;
  /** What it booked: 'Hold an amount'. */
  title: string;
  state: 'applied' | 'undone' | 'refused' | 'tombstoned';
  /** How often the effect was booked, and undone: 1 and 0 if it remains, 1 and 1 if it was undone. */
  applied: number;
  undone: number;
  /** In the smallest unit of the currency. */
  amount: { minor: number; currency: string } | null;
  atMs: number;
}

/** Which calls of a run go to a service that keeps books. */
export interface BookedService {
  /** The name of its connection; its operations are the activities `<connection>.<operation>`. */
  connection: string;
  title: string;
  /** The field of its calls that has the id of the business case, under which it books. */
  reference: string;
}

export type Agreement = 'agrees' | 'differs' | 'open';

export interface BookLine {
  activityId: string;
  /** Null: the books have nothing of this effect. */
  booked: BookedKey | null;
  /** Null: the ledger has no such effect. */
  entry: LedgerEntry | null;
  agreement: Agreement;
}

export interface BooksCompared {
  /** As the books have them; then what they do not have. */
  lines: BookLine[];
  /** `differs` if one line differs; otherwise `open` if one is open. */
  agreement: Agreement;
  /** Number of bookings under the same references that belong to other runs. */
  others: number;
}

const REQUEST = 'http.request';

/** True if a step of the flow calls the service. */
export const callsService = ({ connection }: Pick<BookedService, 'connection'>, { steps }: FlowDocument): boolean =>
  allNodes(steps).some((node) => {
    if (node.kind !== 'action') return false;
    const isRequest = node.activity === REQUEST && fieldsOf(node.input).connection === connection;
    return isRequest || node.activity.startsWith(`${connection}.`);
  });

export interface CallsOfService {
  /** The ids under which the service was asked to book, in the order of the first call. */
  references: string[];
  activityIds: ReadonlySet<string>;
}

/** The calls of the run to the service, by its operations or by `http.request` over its connection. */
export function callsTo(
  { connection, reference }: Pick<BookedService, 'connection' | 'reference'>,
  events: readonly RunEvent[]
): CallsOfService {
  const references = new Set<string>();
  const activityIds = new Set<string>();
  for (const { type, attributes } of events) {
    if (type !== 'ActivityTaskScheduled') continue;
    const { activityId, activityType, input } = fieldsOf(attributes);
    const call = fieldsOf(Array.isArray(input) ? input[0] : null);
    const { name } = fieldsOf(activityType);
    const isRequest = name === REQUEST && call.connection === connection;
    if (typeof activityId !== 'string' || !(isRequest || String(name).startsWith(`${connection}.`))) continue;
    activityIds.add(activityId);
    const value = (isRequest ? fieldsOf(call.body) : call)[reference];
    if (typeof value === 'string' && value !== '') references.add(value);
  }
  return { references: [...references], activityIds };
}

export interface RunClaims {
  run: RunOfKeys;
  events: readonly RunEvent[];
  /** Of its ledger. */
  entries: readonly LedgerEntry[];
  /** Those to the service of the books. */
  calls: CallsOfService;
}

/** `booked`: the keys under the references of the run's calls. `certain`: [BK6]. */
export function compareBooks(
  booked: readonly BookedKey[],
  { run, events, entries, calls }: RunClaims,
  certain: boolean
): BooksCompared {
  const ownerOf = keyOwner(events, run);
  const entryOf = new Map(entries.map((entry) => [entry.activityId, entry]));
  const own = booked.flatMap((each): BookLine[] => {
    const activityId = ownerOf(each.key);
    if (activityId === null) return [];
    const entry = entryOf.get(activityId) ?? null;
    return [{ activityId, booked: each, entry, agreement: agreementOf(each, entry) }];
  });
  const found = new Set(own.map(({ activityId }) => activityId));
  const missing = entries
    .filter(({ activityId, state }) => calls.activityIds.has(activityId) && !found.has(activityId) && isLeft(state))
    .map((entry): BookLine => ({
      activityId: entry.activityId,
      booked: null,
      entry,
      agreement: agreementOf(NOTHING_BOOKED, entry),
    }));
  const lines = [...own, ...missing].map((line) =>
    line.agreement === 'differs' && !certain ? { ...line, agreement: 'open' as const } : line
  );
  const has = (agreement: Agreement) => lines.some((line) => line.agreement === agreement);
  return {
    lines,
    agreement: has('differs') ? 'differs' : has('open') ? 'open' : 'agrees',
    others: booked.length - own.length,
  };
}

const NOTHING_BOOKED = { applied: 0, undone: 0 };
const OPEN: readonly LedgerEntry['state'][] = ['mayStand', 'undoing', 'doneByHand'];

export function agreementOf(
  { applied, undone }: Pick<BookedKey, 'applied' | 'undone'>,
  entry: Pick<LedgerEntry, 'state' | 'happened' | 'mayBeUndone'> | null
): Agreement {
  if (applied > 1 || undone > applied) return 'differs';
  const { state, happened, mayBeUndone } = entry ?? { state: 'notArmed', happened: 'no', mayBeUndone: false };
  const remains = applied > undone;
  if (OPEN.includes(state)) return 'open';
  if (isLeft(state) && !surelyRemains({ state, happened, mayBeUndone }))
    return happened === 'yes' && remains ? 'agrees' : 'open';
  return isLeft(state) === remains ? 'agrees' : 'differs';
}
