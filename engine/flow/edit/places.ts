/** Finding and changing places of a draft. What is not there is refused. */
import {
  findNode,
  handOnIndex,
  indexOf,
  placeOf,
  rankOf,
  sequenceAt,
  TRAY,
  type Draft,
  type DraftBranch,
  type DraftNode,
  type Fields,
  type Json,
  type SequencePlace,
} from './draft';
import type { Note, Slot, Target } from './operations';
import { refuse } from './refuse';
import { visibleText } from '../values/text';

export function nodeIn(draft: Draft, id: string): DraftNode {
  return findNode(draft, id) ?? refuse('gone', `The step '${id}' no longer exists.`);
}
export function branchIn(node: DraftNode, id: string): DraftBranch {
  return (
    node.branches.find((each) => each.id === id) ??
    refuse('gone', `The branch '${id}' of '${titleOf(node)}' no longer exists.`)
  );
}

/** Where a node is, as a slot that leads there when the node is taken out. */
export function slotOf(draft: Draft, id: string): Slot {
  const place = placeOf(draft, id) ?? refuse('gone', `The step '${id}' no longer exists.`);
  const { parent, branch, index } = place;
  const steps = sequenceAt(draft, place)!;
  return { parent, branch, after: steps[index - 1]?.id ?? null, before: steps[index + 1]?.id ?? null };
}

/** [ED5] */
export function resolve(draft: Draft, slot: Slot, id: string): { place: SequencePlace; index: number; notes: Note[] } {
  const { parent, branch, after, before } = slot;
  const steps = sequenceAt(draft, { parent, branch });
  if (!steps) return { place: TRAY, index: draft.tray.length, notes: [{ code: 'moved-to-tray', id }] };
  const place = { parent, branch };
  const at = (wanted: string | null) => (wanted === null ? -1 : steps.findIndex((each) => each.id === wanted));
  if (at(after) >= 0) return { place, index: at(after) + 1, notes: [] };
  if (at(before) >= 0) return { place, index: at(before), notes: [] };
  return { place, index: after === null && before !== null ? 0 : steps.length, notes: [] };
}

/** The branch of the same field behind one: null at the end. */
export function branchAfter(draft: Draft, parent: string, id: string): string | null {
  const { branches } = nodeIn(draft, parent);
  const index = branches.findIndex((each) => each.id === id);
  const { at } = branches[index]!;
  return branches.slice(index + 1).find((each) => each.at === at)?.id ?? null;
}
/** Where a branch comes before another of its field; without one behind the last of its field. */
export function branchIndex({ kind, branches }: DraftNode, at: string, before: string | null): number {
  const index = branches.findIndex((each) => each.id === before && each.at === at);
  return index >= 0 ? index : branches.filter((each) => rankOf(kind, each.at) <= rankOf(kind, at)).length;
}

/** Copies the path to a sequence. What is in the sequence is in the index already. */
function changeSequence(
  draft: Draft,
  { parent, branch }: SequencePlace,
  change: (steps: readonly DraftNode[]) => readonly DraftNode[]
): Draft {
  if (parent === null)
    return handOnIndex(
      draft,
      branch === null ? { ...draft, steps: change(draft.steps) } : { ...draft, tray: change(draft.tray) }
    );
  const index = indexOf(draft);
  const { node, ...around } = index.get(parent)!;
  const branches = node.branches.map((each) => (each.id === branch ? { ...each, steps: change(each.steps) } : each));
  const changed = { ...node, branches };
  index.carry(changed);
  return changeSequence(draft, around, (steps) => steps.with(steps.indexOf(node), changed));
}

export function changeNode(draft: Draft, id: string, change: (node: DraftNode) => DraftNode): Draft {
  const index = indexOf(draft);
  const { node, ...around } = index.get(id)!;
  const changed = change(node);
  if (changed === node) return draft;
  index.replace(node, changed);
  return changeSequence(draft, around, (steps) => steps.with(steps.indexOf(node), changed));
}

export function withNode(draft: Draft, place: SequencePlace, at: number, node: DraftNode): Draft {
  indexOf(draft).add(node, place);
  return changeSequence(draft, place, (steps) => steps.toSpliced(at, 0, node));
}
export function withoutNode(draft: Draft, id: string): Draft {
  const index = indexOf(draft);
  const { node, ...around } = index.get(id)!;
  index.remove(node);
  return changeSequence(draft, around, (steps) => steps.toSpliced(steps.indexOf(node), 1));
}
/** Takes a node out, and puts it where `to` says in the draft without it. */
export function withMoved<At extends { place: SequencePlace; index: number }>(
  draft: Draft,
  id: string,
  to: (without: Draft) => At
): { draft: Draft; at: At } {
  const index = indexOf(draft);
  const { node, ...around } = index.get(id)!;
  const without = changeSequence(draft, around, (steps) => steps.toSpliced(steps.indexOf(node), 1));
  const at = to(without);
  index.move(id, at.place);
  return { draft: changeSequence(without, at.place, (steps) => steps.toSpliced(at.index, 0, node)), at };
}

export function changeFields(draft: Draft, target: Target, change: (fields: Fields) => Fields): Draft {
  if (target.node === null) return { ...draft, flow: change(draft.flow) };
  nodeIn(draft, target.node);
  return changeNode(draft, target.node, (node) => {
    if (target.branch === undefined) return { ...node, fields: change(node.fields) };
    const { id } = branchIn(node, target.branch);
    const branches = node.branches.map((each) => (each.id === id ? { ...each, fields: change(each.fields) } : each));
    return { ...node, branches };
  });
}

const fieldsOf = (value: Json | undefined): Fields | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;

export function valueAt(fields: Fields, path: readonly string[]): Json | undefined {
  let value: Json | undefined = fields as Json;
  for (const name of path) {
    const inner: Fields | null = fieldsOf(value);
    if (inner === null || !Object.hasOwn(inner, name)) return undefined;
    value = inner[name];
  }
  return value;
}

export function withValue(fields: Fields, [name, ...rest]: readonly string[], value: Json | undefined): Fields {
  if (name === undefined) return fields;
  if (rest.length > 0) {
    const inner = Object.hasOwn(fields, name) ? fieldsOf(fields[name]) : null;
    if (inner === null) return refuse('gone', `The field '${name}' no longer has fields of its own.`);
    return { ...fields, [name]: withValue(inner, rest, value) as Json };
  }
  if (value !== undefined) return { ...fields, [name]: value };
  const { [name]: _, ...others } = fields;
  return others;
}

export const valueOr = (name: 'value' | 'was', value: Json | undefined) =>
  value === undefined ? {} : { [name]: value };

/** What a person calls a node, for sentences and lists: hidden characters are written out. */
export const titleOf = ({ id, fields }: DraftNode) =>
  typeof fields.title === 'string' && fields.title.trim() !== '' ? visibleText(fields.title) : id;

/** Are two values the same, field by field? The order of fields does not count. */
export function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  return (
    left.length === Object.keys(b).length &&
    left.every(([key, value]) => Object.hasOwn(b, key) && same(value, (b as Record<string, unknown>)[key]))
  );
}
