/** The rules are in mocks.ts, open-flow.ts and test-run.ts. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHOP_OPERATIONS } from '../examples/order-fulfilment/connection';
import { BANK } from './example/bank';
import { fails, noAnswer, openFlow, type TestFlow } from './index';

const FILE = new URL('./example/refund.flow.json', import.meta.url);
const CHILD = {
  format: 2,
  name: 'parcel',
  title: 'Parcel',
  input: { type: 'object', required: ['to'], properties: { to: { type: 'string' } } },
  output: { type: 'object', required: ['number'], properties: { number: { type: 'string' } } },
  steps: [{ id: 'done', kind: 'end', title: 'Done', output: { number: { $expr: 'input.to' } } }],
};
const call = (id: string, more: object = {}) => ({
  id,
  kind: 'action',
  title: id,
  activity: 'http.request',
  effect: 'reversible',
  lateCalls: 'refused',
  input: { method: 'POST', connection: 'shop', path: `/${id}` },
  undo: {
    title: `Undo ${id}`,
    activity: 'http.request',
    input: { method: 'DELETE', connection: 'shop', path: `/${id}` },
    armed: 'completed',
  },
  unknown: { policy: 'undo' },
  options: { startToCloseTimeout: '10s', retry: { maximumAttempts: 2, initialInterval: '1h', maximumInterval: '1h' } },
  ...more,
});
const ORDERS = {
  format: 2,
  name: 'orders',
  title: 'Orders',
  input: { type: 'object', required: ['towns'], properties: { towns: { type: 'array', items: { type: 'string' } } } },
  steps: [
    {
      id: 'towns',
      kind: 'each',
      title: 'Each town',
      items: 'input.towns',
      item: 'town',
      steps: [
        call('book'),
        { id: 'ask', kind: 'approval', title: 'Ask', question: 'Send it?', candidates: ['packers'], data: {} },
      ],
    },
    {
      id: 'ship',
      kind: 'child',
      title: 'Ship',
      flow: 'parcel',
      input: { to: { $expr: "input.towns[0] ?? 'nowhere'" } },
    },
    call('last', { options: { startToCloseTimeout: '10s', retry: { maximumAttempts: 1 } } }),
  ],
};

let refund: TestFlow;
let orders: TestFlow;
beforeAll(async () => {
  [refund, orders] = await Promise.all([openFlow(FILE, { operations: BANK }), openFlow(ORDERS, { flows: [CHILD] })]);
}, 120_000);
afterAll(() => Promise.all([refund?.close(), orders?.close()]));

const input = { orderId: 'o', amount: 5 };
const bank = {
  'bank.holdMoney': () => ({ holdId: 'h' }),
  'bank.payOut': () => ({ paymentId: 'p' }),
};

test('[TSK1] what cannot be published cannot be opened; every problem is said', async () => {
  await expect(openFlow({ ...CHILD, steps: [call('book'), call('book')] })).rejects.toThrow(
    /cannot be published[^]*book/
  );
  await expect(openFlow(FILE)).rejects.toThrow(/bank\.holdMoney/);
  await expect(openFlow('no-such-file.json')).rejects.toThrow(/ENOENT/);
  // Operations as the product gives them.
  const activity = `shop.${SHOP_OPERATIONS[0]!.name}`;
  const calling = { ...CHILD, steps: [call('book', { activity, input: {} }), ...CHILD.steps] };
  await expect(openFlow(calling, { operations: SHOP_OPERATIONS })).rejects.toThrow(/book: .* needs 'orderId'/);
  await expect(openFlow(calling)).rejects.toThrow(`There is no operation '${activity}'`);
});

test('[TSK2] answers, failures and silence are those of a service; an error of a mock is of the test', async () => {
  const holding = (mock: () => unknown) => refund.start(input, { operations: { ...bank, 'bank.holdMoney': mock } });
  const refused = await holding(() => fails('NoAccount', 'There is none.', { retryable: false }));
  expect([refused.status, refused.failure, refused.remaining]).toEqual([
    'failed',
    { type: 'NoAccount', message: 'There is none.' },
    [],
  ]);
  const unfit = await holding(() => ({ holdId: 7 }));
  expect([unfit.status, unfit.failure?.type, unfit.undone]).toEqual(['failed', 'ResponseInvalid', ['hold-money']]);
  const silent = await holding(() => noAnswer({ happened: true }));
  expect(silent.calls).toHaveLength(1);
  expect(await silent.end()).toMatchObject({ status: 'failed' });
  expect(silent.calls.map(({ operation, attempt }) => [operation, attempt])).toEqual([
    ['bank.holdMoney', 1],
    ['bank.holdMoney', 2],
    ['bank.holdMoney', 3],
    ['bank.releaseMoney', 1],
  ]);
  expect(silent.undone).toEqual(['hold-money']);
  const slow = await holding(() => new Promise((resolve) => setTimeout(() => resolve({ holdId: 'late' }), 20)));
  expect([slow.elapsedMs, slow.ledger[0]?.state]).toEqual([0, 'standing']);
  await expect(holding(() => expect(1).toBe(2))).rejects.toThrow(/expected 1 to be 2/);
  await expect(holding(() => Promise.reject(new Error('typing error')))).rejects.toThrow('typing error');
});

test('[TSK3] a call without a mock, and a mock without a call, fail the test', async () => {
  await expect(refund.start(input)).rejects.toThrow("Nothing answers 'bank.holdMoney' of the step 'hold-money'");
  for (const mocks of [
    { operations: { 'bank.holdMony': () => null } },
    { steps: { 'hold-mony': () => null } },
    { flows: { refund: () => null } },
  ])
    await expect(refund.start(input, mocks)).rejects.toThrow(/which is not among the (operations|steps|flows)/);
});

test('[TSK4] time moves only when it is skipped; loops, children and steps are named', async () => {
  const startsAt = new Date('2026-03-01T10:00:00Z');
  const run = await orders.start(
    { towns: ['Oslo', 'Rome'] },
    {
      startsAt,
      steps: {
        book: (_, { item, attempt }) => (item === '1' && attempt === 1 ? fails('Busy') : {}),
        last: () => fails('Full', 'No room.', { retryable: false }),
      },
      flows: { parcel: ({ to }: { to: string }) => ({ number: `to ${to}` }) },
    }
  );
  expect([run.now, await run.waits()]).toEqual([startsAt, [{ kind: 'time', step: '', words: '' }]]);
  await run.skip('59m');
  expect(run.calls).toHaveLength(1);
  await run.skip(60_000);
  expect(await run.waits()).toMatchObject([{ kind: 'approval', step: 'ask~1', words: 'Send it?' }]);
  await run.approve('ask~1');
  await run.approve('ask~2');
  expect(
    run.calls.slice(1).map(({ step, item, operation, input: sent }) => [step, item, operation, sent])
  ).toMatchObject([
    ['book', '1', 'http.request', { path: '/book' }],
    ['book', '2', 'http.request', { path: '/book' }],
    ['ship', undefined, 'parcel', { to: 'Oslo' }],
    ['last', undefined, 'http.request', { path: '/last' }],
    expect.anything(),
    expect.anything(),
  ]);
  expect(run.undone.filter((step) => step.startsWith('book'))).toEqual(['book~1', 'book~2']);
  expect(run).toMatchObject({ status: 'failed', failure: { type: 'Full' } });
  await expect(run.skip('one hour')).rejects.toThrow("'one hour' is no duration");
});

test('[TSK5] a run that waits for ever says for what; one that never gives up is ended', async () => {
  const run = await refund.start(input, { operations: { ...bank, 'bank.payOut': () => noAnswer() } });
  await run.signal('parcelArrived', { weight: 1 });
  await run.approve('manager');
  await expect(run.end()).rejects.toThrow(/does not end by itself. It waits for: outcome of 'pay-out'/);
  await run.answerOutcome('pay-out', 'notApplied');
  expect((await run.end()).status).toBe('failed');
  await expect(run.signal('parcelArrived', { weight: 1 })).rejects.toThrow('The run has ended (failed).');
});

test('[TSK6] what the product would refuse is refused', async () => {
  await expect(refund.start({ orderId: 'o', amount: 0 })).rejects.toThrow(/The input is refused: \/amount must be/);
  const run = await refund.start(input, { operations: bank });
  await expect(run.signal('parcelArrived', {})).rejects.toThrow(/is refused: \/weight is missing/);
  await expect(run.signal('arrived')).rejects.toThrow("declares no signal 'arrived'");
  await expect(run.approve('manager')).rejects.toThrow(/Nobody is asked about 'manager'.*signal of 'parcel'/);
  await run.signal('parcelArrived', { weight: 2 });
  await expect(run.approve('manager', { groups: ['drivers'] })).rejects.toThrow(/The decision is refused/);
  await run.stop();
  expect(await run.end()).toMatchObject({ status: 'canceled' });
  expect(run.undone).toEqual(['hold-money']);
});
