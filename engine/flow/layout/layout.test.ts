import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FlowNode } from '../document';
import { BACK_OFFSET, layoutFlow, SIZES, type Box, type FlowLayout } from './layout';
import { structureOf } from './structure';
import { orderDocument } from '../../run-view/testing/order';
import { nestedSteps } from '../tree';

/** Trees of every construct, without ids; `named` gives each node its own. */
const tree: fc.Arbitrary<FlowNode[]> = fc
  .letrec<{ steps: FlowNode[]; node: FlowNode }>((tie) => {
    const steps = fc.array(tie('node'), { maxLength: 4 });
    const caught = fc.option(
      fc.array(fc.record({ types: fc.constant<string[]>([]), scope: fc.constant('undo' as const), then: steps }), {
        minLength: 1,
        maxLength: 2,
      }),
      { nil: undefined, depthIdentifier: 'flow' }
    );
    const branch = fc.record({ id: fc.constant('branch'), title: fc.constant('Branch'), steps });
    const base = { id: fc.constant('x'), title: fc.constant('Step') };
    const action = fc.record({
      ...base,
      kind: fc.constant('action' as const),
      activity: fc.constant('a'),
      input: fc.constant({}),
      undo: fc.option(fc.constant({ title: 'Undo', activity: 'u', input: {}, armed: 'completed' as const }), {
        nil: undefined,
      }),
      pivot: fc.option(fc.constant(true), { nil: undefined, freq: 9 }),
      catch: caught,
    });
    const choice = fc.record({
      ...base,
      kind: fc.constant('choice' as const),
      branches: fc.array(
        fc.record({ id: fc.constant('b'), title: fc.constant('B'), when: fc.constant('true'), steps }),
        {
          minLength: 1,
          maxLength: 3,
        }
      ),
      catch: caught,
    });
    const parallel = fc.record({
      ...base,
      kind: fc.constant('parallel' as const),
      unwind: fc.constant('reverse' as const),
      branches: fc.array(branch, { minLength: 2, maxLength: 3 }),
      catch: caught,
    });
    const approval = fc.record({
      ...base,
      kind: fc.constant('approval' as const),
      question: fc.constant('?'),
      candidates: fc.constant<string[]>([]),
      data: fc.constant(null),
      onTimeout: fc.constant('fail' as const),
      requireComment: fc.constant('never' as const),
      onReject: fc.option(steps, { nil: undefined }),
      catch: caught,
    });
    const fail = fc.record({
      ...base,
      kind: fc.constant('fail' as const),
      errorType: fc.constant('E'),
      message: fc.constant(''),
    });
    return {
      steps,
      node: fc.oneof(
        { depthSize: 'small', depthIdentifier: 'flow' },
        action,
        fail,
        approval,
        choice,
        parallel
      ) as fc.Arbitrary<FlowNode>,
    };
  })
  .steps.map((steps) => named(steps));

function named(steps: readonly FlowNode[]): FlowNode[] {
  let next = 0;
  const copy = structuredClone(steps) as FlowNode[];
  const visit = (each: FlowNode[]) =>
    each.forEach((node) => {
      node.id = `n${next++}`;
      if (node.kind === 'choice' || node.kind === 'parallel')
        node.branches.forEach((branch) => (branch.id = `b${next++}`));
      nestedSteps(node).forEach(visit);
    });
  visit(copy);
  return copy;
}
function idsOf(steps: readonly FlowNode[]): string[] {
  return steps.flatMap((node) => [node.id, ...nestedSteps(node).flatMap(idsOf)]);
}
const boxes = (layout: FlowLayout): (Box & { what: string })[] => [
  ...layout.cards.map((box) => ({ ...box, what: `card ${box.id}` })),
  ...layout.diamonds.filter((box) => box.role === 'choice').map((box) => ({ ...box, what: `choice ${box.id}` })),
  ...layout.bars.map((box) => ({ ...box, what: `bar ${box.role} ${box.id}` })),
  ...layout.labels.map((box) => ({ ...box, what: `label ${box.role} ${box.owner}` })),
];
function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
const headOf = (layout: FlowLayout, id: string) =>
  layout.cards.find((box) => box.id === id) ??
  layout.diamonds.find((box) => box.id === id && box.role === 'choice') ??
  layout.bars.find((box) => box.id === id && box.role === 'fork');

