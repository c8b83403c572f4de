/** Walks the tree of a flow: which nodes contain which, and which paths end. */
import type { Catch } from './nodes/fields';
import { factsOf, type FlowNode } from './nodes/table';

/** Every sequence inside a node, in reading order. */
export function nestedSteps(node: FlowNode): FlowNode[][] {
  return [...factsOf(node).branches(node), ...catchesOf(node).map(({ then }) => ({ steps: then }))].map(
    ({ steps }) => steps
  );
}
export function catchesOf(node: FlowNode): Catch[] {
  return 'catch' in node && node.catch ? node.catch : [];
}

/** Every node, in the order of the drawing. */
export function allNodes(steps: readonly FlowNode[]): FlowNode[] {
  return steps.flatMap((node) => [node, ...nestedSteps(node).flatMap(allNodes)]);
}

/** True if no path continues after this sequence. */
export function alwaysEnds(steps: readonly FlowNode[]): boolean {
  return steps.some((node) => {
    const { ends, runs, branches } = factsOf(node);
    const ways = branches(node);
    const allEnd = runs === 'one' && ways.length > 0 && ways.every((branch) => alwaysEnds(branch.steps));
    return (ends || allEnd) && handlersEnd(catchesOf(node));
  });
}
export const handlersEnd = (handlers: readonly Catch[]) => handlers.every((each) => alwaysEnds(each.then));
