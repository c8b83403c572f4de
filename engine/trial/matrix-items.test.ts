/** [FM6] of matrix.ts: one item of a loop fails, and the others do not. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../sim/property-seed';
import { provesHistories } from '../history/testing/proof';
import { planSchema } from '../flow/trial-plan';
import { compareMatrices } from './compare-matrices';
import { playMatrix } from './matrix';
import type { MatrixCell, MatrixFailure, MatrixItem, MatrixRow, MatrixUndo } from './matrix-cells';
import { claimsAgainstBooks } from './testing/books';
import { usesWorkshop } from './testing/workshop';

provesHistories('scripted');
const workshop = usesWorkshop();
const call = { activity: 'http.request', input: { method: 'POST', connection: 'service', path: '/do' } };
const step = (id: string, more = {}) => ({
  id,
  title: id,
  kind: 'action',
  ...call,
  effect: 'reversible',
  lateCalls: 'refused',
  unknown: { policy: 'undo' },
  undo: { title: 'Undo', ...call },
  ...more,
});
const LINES = {
  type: 'object',
  required: ['lines'],
  properties: { lines: { type: 'array', items: { type: 'string' } } },
};
const flowOf = (steps: object[], input: object = LINES) => ({ format: 2, name: 'many', title: 'Many', input, steps });
const loopOf = (onFailure: string, more: object = {}, steps: object[] = [step('charge')]) => ({
  id: 'all-lines',
  title: 'All lines',
  kind: 'each',
  items: 'input.lines',
  item: 'line',
  onFailure,
  steps,
  ...more,
});

async function matrixOf(document: object, input: unknown) {
  const manifest = await workshop.make(document, { isReplayed: false });
  const heard = { manifest, rows: [] as MatrixRow[], cells: [] as MatrixCell[] };
  await playMatrix(workshop.worker, manifest, planSchema.parse({ input }), {
    onRows: (all) => (heard.rows = all),
    onCell: (cell) => heard.cells.push(cell),
  });
  return heard;
}
/** 'failed, left: charge 2, undone: charge' */
function endOf(cells: MatrixCell[], at: MatrixItem['at'], failure: MatrixFailure, undo: MatrixUndo): string {
  const { end, left, undone } = cells.find(
    (cell) => cell.item?.at === at && cell.failure === failure && cell.undo === undo
  )!;
  const names = left.map(({ nodeId, item }) => `${nodeId} ${item}`);
  return `${end.kind}; left: ${names.join(', ')}; undone: ${undone.join(', ')}`;
}

const LOST = { unknown: { policy: 'ask' } };
test.each([
  // The first item fails alone, then one in the middle, then the last one. `fails`: before its effect.
  [
    'stop',
    'fails',
    ['failed; left: ; undone: ', 'failed; left: ; undone: charge', 'failed; left: ; undone: charge, charge'],
  ],
  ['finish', 'fails', Array(3).fill('failed; left: ; undone: charge, charge')],
  ['collect', 'fails', Array(3).fill('completed; left: ; undone: ')],
  // Its outcome is unknown, and a person is asked before the next item: what succeeded remains meanwhile.
  ...['stop', 'finish', 'collect'].map((policy): [string, string, string[]] => [
    policy,
    'lost',
    [
      'asks; left: charge 1; undone: ',
      'asks; left: charge 1, charge 2; undone: ',
      'asks; left: charge 1, charge 2, charge 3; undone: ',
    ],
  ]),
])("[FM6] policy '%s', one item %s: what is left says which item it was", async (policy, how, expected) => {
  const { cells, rows } = await matrixOf(flowOf([loopOf(policy, {}, [step('charge', how === 'lost' ? LOST : {})])]), {
    lines: ['a', 'b', 'c'],
  });
  expect(rows.map(({ nodeId, item }) => `${nodeId} ${item?.item ?? 'all'}`)).toEqual([
    'charge all',
    'charge 1',
    'charge 2',
    'charge 3',
  ]);
  const places = ['first', 'middle', 'last'] as const;
  const found = places.map((at) =>
    how === 'lost' ? endOf(cells, at, 'unknown', 'works') : endOf(cells, at, 'before', 'none')
  );
  expect(found).toEqual(expected);
});

test('[FM6] the run is stopped while one item is under way; later items never start', async () => {
  const { cells } = await matrixOf(flowOf([loopOf('finish')]), { lines: ['a', 'b', 'c', 'd'] });
  expect(endOf(cells, 'middle', 'stopped', 'fails')).toBe('asks; left: charge 1, charge 2; undone: ');
  expect(endOf(cells, 'first', 'stopped', 'works')).toBe('canceled; left: ; undone: charge');
  expect(cells.find(({ item }) => item?.at === 'middle')?.item).toMatchObject({ item: '2', of: 4, unit: 'item' });
});

