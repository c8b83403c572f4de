/** The rules are in extract.ts, reasons.ts and values.ts. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../../../sim/property-seed';
import { catalogue } from '../../../activities/catalogue';
import { flowEntryName, type Catalogue } from '../../catalogue';
import type { FlowDocument } from '../../document';
import { parseFlow } from '../../testing/flow';
import { readingSaga } from '../../testing/reading-saga';
import { allNodes, nestedSteps } from '../../tree';
import { validate } from '../../validate';
import { applyGesture } from '../apply';
import { documentOf } from '../document-of';
import { draftOf, type Draft } from '../draft';
import { extract, type Extraction } from './extract';

const NAMES = { name: 'payment', title: 'Payment' };
const POST = { method: 'POST', url: 'https://shop.example/do' };
const RECEIPT = {
  type: 'object',
  required: ['id', 'amount'],
  properties: {
    id: { type: 'string', title: 'Receipt' },
    amount: { type: 'integer', format: 'money', currencyField: 'currency' },
    currency: { type: 'string' },
    note: { type: 'string' },
  },
};
const step = (id: string, reads: Record<string, string> = {}, more: object = {}) => ({
  id,
  title: `Do ${id}`,
  kind: 'action',
  activity: 'http.request',
  input: { ...POST, body: Object.fromEntries(Object.entries(reads).map(([name, $expr]) => [name, { $expr }])) },
  effect: 'none',
  output: RECEIPT,
  ...more,
});
const reversible = (id: string, reads: Record<string, string> = {}, undoReads = 'input.customer', more: object = {}) =>
  step(id, reads, {
    effect: 'reversible',
    lateCalls: 'refused',
    unknown: { policy: 'ask' },
    undo: { title: `Undo ${id}`, activity: 'http.request', input: { ...POST, body: { of: { $expr: undoReads } } } },
    ...more,
  });
const flow = (steps: object[], more: object = {}): Draft =>
  draftOf(
    parseFlow({
      format: 2,
      name: 'order',
      title: 'Order',
      input: {
        type: 'object',
        required: ['customer'],
        properties: { customer: { type: 'string', sensitive: true }, lines: { type: 'array', items: RECEIPT } },
      },
      steps,
      ...more,
    })
  );
const take = (draft: Draft, ...ids: string[]): Extraction => {
  const { extraction, reasons } = extract(draft, ids, catalogue, NAMES);
  if (!extraction) throw new Error(reasons.map(({ message }) => message).join('\n'));
  return extraction;
};
const refusals = (draft: Draft, ...ids: string[]): string[] =>
  extract(draft, ids, catalogue, NAMES).reasons.map(({ message }) => message);
const after = (draft: Draft, { operations }: Pick<Extraction, 'operations'>): Draft => {
  const outcome = applyGesture({ ...draft }, { operations });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  return outcome.draft;
};
/** As if the child were published. */
const withChild = ({ input, output, name, title }: FlowDocument): Catalogue => ({
  ...catalogue,
  [flowEntryName(name)]: {
    name: flowEntryName(name),
    title,
    effect: 'reversible',
    input,
    output: output ?? {},
    internal: true,
    flow: { name, version: 1, workflowType: `${name}_v1`, below: [] },
    defaultOptions: {},
  },
});
const parentOf = (draft: Draft, extraction: Extraction) => documentOf(after(draft, extraction)).document;

test('[EXT2] what is read from outside is the input, what is read outside is the output', () => {
  const draft = flow([
    step('reserve'),
    reversible('charge', { who: 'input.customer', what: 'reserve.id' }, 'charge.id'),
    reversible('ship', { paid: 'charge.amount', note: 'reserve.note' }),
    step('mail', { receipt: 'charge.id', sent: '`${ship.id}: ${ship.amount}`' }),
  ]);
  const made = take(draft, 'charge', 'ship');
  expect(made.child).toMatchObject({
    name: 'payment',
    title: 'Payment',
    input: {
      required: ['customer', 'id'],
      properties: {
        customer: { type: 'string', sensitive: true },
        id: { type: 'string', title: 'Receipt' },
        note: { type: 'string' },
      },
    },
    output: { required: ['id', 'shipId', 'amount'] },
  });
  const [charge, ship, end] = made.child.steps as unknown as { input: { body: object }; output: unknown }[];
  expect(charge!.input.body).toEqual({ who: { $expr: 'input.customer' }, what: { $expr: 'input.id' } });
  expect(ship!.input.body).toEqual({ paid: { $expr: 'charge.amount' }, note: { $expr: 'input.note' } });
  expect(end!.output).toEqual({
    id: { $expr: 'charge.id' },
    shipId: { $expr: 'ship.id' },
    amount: { $expr: 'ship.amount' },
    currency: { $expr: 'ship.currency' },
  });
  const parent = parentOf(draft, made);
  expect(parent.steps.map(({ id }) => id)).toEqual(['reserve', 'payment', 'mail']);
  expect(parent.steps[1]).toMatchObject({
    kind: 'child',
    flow: 'payment',
    waits: 'end',
    input: {
      customer: { $expr: 'input.customer' },
      id: { $expr: 'reserve.id' },
      note: { $expr: 'reserve.note' },
    },
  });
  expect((parent.steps[2] as unknown as { input: { body: object } }).input.body).toEqual({
    receipt: { $expr: 'payment.id' },
    sent: { $expr: '`${payment.shipId}: ${payment.amount}`' },
  });
  expect(made.rewritten).toEqual(['Do mail']);
});

