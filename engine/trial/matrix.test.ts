/** The rules are in matrix.ts. [FM5] What a cell says agrees with the preview (flow/what-if.ts) and with the ledger. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import '../sim/property-seed';
import { randomSaga } from '../compiler/testing/random-saga';
import type { FlowDocument } from '../flow/document';
import type { FlowManifest } from '../flow/manifest';
import { whatIf } from '../flow/what-if';
import { provesHistories } from '../history/testing/proof';
import { playMatrix } from './matrix';
import type { MatrixCell, MatrixRow } from './matrix-cells';
import { planSchema } from '../flow/trial-plan';
import { claimsAgainstBooks } from './testing/books';
import { usesWorkshop } from './testing/workshop';

provesHistories('scripted');
const workshop = usesWorkshop();
const order = JSON.parse(
  readFileSync('engine/examples/order-fulfilment/order-fulfilment.flow.json', 'utf8')
) as FlowDocument;

let manifest: FlowManifest;
let rows: MatrixRow[];
let cells: MatrixCell[];
async function matrixOf(of: FlowManifest, input: unknown = {}) {
  const heard = { rows: [] as MatrixRow[], cells: [] as MatrixCell[] };
  await playMatrix(workshop.worker, of, planSchema.parse({ input }), {
    onRows: (all) => (heard.rows = all),
    onCell: (cell) => heard.cells.push(cell),
  });
  return heard;
}
beforeAll(async () => {
  manifest = await workshop.make(order);
  ({ rows, cells } = await matrixOf(manifest, order.scenarios[0]!.input));
});
const cell = (nodeId: string, failure: MatrixCell['failure'], undo: MatrixCell['undo']) =>
  cells.find((each) => each.nodeId === nodeId && each.failure === failure && each.undo === undo)!;
const summary = (nodeId: string, failure: MatrixCell['failure'], undo: MatrixCell['undo']) => {
  const { end, left, undone, undoCalled } = cell(nodeId, failure, undo);
  return { kind: end.kind, left: left.map((each) => each.nodeId), undone, undoCalled };
};

test('[FM1] every step has a row, also one that only another input reaches', () => {
  expect(rows.map(({ nodeId, reached }) => [nodeId, reached])).toEqual([
    ['reserve-inventory', true],
    ['approve-order', true],
    ['charge-payment', true],
    ['create-shipment', true],
    ['send-confirmation', true],
  ]);
  expect(cell('approve-order', 'rejected', 'none').plan.input).toMatchObject({ amount: 129_000 });
});

test('[FM2] [FM3] each failure has a cell, and two where an undo may be called', () => {
  const of = (nodeId: string) =>
    cells
      .filter((each) => each.nodeId === nodeId)
      .map(({ failure, undo }) => `${failure} ${undo}`)
      .sort();
  expect(of('charge-payment')).toEqual([
    'after fails',
    'after works',
    'before none',
    'stopped fails',
    'stopped works',
    'unknown fails',
    'unknown works',
  ]);
  expect(of('approve-order')).toEqual(['late none', 'rejected none', 'stopped none']);
});

test('[FM2] the ends of the order example', () => {
  expect(summary('create-shipment', 'before', 'none')).toEqual({
    kind: 'failed',
    left: [],
    undone: ['charge-payment', 'reserve-inventory'],
    undoCalled: false,
  });
  // The look-up finds the charge, and the order goes on.
  expect(summary('charge-payment', 'after', 'works').kind).toBe('completed');
  expect(summary('charge-payment', 'unknown', 'works')).toMatchObject({
    kind: 'failed',
    undone: ['reserve-inventory'],
  });
  expect(summary('charge-payment', 'stopped', 'works')).toMatchObject({
    kind: 'canceled',
    undone: ['charge-payment', 'reserve-inventory'],
  });
});

test('[FM4] an undo that fails leaves the question to a person, and what is not undone yet remains', () => {
  expect(summary('charge-payment', 'stopped', 'fails')).toEqual({
    kind: 'asks',
    left: ['reserve-inventory', 'charge-payment'],
    undone: [],
    undoCalled: true,
  });
  expect(cell('charge-payment', 'stopped', 'fails').end.questions).toMatchObject([
    { nodeId: 'charge-payment', kind: 'undo' },
  ]);
});

test('[FM1] a handler is reached by the failure that it handles; a node that nothing reaches says so', async () => {
  const POST = { method: 'POST', connection: 'service', path: '/do' };
  const step = (id: string) => ({
    id,
    kind: 'action',
    title: id,
    activity: 'http.request',
    input: POST,
    effect: 'none',
  });
  const never = { id: 'never', title: 'Never', when: '1 > 2', steps: [step('unreached')] };
  const flow = await workshop.make({
    format: 2,
    name: 'handled',
    title: 'Handled',
    input: { type: 'object' },
    steps: [
      { ...step('first'), catch: [{ id: 'any', types: [], scope: 'undo', then: [step('mends')] }] },
      {
        ...step('second'),
        catch: [{ id: 'declined', types: ['Declined'], scope: 'undo', then: [step('asks-again')] }],
      },
      { id: 'which', kind: 'choice', title: 'Which?', branches: [never] },
    ],
  });
  const found = await matrixOf(flow);
  expect(found.rows.map(({ nodeId, reached }) => [nodeId, reached])).toEqual([
    ['first', true],
    ['mends', true],
    ['second', true],
    ['asks-again', true],
    ['unreached', false],
  ]);
  const mends = found.cells.find(({ nodeId, failure }) => nodeId === 'mends' && failure === 'before')!;
  expect(mends.plan.steps).toHaveProperty('first');
  expect(mends.end.kind).toBe('failed');
  const again = found.cells.find(({ nodeId }) => nodeId === 'asks-again')!;
  expect(again.plan.steps.second).toMatchObject({ answers: [{ type: 'Declined' }] });
  expect(found.cells.filter(({ nodeId }) => nodeId === 'unreached')).toEqual([]);
});

/** Steps one after the other: what is undone then has one order. */
const straightSaga = fc
  .array(fc.constantFrom('reversible', 'reversible', 'attempted', 'none', 'irreversible'), {
    minLength: 3,
    maxLength: 6,
  })
  .map((kinds) => {
    const call = { activity: 'http.request', input: { method: 'POST', connection: 'service', path: '/do' } };
    const steps = kinds.map((kind, index) => ({
      id: `n-${index}`,
      title: `n-${index}`,
      kind: 'action',
      ...call,
      effect: kind === 'attempted' ? 'reversible' : kind,
      ...(kind === 'none' ? {} : { lateCalls: 'refused', unknown: { policy: kind === 'attempted' ? 'undo' : 'ask' } }),
      ...(kind === 'reversible' ? { undo: { title: 'Undo', ...call } } : {}),
      ...(kind === 'attempted' ? { undo: { title: 'Undo', ...call, armed: 'attempted' } } : {}),
    }));
    return { format: 2, name: 'straight', title: 'Straight', input: { type: 'object' }, steps };
  });

