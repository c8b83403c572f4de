import { expect, test } from 'vitest';
import type { LedgerState } from '../../saga/contract';
import type { ShopKey, ShopLedgerReport } from './ledger';
import { judge, judgeBooks, type RunClaim } from './oracle';

const key = (id: string, applied: number, undone: number, state: ShopKey['state']): ShopKey => ({
  key: `default/w/r/${id}`,
  kind: 'payment',
  orderId: 'o',
  state,
  applied,
  undone,
  detail: {},
  answer: null,
  at: '',
  undoneAt: null,
});
const shop = (...keys: ShopKey[]): ShopLedgerReport => ({
  order: 'o',
  stock: [],
  money: [],
  parcels: 0,
  mails: 0,
  keys,
});
const run = (
  status: RunClaim['status'],
  ledger: Record<string, LedgerState> = {},
  extra: Partial<RunClaim> = {}
): RunClaim => ({
  ownerOf: (key) => /^default\/w\/r\/(.*)$/.exec(key)?.[1] ?? null,
  status,
  expected: ['charge'],
  waitsForPerson: false,
  ledger: Object.entries(ledger).map(([activityId, state]) => ({ nodeId: activityId, activityId, state })),
  ...extra,
});
const words = (claim: RunClaim, report: ShopLedgerReport): string => {
  const verdict = judge(claim, report);
  return verdict.kind === 'violation' ? verdict.words.join('; ') : verdict.kind;
};

test('[OFO1] a completed order has every expected effect once and no other', () => {
  expect(words(run('completed'), shop(key('charge', 1, 0, 'applied')))).toBe('completed');
  expect(words(run('completed'), shop())).toContain('no effect of charge');
  expect(words(run('completed'), shop(key('charge', 2, 0, 'applied')))).toContain('applied 2 times');
  expect(words(run('completed'), shop(key('charge', 1, 1, 'undone')))).toContain('no effect of charge');
  expect(words(run('completed'), shop(key('charge', 1, 0, 'applied'), key('ship', 1, 0, 'applied')))).toContain(
    'an effect of ship, which should have none'
  );
});

test('[OFO2] a failed order has every effect undone once, unless the ledger says that it was left', () => {
  expect(words(run('failed'), shop(key('charge', 1, 1, 'undone'), key('ship', 0, 0, 'tombstoned')))).toBe('unwound');
  expect(words(run('failed'), shop(key('charge', 1, 0, 'applied')))).toContain('remains at the shop');
  expect(words(run('failed'), shop(key('charge', 1, 2, 'undone')))).toContain('undone 2 times');
  expect(words(run('canceled', { charge: 'leftStanding' }), shop(key('charge', 1, 0, 'applied')))).toBe('leftStanding');
  expect(words(run('failed', { charge: 'leftStanding' }), shop(key('charge', 1, 1, 'undone')))).toContain(
    'the shop does not show it'
  );
});

test('[OFO3] the ledger of a waiting order names exactly the effects that the shop shows', () => {
  const waiting = { waitsForPerson: true };
  const remains = shop(key('charge', 1, 0, 'applied'));
  expect(words(run('running', { charge: 'standing' }, waiting), remains)).toBe('waits');
  expect(words(run('running', { charge: 'undoFailed' }, waiting), remains)).toBe('waits');
  expect(words(run('running', { charge: 'mayStand' }, waiting), shop())).toBe('waits');
  expect(words(run('running', {}, waiting), remains)).toContain('does not have it');
  expect(words(run('running', { charge: 'undone' }, waiting), remains)).toContain('its effect remains at the shop');
  expect(words(run('running', { charge: 'standing' }, waiting), shop())).toContain('the shop does not show it');
  expect(words(run('running', { charge: 'standing' }), remains)).toContain('neither closed nor waiting');
});

test('[OFO4] a run that ended without its undo, and an effect of a refused key, are violations', () => {
  expect(words(run('terminated'), shop())).toContain('runs no undo');
  expect(words(run('failed'), shop(key('charge', 1, 1, 'tombstoned')))).toContain('tombstoned but was applied');
});

test('[OFO5] another run of the same order is ignored', () => {
  const other = { ...key('charge', 1, 0, 'applied' as const), key: 'default/w/other/charge' };
  expect(words(run('failed'), shop(other))).toBe('unwound');
});

test('[OFO6] the counters agree with the effects that remain', () => {
  const held = { ...key('reserve', 1, 0, 'applied'), kind: 'reservation' as const };
  const keys: ShopKey[] = [
    { ...held, detail: { items: [{ sku: 'A', quantity: 2 }] } },
    { ...held, detail: { items: [{ sku: 'A', quantity: 5 }] }, undone: 1 },
    { ...key('charge', 1, 0, 'applied'), detail: { currency: 'EUR', amount: 700 } },
  ];
  const stock = (reserved: number) => [{ sku: 'A', title: 'A', onHand: 9, reserved, unitPrice: 1, currency: 'EUR' }];
  const money = (balance: number) => [{ currency: 'EUR', taken: balance, refunded: 0, balance }];
  expect(judgeBooks({ stock: stock(2), money: money(700) }, keys)).toEqual([]);
  expect(judgeBooks({ stock: stock(4), money: money(1_400) }, keys)).toEqual([
    '4 of A are reserved; the bookings of orders say 2',
    'the till has 1400 EUR; the bookings of orders say 700',
  ]);
});
