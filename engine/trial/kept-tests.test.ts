/** The rules are in kept-tests.ts and flow/tests.ts. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../activities/catalogue';
import type { FlowDocument } from '../flow/document';
import { applyGesture } from '../flow/edit/apply';
import { draftOf } from '../flow/edit/draft';
import { documentOf } from '../flow/edit/document-of';
import { differencesOf, unreachedIn, type FlowTest, type Outcome } from '../flow/tests';
import { planSchema, type TrialPlan } from '../flow/trial-plan';
import { provesHistories } from '../history/testing/proof';
import { buildWith } from '../versions/build';
import { createToolchain } from '../versions/toolchain';
import { playKeptTests, proveKeptTests } from './kept-tests';
import { outcomeOf } from './outcome';
import { usesWorkshop } from './testing/workshop';

provesHistories('scripted');
const workshop = usesWorkshop();
const order = JSON.parse(
  readFileSync('engine/examples/order-fulfilment/order-fulfilment.flow.json', 'utf8')
) as FlowDocument;
const input = order.scenarios[0]!.input;
const plan = (steps: TrialPlan['steps']): TrialPlan => planSchema.parse({ input, steps });
const shipmentFails = plan({
  'create-shipment': {
    answers: [{ kind: 'failure', effect: 'none', type: 'Down', message: 'down', retryable: false }],
  },
});
const kept = (name: string, expected: Partial<Outcome>, of = shipmentFails): FlowTest => {
  return {
    name,
    title: `Shipment fails: ${name}`,
    plan: of,
    expect: { ends: 'failed', remains: [], undone: [], asks: [], ...expected },
  };
};
const UNDONE = ['charge-payment', 'reserve-inventory'];
const now = () => 1_700_000_000_000;
const messages = (found: readonly { message: string }[]) => found.map(({ message }) => message);

let outcome: Outcome;
beforeAll(async () => {
  outcome = outcomeOf(await workshop.play(await workshop.make(order), shipmentFails));
});
async function play(document: FlowDocument, clock = now) {
  const manifest = await workshop.make(document, { isReplayed: false });
  return playKeptTests(workshop.worker, manifest, { limitMs: 1_000, now: clock });
}

test('[KT1] what came of a trial is how it ended, what was undone in which order, what remains and what is asked', () => {
  expect(outcome).toEqual({ ends: 'failed', remains: [], undone: UNDONE, asks: [] });
});

test('[KP1] a test that passes gives nothing; one that differs says each difference with its test and its step', async () => {
  const tests = [
    kept('right', { undone: UNDONE }),
    kept('wrong', { ends: 'completed', remains: ['charge-payment'], undone: ['reserve-inventory'] }),
  ];
  const found = await play({ ...order, tests });
  expect(found.map(({ path, message }) => [path, message])).toEqual([
    [['tests', 1], "The test 'Shipment fails: wrong' differs. The run should be one that completes, but it fails."],
    [
      ['tests', 1, 'charge-payment'],
      "The test 'Shipment fails: wrong' differs. 'Charge payment' should remain, but it is undone.",
    ],
  ]);
});

test('[KP1] the flow that loses an undo differs from the test that was kept before', async () => {
  const { tests } = { tests: [kept('right', { undone: UNDONE })] };
  const steps = order.steps.map((step) =>
    step.id === 'reserve-inventory' && step.kind === 'action'
      ? { ...step, undo: undefined, unknown: { policy: 'ask' as const } }
      : step
  );
  expect(messages(await play({ ...order, steps, tests }))).toEqual([
    "The test 'Shipment fails: right' differs. 'Reserve inventory' should be undone, but it remains.",
  ]);
});

test('[KP3] tests that are not played within the limit refuse the publish, and say how many were played', async () => {
  let at = now();
  const tests = [kept('first', { undone: UNDONE }), kept('second', { undone: UNDONE })];
  const found = await play({ ...order, tests }, () => (at += 600));
  expect(messages(found)).toEqual([
    '1 of 2 tests of the flow were played within 1 s. The others are not known to pass.',
  ]);
});

test('[KP2] a failure that leaves an effect behind without a question refuses the publish of a flow that requires it', async () => {
  // After the point of no return nothing is undone, and the mail has no catch.
  expect(messages(await play({ ...order, neverLeavesSilently: true }))).toEqual([
    "If 'Send confirmation' fails before its effect, 'Reserve inventory', 'Charge payment', 'Create shipment' may remain and nobody is asked.",
  ]);
  const continues = { ...order, rollback: { onFailure: 'continue' as const }, neverLeavesSilently: true };
  const found = await play(continues);
  expect(messages(found).filter((message) => message.includes('and its undo fails')).length).toBeGreaterThan(0);
}, 60_000);

test('[KP3] a matrix that does not end within the limit refuses the publish, and says that it is not known', async () => {
  let at = now();
  const found = await play({ ...order, neverLeavesSilently: true }, () => (at += 300));
  expect(found.at(-1)).toMatchObject({ code: 'matrix-not-played', path: ['neverLeavesSilently'] });
  expect(found.at(-1)!.message).toMatch(/It is not known whether/);
});

test('[KP1] a build is refused by a test that differs, before anything is stored', async () => {
  const toolchain = createToolchain(catalogue, async () => []);
  const build = buildWith({ ...toolchain, prove: proveKeptTests });
  const request = (tests: FlowTest[]) => ({ document: { ...order, tests }, version: 1, known: null });
  const refused = await build(request([kept('wrong', { ends: 'completed', undone: UNDONE })]));
  expect([refused.product, refused.contentSha, refused.diagnostics.map(({ code }) => code)]).toEqual([
    null,
    null,
    expect.arrayContaining(['test-differs']),
  ]);
  const built = await build(request([kept('right', { undone: UNDONE })]));
  expect(built.product?.manifest.flow).toBe(order.name);
}, 60_000);

test('[KP1] a test that does not fit is not played, although it would pass: its input is refused, as it expects', async () => {
  const tests = [kept('refused', {}, planSchema.parse({ input: { orderId: 7 } })), kept('right', { undone: UNDONE })];
  const found = await play({ ...order, tests });
  expect(found.map(({ code, path }) => [code, path])).toEqual([['test-unfit', ['tests', 0]]]);
  expect(messages(found)[0]).toContain('no longer fits. The flow refuses the input of the test: ');
});

describe('differences', () => {
  const nothing: Outcome = { ends: 'failed', remains: [], undone: [], asks: [] };
  const between = (expected: Partial<Outcome>, found: Partial<Outcome>) =>
    messages(differencesOf({ ...nothing, ...expected }, { ...nothing, ...found }, (id) => id.toUpperCase()));
  test.each([
    [{}, {}, []],
    [{ undone: ['a', 'b'] }, { undone: ['b', 'a'] }, ["The undos run in another order: 'B', 'A'."]],
    [{ undone: ['a'] }, { remains: ['a'] }, ["'A' should be undone, but it remains."]],
    [{}, { remains: ['a'] }, ["'A' remains, and should not."]],
    [{ remains: ['a'] }, {}, ["'A' should remain, but it does not."]],
    [{}, { undone: ['a'] }, ["'A' is undone, and should not be."]],
    [{ undone: ['a'] }, {}, ["'A' should be undone, but it is not."]],
    [
      { asks: [{ nodeId: 'a', kind: 'outcome' }] },
      {},
      ["A person should be asked whether 'A' happened, but nobody is."],
    ],
    [
      {},
      { asks: [{ nodeId: 'a', kind: 'undo' }] },
      ["A person is asked what to do about the undo of 'A', and should not be."],
    ],
  ] satisfies [Partial<Outcome>, Partial<Outcome>, string[]][])(
    '[KT2] expected %j, found %j',
    (expected, found, says) => {
      expect(between(expected, found)).toEqual(says);
    }
  );
});

test('[KT2] a step that the run does not reach explains what differs, and is no difference by itself', () => {
  const expected: Outcome = { ends: 'failed', remains: [], undone: [], asks: [] };
  const unreached = unreachedIn({ steps: { a: {} }, stopAt: 'b' }, ['a']);
  expect(differencesOf(expected, expected, (id) => id, unreached)).toEqual([]);
  expect(messages(differencesOf(expected, { ...expected, ends: 'completed' }, (id) => id, unreached))).toEqual([
    "The run does not reach 'b', for which the test has answers.",
    'The run should be one that fails, but it completes.',
  ]);
});

test('[KT3] a test follows a step that gets another id, and the inverse gives the test back', () => {
  const draft = draftOf({ ...order, tests: [kept('right', { undone: UNDONE })] });
  const outcomeOfRename = applyGesture(draft, {
    operations: [
      { op: 'rename', id: 'create-shipment', to: 'ship' },
      { op: 'rename', id: 'charge-payment', to: 'charge' },
    ],
  });
  if (outcomeOfRename.refusal) throw new Error(outcomeOfRename.refusal.message);
  const [renamed] = documentOf(outcomeOfRename.draft).document.tests ?? [];
  expect(Object.keys(renamed!.plan.steps)).toEqual(['ship']);
  expect(renamed!.expect.undone).toEqual(['charge', 'reserve-inventory']);
  const back = applyGesture(outcomeOfRename.draft, { operations: outcomeOfRename.inverse });
  if (back.refusal) throw new Error(back.refusal.message);
  expect(back.draft.flow.tests).toEqual(draft.flow.tests);
});
