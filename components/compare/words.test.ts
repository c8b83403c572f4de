/** [CW] Differences in words, and what a failure leaves behind. */
import { expect, it } from 'vitest';
import { changeKind, comparisonWords, ifWords, leavesMore, notComparedWords, thenWords } from './rollback-words';
import { fieldWords } from './field-words';
import { schemaWords } from './schema-words';
import { changeWords, flowWords, summaryWords, valueWords } from './words';
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
  expect(fieldWords({ path: ['options', 'startToCloseTimeout'] })).toBe('time for one attempt');
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
    '1 of 12 failures ends otherwise than before, and none of them leaves more behind.'
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

it('[WOR7] a change is named as the inspector names its field, and says what it means for the run', () => {
  const pay = (fields: Record<string, Json>) => flow({ id: 'pay', kind: 'action', fields, branches: [] });
  const undo = { title: 'Refund', activity: 'shop.refund' };
  expect(words(pay({ title: 'Pay', undo }), pay({ title: 'Pay', pivot: true }))).toEqual([
    "'Pay' has no undo now. Before: 'Refund'.",
    "'Pay' is the point of no return now.",
  ]);
  const renamed = { ...undo, title: 'Give back', options: { retry: { maximumAttempts: 3 } } };
  const [later] = words(pay({ title: 'Pay', undo }), pay({ title: 'Pay', undo: renamed, unknown: { policy: 'ask' } }));
  expect(later).toBe(
    "'Pay' was changed: what the undo is called, retries and timeouts of the undo, what happens if it is not known whether it happened."
  );
});

it('[WOR8] a branch is named, also where it has only another place', () => {
  const branch = (id: string, when: string) => ({ id, at: 'branches', fields: { title: id, when }, steps: [] });
  const choice = (...branches: DraftNode['branches']) => flow(step('which', {}, branches));
  const [a, b, c] = [branch('A', '1'), branch('B', '2'), branch('C', '3')];
  expect(words(choice(a, b, c), choice(c, a, branch('B', '4')))).toEqual([
    "In 'WHICH', the branch 'C' was moved: it comes first now.",
    "'WHICH' was changed: taken if (the branch 'B').",
  ]);
});

it('[WOR9] what callers must give is said first: required, new, gone, of another type', () => {
  const schema = (properties: Record<string, Json>, required: string[]) => ({ type: 'object', properties, required });
  const note = { type: 'string', title: 'Note' };
  const amount = { type: 'integer', title: 'Amount' };
  const before = schema({ amount, note, old: { type: 'string' } }, ['amount']);
  const to = schema({ amount: { ...amount, maximum: 9 }, note, more: { type: 'string' } }, ['amount', 'note', 'more']);
  expect(schemaWords(before, to, 'input')).toEqual([
    "'Amount' of the input was changed: largest value.",
    "'Note' of the input is required now: a start without it is refused.",
    "'more' of the input is new and required: a start without it is refused.",
    "'old' of the input is gone.",
  ]);
  const group = (inner: Json) => schema({ customer: schema({ name: inner }, []) }, []);
  expect(schemaWords(group({ type: 'string' }), group({ type: 'integer' }), 'output')).toEqual([
    "'customer › name' of the output is now: whole number. It was: text.",
  ]);
  expect(schemaWords(schema({ amount, note }, []), schema({ note, amount }, []), 'input')).toEqual([
    'The fields of the input have another order.',
  ]);
  const [from, next] = [flow(), flow()];
  const titled = { ...next, flow: { title: 'Another', input: schema({}, []) } };
  expect(flowWords(compareDrafts(from, titled).flow, from, titled)).toEqual([
    'The flow declares the input now.',
    'The flow itself was changed: title.',
  ]);
});

it('[WOR10] a step that was replaced by one of the same title says so', () => {
  expect(words(flow(step('hotel')), flow(step('lodging', { title: 'HOTEL' })))).toContain(
    "'HOTEL' was added at the beginning. It has the id 'lodging'; the removed step of this title has the id 'hotel'."
  );
});