test('[FM6] a list with one entry is made longer where its schema allows it', async () => {
  const longer = await matrixOf(flowOf([loopOf('collect')]), { lines: ['a'] });
  expect(longer.rows.filter(({ item }) => item).map(({ item }) => item?.of)).toEqual([3, 3, 3]);
  // All items alike are still played with the input that was given.
  expect(longer.cells.find(({ item }) => item === null)?.plan.input).toEqual({ lines: ['a'] });
  const one = { ...LINES, properties: { lines: { type: 'array', maxItems: 1, items: { type: 'string' } } } };
  const short = await matrixOf(flowOf([loopOf('collect')], one), { lines: ['a'] });
  expect(short.rows.map(({ item }) => item)).toEqual([null]);
});

test('[FM6] rounds are called rounds, and items of nested loops are numbered from the outermost loop', async () => {
  const nested = flowOf([
    loopOf('finish', {}, [
      {
        id: 'again',
        title: 'Again',
        kind: 'repeat',
        while: 'true',
        most: 2,
        catch: [{ id: 'over', types: ['TooManyRounds'], scope: 'keep', then: [] }],
        steps: [step('call')],
      },
    ]),
  ]);
  const { rows } = await matrixOf(nested, { lines: ['a', 'b', 'c'] });
  expect(rows.map(({ item }) => item && `${item.at} ${item.unit} ${item.item} of ${item.of}`)).toEqual([
    null,
    'first round 1.1 of 6',
    'middle round 2.1 of 6',
    'last round 3.2 of 6',
  ]);
});

test('[FM6] [RCI1] with another failure policy the comparison names the item for which something else is left', async () => {
  const lines = { lines: ['a', 'b', 'c'] };
  const noUndo = step('charge', { undo: undefined, unknown: { policy: 'ask' } });
  const before = await matrixOf(flowOf([loopOf('stop', {}, [noUndo])]), lines);
  const after = await matrixOf(flowOf([loopOf('finish', {}, [noUndo])]), lines);
  const { changes } = compareMatrices(before, after);
  // The items after the one that fails are now charged as well, and remain.
  const alone = changes.filter(({ item, failure }) => item !== null && failure === 'before');
  expect(alone.map(({ key, fates }) => [key, fates.map((fate) => `${fate.before} → ${fate.after}`)])).toEqual([
    ['charge/first/before', ['none → remains']],
    ['charge/middle/before', ['remains → remains']],
  ]);
});

/** Loops in which each policy, each concurrency and each way to handle an unknown outcome occurs. */
const randomLoop = fc
  .record({
    onFailure: fc.constantFrom('stop', 'finish', 'collect'),
    concurrency: fc.integer({ min: 1, max: 3 }),
    count: fc.integer({ min: 2, max: 4 }),
    policies: fc.array(fc.constantFrom('undo', 'ask'), { minLength: 1, maxLength: 2 }),
    before: fc.boolean(),
    isCaught: fc.boolean(),
  })
  .map(({ onFailure, concurrency, count, policies, before, isCaught }) => ({
    input: { lines: Array.from({ length: count }, (_, index) => `line ${index}`) },
    document: flowOf([
      ...(before ? [step('reserve')] : []),
      loopOf(
        onFailure,
        {
          concurrency,
          ...(isCaught ? { catch: [{ id: 'any', types: [], scope: 'undo', then: [step('tell')] }] } : {}),
        },
        policies.map((policy, index) => step(`in-${index}`, { unknown: { policy } }))
      ),
    ]),
  }));

test('[FM6] on random loops a cell says what the books of a run with that failure say', async () => {
  let alone = 0;
  await fc.assert(
    fc.asyncProperty(randomLoop, async ({ document, input }) => {
      const { manifest, cells } = await matrixOf(document, input);
      for (const cell of cells.filter(({ item }) => item !== null)) {
        alone++;
        const played = await workshop.play(manifest, cell.plan);
        expect(claimsAgainstBooks(played)).toEqual([]);
        expect(played.end).toEqual(cell.end);
        if (cell.end.kind === 'completed') continue;
        const remain = played.books.filter(({ applied, undone }) => applied && !undone);
        const said = cell.left.map(({ nodeId, item }) => (item === undefined ? nodeId : `${nodeId}~${item}`));
        // Whatever remains in the books is said to remain; what may have happened is said too.
        expect(said).toEqual(expect.arrayContaining(remain.map(({ activityId }) => activityId)));
        const sure = cell.left.filter(({ happened }) => happened === 'yes').length;
        expect(sure).toBeLessThanOrEqual(remain.length);
        // Only one item failed.
        const failed = played.calls.filter(({ role, answer }) => role === 'do' && answer && answer.kind !== 'output');
        expect(new Set(failed.map(({ path }) => path.join('.'))).size).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 2 }
  );
  expect(alone).toBeGreaterThan(20);
});
