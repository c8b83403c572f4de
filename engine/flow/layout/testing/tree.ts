/** Trees of every construct for property tests of the drawing, and the boxes of a drawing with names. */
import fc from 'fast-check';
import type { FlowNode } from '../../document';
import { catchesOf, nestedSteps } from '../../tree';
import type { Box, FlowLayout } from '../layout';

/** Trees with an id for every node. */
export const tree: fc.Arbitrary<FlowNode[]> = fc
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
    const group = fc.record({ ...base, kind: fc.constant('group' as const), steps, catch: caught });
    const each = fc.record({
      ...base,
      kind: fc.constant('each' as const),
      items: fc.constant('[]'),
      item: fc.constant('item'),
      concurrency: fc.constant(1),
      onFailure: fc.constant('stop' as const),
      steps,
      catch: caught,
    });
    const repeat = fc.record({
      ...base,
      kind: fc.constant('repeat' as const),
      until: fc.constant('true'),
      most: fc.constant(3),
      steps,
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
        parallel,
        group,
        each,
        repeat
      ) as fc.Arbitrary<FlowNode>,
    };
  })
  .steps.map((steps) => named(steps));

export function named(steps: readonly FlowNode[]): FlowNode[] {
  let next = 0;
  const copy = structuredClone(steps) as FlowNode[];
  const visit = (each: FlowNode[]) =>
    each.forEach((node) => {
      node.id = `n${next++}`;
      if (node.kind === 'choice' || node.kind === 'parallel')
        node.branches.forEach((branch) => (branch.id = `b${next++}`));
      catchesOf(node).forEach((handler, index) => (handler.id = `catch-${index}`));
      nestedSteps(node).forEach(visit);
    });
  visit(copy);
  return copy;
}
export function idsOf(steps: readonly FlowNode[]): string[] {
  return steps.flatMap((node) => [node.id, ...nestedSteps(node).flatMap(idsOf)]);
}
export const nodesOf = (steps: readonly FlowNode[]): FlowNode[] =>
  steps.flatMap((node) => [node, ...nestedSteps(node).flatMap(nodesOf)]);
export const boxes = (layout: FlowLayout): (Box & { what: string })[] => [
  ...layout.cards.map((box) => ({ ...box, what: `card ${box.id}` })),
  ...layout.folds.map((box) => ({ ...box, what: `fold ${box.key}` })),
  ...layout.frames.map((box) => ({ ...box, height: box.header, what: `header ${box.id}` })),
  ...layout.diamonds.filter((box) => box.role === 'choice').map((box) => ({ ...box, what: `choice ${box.id}` })),
  ...layout.bars.map((box) => ({ ...box, what: `bar ${box.role} ${box.id}` })),
  ...layout.summaries.map((box) => ({ ...box, what: `summary ${box.owner}` })),
  ...layout.labels.map((box) => ({ ...box, what: `label ${box.role} ${box.owner}` })),
];
export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
