import { describe, expect, it } from 'vitest';
import type { ActionNode, Catch, FlowNode, ParallelNode } from './document';
import { orderDocument } from '../run-view/testing/order';
import { whatIf } from './what-if';

const step = (id: string, more: Partial<ActionNode> = {}): ActionNode => ({
  id,
  title: id,
  kind: 'action',
  activity: 'a',
  input: {},
  effect: 'reversible',
  undo: { title: `undo ${id}`, activity: 'u', input: {}, armed: 'completed' },
  ...more,
});
const orders = (steps: FlowNode[], id: string) => {
  const answer = whatIf({ steps }, id)!;
  return Object.fromEntries(
    Object.entries(answer.nodes).map(([key, { role, order }]) => [key, order === null ? role : `${role} ${order}`])
  );
};

describe('what if this fails', () => {
  it('[W1] the steps before it are undone, last first; the steps behind it never started', () => {
    expect(orders([step('a'), step('b'), step('c'), step('d')], 'c')).toEqual({
      a: 'undone 2',
      b: 'undone 1',
      c: 'fails',
      d: 'neverStarted',
    });
  });
  it('[W2] parallel branches share numbers and have letters, exclusive branches share numbers', () => {
    const parallel: ParallelNode = {
      id: 'p',
      title: 'p',
      kind: 'parallel',
      unwind: 'reverse',
      branches: [
        { id: 'l', title: 'l', steps: [step('l1'), step('l2')] },
        { id: 'r', title: 'r', steps: [step('r1')] },
      ],
    };
    expect(orders([step('a'), parallel, step('z')], 'z')).toEqual({
      a: 'undone 3',
      p: 'ran',
      l1: 'undone 2',
      l2: 'undone 1a',
      r1: 'undone 1b',
      z: 'fails',
    });
    expect(orders([step('a'), parallel], 'l2')).toMatchObject({ l1: 'undone 1a', r1: 'undone 1b', a: 'undone 2' });
    expect(whatIf({ steps: [step('a'), parallel] }, 'l2')!.certain).toBe(false);

    const choice: FlowNode = {
      id: 'c',
      title: 'c',
      kind: 'choice',
      branches: [{ id: 'y', title: 'y', when: 'true', steps: [step('y1')] }],
      otherwise: { title: 'n', steps: [step('n1')] },
    };
    expect(orders([step('a'), choice, step('z')], 'z')).toMatchObject({
      y1: 'undone 1',
      n1: 'undone 1',
      a: 'undone 2',
    });
  });
  it('[W3] an effect without an undo, or one for good, stays', () => {
    const answer = whatIf(
      { steps: [step('a', { undo: undefined }), step('b', { effect: 'irreversible' }), step('c')] },
      'c'
    )!;
    expect(answer).toMatchObject({ stays: 2, undone: 0, outcome: 'unwinds' });
    expect(answer.sentence).toBe("If 'c' fails, nothing is undone. 2 stay.");
  });
  it('[W4] behind the pivot nothing is undone; at the pivot everything before it is', () => {
    const steps = [step('a'), step('p', { pivot: true, undo: undefined, effect: 'irreversible' }), step('z')];
    expect(whatIf({ steps }, 'z')).toMatchObject({ outcome: 'retriesForward', undone: 0, stays: 2 });
    expect(orders(steps, 'p')).toEqual({ a: 'undone 1', p: 'fails', z: 'neverStarted' });
  });
  it("[W5] a catch of every failure ends the unwinding at its scope; with 'keep' nothing is undone", () => {
    const handled = (scope: Catch['scope']): FlowNode => ({
      id: 'c',
      title: 'c',
      kind: 'choice',
      branches: [{ id: 'y', title: 'y', when: 'true', steps: [step('b'), step('bad')] }],
      catch: [{ types: [], scope, then: [step('mend')] }],
    });
    expect(orders([step('a'), handled('undo')], 'bad')).toMatchObject({ a: 'stays', b: 'undone 1', mend: 'handles' });
    expect(orders([step('a'), handled('keep')], 'bad')).toMatchObject({ a: 'stays', b: 'stays', mend: 'handles' });
    const typed: FlowNode = {
      ...handled('undo'),
      catch: [{ types: ['Declined'], scope: 'undo', then: [] }],
    } as FlowNode;
    expect(whatIf({ steps: [step('a'), typed] }, 'bad')).toMatchObject({
      outcome: 'unwinds',
      undone: 2,
      certain: false,
    });
    expect(orders([step('a'), handled('undo')], 'mend')).toMatchObject({ a: 'undone 1', mend: 'fails' });
  });
  it('[W6] an undo that is armed on attempt comes first', () => {
    const attempted = step('b', { undo: { title: 'u', activity: 'u', input: {}, armed: 'attempted' } });
    expect(orders([step('a'), attempted], 'b')).toEqual({ a: 'undone 2', b: 'undone 1' });
  });
  it('reads the order flow as an operator would', () => {
    const answer = whatIf(orderDocument, 'create-shipment')!;
    expect(answer.nodes['book-invoice']).toEqual({ role: 'undone', order: '1' });
    expect(answer.nodes['charge-payment']).toEqual({ role: 'undone', order: '2' });
    expect(answer.nodes['reserve-inventory']).toEqual({ role: 'undone', order: '3' });
    expect(answer.nodes['hand-over']!.role).toBe('neverStarted');
    expect(whatIf(orderDocument, 'nobody')).toBeNull();
    expect(whatIf(orderDocument, 'settle')!.outcome).toBe('cannotFail');
  });
});