describe('layout of a flow', () => {
  it('[L1] no two boxes overlap', () => {
    fc.assert(
      fc.property(tree, (steps) => {
        const all = boxes(layoutFlow({ steps }));
        for (let a = 0; a < all.length; a++)
          for (let b = a + 1; b < all.length; b++)
            if (overlap(all[a]!, all[b]!)) throw new Error(`${all[a]!.what} overlaps ${all[b]!.what}`);
      }),
      { numRuns: 400 }
    );
  });
  it('[L2] siblings stand in their order, branches under each other in theirs', () => {
    fc.assert(
      fc.property(tree, (steps) => {
        const layout = layoutFlow({ steps });
        const check = (each: readonly FlowNode[]) => {
          each.forEach((node, index) => {
            const here = headOf(layout, node.id)!;
            const next = each[index + 1] && headOf(layout, each[index + 1]!.id);
            if (next) expect(next.x).toBeGreaterThanOrEqual(here.x + here.width + SIZES.gap);
            if (node.kind === 'choice' || node.kind === 'parallel') {
              const rows = node.branches.flatMap((branch) =>
                branch.steps[0] ? [centre(layout, branch.steps[0].id)] : []
              );
              expect(rows).toEqual([...rows].sort((a, b) => a - b));
            }
            nestedSteps(node).forEach(check);
          });
        };
        check(steps);
      })
    );
  });
  it('[L3] every node has exactly one place, and every branch is listed', () => {
    fc.assert(
      fc.property(tree, (steps) => {
        const layout = layoutFlow({ steps });
        const heads = [
          ...layout.cards.map((box) => box.id),
          ...layout.diamonds.filter((box) => box.role === 'choice').map((box) => box.id),
          ...layout.bars.filter((box) => box.role === 'fork').map((box) => box.id),
        ];
        expect(heads.sort()).toEqual(idsOf(steps).sort());
        expect(new Set(layout.threads.map((thread) => thread.id)).size).toBe(layout.threads.length);
        expect(structureOf({ steps }).order).toHaveLength(heads.length);
      })
    );
  });
  it('[L4] the same tree gives the same layout; a step added at the end moves nothing before it', () => {
    fc.assert(
      fc.property(tree, (steps) => {
        const layout = layoutFlow({ steps });
        expect(layoutFlow({ steps: structuredClone(steps) })).toEqual(layout);
        const added: FlowNode = { id: 'added', title: 'Added', kind: 'set', values: {} };
        const after = layoutFlow({ steps: [...steps, added] });
        expect(after.cards.filter((box) => box.id !== 'added')).toEqual(layout.cards);
        expect(after.bars).toEqual(layout.bars);
      })
    );
  });
  it('[L5] everything lies within the bounds', () => {
    fc.assert(
      fc.property(tree, (steps) => {
        const layout = layoutFlow({ steps });
        const { bounds } = layout;
        for (const box of boxes(layout).filter((each) => !each.what.startsWith('label'))) {
          expect(box.x).toBeGreaterThanOrEqual(bounds.x);
          expect(box.y).toBeGreaterThanOrEqual(bounds.y);
          expect(box.x + box.width).toBeLessThanOrEqual(bounds.x + bounds.width);
          expect(box.y + box.height).toBeLessThanOrEqual(bounds.y + bounds.height);
        }
      })
    );
  });
  it('[L6] 500 nodes are laid out in a few milliseconds', () => {
    const steps = named(Array.from({ length: 72 }, () => orderDocument.steps.slice(0, 4)).flat());
    expect(idsOf(steps).length).toBeGreaterThan(500);
    layoutFlow({ steps });
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      layoutFlow({ steps });
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });
  it('[L7] the back thread runs through the linings of its sequence and ends at the pivot', () => {
    const layout = layoutFlow(orderDocument);
    const back = layout.threads.find((thread) => thread.kind === 'back' && thread.branch === null)!;
    const pivot = layout.pivots[0]!;
    expect(pivot.id).toBe('hand-over');
    expect(back.path.startsWith(`M${pivot.x} ${BACK_OFFSET}L`)).toBe(true);
    const furthest = Math.max(...[...back.path.matchAll(/[ML](-?[\d.]+) /g)].map((match) => Number(match[1])));
    expect(furthest).toBe(pivot.x);
    expect(layout.cards.find((card) => card.id === 'send-confirmation')!.afterPivot).toBe(true);
    expect(layout.cards.find((card) => card.id === 'hand-over')!.afterPivot).toBe(false);
  });
  it('[L8] no back thread without anything to undo', () => {
    const steps = named([
      { id: 'x', title: 'A', kind: 'set', values: {} },
      { id: 'y', title: 'B', kind: 'set', values: {} },
    ]);
    expect(layoutFlow({ steps }).threads.some((thread) => thread.kind === 'back')).toBe(false);
  });
});

function centre(layout: FlowLayout, id: string): number {
  const box = headOf(layout, id)!;
  return box.y;
}

describe('the way of the arrow keys', () => {
  const { order, neighbours } = structureOf(orderDocument);
  it('[K1] right follows the thread into a branch and out of it', () => {
    const way = ['reserve-inventory'];
    for (let next = neighbours[way[0]!]!.right; next; next = neighbours[next]!.right) way.push(next);
    expect(way).toEqual([
      'reserve-inventory',
      'large-order',
      'approve-order',
      'charge-payment',
      'fulfil',
      'create-shipment',
      'hand-over',
      'send-confirmation',
      'finished',
    ]);
  });
  it('[K2] left undoes right along one branch', () => {
    expect(neighbours['charge-payment']!.left).toBe('approve-order');
    expect(neighbours['approve-order']!.left).toBe('large-order');
    expect(neighbours['hand-over']!.left).toBe('create-shipment');
  });
  it('[K3] up and down go between branches and to what handles a failure', () => {
    expect(neighbours['create-shipment']!.down).toBe('book-invoice');
    expect(neighbours['settle']!.up).toBe('create-shipment');
    expect(neighbours['send-confirmation']!.up).toBe('note-failure');
    expect(neighbours['note-failure']!.down).toBe('send-confirmation');
  });
  it('[K4] every node can be reached by arrows from the first', () => {
    fc.assert(
      fc.property(tree, (steps) => {
        fc.pre(steps.length > 0);
        const structure = structureOf({ steps });
        const seen = new Set<string>();
        const queue = [steps[0]!.id];
        for (let id = queue.pop(); id; id = queue.pop()) {
          if (seen.has(id)) continue;
          seen.add(id);
          queue.push(...Object.values(structure.neighbours[id] ?? {}));
        }
        expect([...seen].sort()).toEqual([...structure.order].sort());
      })
    );
    expect(new Set(order).size).toBe(order.length);
  });
});
