/** [RR] What a revision may not change although histories replay on it. */
import { describe, expect, test } from 'vitest';
import { catalogue } from '../activities/catalogue';
import type { FlowDocument } from '../flow/document';
import { command, payloads, TestRun } from '../history/testing/run';
import { buildWith } from './build';
import { recordedConflict, signatureChanges, undoChanges, type RevisionContent } from './revision-rules';
import { createToolchain } from './toolchain';

const call = (path: unknown) => ({ activity: 'http.request', input: { method: 'POST', connection: 'shop', path } });
const undo = { title: 'Free it', ...call({ $expr: "'/free/' + place" }) };
const FLOW = {
  format: 2,
  name: 'rent',
  title: 'Rent',
  input: { type: 'object', required: ['car'], properties: { car: { type: 'string', title: 'Car' } } },
  variables: { place: { schema: { type: 'string' }, initial: '' } },
  signals: { paid: { title: 'Paid', schema: { type: 'object', properties: { amount: { type: 'number' } } } } },
  updates: { move: { title: 'Move', schema: { type: 'object' }, set: { place: 'garage' } } },
  steps: [
    { id: 'choose', kind: 'set', title: 'Choose', values: { place: { $expr: 'input.car' } } },
    {
      id: 'every',
      kind: 'each',
      title: 'Every seat',
      items: '[1, 2]',
      item: 'seat',
      steps: [
        {
          id: 'book',
          kind: 'action',
          title: 'Book the seat',
          ...call('/seat'),
          effect: 'reversible',
          unknown: { policy: 'undo' },
          undo: { title: 'Free the seat', ...call({ $expr: '`/free-seat/${seat}`' }) },
        },
      ],
    },
    {
      id: 'reserve',
      kind: 'action',
      title: 'Reserve',
      ...call('/reserve'),
      effect: 'reversible',
      unknown: { policy: 'undo' },
      undo,
    },
    { id: 'tell', kind: 'action', title: 'Tell', ...call('/tell'), effect: 'none' },
    { id: 'done', kind: 'end', title: 'Done' },
  ],
};
interface Step {
  id: string;
  title: string;
  effect?: string;
  input?: { path: unknown };
  undo?: { input: { path: unknown } };
  items?: string;
  values?: Record<string, unknown>;
}
type Flow = Omit<typeof FLOW, 'steps'> & { steps: Step[] };

const build = buildWith(createToolchain(catalogue, () => Promise.resolve([])));
async function contentOf(document: object): Promise<RevisionContent> {
  const { product, diagnostics } = await build({ document, version: 1, known: null });
  if (!product) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return { manifest: product.manifest, operations: {} };
}
const changed = (change: (flow: Flow) => void): Flow => {
  const flow: Flow = structuredClone(FLOW);
  change(flow);
  return flow;
};
const stepOf = (flow: Flow, id: string) => flow.steps.find((step) => step.id === id) as Required<Step>;
const changesOf = async (change: (flow: Flow) => void) =>
  undoChanges(await contentOf(FLOW), await contentOf(changed(change)));

describe('[RR1] what callers see', () => {
  const signature = async (change: (flow: Flow) => void) => {
    const [before, after] = [await contentOf(FLOW), await contentOf(changed(change))];
    return signatureChanges(before.manifest.document, after.manifest.document).map(({ path }) => path.join('/'));
  };
  test('titles, descriptions and the order of fields may change', async () => {
    const same = await signature((flow) => {
      flow.input = { properties: { car: { title: 'Which car', type: 'string' } }, type: 'object', required: ['car'] };
      flow.signals.paid.title = 'It was paid';
    });
    expect(same).toEqual([]);
  });
  test.each<[what: string, change: (flow: Flow) => void, path: string]>([
    ['a field of the input', (flow) => void (flow.input.required = []), 'input'],
    [
      'an output',
      (flow) => {
        Object.assign(flow, { output: { type: 'object' } });
        Object.assign(stepOf(flow, 'done'), { output: {} });
      },
      'output',
    ],
    [
      'the schema of a signal',
      (flow) => void (flow.signals.paid.schema.properties.amount.type = 'string'),
      'signals/paid',
    ],
    ['a further signal', (flow) => void Object.assign(flow.signals, { more: flow.signals.paid }), 'signals/more'],
    ['an update that is missing', (flow) => void Reflect.deleteProperty(flow.updates, 'move'), 'updates/move'],
  ])('%s is refused at its place', async (_what, change, path) => {
    expect(await signature(change)).toEqual([path]);
  });
});

