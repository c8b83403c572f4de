/** What both directions ask of the tree: where the point of no return lies, and what is undone. */
import { sequencesIn } from '../branches';
import { factsOf, type FlowNode } from '../nodes/table';
import { pivotPlaces } from '../pivots';

/** The facts of a whole flow that its layout depends on. */
export interface Tree {
  /** Behind the point of no return: retried until done, never undone. */
  isAfterPivot(id: string): boolean;
  /** Steps of these nodes, and of what they contain, that are undone by a step of their own. */
  undoes(nodes: readonly FlowNode[]): string[];
}

export function treeOf(steps: readonly FlowNode[]): Tree {
  const places = pivotPlaces(steps);
  const isAfterPivot = (id: string) => places.get(id) === 'after';
  const undoes = (nodes: readonly FlowNode[]): string[] =>
    nodes.flatMap((node) => [
      ...(factsOf(node).step(node)?.undo && !isAfterPivot(node.id) ? [node.id] : []),
      ...sequencesIn(node).flatMap((inner) => undoes(inner.steps)),
    ]);
  return { isAfterPivot, undoes };
}

/** The first point of no return of a sequence; -1 where it has none. */
export function pivotIn(steps: readonly FlowNode[]): number {
  return steps.findIndex((node) => factsOf(node).step(node)?.pivot);
}

/** Does the path go on behind a node with these branches? */
export function isOpen(node: FlowNode, branchesOpen: readonly boolean[]): boolean {
  const { ends, runs } = factsOf(node);
  if (ends) return false;
  if (branchesOpen.length === 0) return true;
  return runs === 'all' ? branchesOpen.every(Boolean) : branchesOpen.some(Boolean);
}
