import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionNode, Catch, FlowNode } from './document';
import type { ParallelNode } from './nodes/parallel';
import { orderDocument } from '../run-view/testing/order';
import { allNodes } from './tree';
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

const PAINTED = new Set(['undone', 'stays']);

interface Path {
  /** Actions that completed, and whose scope was not undone since. */
  ran: string[];
  pivoted: boolean;
}
type End = Path & { kind: 'through' | 'ended' | 'failed' | 'here' };

/** Every path to a step, computed independently of what-if.ts. Parallel branches have separate cases. */
function pathsTo(target: string, steps: readonly FlowNode[]): Path[] {
  return walk(steps, { ran: [], pivoted: false }).filter(({ kind }) => kind === 'here');

  function walk(sequence: readonly FlowNode[], from: Path): End[] {
    const [first, ...rest] = sequence;
    if (!first) return [{ ...from, kind: 'through' }];
    return distinct(through(first, from).flatMap((end) => (end.kind === 'through' ? walk(rest, end) : [end])));
  }
  function through(node: FlowNode, from: Path): End[] {
    const ends = bare(node, from);
    const handlers = 'catch' in node ? (node.catch ?? []) : [];
    if (handlers.length === 0) return ends;
    const failed = ends.filter(({ kind }) => kind === 'failed');
    const handled = handlers.flatMap(({ scope, then }) =>
      failed.flatMap((end) => walk(then, scope === 'undo' && !end.pivoted ? { ...from, pivoted: end.pivoted } : end))
    );
    // A handler for all failures stops every failure.
    const passes = handlers.some(({ types }) => types.length === 0)
      ? ends.filter((end) => end.kind !== 'failed')
      : ends;
    return [...passes, ...handled];
  }
  function bare(node: FlowNode, from: Path): End[] {
    const end = (kind: End['kind']): End => ({ ...from, kind });
    switch (node.kind) {
      case 'action': {
        if (node.id === target) return [end('here'), ...done(node)];
        return [end('failed'), ...done(node)];
      }
      case 'choice':
        return [...node.branches, { steps: node.otherwise?.steps ?? [] }].flatMap((branch) => walk(branch.steps, from));
      case 'group':
        return walk(node.steps, from);
      case 'approval':
        return [end('through'), ...(node.onReject ? walk(node.onReject, from) : [end('failed')])];
      case 'fail':
        return [end('failed')];
      case 'end':
        return [end('ended')];
      default:
        return [end('through')];
    }
    function done({ id, pivot }: ActionNode): End[] {
      return [{ ran: [...from.ran, id], pivoted: from.pivoted || Boolean(pivot), kind: 'through' }];
    }
  }
  function distinct(ends: End[]): End[] {
    return [...new Map(ends.map((end) => [JSON.stringify(end), end])).values()];
  }
}

/** Small flows of steps, choices, approvals, ends and handlers. */
const flows: fc.Arbitrary<FlowNode[]> = fc
  .letrec<{ steps: object[]; node: object }>((tie) => ({
    steps: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
    node: fc.oneof(
      { depthSize: 'small', maxDepth: 2 },
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('action'),
          pivot: fc.integer({ min: 1, max: 8 }).map((n) => n === 1),
        }),
      },
      { weight: 1, arbitrary: fc.constantFrom({ kind: 'end' }, { kind: 'fail' }, { kind: 'wait' }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('choice'), a: tie('steps'), b: fc.option(tie('steps')) }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('approval'), onReject: fc.option(tie('steps')) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('group'),
          inner: tie('steps'),
          handler: fc.option(tie('steps')),
          scope: fc.constantFrom('undo', 'keep'),
          types: fc.constantFrom([], ['Odd']),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('action'),
          handler: tie('steps'),
          scope: fc.constantFrom('undo', 'keep'),
          types: fc.constantFrom([], ['Odd']),
        }),
      }
    ),
  }))
  .steps.map((drafts) => {
    let ids = 0;
    const list = (steps: unknown): FlowNode[] => (steps as Record<string, unknown>[]).map(named);
    const named = (draft: Record<string, unknown>): FlowNode => {
      const id = `n${++ids}`;
      const base = { id, title: id };
      switch (draft.kind) {
        case 'action':
          return step(id, {
            ...(draft.pivot ? { pivot: true } : {}),
            ...(draft.handler
              ? {
                  catch: [
                    {
                      id: 'catch-0',
                      types: draft.types as string[],
                      scope: draft.scope as 'undo',
                      then: list(draft.handler),
                    },
                  ],
                }
              : {}),
          });
        case 'group': {
          const inner = list(draft.inner);
          const handler = { types: draft.types as string[], scope: draft.scope as 'undo' };
          const caught = draft.handler ? [{ id: 'catch-0', ...handler, then: list(draft.handler) }] : undefined;
          return { ...base, kind: 'group', steps: inner, ...(caught ? { catch: caught } : {}) };
        }
        case 'choice':
          return {
            ...base,
            kind: 'choice',
            branches: [{ id: `${id}-a`, title: 'a', when: 'true', steps: list(draft.a) }],
            ...(draft.b ? { otherwise: { title: 'b', steps: list(draft.b) } } : {}),
          };
        case 'approval':
          return {
            ...base,
            kind: 'approval',
            question: '?',
            candidates: [],
            data: {},
            requireComment: 'never',
            onTimeout: 'fail',
            ...(draft.onReject ? { onReject: list(draft.onReject) } : {}),
          } as unknown as FlowNode;
        default:
          return { ...base, kind: draft.kind } as FlowNode;
      }
    };
    return list(drafts);
  });