describe('[RR2] the undo of a step', () => {
  test('is the same after changes of titles, of time limits, and of the input of the step', async () => {
    const changes = await changesOf((flow) => {
      const reserve = stepOf(flow, 'reserve');
      reserve.title = 'Reserve the car';
      Object.assign(reserve.undo, { title: 'Free the car', options: { startToCloseTimeout: '90s' } });
      reserve.input = { ...call('/reserve-now').input };
    });
    expect(changes).toEqual([]);
  });
  test.each<[what: string, change: (flow: Flow) => void, nodes: string[], why: RegExp]>([
    ['another path', (flow) => void (stepOf(flow, 'reserve').undo.input.path = '/other'), ['reserve'], /other values/],
    [
      'an activity that differs',
      (flow) => void Object.assign(stepOf(flow, 'reserve').undo, { activity: 'log', input: { message: 'freed' } }),
      ['reserve'],
      /another operation/,
    ],
    [
      'a variable that is set to something else',
      (flow) => void (flow.steps[0]!.values!.place = { $expr: "input.car + '!'" }),
      ['reserve'],
      /other values/,
    ],
    ['an update that sets it', (flow) => void (flow.updates.move.set.place = 'street'), ['reserve'], /other values/],
    ['other items of the loop', (flow) => void (flow.steps[1]!.items = '[2, 3]'), ['book'], /other values/],
    [
      'another policy for its failure',
      (flow) => void Object.assign(flow, { rollback: { onFailure: 'continue' } }),
      ['book', 'reserve'],
      /if its undo fails/,
    ],
    [
      'no undo any more',
      (flow) => void Object.assign(stepOf(flow, 'reserve'), { undo: undefined, unknown: { policy: 'ask' } }),
      ['reserve'],
      /another operation/,
    ],
    [
      'another effect',
      (flow) => void (stepOf(flow, 'tell').effect = 'irreversible'),
      ['tell'],
      /its effect was 'none'/,
    ],
  ])('%s: it is named', async (_what, change, nodes, why) => {
    const changes = await changesOf(change);
    expect(changes.map(({ nodeId }) => nodeId)).toEqual(nodes);
    expect(changes[0]?.why).toMatch(why);
  });

  test('another definition of the operation that undoes it counts, of an operation that it does not call not', async () => {
    const before = await contentOf(FLOW);
    const sent = (operations: Record<string, string>) => undoChanges(before, { ...before, operations });
    expect(sent({ 'http.request': 'other' }).map(({ nodeId }) => nodeId)).toEqual(['book', 'reserve']);
    expect(sent({ 'shop.other': 'other' })).toEqual([]);
  });

  test('concerns only runs that have begun the step, with the event', () => {
    const changes = [{ nodeId: 'reserve', why: 'Because.' }];
    const run = new TestRun();
    run.task(command.schedule('tell', { input: payloads({}) }));
    expect(recordedConflict(run.events, changes)).toBeNull();
    run.completeActivity(run.ref('tell'));
    run.task(command.schedule('reserve~2', { input: payloads({}) }));
    expect(recordedConflict(run.events, changes)).toMatchObject({ nodeId: 'reserve', why: 'Because.', eventId: 11 });
  });
});

/** The document of the contents is that of the flow. */
test('[RR1] a document without optional parts has the same signature as itself', async () => {
  const { manifest } = await contentOf(FLOW);
  const document: FlowDocument = manifest.document;
  expect(signatureChanges(document, structuredClone(document))).toEqual([]);
});