test('[FM5] on random flows a cell undoes what the preview says, in its order, and the ledger agrees with the books', async () => {
  let compared = 0;
  let ordered = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(randomSaga, straightSaga), async (document) => {
      const flow = await workshop.make(document, { isReplayed: false });
      const found = await matrixOf(flow);
      for (const each of found.cells) {
        const played = await workshop.play(flow, each.plan);
        expect(claimsAgainstBooks(played)).toEqual([]);
        // A cell that is opened as a trial ends as the cell says.
        expect(played.end).toEqual(each.end);
        // [WI6] of the preview: an undo that is armed by the attempt belongs to a step whose effect may have happened.
        const isAttempted = flow.nodes[each.nodeId]!.undo?.armed === 'attempted';
        if (each.failure !== (isAttempted ? 'after' : 'before') || each.undo === 'fails') continue;
        const preview = whatIf(flow.document, each.nodeId)!;
        // The way to a handler has failed before, which the preview does not know.
        if (!preview.certain || Object.keys(each.plan.steps).length > 1) continue;
        compared++;
        const undone = Object.entries(preview.nodes).filter(([, { role }]) => role === 'undone');
        const ids = undone.map(([id]) => id);
        expect([each.nodeId, [...each.undone].sort()]).toEqual([each.nodeId, ids.sort()]);
        const orders = new Map(undone.map(([id, { order: place }]) => [id, place ?? '']));
        if ([...orders.values()].every((place) => /^\d+$/.test(place)) && orders.size > 1) {
          ordered++;
          expect(each.undone.map((id) => Number(orders.get(id)))).toEqual(
            each.undone.map((id) => Number(orders.get(id))).sort((a, b) => a - b)
          );
        }
        if (preview.outcome !== 'unwinds') continue;
        expect(each.end.kind).toBe('failed');
        const stays = Object.entries(preview.nodes).filter(([, { role }]) => role === 'stays');
        expect(each.left.map(({ nodeId }) => nodeId).sort()).toEqual(stays.map(([id]) => id).sort());
      }
    }),
    { numRuns: 18 }
  );
  expect(compared).toBeGreaterThan(40);
  expect(ordered).toBeGreaterThan(8);
}, 240_000);
