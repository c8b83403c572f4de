/** Trials and failure matrices of flows with children: the rules are in planned-children.ts. */
import { expect, test } from 'vitest';
import { readGolden } from '../compiler/testing/golden-case';
import { provesHistories } from '../history/testing/proof';
import { planSchema } from '../flow/trial-plan';
import { playMatrix } from './matrix';
import type { MatrixCell } from './matrix-cells';
import { claimsAgainstBooks } from './testing/books';
import { usesWorkshop } from './testing/workshop';

provesHistories('scripted');
const workshop = usesWorkshop();
const { flow, flows } = await readGolden('child');
const input = { orderId: 'o', price: 10 };
const made = () => workshop.make(flow as never, { operations: flows });
const failure = (effect: 'none' | 'happened', type = 'Failed') =>
  ({ kind: 'failure', effect, type, message: 'no', retryable: false }) as const;

test('[PCH3] a child answers with a value that fits its output, and its output can be read', async () => {
  const played = await workshop.play(await made(), { input });
  expect(played.end).toMatchObject({ kind: 'completed' });
  const [asked] = played.calls.filter(({ nodeId }) => nodeId === 'take-payment');
  expect(asked).toMatchObject({ role: 'do', input: { orderId: 'o', amount: 12 }, answer: { kind: 'output' } });
  const { output } = asked!.answer as { output: { paymentId: string } };
  expect(played.end.output).toMatchObject({ paymentId: output.paymentId, invoiceRun: 'invoice-o' });
  expect(claimsAgainstBooks(played)).toEqual([]);
});

test('[PCH1] a child that fails has undone itself, or leaves its effect', async () => {
  const undone = await workshop.play(await made(), {
    input,
    steps: { 'take-payment': { answers: [failure('none')] } },
  });
  expect(undone.end).toMatchObject({ kind: 'failed', failure: { type: 'Failed' } });
  expect(undone.left).toEqual([]);
  const left = await workshop.play(await made(), {
    input,
    steps: { 'take-payment': { answers: [failure('happened')] } },
  });
  expect(left.left).toMatchObject([{ nodeId: 'take-payment', state: 'undoFailed' }]);
  const declined = [failure('none', 'CardDeclined')];
  const caught = await workshop.play(await made(), { input, steps: { 'take-payment': { answers: declined } } });
  expect(caught.end.failure).toMatchObject({ type: 'NoSale' });
  for (const played of [undone, left, caught]) expect(claimsAgainstBooks(played)).toEqual([]);
});

test('[PCH2] a child that does not answer is asked to stop at the end of its time', async () => {
  const answers = [{ kind: 'timeout', effect: 'none' } as const];
  const played = await workshop.play(await made(), { input, steps: { 'take-payment': { answers } } });
  expect(played.end).toMatchObject({ kind: 'failed', failure: { type: 'Timeout' } });
  expect(played.end.elapsedMs).toBe(2 * 86_400_000);
  expect(played.left).toEqual([]);
});

test('[PCH3] a later failure undoes the child, whose undo works or fails', async () => {
  const cells: MatrixCell[] = [];
  await playMatrix(workshop.worker, await made(), planSchema.parse({ input }), {
    onRows: () => {},
    onCell: (cell) => cells.push(cell),
  });
  const of = (nodeId: string, kind: string, undo = 'works') => {
    const cell = cells.find((each) => each.nodeId === nodeId && each.failure === kind && each.undo === undo)!;
    return [cell.end.kind, cell.left.map((each) => each.nodeId), cell.undone];
  };
  expect(of('register', 'before', 'none')).toEqual(['failed', [], ['take-payment']]);
  expect(of('take-payment', 'after')).toEqual(['failed', ['take-payment'], []]);
  expect(of('take-payment', 'stopped')).toEqual(['canceled', [], []]);
  const fails = await workshop.play(await made(), {
    input,
    steps: { register: { answers: [failure('none')] }, 'take-payment': { undo: [failure('none')] } },
  });
  expect(fails.end.questions).toMatchObject([{ nodeId: 'take-payment', kind: 'undo' }]);
});

test('[PCH4] the plan of a child answers the questions about its undo', async () => {
  const steps = {
    register: { answers: [failure('none')] },
    'take-payment': { undo: [failure('none')], afterUndoFailed: ['leave' as const] },
  };
  const asked = await workshop.play(await made(), {
    input,
    steps: { ...steps, 'take-payment': { undo: [failure('none')] } },
  });
  expect(asked.end).toMatchObject({ kind: 'asks', questions: [{ nodeId: 'take-payment', kind: 'undo' }] });
  const told = await workshop.play(await made(), { input, steps });
  expect(told.end.kind).toBe('failed');
  expect(told.left).toMatchObject([{ nodeId: 'take-payment', state: 'leftStanding' }]);
  expect(claimsAgainstBooks(told)).toEqual([]);
});

test('[PCH4] in a loop the question names the item', async () => {
  const [charges] = flow.steps as unknown[];
  const loop = { id: 'all', kind: 'each', title: 'All', items: '[1, 2]', item: 'one', steps: [charges] };
  const fails = { id: 'over', kind: 'fail', title: 'Over', errorType: 'Over', message: 'over' };
  const { output: _, ...rest } = flow;
  const looped = await workshop.make({ ...rest, steps: [loop, fails] } as never, { operations: flows });
  const items = { '2': { undo: [failure('none')] } };
  const asked = await workshop.play(looped, { input, steps: { 'take-payment': { items } } });
  expect(asked.end.questions).toMatchObject([{ nodeId: 'take-payment', item: '2' }]);
  const left = { '2': { undo: [failure('none')], afterUndoFailed: ['leave' as const] } };
  const told = await workshop.play(looped, { input, steps: { 'take-payment': { items: left } } });
  expect(told.end.kind).toBe('failed');
  expect(told.left).toMatchObject([{ nodeId: 'take-payment', item: '2' }]);
});
