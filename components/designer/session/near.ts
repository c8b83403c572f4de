/** Where an edit is in the drawing: so that it can still be found there if its own step is gone. Pure. */
import { indexOf, placeOf, sequenceAt, type Draft } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';

/** As many as are worth keeping: the others are as far away as the beginning of the flow. */
const MOST = 12;

/**
 * Ids of steps: the one that the edit is about, then those beside it, the nearest first, then those around it. Empty:
 * the edit is about the flow, or about a step that was not there.
 */
export function nearOf(operations: readonly Operation[], draft: Draft): string[] {
  const [first] = operations;
  if (first?.op === 'insert') {
    const { after, before, parent } = first.slot;
    return [first.node.id, after, before, parent].filter((id) => id !== null);
  }
  const own = first ? stepOf(first) : null;
  if (own === null || placeOf(draft, own) === null) return [];
  const found = [own];
  for (let place = placeOf(draft, own); place; place = place.parent === null ? null : placeOf(draft, place.parent)) {
    const { index } = place;
    const distance = (at: number) => Math.abs(at - index);
    const steps = (sequenceAt(draft, place) ?? []).map(({ id }, at) => ({ id, at })).filter(({ at }) => at !== index);
    found.push(...steps.sort((a, b) => distance(a.at) - distance(b.at)).map(({ id }) => id));
    if (place.parent !== null) found.push(place.parent);
  }
  return found.slice(0, MOST);
}

function stepOf(operation: Exclude<Operation, { op: 'insert' }>): string | null {
  switch (operation.op) {
    case 'set':
      return operation.target.node;
    case 'addBranch':
    case 'removeBranch':
    case 'moveBranch':
      return operation.parent;
    default:
      return operation.id;
  }
}

/** What of it is there now, and whether that is the step itself; null: nothing. */
export function nowNear(near: readonly string[], draft: Draft): { id: string; isItself: boolean } | null {
  const index = indexOf(draft);
  const at = near.findIndex((id) => index.get(id) !== undefined);
  return at < 0 ? null : { id: near[at]!, isItself: at === 0 };
}
