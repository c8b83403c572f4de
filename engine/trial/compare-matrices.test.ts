/** The rules are in compare-matrices.ts. */
import { expect, test } from 'vitest';
import { compareMatrices } from './compare-matrices';
import type { MatrixCell, MatrixRow } from './matrix-cells';
import type { LeftEffect } from './result';

const row = (nodeId: string, given: Partial<MatrixRow> = {}): MatrixRow => ({
  nodeId,
  title: nodeId.toUpperCase(),
  kind: 'action',
  effect: 'reversible',
  undo: null,
  reached: true,
  failures: ['after'],
  item: null,
  ...given,
});
const left = (nodeId: string, happened: LeftEffect['happened'] = 'yes'): LeftEffect => ({
  nodeId,
  title: nodeId.toUpperCase(),
  state: 'standing',
  happened,
  mayBeUndone: false,
});
const cell = (nodeId: string, given: Partial<MatrixCell> = {}): MatrixCell => ({
  nodeId,
  failure: 'after',
  undo: 'none',
  item: null,
  end: { kind: 'failed', sentence: '', failure: null, questions: [], elapsedMs: 0 },
  left: [],
  meant: [],
  undone: [],
  undoCalled: false,
  plan: { steps: {}, seed: 1 },
  ...given,
});
const of = (cells: MatrixCell[], rows = [...new Set(cells.map(({ nodeId }) => nodeId))].map((id) => row(id))) => ({
  rows,
  cells,
});
const changes = (before: MatrixCell[], after: MatrixCell[]) => compareMatrices(of(before), of(after)).changes;

test('[RC1] [RC2] an effect that was undone and remains now is named, with the failure', () => {
  const before = [cell('reserve'), cell('charge', { undone: ['reserve'] })];
  const after = [cell('reserve'), cell('charge', { left: [left('reserve')] })];
  expect(changes(before, after)).toMatchObject([
    {
      nodeId: 'charge',
      title: 'CHARGE',
      failure: 'after',
      fates: [{ nodeId: 'reserve', title: 'RESERVE', before: 'undone', after: 'remains' }],
    },
  ]);
  expect(changes(after, before)[0]?.fates).toMatchObject([{ before: 'remains', after: 'undone' }]);
});

test('[RC2] what may have happened is not the same as what happened', () => {
  const [change] = changes(
    [cell('charge', { left: [left('charge', 'maybe')] })],
    [cell('charge', { left: [left('charge')] })]
  );
  expect(change?.fates).toMatchObject([{ before: 'mayRemain', after: 'remains' }]);
});

test('[RC2] the undo of a new step is no news; the same undos in another order are', () => {
  const old = [cell('a'), cell('b'), cell('ship', { undone: ['b', 'a'] })];
  const withNew = [cell('a'), cell('b'), cell('new'), cell('ship', { undone: ['new', 'b', 'a'] })];
  expect(changes(old, withNew)).toEqual([]);
  const turned = [cell('a'), cell('b'), cell('ship', { undone: ['a', 'b'] })];
  expect(changes(old, turned)).toMatchObject([{ nodeId: 'ship', reordered: true, fates: [] }]);
});

test('[RC1] a step that got an undo is compared with that undo, and how it ends is compared too', () => {
  const asks = { kind: 'asks' as const, sentence: '', failure: null, questions: [], elapsedMs: 0 };
  const before = of([cell('charge', { left: [left('charge')] })]);
  const after = of(
    [
      cell('charge', { undo: 'works', undone: ['charge'], undoCalled: true }),
      cell('charge', { undo: 'fails', left: [left('charge')], undoCalled: true, end: asks }),
    ],
    [row('charge', { undo: 'Refund' })]
  );
  const { changes: found } = compareMatrices(before, after);
  expect(found).toMatchObject([
    { undoFails: false, fates: [{ before: 'remains', after: 'undone' }] },
    { undoFails: true, before: null, fates: [{ before: 'none', after: 'remains' }] },
  ]);
  expect(changes([cell('a')], [cell('a', { end: asks })])).toMatchObject([{ endsOtherwise: true, fates: [] }]);
});

test('[RC2] an effect of a step that only one of the two has is told apart', () => {
  const before = [cell('ship')];
  const after = [cell('charge'), cell('ship', { left: [left('charge')] })];
  expect(changes(before, after)[0]?.fates).toMatchObject([{ nodeId: 'charge', after: 'remains', only: 'after' }]);
  expect(changes(after, before).find(({ nodeId }) => nodeId === 'ship')?.fates).toMatchObject([{ only: 'before' }]);
});

test('[RC3] an undo that is not called makes no difference', () => {
  const rows = [row('a', { undo: 'Undo' })];
  const both = (given: Partial<MatrixCell>) =>
    of([cell('a', { undo: 'works' }), cell('a', { undo: 'fails', undoCalled: false, ...given })], rows);
  expect(compareMatrices(both({}), both({ undone: ['x'] }))).toEqual({
    changes: [],
    compared: 1,
    notPlayed: 0,
    unreached: [],
  });
});

test('[RC4] what was not played is counted, and never taken for the same', () => {
  const rows = [row('a'), row('b', { undo: 'Undo b' })];
  const all = [cell('a'), cell('b', { undo: 'works' }), cell('b', { undo: 'fails', undoCalled: true })];
  expect(compareMatrices({ rows, cells: all }, { rows, cells: all.slice(0, 1) })).toEqual({
    changes: [],
    compared: 1,
    notPlayed: 2,
    unreached: [],
  });
});

test('[RC2] what a completed run has was kept, and a step without a declared effect has none: neither did not happen', () => {
  const completed = { kind: 'completed' as const, sentence: '', failure: null, questions: [], elapsedMs: 0 };
  const before = [cell('pay', { end: completed, meant: ['hotel'] })];
  const after = [cell('pay', { left: [left('hotel')] })];
  expect(changes(before, after)[0]?.fates).toMatchObject([{ before: 'kept', after: 'remains' }]);
  const mail = of([cell('mail')], [row('mail', { effect: 'none' })]);
  const { changes: found } = compareMatrices(of([cell('mail', { left: [left('mail', 'maybe')] })]), mail);
  expect(found[0]?.fates).toMatchObject([{ before: 'mayRemain', after: 'noEffect' }]);
});

test('[RC4] a step that is reached on one side alone is not compared, and named', () => {
  const before = of([cell('a')], [row('a'), row('b', { reached: false })]);
  const after = of([cell('a'), cell('b', { left: [left('b')] })]);
  expect(compareMatrices(before, after)).toEqual({ changes: [], compared: 1, notPlayed: 0, unreached: ['B'] });
});

test('[RC5] a run that asks something else ends otherwise', () => {
  const asks = (kind: 'undo' | 'outcome') => ({
    kind: 'asks' as const,
    sentence: '',
    failure: null,
    questions: [{ nodeId: 'a', kind, words: '' }],
    elapsedMs: 0,
  });
  expect(changes([cell('a', { end: asks('undo') })], [cell('a', { end: asks('outcome') })])).toMatchObject([
    { endsOtherwise: true },
  ]);
});