describe('a preview of a failing step', () => {
  it('[WI1] undoes the steps before it, the last one first; the steps after it never started', () => {
    expect(orders([step('a'), step('b'), step('c'), step('d')], 'c')).toEqual({
      a: 'undone 2',
      b: 'undone 1',
      c: 'fails',
      d: 'neverStarted',
    });
  });
  it('[WI2] gives parallel branches common numbers and letters, and exclusive branches common numbers', () => {
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
      l1: 'undone 2a',
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
  it('[WI3] keeps an effect that has no undo or is irreversible', () => {
    const answer = whatIf(
      { steps: [step('a', { undo: undefined }), step('b', { effect: 'irreversible' }), step('c')] },
      'c'
    )!;
    expect(answer).toMatchObject({ stays: 2, undone: 0, outcome: 'unwinds' });
    expect(answer.sentence).toBe("If 'c' fails, nothing is undone. 2 effects remain.");
  });
  it('[WI4] undoes nothing after the pivot, and everything before it if the pivot fails', () => {
    const steps = [step('a'), step('p', { pivot: true, undo: undefined, effect: 'irreversible' }), step('z')];
    expect(whatIf({ steps }, 'z')).toMatchObject({ outcome: 'retriesForward', undone: 0, stays: 2 });
    expect(orders(steps, 'p')).toEqual({ a: 'undone 1', p: 'fails', z: 'neverStarted' });
  });
  it('[WI5] stops at the scope of a handler for all failures; with the scope keep it undoes nothing', () => {
    const handled = (scope: Catch['scope']): FlowNode => ({
      id: 'c',
      title: 'c',
      kind: 'choice',
      branches: [{ id: 'y', title: 'y', when: 'true', steps: [step('b'), step('bad')] }],
      catch: [{ id: 'catch-0', types: [], scope, then: [step('mend')] }],
    });
    expect(orders([step('a'), handled('undo')], 'bad')).toMatchObject({ a: 'stays', b: 'undone 1', mend: 'handles' });
    expect(orders([step('a'), handled('keep')], 'bad')).toMatchObject({ a: 'stays', b: 'stays', mend: 'handles' });
    const typed: FlowNode = {
      ...handled('undo'),
      catch: [{ id: 'catch-0', types: ['Declined'], scope: 'undo', then: [] }],
    } as FlowNode;
    expect(whatIf({ steps: [step('a'), typed] }, 'bad')).toMatchObject({
      outcome: 'unwinds',
      undone: 2,
      certain: false,
    });
    expect(orders([step('a'), handled('undo')], 'mend')).toMatchObject({ a: 'undone 1', mend: 'fails' });
  });
  it('[WI5] a group is undone as a whole before its handler runs; without a handler like any other steps', () => {
    const group = (...handlers: Catch[]): FlowNode => ({
      id: 'g',
      title: 'g',
      kind: 'group',
      steps: [step('b'), step('c'), step('bad')],
      catch: handlers,
    });
    const handler: Catch = { id: 'catch-0', types: [], scope: 'undo', then: [step('mend')] };
    expect(orders([step('a'), group(handler), step('z')], 'bad')).toEqual({
      a: 'stays',
      g: 'ran',
      b: 'undone 2',
      c: 'undone 1',
      bad: 'fails',
      mend: 'handles',
      z: 'neverStarted',
    });
    expect(orders([step('a'), group(), step('z')], 'z')).toMatchObject({
      a: 'undone 4',
      b: 'undone 3',
      bad: 'undone 1',
    });
    expect(whatIf({ steps: [step('a'), group(), step('z')] }, 'z')).toMatchObject({ undone: 4, certain: true });
  });
  it('[WI8] in a loop all its steps are undone for every item; with collect only those of the failed item', () => {
    const loop = (onFailure: 'stop' | 'collect'): FlowNode => ({
      id: 'e',
      title: 'e',
      kind: 'each',
      items: '[]',
      item: 'item',
      concurrency: 1,
      onFailure,
      steps: [step('b'), step('bad'), step('c')],
    });
    expect(orders([step('a'), loop('stop'), step('z')], 'bad')).toEqual({
      a: 'undone 4',
      e: 'ran',
      b: 'undone 3',
      bad: 'undone 2',
      c: 'undone 1',
      z: 'neverStarted',
    });
    expect(whatIf({ steps: [step('a'), loop('stop'), step('z')] }, 'z')).toMatchObject({ undone: 4, certain: false });
    expect(orders([step('a'), loop('collect'), step('z')], 'bad')).toEqual({
      a: 'stays',
      e: 'ran',
      b: 'undone 1',
      bad: 'fails',
      c: 'neverStarted',
      z: 'neverStarted',
    });
    expect(whatIf({ steps: [step('a'), loop('collect')] }, 'bad')!.outcome).toBe('caught');
  });
  it('[WI8] earlier rounds of a loop are undone with the steps before the failing one', () => {
    const steps = [step('b'), step('bad'), step('c')];
    const loop: FlowNode = { id: 'r', title: 'r', kind: 'repeat', until: 'true', most: 3, steps };
    expect(orders([step('a'), loop], 'bad')).toMatchObject({ a: 'undone 4', b: 'undone 3', c: 'undone 1' });
  });
  it('[WI2] of a race only one branch can remain; if all fail, all are undone', () => {
    const race: FlowNode = {
      id: 'r',
      title: 'r',
      kind: 'race',
      branches: [
        { id: 'x', title: 'x', steps: [step('b'), step('bad')] },
        { id: 'y', title: 'y', steps: [step('c')] },
      ],
    };
    expect(orders([step('a'), race], 'bad')).toMatchObject({ a: 'undone 2', b: 'undone 1a', c: 'undone 1b' });
    expect(whatIf({ steps: [step('a'), race] }, 'bad')!.certain).toBe(false);
    const after = whatIf({ steps: [step('a'), race, step('z')] }, 'z')!;
    expect(after).toMatchObject({
      certain: false,
      nodes: { b: { order: '2' }, bad: { order: '1' }, c: { order: '1' } },
    });
  });
  it('[WI6] begins with an undo that is armed on attempt', () => {
    const attempted = step('b', { undo: { title: 'u', activity: 'u', input: {}, armed: 'attempted' } });
    expect(orders([step('a'), attempted], 'b')).toEqual({ a: 'undone 2', b: 'undone 1' });
  });
  it('[WI7] excludes an answer or a branch that ends the flow before the failing step', () => {
    const ends: FlowNode = { id: 'e', title: 'e', kind: 'end' };
    const asked = {
      id: 'ask',
      title: 'ask',
      kind: 'approval',
      question: '?',
      candidates: [],
      data: {},
      requireComment: 'never',
      onTimeout: 'fail',
      onReject: [step('tell'), ends],
    } as FlowNode;
    expect(orders([step('a'), asked, step('z')], 'z')).toMatchObject({ tell: 'neverStarted', a: 'undone 1' });
    expect(whatIf({ steps: [step('a'), asked, step('z')] }, 'z')?.certain).toBe(true);
    const choice: FlowNode = {
      id: 'c',
      title: 'c',
      kind: 'choice',
      branches: [{ id: 'y', title: 'y', when: 'true', steps: [step('y1'), step('p', { pivot: true })] }],
      otherwise: { title: 'n', steps: [step('n1')] },
    };
    // After the pivot nothing is undone, so an undone step is on another path.
    expect(orders([step('a'), choice, step('z')], 'z')).toMatchObject({ y1: 'neverStarted', n1: 'undone 1' });
    expect(whatIf({ steps: [step('a'), choice, step('z')] }, 'z')?.certain).toBe(false);
  });
  it('[WI7] shows exactly the steps that some path to the failing step has run, in random flows', () => {
    fc.assert(
      fc.property(flows, fc.nat(), (steps, pick) => {
        const actions = allNodes(steps).filter(({ kind }) => kind === 'action');
        const failing = actions[pick % actions.length];
        if (!failing) return;
        const reached = pathsTo(failing.id, steps);
        if (reached.length === 0) return;
        const answer = whatIf({ steps }, failing.id)!;
        const painted = actions.map(({ id }) => id).filter((id) => PAINTED.has(answer.nodes[id]!.role));
        const own = (id: string) => id !== failing.id;
        const may = new Set(reached.flatMap(({ ran }) => ran));
        const unpivoted = reached.filter(({ pivoted }) => !pivoted);
        expect(painted.filter(own).filter((id) => !may.has(id))).toEqual([]);
        const must = new Set(unpivoted.flatMap(({ ran }) => ran));
        expect([...must].filter(own).filter((id) => !painted.includes(id))).toEqual([]);
        const undone = painted.filter((id) => answer.nodes[id]!.role === 'undone').filter(own);
        expect(undone.filter((id) => !must.has(id))).toEqual([]);
        if (answer.outcome !== 'caught') expect(answer.outcome === 'retriesForward').toBe(unpivoted.length === 0);
      }),
      { numRuns: Number(process.env.FC_RUNS ?? 300) }
    );
  });
  it('shows the order flow as an operator expects', () => {
    const answer = whatIf(orderDocument, 'create-shipment')!;
    expect(answer.nodes['book-invoice']).toEqual({ role: 'undone', order: '1' });
    expect(answer.nodes['charge-payment']).toEqual({ role: 'undone', order: '2' });
    expect(answer.nodes['reserve-inventory']).toEqual({ role: 'undone', order: '3' });
    expect(answer.nodes['hand-over']!.role).toBe('neverStarted');
    expect(whatIf(orderDocument, 'nobody')).toBeNull();
    expect(whatIf(orderDocument, 'settle')!.outcome).toBe('cannotFail');
  });
});