test('[EXV1] [EXV4] a value that is read as a whole crosses whole, beside a field of its name', () => {
  const draft = flow([
    step('customer'),
    step('pay', { all: 'customer', part: 'customer.id', who: 'input.customer', short: '{ customer }' }),
  ]);
  const { child, input } = take(draft, 'pay');
  expect(input.map(({ name, expression }) => [name, expression])).toEqual([
    ['customer', 'input.customer'],
    ['customer2', 'customer'],
  ]);
  expect((child.steps[0] as unknown as { input: { body: object } }).input.body).toEqual({
    all: { $expr: 'input.customer2' },
    part: { $expr: 'input.customer2.id' },
    who: { $expr: 'input.customer' },
    short: { $expr: '{ customer: input.customer2 }' },
  });
});

test('[EXV1] the whole input crosses as one field', () => {
  const { child, input } = take(flow([step('pay', { all: 'input', who: 'input.customer' })]), 'pay');
  expect(input.map(({ name }) => name)).toEqual(['flowInput']);
  expect((child.steps[0] as unknown as { input: { body: object } }).input.body).toEqual({
    all: { $expr: 'input.flowInput' },
    who: { $expr: 'input.flowInput.customer' },
  });
});

test('[EXV2] the currency of an amount crosses with the amount, and a part of a secret is secret', () => {
  const secret = { ...RECEIPT, sensitive: true };
  const draft = flow([step('charge', {}, { output: secret }), step('mail', { paid: 'charge.amount' })]);
  const { child } = take(draft, 'mail');
  expect(child.input.properties).toEqual({
    amount: { type: 'integer', format: 'money', currencyField: 'currency', sensitive: true },
    currency: { type: 'string', sensitive: true },
  });
});

test('[EXV3] what may be missing may be missing in the child', () => {
  const ask = {
    id: 'answer',
    title: 'Answer',
    kind: 'waitForSignal',
    signal: 'reply',
    timeout: '1d',
    onTimeout: [],
  };
  const signals = { reply: { title: 'Reply', schema: { type: 'object', properties: { card: RECEIPT } } } };
  const draft = flow([ask, step('mail', { text: 'answer?.card.id' })], { signals });
  const { child, input } = take(draft, 'mail');
  expect(input).toMatchObject([{ name: 'card', isRequired: false, expression: 'answer?.card' }]);
  expect((child.steps[0] as unknown as { input: { body: object } }).input.body).toEqual({
    text: { $expr: 'input.card?.id' },
  });
  expect(refusals(flow([ask, step('mail', { text: 'answer' })], { signals }), 'mail')).toEqual([
    "The whole of 'answer' is read, and its type cannot be that of a field. Read its fields one by one.",
  ]);
});

test('[EXT2] items and caught failures are input, and what is inside the steps is not', () => {
  const each = {
    id: 'lines',
    title: 'Lines',
    kind: 'each',
    items: 'input.lines',
    item: 'line',
    steps: [
      step(
        'book',
        { line: 'line.id' },
        { catch: [{ id: 'any', types: [], as: 'failure', then: [step('tell', { why: 'failure.message' })] }] }
      ),
    ],
  };
  const draft = flow([each]);
  expect(take(draft, 'book').input.map(({ name, expression }) => [name, expression])).toEqual([['id', 'line.id']]);
  expect(take(draft, 'tell').input.map(({ name, expression }) => [name, expression])).toEqual([
    ['message', 'failure.message'],
  ]);
  expect(take(draft, 'lines').input.map(({ name, expression }) => [name, expression])).toEqual([
    ['lines', 'input.lines'],
  ]);
});

