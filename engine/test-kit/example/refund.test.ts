/** An example of how flows are tested. The rules of the kit: ../test-kit.test.ts. */
import { fails, noAnswer, openFlow, type TestFlow } from 'backstitch/test-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BANK } from './bank';

let refund: TestFlow;
beforeAll(async () => {
  refund = await openFlow(new URL('./refund.flow.json', import.meta.url), { operations: BANK });
});
afterAll(() => refund.close());

const input = { orderId: 'o-1', amount: 2_500 };
const bank = {
  'bank.holdMoney': () => ({ holdId: 'h-1' }),
  'bank.releaseMoney': () => null,
  'bank.payOut': ({ holdId }: { holdId: string }) => ({ paymentId: `paid ${holdId}` }),
};

test('[TSK0] the money is paid back when the parcel has come and the manager agrees', async () => {
  const run = await refund.start(input, { operations: bank });
  expect(await run.waits()).toEqual([{ kind: 'signal', step: 'parcel', words: 'parcelArrived' }]);
  await run.skip('13d');
  await run.signal('parcelArrived', { weight: 1.2 });
  await run.approve('manager', { name: 'Grace' });
  expect(await run.end()).toEqual({ status: 'completed', output: { paymentId: 'paid h-1' }, failure: null });
  expect(run.calls.map(({ operation }) => operation)).toEqual(['bank.holdMoney', 'bank.payOut']);
});

test('[TSK0] without a parcel the money is released after two weeks', async () => {
  const run = await refund.start(input, { operations: bank });
  expect(await run.end()).toMatchObject({ status: 'failed', failure: { type: 'NoParcel' } });
  expect(run.elapsedMs).toBe(14 * 86_400_000);
  expect([run.undone, run.remaining]).toEqual([['hold-money'], []]);
});

test('[TSK0] a bank that is down for a moment is asked again', async () => {
  const run = await refund.start(input, {
    operations: { ...bank, 'bank.holdMoney': (_, { attempt }) => (attempt < 3 ? fails('Down') : { holdId: 'h-3' }) },
  });
  await run.skip('1m');
  expect(run.calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
});

test('[TSK0] a payment whose answer is lost is not made twice: somebody is asked', async () => {
  const run = await refund.start(input, {
    operations: { ...bank, 'bank.payOut': () => noAnswer({ happened: true }) },
  });
  await run.signal('parcelArrived', { weight: 1 });
  await run.approve('manager');
  await run.skip('1m');
  expect(await run.waits()).toMatchObject([{ kind: 'outcome', step: 'pay-out' }]);
  expect(run.ledger).toMatchObject([
    { step: 'hold-money', state: 'standing' },
    { step: 'pay-out', state: 'mayStand' },
  ]);
  await run.answerOutcome('pay-out', 'applied', { paymentId: 'p-9' });
  expect(await run.end()).toMatchObject({ status: 'completed', output: { paymentId: 'p-9' } });
});
