/** [CW] Differences in words, and what a failure leaves behind. */
import { expect, it } from 'vitest';
import { ifWords, isWorse, thenWords } from './rollback-words';
import { changeWords, fieldWords, summaryWords, valueWords } from './words';
import { compareDrafts } from '@/engine/flow/edit/comparison';
import type { Draft, DraftNode, Json } from '@/engine/flow/edit/draft';
import type { FailureChange } from '@/engine/trial/compare-matrices';
import type { MatrixCell } from '@/engine/trial/matrix-cells';

const step = (id: string, fields: Record<string, Json> = {}, branches: DraftNode['branches'] = []): DraftNode => ({
  id,
  kind: branches.length > 0 ? 'choice' : 'action',
  fields: { title: id.toUpperCase(), ...fields },
  branches,
});
const flow = (...steps: DraftNode[]): Draft => ({ flow: { title: 'Flow' }, steps, tray: [] });
const words = (from: Draft, to: Draft) =>
  compareDrafts(from, to).steps.flatMap((change) => (change.within ? [] : changeWords(change, from, to)));

it('[WOR1] says what was added, removed, moved and changed, and where', () => {
  const branch = (...steps: DraftNode[]) => [{ id: 'b', at: 'branches', fields: { title: 'Large' }, steps }];
  const from = flow(step('a'), step('b'), step('which', {}, branch(step('inner'))), step('old'));
  const to = flow(step('b', { title: 'Bee' }), step('which', {}, branch(step('inner'), step('a'))), step('new'));
  expect(words(from, to)).toEqual([
    "'Bee' was changed: title.",
    "'A' was moved. It was at the beginning; now it is after 'INNER', in the branch 'Large' of 'WHICH'.",
    "'OLD' was removed. It was after 'WHICH'.",
    "'NEW' was added after 'WHICH'.",
  ]);
  const { steps, flow: ofFlow } = compareDrafts(from, to);
  expect(summaryWords(steps, ofFlow)).toBe('1 step added, 1 step removed, 1 step moved, 1 step changed');
  expect(summaryWords([], [])).toBe('Nothing differs');
});

it('[WOR2] fields have their words, values are read as they are written', () => {
  expect(fieldWords({ path: ['options', 'startToCloseTimeout'] })).toBe('options › start to close timeout');
  expect(fieldWords({ path: ['input', 'orderId'] })).toBe('input › orderId');
  expect(valueWords({ $expr: 'input.amount * 2' })).toEqual({ text: 'input.amount * 2', isCode: true });
  expect(valueWords('')).toEqual({ text: '(empty)', isCode: false });
  expect(valueWords(undefined)).toBe(null);
});

it('[WOR3] a failure that leaves something else is one sentence for each effect', () => {
  const cell = { end: { kind: 'failed' }, left: [], undone: [] } as unknown as MatrixCell;
  const change = (given: Partial<FailureChange>): FailureChange => ({
    key: '',
    nodeId: 'charge',
    title: 'Charge card',
    failure: 'after',
    undoFails: false,
    item: null,
    before: cell,
    after: cell,
    fates: [],
    endsOtherwise: false,
    reordered: false,
    ...given,
  });
  const stock = { nodeId: 'reserve', title: 'Reserve stock', only: null } as const;
  const worse = change({ fates: [{ ...stock, before: 'undone', after: 'remains' }] });
  expect([ifWords(worse), ...thenWords(worse)]).toEqual([
    "If 'Charge card' fails after its effect",
    "before, 'Reserve stock' was undone; now it remains.",
  ]);
  expect(isWorse(worse)).toBe(true);
  const better = change({ fates: [{ ...stock, before: 'remains', after: 'undone' }], undoFails: true });
  expect([ifWords(better), isWorse(better)]).toEqual([
    "If 'Charge card' fails after its effect and its undo fails",
    false,
  ]);
  expect(thenWords(change({ fates: [{ ...stock, before: 'none', after: 'remains', only: 'after' }] }))).toEqual([
    "'Reserve stock' is new, and it remains.",
  ]);
  expect(thenWords(change({ reordered: true }))).toEqual(['the same effects are undone, in another order.']);
});
