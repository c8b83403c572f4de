/**
 * [CFM1] The card of a fold counts the steps that it hides, those with an undo and the problems inside.
 * [CFM2] On a run's page it shows the state inside that matters most; it is done only if everything inside is.
 * [CFM3] In a preview it says what a failure would do to what it hides.
 */
import { expect, test } from 'vitest';
import { layoutFlow } from '@/engine/flow/layout/layout';
import { whatIf } from '@/engine/flow/what-if';
import type { NodeState, NodeView } from '@/engine/run-view/model';
import { orderDocument } from '@/engine/run-view/testing/order';
import { stepFactsOf } from './card-model';
import { foldFactsOf } from './fold-model';

const facts = stepFactsOf(orderDocument);
const boxOf = (key: string) => layoutFlow(orderDocument, 'down', { folded: new Set([key]) }).folds[0]!;
const nothing = { facts, states: undefined, problems: undefined, whatIf: null };
const [first, second] = orderDocument.steps;
const fork = orderDocument.steps.find(({ kind }) => kind === 'parallel')!;
const stretch = `${first!.id}..${second!.id}`;
const viewsOf = (states: Record<string, NodeState>) =>
  Object.fromEntries(Object.entries(states).map(([id, state]) => [id, { nodeId: id, state, fault: null } as NodeView]));

test('[CFM1] the card counts steps, undos and problems', () => {
  const told = foldFactsOf(boxOf(fork.id), {
    ...nothing,
    problems: new Map([
      [fork.id, { errors: 0, warnings: 1 }],
      ['create-shipment', { errors: 2, warnings: 1 }],
      ['elsewhere', { errors: 9, warnings: 9 }],
    ]),
  });
  expect(told).toMatchObject({ title: fork.title, state: null, problems: { errors: 2, warnings: 2 } });
  expect(told.line).toMatch(/^\d steps, 2 with undo$/);
  expect(foldFactsOf(boxOf(stretch), nothing)).toMatchObject({
    id: first!.id,
    node: null,
    title: `${first!.title} … ${second!.title}`,
  });
});

test('[CFM2] a fold of a run shows the worst state inside, and is done only as a whole', () => {
  // Steps in a branch that was not taken do not count.
  const nested = Object.fromEntries(boxOf(stretch).inside.map((id) => [id, 'notTaken' as const]));
  const told = (one: NodeState, other: NodeState) => {
    const states = viewsOf({ ...nested, [first!.id]: one, [second!.id]: other });
    const { state, line, trouble } = foldFactsOf(boxOf(stretch), { ...nothing, states });
    return { state, line, trouble };
  };
  expect(told('done', 'failed')).toEqual({ state: 'failed', line: 'Failed, 1 of 2 done', trouble: true });
  expect(told('done', 'retrying').state).toBe('retrying');
  expect(told('undone', 'undoFailed')).toMatchObject({ state: 'undoFailed', trouble: true });
  expect(told('done', 'done')).toEqual({ state: 'done', line: '2 of 2 done', trouble: false });
  expect(told('done', 'notYet')).toEqual({ state: 'notYet', line: '1 of 2 done', trouble: false });
  expect(told('notYet', 'notYet').line).toBe('3 steps');
});

test('[CFM3] in a preview the card says what becomes of its steps', () => {
  const preview = whatIf(orderDocument, orderDocument.steps.at(-1)!.id, () => 'reversible')!;
  const fails = foldFactsOf(boxOf(stretch), { ...nothing, whatIf: { ...preview, nodeId: first!.id } });
  expect(fails).toMatchObject({ line: 'Fails inside', state: 'failed', trouble: true });
  const roles = (role: 'undone' | 'neverStarted') =>
    foldFactsOf(boxOf(stretch), {
      ...nothing,
      whatIf: { ...preview, nodes: { [first!.id]: { role, order: null }, [second!.id]: { role, order: null } } },
    });
  expect(roles('undone')).toMatchObject({ line: '2 undone', dimmed: false });
  expect(roles('neverStarted')).toMatchObject({ line: 'Never started', dimmed: true });
});