test('[EXT4] a variable of which only the steps know moves; another gives its first value', () => {
  const total = { schema: { type: 'integer', title: 'Total' }, initial: 3 };
  const set = (id: string, $expr: string) => ({ id, title: id, kind: 'set', values: { total: { $expr } } });
  const own = flow([set('add', 'total + 1'), step('pay', { amount: 'total' })], { variables: { total } });
  const moved = take(own, 'add', 'pay');
  expect(moved.variables).toEqual(['total']);
  expect(moved.child.variables).toEqual({ total });
  expect(moved.input).toEqual([]);
  expect(parentOf(own, moved).variables).toEqual({});
  const shared = flow([set('before', '5'), set('add', 'total + 1'), step('pay', { amount: 'total' })], {
    variables: { total },
  });
  const kept = take(shared, 'add', 'pay');
  expect(kept.child.variables).toEqual({ total: { ...total, initial: { $expr: 'input.total' } } });
  expect(kept.input).toMatchObject([{ name: 'total', expression: 'total' }]);
  expect(parentOf(shared, kept).variables).toEqual({ total });
});

test('[EXT6] the child has the rollback policy of its parent', () => {
  const draft = flow([reversible('pay')], { rollback: { onFailure: 'continue' }, neverLeavesSilently: true });
  expect(take(draft, 'pay').child).toMatchObject({
    rollback: { onFailure: 'continue' },
    neverLeavesSilently: true,
  });
});

test('[EXR1] an end, and steps that always fail the flow, remain', () => {
  const end = { id: 'end', title: 'Done', kind: 'end' };
  const fail = { id: 'no', title: 'Refuse', kind: 'fail', errorType: 'No', message: 'no' };
  expect(refusals(flow([step('a'), end]), 'a', 'end')).toEqual([
    "'Done' ends this flow; in a child it would end the child only. Leave it out.",
  ]);
  expect(refusals(flow([step('a'), fail]), 'a', 'no')).toEqual(["'Refuse' always fails the flow. Leave it out."]);
});

test('[EXR2] a wait for a signal, and a question that the starter may not answer, remain', () => {
  const signals = { go: { title: 'Go', schema: { type: 'object' } } };
  const wait = { id: 'wait', title: 'Wait', kind: 'waitForSignal', signal: 'go' };
  const ask = { id: 'ask', title: 'Ask', kind: 'approval', question: 'Yes?', data: {}, forbidStarter: true };
  expect(refusals(flow([wait], { signals }), 'wait')).toEqual([
    "'Wait' waits for the signal 'go', which is sent to the run of this flow and not to a child of it.",
  ]);
  expect(refusals(flow([ask]), 'ask')[0]).toMatch(/^'Ask' may not be decided by whoever started the run/);
  expect(refusals(flow([{ ...ask, forbidStarter: false }]), 'ask')).toEqual([]);
});

test('[EXR3] no point of no return, and nothing behind one', () => {
  const draft = flow([reversible('a'), reversible('b', {}, 'input.customer', { pivot: true }), reversible('c')]);
  expect(refusals(draft, 'a')).toEqual([]);
  expect(refusals(draft, 'a', 'b')[0]).toMatch(/^'Do b' is the point of no return/);
  expect(refusals(draft, 'c')[0]).toMatch(/^'Do c' comes behind the point of no return/);
});

test('[EXR4] a handler that keeps effects is around effects only', () => {
  const group = (inner: object) => ({
    id: 'group',
    title: 'Group',
    kind: 'group',
    steps: [inner],
    catch: [{ id: 'any', types: [], scope: 'keep', then: [step('tell')] }],
  });
  expect(refusals(flow([group(reversible('a'))]), 'a')[0]).toMatch(/^'Group' has a handler that keeps/);
  expect(refusals(flow([group(step('a'))]), 'a')).toEqual([]);
  expect(refusals(flow([group(reversible('a'))]), 'tell')).toEqual([]);
  expect(refusals(flow([group(reversible('a'))]), 'group')).toEqual([]);
});

