/**
 * Reverting what somebody did, perhaps long ago and with other people's edits since. What others changed in the
 * meantime is not touched: it is skipped, and named.
 */
import { apply } from './apply';
import { findNode, type Draft } from './draft';
import type { Operation } from './operations';
import { same, slotOf, titleOf, valueAt } from './places';

export interface Revert {
  /** To be applied as one gesture, in this order. */
  operations: Operation[];
  /** What remains as it is, and why, in words. */
  skipped: { operation: Operation; why: string }[];
}

/** `inverse`: of the gesture, as it was returned when the gesture was applied. */
export function revertOf(draft: Draft, inverse: readonly Operation[]): Revert {
  const revert: Revert = { operations: [], skipped: [] };
  let current = draft;
  for (const operation of inverse) {
    const changed = changedSince(current, operation);
    const outcome = changed === null ? apply(current, operation) : null;
    if (outcome && !outcome.refusal) {
      current = outcome.draft;
      revert.operations.push(operation);
    } else revert.skipped.push({ operation, why: changed ?? outcome?.refusal?.message ?? '' });
  }
  return revert;
}

/** Why a draft no longer has what an operation would take back; null: it has. */
function changedSince(draft: Draft, operation: Operation): string | null {
  switch (operation.op) {
    case 'remove': {
      const node = findNode(draft, operation.id);
      return node && !same(node, operation.was) ? `'${titleOf(node)}' was changed after it was added.` : null;
    }
    case 'removeBranch': {
      const branch = findNode(draft, operation.parent)?.branches.find(({ id }) => id === operation.id);
      return branch && !same(branch, operation.was)
        ? `The branch '${branch.id}' was changed after it was added.`
        : null;
    }
    case 'move': {
      const node = findNode(draft, operation.id);
      if (!node) return null;
      const { parent, branch } = slotOf(draft, operation.id);
      const isThere = parent === operation.from.parent && branch === operation.from.branch;
      return isThere ? null : `'${titleOf(node)}' was moved again.`;
    }
    case 'set': {
      const { target, path, was } = operation;
      const node = target.node === null ? null : findNode(draft, target.node);
      if (target.node !== null && !node) return null;
      const branch = target.node === null ? undefined : target.branch;
      const holder = branch === undefined ? node : node?.branches.find(({ id }) => id === branch);
      const now = valueAt((node ? holder?.fields : draft.flow) ?? {}, path);
      return same(now, was)
        ? null
        : `'${path.join('.')}' of ${node ? `'${titleOf(node)}'` : 'the flow'} was changed again.`;
    }
    default:
      return null;
  }
}
