import type { Operation } from '@/engine/flow/edit/operations';

const MOST = 10;

/** Ids of the steps that operations change, each once, at most ten. */
export function touchedBy(operations: readonly Operation[]): string[] {
  const ids = new Set<string>();
  for (const operation of operations) {
    const id = stepOf(operation);
    if (id !== null) ids.add(id);
    if (ids.size === MOST) break;
  }
  return [...ids];
}

function stepOf(operation: Operation): string | null {
  switch (operation.op) {
    case 'insert':
      return operation.node.id;
    case 'set':
      return operation.target.node;
    case 'rename':
      return operation.to;
    case 'remove':
    case 'move':
      return operation.id;
    default:
      return operation.parent;
  }
}
