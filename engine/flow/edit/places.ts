/** Finding and changing places of a draft. What is not there is refused. */
import {
  findNode,
  placeOf,
  rankOf,
  sequenceAt,
  TRAY,
  withInner,
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

export function changeSequence(
  draft: Draft,
  { parent, branch }: SequencePlace,
  change: (steps: readonly DraftNode[]) => readonly DraftNode[]
): Draft {
  if (parent === null)
    return branch === null ? { ...draft, steps: change(draft.steps) } : { ...draft, tray: change(draft.tray) };
  return changeNode(draft, parent, (node) => ({
    ...node,
    branches: node.branches.map((each) => (each.id === branch ? { ...each, steps: change(each.steps) } : each)),
  }));
}

export function changeNode(draft: Draft, id: string, change: (node: DraftNode) => DraftNode): Draft {
  const inSteps = (steps: readonly DraftNode[]): readonly DraftNode[] => {
    const index = steps.findIndex((node) => withInner(node).some((each) => each.id === id));
    if (index < 0) return steps;
    const node = steps[index]!;
    return steps.with(index, node.id === id ? change(node) : inBranches(node));
  };
  const inBranches = (node: DraftNode): DraftNode => ({
    ...node,
    branches: node.branches.map((branch) => {
      const steps = inSteps(branch.steps);
      return steps === branch.steps ? branch : { ...branch, steps };
    }),
  });
  const steps = inSteps(draft.steps);
  return steps === draft.steps ? { ...draft, tray: inSteps(draft.tray) } : { ...draft, steps };
}

export function withoutNode(draft: Draft, id: string): Draft {
  const place = placeOf(draft, id)!;
  return changeSequence(draft, place, (steps) => steps.toSpliced(place.index, 1));
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
  typeof fields.title === 'string' ? visibleText(fields.title) : id;

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
