/**
 * The search in a flow. Pure.
 *
 * Rules
 * [FS1] A step is found by its title, its id, what it calls, and any text in its fields or in those of its branches.
 * [FS2] Capitals do not count. Matches are in reading order, those of the tray last.
 */
import { draftNodes, type Draft, type DraftNode, type Json } from '@/engine/flow/edit/draft';

export function findSteps(draft: Draft, text: string): string[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  return draftNodes(draft)
    .filter((node) => textsOf(node).some((each) => each.includes(wanted)))
    .map(({ id }) => id);
}

/** Nodes are immutable, so the texts of one are read once, not at every key. */
const texts = new WeakMap<DraftNode, readonly string[]>();
function textsOf(node: DraftNode): readonly string[] {
  let found = texts.get(node);
  if (!found) {
    const own = [node.fields, ...node.branches.map(({ fields }) => fields)].flatMap((each) => within(each as Json));
    found = [node.id, ...own].map((each) => each.toLowerCase());
    texts.set(node, found);
  }
  return found;
}
function within(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(within) : [];
}