test('[EXR5] a variable that somebody else reads, sets or repeats remains', () => {
  const variables = { total: { schema: { type: 'integer' }, initial: 0 } };
  const set = { id: 'add', title: 'Add', kind: 'set', values: { total: { $expr: 'total + 1' } } };
  const updates = { more: { title: 'More', schema: { type: 'object' }, set: { total: 1 } } };
  const queries = { sum: { title: 'Sum', result: { $expr: 'total' } } };
  const reason = (steps: object[], more: object, ...ids: string[]) =>
    refusals(flow(steps, { variables, ...more }), ...ids)[0];
  expect(reason([set, step('pay', { sum: 'total' })], {}, 'add')).toMatch(/which 'Do pay' reads outside/);
  expect(reason([set], { updates }, 'add')).toMatch(/which the update 'more' sets, too/);
  expect(reason([set], { queries }, 'add')).toMatch(/which the query 'sum' reads/);
  const loop = { id: 'loop', title: 'Loop', kind: 'repeat', until: 'true', most: 3, steps: [set] };
  expect(reason([loop], {}, 'add')).toMatch(/and 'Loop' runs it again and again/);
  expect(reason([step('pay', { sum: 'total' })], { updates }, 'pay')).toMatch(
    /which the update 'more' may set meanwhile/
  );
  const beside = {
    id: 'both',
    title: 'Both',
    kind: 'parallel',
    branches: [
      { id: 'l', title: 'L', steps: [set] },
      { id: 'r', title: 'R', steps: [step('pay', { sum: 'total' })] },
    ],
  };
  expect(reason([beside], {}, 'pay')).toMatch(/which 'Add' may set meanwhile/);
  expect(reason([beside], {}, 'both')).toBeUndefined();
});

test('[EXR6] a query or an update reads no output of a child', () => {
  const queries = { paid: { title: 'Paid', result: { $expr: 'pay?.id' } } };
  expect(refusals(flow([step('pay')], { queries }), 'pay')).toEqual([
    "The query 'paid' reads the output of 'Do pay' at any time. A child gives it only at its end.",
  ]);
});

test('[EXR7] a name that a parameter hides is refused', () => {
  const draft = flow([step('line'), step('pay', { all: 'input.lines?.filter((line) => line.amount > 0)' })]);
  expect(refusals(draft, 'pay')).toEqual([
    "In 'Do pay' the name 'line' means something else than outside. Give one of them another name.",
  ]);
});

test('[EXT1] what cannot be read, or is set aside, is no child', () => {
  const draft = flow([step('pay'), step('ship')]);
  const set = { op: 'set', target: { node: 'pay' }, path: ['title'], value: '', was: 'Do pay' } as const;
  expect(refusals(after(draft, { operations: [set] }), 'pay')[0]).toMatch(/has a problem that must be corrected first/);
  expect(refusals(draft, 'ship', 'pay')).toEqual(['Select steps that follow each other.']);
  expect(refusals({ ...draft, steps: [], tray: draft.steps }, 'pay')).toEqual([
    'The step is set aside. Put it into the flow first.',
  ]);
});

test('[EXT2] tests that name the steps are listed', () => {
  const draft = flow([step('pay')], {
    tests: [
      { name: 'one', title: 'One', plan: { steps: { pay: {} } }, expect: { ends: 'completed' } },
      { name: 'two', title: 'Two', plan: { steps: {} }, expect: { ends: 'completed' } },
    ],
  });
  expect(take(draft, 'pay').tests).toEqual(['One']);
});

test('[EXT1] [EXT3] random steps of random flows: both are correct, and reverting gives the same draft', () => {
  let extracted = 0;
  let refused = 0;
  fc.assert(
    fc.property(
      fc.oneof(readingSaga(), readingSaga({ isReversible: true })),
      fc.nat(1_000),
      fc.nat(1_000),
      fc.nat(1_000),
      (document, a, b, c) => {
        expect(validate(document, catalogue)).toEqual([]);
        const sequences = [document.steps, ...allNodes(document.steps).flatMap(nestedSteps)].filter(
          (steps) => steps.length > 0
        );
        const steps = sequences[a % sequences.length]!;
        const from = b % steps.length;
        const ids = steps.slice(from, from + 1 + (c % (steps.length - from))).map(({ id }) => id);
        const draft = draftOf(document);
        const { extraction } = extract(draft, ids, catalogue, NAMES);
        if (!extraction) return void refused++;
        extracted++;
        const { child } = extraction;
        expect(validate(child, catalogue)).toEqual([]);
        const outcome = applyGesture({ ...draft }, extraction);
        if (outcome.refusal) throw new Error(outcome.refusal.message);
        const parent = documentOf(outcome.draft);
        expect(parent.problems).toEqual([]);
        expect(validate(parent.document, withChild(child))).toEqual([]);
        const back = applyGesture({ ...outcome.draft }, { operations: outcome.inverse });
        if (back.refusal) throw new Error(back.refusal.message);
        expect(back.draft).toEqual(draft);
      }
    ),
    { numRuns: 120 }
  );
  expect(extracted).toBeGreaterThan(40);
  expect(refused).toBeGreaterThan(20);
});
