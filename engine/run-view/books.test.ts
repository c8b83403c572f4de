/** Rules [BK1] to [BK6]: books.ts. */
import { describe, expect, test } from 'vitest';
import { agreementOf, callsService, callsTo, compareBooks, type BookedKey } from './books';
import type { LedgerEntry, RunEvent } from './model';

const BANK = { connection: 'example-bank', title: 'Example bank', reference: 'reference' };
const run = { workflowId: 'w', runId: 'r' };
const call = (activityId: string, activity = 'example-bank.holdAmount', input: object = { reference: 't-1' }) =>
  ({
    id: 5,
    type: 'ActivityTaskScheduled',
    attributes: {
      activityId,
      activityType: { name: activity },
      input: [input, { idempotencyKey: `key-of-${activityId}` }],
    },
  }) as unknown as RunEvent;
const booked = (activityId: string, more: Partial<BookedKey> = {}): BookedKey => ({
  key: `key-of-${activityId}`,
  title: 'Hold an amount',
  state: 'applied',
  applied: 1,
  undone: 0,
  amount: null,
  atMs: 0,
  ...more,
});
const entry = (activityId: string, state: LedgerEntry['state']) =>
  ({ activityId, nodeId: activityId, state, happened: 'yes' }) as LedgerEntry;
const compare = (keys: BookedKey[], entries: LedgerEntry[], events: RunEvent[], certain = true) =>
  compareBooks(keys, { run, events, entries, calls: callsTo(BANK, events) }, certain);

describe('the calls of a run to a service', () => {
  test('[BK1] are those of its operations, with the references that they were sent with', () => {
    const events = [call('hold'), call('pay'), call('other', 'shop.sendMail', { orderId: 'o-1' })];
    const { references, activityIds } = callsTo(BANK, events);
    expect([references, [...activityIds]]).toEqual([['t-1'], ['hold', 'pay']]);
  });
  test('[BK1] are also requests over its connection, with the reference in the body', () => {
    const events = [call('charge', 'http.request', { connection: 'shop', body: { orderId: 'o-1' } })];
    expect(callsTo({ connection: 'shop', reference: 'orderId' }, events).references).toEqual(['o-1']);
    expect(callsTo(BANK, events).references).toEqual([]);
  });
  test('[BK1] a flow calls the service if one of its steps does', () => {
    const steps = (activity: string, input: object = {}) =>
      ({ steps: [{ id: 'a', kind: 'action', activity, input }] }) as never;
    expect(callsService(BANK, steps('example-bank.holdAmount'))).toBe(true);
    expect(callsService(BANK, steps('example-banking.holdAmount'))).toBe(false);
    expect(callsService(BANK, steps('http.request', { connection: 'example-bank' }))).toBe(true);
  });
});

test('[BK1] a booking with a key of another run is counted only', () => {
  const { lines, others, agreement } = compare(
    [booked('hold'), booked('of another run')],
    [entry('hold', 'standing')],
    [call('hold')]
  );
  expect(lines.map(({ activityId }) => activityId)).toEqual(['hold']);
  expect([others, agreement]).toEqual([1, 'agrees']);
});

test('[BK4] an effect that remains by the ledger and is not in the books does not agree', () => {
  const events = [call('hold'), call('pay'), call('mail', 'shop.sendMail')];
  const entries = [entry('hold', 'standing'), entry('pay', 'standing'), entry('mail', 'standing')];
  const { lines, agreement } = compare([booked('hold')], entries, events);
  expect(lines.map((each) => [each.activityId, each.booked?.key ?? null, each.agreement])).toEqual([
    ['hold', 'key-of-hold', 'agrees'],
    ['pay', null, 'differs'],
  ]);
  expect(agreement).toBe('differs');
});

test('[BK6] a difference that is not certain is open', () => {
  const { agreement } = compare([booked('hold', { undone: 1 })], [entry('hold', 'standing')], [call('hold')], false);
  expect(agreement).toBe('open');
});

describe('the ledger and the books agree about an effect', () => {
  test.each([
    ['standing', 'yes', false, 1, 0, 'agrees'],
    ['standing', 'yes', false, 1, 1, 'differs'],
    ['undone', 'yes', false, 1, 1, 'agrees'],
    ['undone', 'yes', false, 1, 0, 'differs'],
    ['undone', 'no', false, 0, 0, 'agrees'],
    ['leftStanding', 'yes', false, 1, 0, 'agrees'],
    ['leftStanding', 'yes', false, 1, 1, 'differs'],
    ['leftStanding', 'yes', true, 1, 0, 'agrees'],
    ['leftStanding', 'yes', true, 1, 1, 'open'],
    ['leftStanding', 'maybe', false, 0, 0, 'open'],
    ['mayStand', 'maybe', false, 1, 0, 'open'],
    ['undoing', 'yes', false, 1, 1, 'open'],
    ['undoFailed', 'yes', true, 1, 0, 'agrees'],
    ['undoFailed', 'yes', true, 1, 1, 'open'],
    ['undoFailed', 'yes', false, 1, 1, 'differs'],
    ['doneByHand', 'yes', true, 1, 0, 'open'],
  ] as const)(
    '[BK2] [BK5] %s (%s, may be undone: %s), booked %i, undone %i: %s',
    (state, happened, mayBeUndone, applied, undone, says) => {
      expect(agreementOf({ applied, undone }, { state, happened, mayBeUndone })).toBe(says);
    }
  );
  test('[BK3] an effect that was booked twice differs from every state of the ledger', () => {
    expect(agreementOf({ applied: 2, undone: 0 }, { state: 'mayStand', happened: 'maybe', mayBeUndone: false })).toBe(
      'differs'
    );
    expect(agreementOf({ applied: 1, undone: 2 }, { state: 'undone', happened: 'yes', mayBeUndone: false })).toBe(
      'differs'
    );
  });
  test('[BK2] a booking that the ledger does not have differs', () => {
    expect(agreementOf({ applied: 1, undone: 0 }, null)).toBe('differs');
  });
});
