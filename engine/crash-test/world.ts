/**
 * What must be true of all runs and of the shop's books together. Pure.
 *
 * - [WLD1] No effect was booked twice, or undone twice.
 * - [WLD2] Each key in the books was sent by one run, or by one that was deleted.
 * - [WLD3] Each effect in the books is counted once in the ledgers of all runs: by the run that caused it, or by the one
 *   to which it was handed over or reset (run-view/passed-on.ts). What no ledger counts is not in the books.
 * - [WLD4] The row of a closed run in lists says what its history says.
 * - [WLD5] A run that another one continues is there, and a run that was closed owes nothing to others.
 */
import type { ShopKey } from '../examples/order-fulfilment/ledger';
import { STATUS } from '../run-name';
import { ofChains } from '../service/testing/verdict';
import { countedByKey, countingFaults, nameOf, unbooked } from './counted';
import type { JudgedRun } from './judged-run';
import type { World } from './participant';

/** `gone`: ids of the runs that were deleted, and the keys that they had sent. */
export function judgeWorld({ runs, books }: World, gone: { runIds: ReadonlySet<string>; keys: ReadonlySet<string> }) {
  const counted = countedByKey(runs);
  const sent = new Set(runs.flatMap(({ keys }) => [...keys.values()]));
  const known = books.flatMap((book): string[] => {
    const words = bookingFaults(book);
    if (sent.has(book.key)) words.push(...countingFaults(book, counted.get(book.key) ?? []));
    else if (!gone.keys.has(book.key)) words.push('was sent by no run');
    return words.map((each) => `${book.orderId}: ${book.kind} ${book.key} ${each}`);
  });
  return [...known, ...unbooked(counted, books), ...runs.flatMap(rowFaults), ...ofChains(runs, [...gone.runIds])];
}

/** [WLD1] */
function bookingFaults({ applied, undone, state }: ShopKey): string[] {
  const words: string[] = [];
  if (applied > 1) words.push(`was applied ${applied} times`);
  if (undone > applied) words.push(`was undone ${undone} times and applied ${applied} times`);
  if ((state === 'tombstoned' || state === 'refused') && applied > 0) words.push(`is ${state} and was applied`);
  return words;
}

/** [WLD4], [WLD5] */
function rowFaults(run: JudgedRun): string[] {
  if (run.status === STATUS.running) return [];
  const { SagaPhase = null, SagaStanding = 0 } = run.searchAttributes;
  const words = run.wakeAt === null ? [] : [`${nameOf(run)} is closed, and others have to hear from it`];
  if (SagaPhase !== run.rest.SagaPhase || SagaStanding !== run.rest.SagaStanding)
    words.push(
      `${nameOf(run)} is listed as ${SagaPhase} ${String(SagaStanding)}, its history says ${run.rest.SagaPhase} ${run.rest.SagaStanding}`
    );
  return words;
}
