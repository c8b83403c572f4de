/** [CW] Differences in words, and what a failure leaves behind. */
import { expect, it } from 'vitest';
import { changeKind, comparisonWords, ifWords, leavesMore, notComparedWords, thenWords } from './rollback-words';
import { changeWords, fieldWords, summaryWords, valueWords } from './words';
import { compareDrafts } from '@/engine/flow/edit/comparison';
import type { Draft, DraftNode, Json } from '@/engine/flow/edit/draft';
import type { FlowNode } from '@/engine/flow/document';
import type { EffectFate, FailureChange, FateChange } from '@/engine/trial/compare-matrices';
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

const cell = (given: Partial<MatrixCell> = {}): MatrixCell => ({
  nodeId: 'charge',
  failure: 'after',
  undo: 'works',
  item: null,
  end: { kind: 'failed', sentence: '', failure: null, questions: [], elapsedMs: 0 },
  left: [],
  meant: [],
  undone: [],
  undoCalled: true,
  plan: { steps: {}, seed: 1 },
  ...given,
});
const ending = (kind: MatrixCell['end']['kind'], ...questions: ('undo' | 'outcome')[]) =>
  cell({
    end: {
      kind,
      sentence: '',
      failure: null,
      questions: questions.map((each) => ({ nodeId: 'charge', kind: each, words: '' })),
      elapsedMs: 0,
    },
  });
const changed = (given: Partial<FailureChange>): FailureChange => ({
  key: '',
  nodeId: 'charge',
  title: 'Charge card',
  failure: 'after',
  undoFails: false,
  item: null,
  before: cell(),
  after: cell(),
  fates: [],
  endsOtherwise: false,
  reordered: false,
  ...given,
});
const fate = (title: string, before: EffectFate, after: EffectFate, given: Partial<FateChange> = {}): FateChange => ({
  nodeId: title,
  title,
  before,
  after,
  countBefore: 1,
  countAfter: 1,
  only: null,
  ...given,
});

it('[WOR3] a failure that leaves something else is one sentence for the effects with the same fate', () => {
  const worse = changed({ fates: [fate('Reserve stock', 'undone', 'remains'), fate('Book car', 'undone', 'remains')] });
  expect([ifWords(worse), ...thenWords(worse), changeKind(worse)]).toEqual([
    "If 'Charge card' fails after its effect",
    "Before, 'Reserve stock' and 'Book car' were undone; now they remain.",
    'Leaves more',
  ]);
  const better = changed({ fates: [fate('Reserve stock', 'remains', 'undone')], undoFails: true });
  expect([ifWords(better), leavesMore(better), changeKind(better)]).toEqual([
    "If 'Charge card' fails after its effect and its undo fails",
    false,
    'Leaves less',
  ]);
  expect(thenWords(changed({ fates: [fate('Reserve stock', 'none', 'remains', { only: 'after' })] }))).toEqual([
    "'Reserve stock' is new, and it remains.",
  ]);
  expect(thenWords(changed({ fates: [fate('Pack', 'mayRemain', 'mayRemain', { countAfter: 3 })] }))).toEqual([
    "Before, 'Pack' may have remained for 1 item; now it may remain for 3 items.",
  ]);
  expect(thenWords(changed({ reordered: true }))).toEqual(['The same effects are undone, in another order.']);
});

it('[WOR4] a run that asks or retries has not ended: what remains meanwhile is not left behind', () => {
  const asks = changed({
    after: ending('asks', 'outcome'),
    endsOtherwise: true,
    fates: [fate('Book hotel', 'undone', 'remains')],
  });
  expect([...thenWords(asks), changeKind(asks)]).toEqual([
    "Before, 'Book hotel' was undone; now it remains while a person is asked.",
    'Before, the run failed; now it asks a person whether a step happened.',
    'Ends otherwise',
  ]);
  expect(comparisonWords({ changes: [asks], compared: 12, notPlayed: 0, unreached: [] })).toBe(
    '1 of 12 failures ends otherwise than before, 0 of them with more left behind.'
  );
});

it('[WOR5] an effect that a completed run has, or that is no longer declared, is never said not to happen', () => {
  const kept = changed({
    before: ending('completed'),
    after: ending('asks', 'undo'),
    fates: [fate('Pay', 'kept', 'remains'), fate('Send mail', 'mayRemain', 'noEffect')],
  });
  expect(thenWords(kept)).toEqual([
    "Before, 'Pay' was kept, because the run completed; now it remains while a person is asked.",
    "Before, 'Send mail' may have remained; now it is declared to have no effect.",
  ]);
});

it('[WOR6] what the comparison cannot see is named: steps that nothing reaches, undos that call something else', () => {
  const pay = (url: string): FlowNode => ({
    id: 'pay',
    kind: 'action',
    title: 'Pay',
    activity: 'http.request',
    input: {},
    undo: { title: 'Refund', activity: 'http.request', input: { url }, armed: 'completed' },
  });
  const document = (url: string) => ({ steps: [pay(url)] });
  expect(notComparedWords(['A', 'B'], document('/refund'), document('/void'))).toEqual([
    "Not compared: 'A' and 'B', which no scenario or failure reaches on both sides. Add a scenario that does.",
    "The undo of 'Pay' calls something else now. Here an undo works or fails, whatever it calls.",
  ]);
  expect(notComparedWords([], document('/refund'), document('/refund'))).toEqual([]);
});
