/**
 * Keeps the node objects of the canvas while their content is equal. React Flow and the cards compare by identity:
 * after a selection, or a change of one step, only the affected nodes are new objects, however many nodes there are.
 */
export interface KeptNode {
  id: string;
  type?: string;
  position: { x: number; y: number };
  width?: number;
  height?: number;
  data: Record<string, unknown>;
}

/** Returns a function that gets all nodes each time and replaces each by its last equal object. */
export function nodeKeeper<N extends KeptNode>(): (nodes: readonly N[]) => N[] {
  let kept = new Map<string, N>();
  return (nodes) => {
    const result = nodes.map((node) => {
      const before = kept.get(node.id);
      return before && alikeNode(before, node) ? before : node;
    });
    kept = new Map(result.map((node) => [node.id, node]));
    return result;
  };
}

function alikeNode(a: KeptNode, b: KeptNode): boolean {
  const placed = a.position.x === b.position.x && a.position.y === b.position.y;
  return placed && a.type === b.type && a.width === b.width && a.height === b.height && alike(a.data, b.data);
}

/** Views and ledger entries are new objects after each change of a run, so plain data is compared by content. */
function alike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  const right = b as Record<string, unknown>;
  return left.length === Object.keys(b).length && left.every(([key, value]) => key in b && alike(value, right[key]));
}
