/** From the slots of the drawing to those of the draft. Pure. */
import { sequencesIn } from '@/engine/flow/branches';
import type { FlowDocument, FlowNode } from '@/engine/flow/document';
import { findNode, withInner, type Draft, type DraftBranch } from '@/engine/flow/edit/draft';
import type { Operation, Slot } from '@/engine/flow/edit/operations';
import { titleOf } from '@/engine/flow/edit/places';
import type { SlotPlace } from '@/engine/flow/layout/layout';
import { nodeIn } from '@/engine/flow/tree';

export const slotKey = ({ branch, after, before }: SlotPlace): string =>
  `${branch ?? ''}|${after ?? ''}|${before ?? ''}`;

/**
 * Where something would be inserted, and what must be made before: a branch that the drawing shows and the draft lacks.
 */
export interface Landing {
  slot: Slot;
  first: Operation[];
}

/** Null: the place no longer exists. */
export function landingOf(draft: Draft, document: FlowDocument, { branch, after, before }: SlotPlace): Landing | null {
  if (branch === null) return { slot: { parent: null, branch: null, after, before }, first: [] };
  const parent = branch.slice(0, branch.indexOf('/'));
  const place = (id: string): Slot => ({ parent, branch: id, after, before });
  const found = branchOf(draft, document, branch);
  if (found) return { slot: place(found.id), first: [] };
  const node = nodeIn(document.steps, parent);
  const inner = node && sequencesIn(node).find(({ key }) => key === branch);
  if (!node || !inner || inner.path || !findNode(draft, parent)) return null;
  const made = impliedBranch(node);
  return made && { slot: place(made.id), first: [{ op: 'addBranch', parent, branch: made, before: null }] };
}

/** The branch of a draft that the drawing calls by this key; null: the draft has none. */
export function branchOf(draft: Draft, document: FlowDocument, key: string): DraftBranch | null {
  const parent = key.slice(0, key.indexOf('/'));
  const node = nodeIn(document.steps, parent);
  const [at, index = 0] = (node && sequencesIn(node).find((each) => each.key === key)?.path) ?? [];
  if (at === undefined) return null;
  return findNode(draft, parent)?.branches.filter((each) => each.at === at)[index as number] ?? null;
}

/** A choice without 'otherwise' continues there: inserting a step makes the branch. */
function impliedBranch(node: FlowNode): DraftBranch | null {
  return node.kind === 'choice'
    ? { id: 'otherwise', at: 'otherwise', fields: { title: 'Otherwise' }, steps: [] }
    : null;
}

/** Why nodes cannot be moved to a slot; null: they can. */
export function whyNotHere(draft: Draft, ids: readonly string[], { branch }: SlotPlace): string | null {
  const parent = branch === null ? null : branch.slice(0, branch.indexOf('/'));
  const moved = ids.flatMap((id) => {
    const node = findNode(draft, id);
    return node ? [node] : [];
  });
  for (const node of moved)
    if (parent !== null && withInner(node).some(({ id }) => id === parent))
      return 'A step cannot be moved into one of its own branches.';
  return null;
}

/** Where a slot is, in words. */
export function slotName(draft: Draft, { after, before, branch }: SlotPlace): string {
  const title = (id: string) => {
    const node = findNode(draft, id);
    return node ? `'${titleOf(node)}'` : id;
  };
  if (after !== null) return `after ${title(after)}`;
  if (before !== null) return `before ${title(before)}`;
  return branch === null ? 'the first step' : `into the branch ${branch.slice(branch.indexOf('/') + 1)}`;
}
