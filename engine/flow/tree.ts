/** Walks the tree of a flow: which nodes contain which, and which paths end. */
import type { Catch } from './nodes/fields';
import { factsOf, type FlowNode } from './nodes/table';

/** Every sequence inside a node, in reading order. */
export function nestedSteps(node: FlowNode): FlowNode[][] {
  const own = factsOf(node).branches(node);
  const handlers = catchesOf(node);
  if (own.length === 0 && handlers.length === 0) return NONE;
  return [...own.map(({ steps }) => steps), ...handlers.map(({ then }) => then)];
}
/** Most nodes have nothing inside, and a large flow is walked at every edit. All share it, so nobody may add to it. */
const NONE = Object.freeze([]) as unknown as never[];
export function catchesOf(node: FlowNode): Catch[] {
  return 'catch' in node && node.catch ? node.catch : NONE;
}

/** The names that only expressions inside a node can read: in a branch of it, or in one handler. */
export function innerNamesOf(node: FlowNode): { name: string; path: (string | number)[]; steps: FlowNode[] }[] {
  const inBranches = factsOf(node).branches(node);
  return [
    ...inBranches.flatMap(({ names = [], steps }) => names.map((given) => ({ ...given, steps }))),
    ...catchesOf(node).flatMap(({ as, then }, index) =>
      as === undefined ? [] : [{ name: as, path: ['catch', index, 'as'], steps: then }]
    ),
  ];
}

/** Every node, in the order of the drawing. */
export function allNodes(steps: readonly FlowNode[]): FlowNode[] {
  const found: FlowNode[] = [];
  const visit = (sequence: readonly FlowNode[]) => {
    for (const node of sequence) {
      found.push(node);
      for (const inner of nestedSteps(node)) visit(inner);
    }
  };
  visit(steps);
  return found;
}

const known = new WeakMap<readonly FlowNode[], ReadonlyMap<string, FlowNode>>();
/** The node of an id, wherever it is in these steps. They are read once: a document is never changed in place. */
export function nodeIn(steps: readonly FlowNode[], id: string): FlowNode | undefined {
  let nodes = known.get(steps);
  if (!nodes) known.set(steps, (nodes = new Map(allNodes(steps).map((node) => [node.id, node]))));
  return nodes.get(id);
}

/**
 * True if its steps run any number of times: the id of a run of such a step contains the number of the item or round.
 */
export function isLoop(node: FlowNode): boolean {
  const { runs } = factsOf(node);
  return runs === 'items' || runs === 'rounds';
}

/** True if no path continues after this sequence. */
export function alwaysEnds(steps: readonly FlowNode[]): boolean {
  return steps.some((node) => {
    const { ends, runs, branches } = factsOf(node);
    const ways = branches(node);
    const allEnd =
      (runs === 'one' || runs === 'first' || runs === 'once') &&
      ways.length > 0 &&
      ways.every((branch) => alwaysEnds(branch.steps));
    return (ends || allEnd) && handlersEnd(catchesOf(node));
  });
}
export const handlersEnd = (handlers: readonly Catch[]) => handlers.every((each) => alwaysEnds(each.then));

/** True if it, or a node in it, can fail without being handled. */
export function canFail(node: FlowNode): boolean {
  if (catchesOf(node).some((each) => each.types.length === 0 && !each.then.some(canFail))) return false;
  const { fails } = factsOf(node);
  return fails === 'inside' ? nestedSteps(node).some((inner) => inner.some(canFail)) : fails === 'itself';
}
