/** Questions of both directions to the tree: where the point of no return lies, and which steps are undone. */
import { sequencesIn } from '../branches';
import { factsOf, type FlowNode } from '../nodes/table';
import { pivotPlaces } from '../pivots';
import { isLoop } from '../tree';

/** The facts of a whole flow on which its layout depends. */
export interface Tree {
  /** After the point of no return: retried until they succeed, never undone. */
  isAfterPivot(id: string): boolean;
  /** Nodes that are, or contain, steps with an undo of their own. */
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

/** The index of the first point of no return of a sequence; -1 if there is none. */
export function pivotIn(steps: readonly FlowNode[]): number {
  return steps.findIndex((node) => factsOf(node).step(node)?.pivot);
}

/** True if the path continues after a node, whether or not what is inside it is drawn. */
export function continuesAfter(node: FlowNode): boolean {
  const inner = sequencesIn(node).map(({ role, steps }) => {
    return { role, open: steps.every(continuesAfter) };
  });
  const branches = inner.filter(({ role }) => role === 'branch').map(({ open }) => open);
  return isOpen(node, branches) || inner.some(({ role, open }) => role === 'catch' && open);
}

/** True if the path continues after a node with these branches. */
export function isOpen(node: FlowNode, branchesOpen: readonly boolean[]): boolean {
  const { ends, runs } = factsOf(node);
  if (ends) return false;
  if (branchesOpen.length === 0 || isLoop(node)) return true;
  return runs === 'all' ? branchesOpen.every(Boolean) : branchesOpen.some(Boolean);
}
