import { describe, expect, test } from 'vitest';
import { agreementOf, booksOf } from './shop-books';

const key = (activityId: string, run: string, extra: object = {}) => ({
  key: `default/order-1/${run}/${activityId}`,
  kind: 'payment',
  orderId: 'order-1',
  state: 'applied',
  applied: 1,
  undone: 0,
  detail: { amount: 12_900, currency: 'EUR' },
  answer: null,
  at: '2026-11-21T08:00:00.000Z',
  undoneAt: null,
  ...extra,
});
const run = { workflowId: 'order-1', runId: 'r' };
const report = (...keys: object[]) => ({ order: 'order-1', stock: [], money: [], parcels: 0, mails: 0, keys });

describe("the shop's books", () => {
  test('[B1] a booking belongs to the run that its key names', () => {
    const books = booksOf(report(key('charge', 'run-a'), key('charge', 'run-b')), [], { ...run, runId: 'run-a' });
    expect(books?.own.map(({ activityId, amount }) => [activityId, amount?.minor])).toEqual([['charge', 12_900]]);
    expect(books?.others).toBe(1);
  });
  test('[B2] a workflow id with characters outside of ASCII is found in its encoded form', () => {
    const books = booksOf(report({ ...key('charge', 'r'), key: 'default/n%C3%A4hen/r/charge' }), [], {
      ...run,
      workflowId: 'nähen',
    });
    expect(books?.own).toHaveLength(1);
  });
  test('[B3] a value that is not a report gives no books', () => {
    expect(booksOf({ hello: 'there' }, [], run)).toBeNull();
  });
});

describe('the run and the shop agree about an effect', () => {
  test.each([
    ['standing', 1, 0, 'agrees'],
    ['standing', 1, 1, 'differs'],
    ['undone', 1, 1, 'agrees'],
    ['undone', 1, 0, 'differs'],
    ['leftStanding', 1, 0, 'agrees'],
    ['undone', 0, 0, 'agrees'],
    ['mayStand', 1, 0, 'open'],
    ['undoing', 1, 1, 'open'],
    ['doneByHand', 1, 0, 'open'],
  ] as const)('[B4] %s, booked %i, undone %i: %s', (state, applied, undone, says) => {
    expect(agreementOf({ applied, undone }, { state })).toBe(says);
  });
  test('[B5] an effect that was booked twice differs from every state of the run', () => {
    expect(agreementOf({ applied: 2, undone: 0 }, { state: 'mayStand' })).toBe('differs');
    expect(agreementOf({ applied: 1, undone: 2 }, { state: 'undone' })).toBe('differs');
  });
  test('[B6] a booking that has no entry in the run differs', () => {
    expect(agreementOf({ applied: 1, undone: 0 }, null)).toBe('differs');
  });
});
