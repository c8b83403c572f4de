/**
 * What can be done with the selected nodes, in one table: the menu of a node, the keys and the command menu offer
 * the same actions, with the same words and the same reasons why not. Pure: an action gives operations, and what to
 * select then.
 */
import type { Catalogue } from '@/engine/flow/catalogue';
import type { FlowNode, NodeKind } from '@/engine/flow/document';
import { addCatch, newNode, paste, unwrap, wrap } from '@/engine/flow/edit/compose';
import {
  findNode,
  OUTERMOST,
  placeOf,
  sequenceAt,
  TRAY,
  withInner,
  type Draft,
  type DraftNode,
  type Json,
} from '@/engine/flow/edit/draft';
import { addFurtherBranch } from '@/engine/flow/edit/branches';
import { newUndo, suggestedUndo } from '@/engine/flow/edit/fields';
import type { Operation, Slot } from '@/engine/flow/edit/operations';
import { slotOf, titleOf } from '@/engine/flow/edit/places';
import { factsOf, NODE_KINDS } from '@/engine/flow/nodes/table';

export interface Edit {
  operations: Operation[];
  /** The node to select afterwards; undefined: the selection remains. */
  select?: string | null;
  /** Part of it that is then shown in the inspector. */
  part?: 'step' | 'undo';
  /** The title of the selected node is edited next. */
  rename?: boolean;
  /** The key of a branch that is brought into view; the selection remains. */
  show?: string;
}

/** Nodes in reading order, without those inside others: what is moved, copied or deleted together. */
export function outermost(draft: Draft, ids: Iterable<string>): string[] {
  const wanted = new Set(ids);
  const [only] = wanted;
  // A node alone needs no walk through the flow.
  if (wanted.size < 2) return only !== undefined && findNode(draft, only) ? [only] : [];
  const order: string[] = [];
  const visit = (steps: readonly DraftNode[], within: boolean) => {
    for (const node of steps) {
      const isWanted = wanted.has(node.id);
      if (isWanted && !within) order.push(node.id);
      for (const branch of node.branches) visit(branch.steps, within || isWanted);
    }
  };
  visit(draft.steps, false);
  visit(draft.tray, false);
  return order;
}

/** Selected nodes that follow each other in one sequence; null: they do not. */
export function neighbours(draft: Draft, ids: readonly string[]): string[] | null {
  const [first] = ids;
  const place = first === undefined ? null : placeOf(draft, first);
  if (!place) return null;
  const steps = sequenceAt(draft, place)!.slice(place.index, place.index + ids.length);
  return steps.length === ids.length && steps.every(({ id }) => ids.includes(id)) ? steps.map(({ id }) => id) : null;
}

export function remove(draft: Draft, ids: readonly string[]): Edit {
  if (ids.length === 0) return { operations: [] };
  return {
    operations: ids.map((id): Operation => ({ op: 'remove', id, was: findNode(draft, id)!, from: slotOf(draft, id) })),
    select: besideOf(draft, ids),
  };
}

/** What is selected when these have left the drawing, so that the keys go on at the same place. */
function besideOf(draft: Draft, ids: readonly string[]): string | null {
  const [first] = ids;
  const { after, before } = slotOf(draft, first!);
  const last = slotOf(draft, ids.at(-1)!);
  const gone = new Set(ids);
  const candidates = [last.before, after, before, placeOf(draft, first!)!.parent];
  return candidates.find((id) => id !== null && id !== undefined && !gone.has(id)) ?? null;
}

/** Behind a node. */
export function slotAfter(draft: Draft, id: string): Slot {
  const { parent, branch, before } = slotOf(draft, id);
  return { parent, branch, after: id, before };
}
export function slotAtEnd(draft: Draft): Slot {
  return { ...OUTERMOST, after: draft.steps.at(-1)?.id ?? null, before: null };
}

export function insert(node: DraftNode, slot: Slot, first: readonly Operation[] = []): Edit {
  return { operations: [...first, { op: 'insert', node, slot }], select: node.id, part: 'step', rename: true };
}

export function duplicate(draft: Draft, ids: readonly string[]): Edit {
  const last = ids.at(-1);
  if (last === undefined) return { operations: [] };
  return pasted(
    draft,
    ids.map((id) => findNode(draft, id)!),
    slotAfter(draft, last)
  );
}
export function pasted(draft: Draft, nodes: readonly DraftNode[], slot: Slot, first: readonly Operation[] = []): Edit {
  const operations = paste(draft, nodes, slot);
  const [inserted] = operations;
  return { operations: [...first, ...operations], select: inserted?.op === 'insert' ? inserted.node.id : undefined };
}

/**
 * A selection that was extended by one step of its sequence, or made smaller by the last one. The first is where it
 * began. Null: there is no such step.
 */
export function extended(draft: Draft, selected: readonly string[], by: 1 | -1): string[] | null {
  const last = selected.at(-1);
  const place = last === undefined ? null : placeOf(draft, last);
  const next = place && sequenceAt(draft, place)![place.index + by]?.id;
  if (!next) return null;
  if (next === selected.at(-2)) return selected.slice(0, -1);
  return selected.includes(next) ? null : [...selected, next];
}

/** Moves nodes to a slot, behind each other. */
export function moveTo(draft: Draft, ids: readonly string[], slot: Slot, first: readonly Operation[] = []): Edit {
  let { after } = slot;
  const operations = ids.map((id): Operation => {
    const move: Operation = { op: 'move', id, slot: { ...slot, after }, from: slotOf(draft, id) };
    after = id;
    return move;
  });
  return { operations: [...first, ...operations] };
}

/** One place earlier or later along the flow; at the end of a branch out of it. Null: there is no such place. */
export function moveBy(draft: Draft, id: string, by: 1 | -1): Edit | null {
  const place = placeOf(draft, id);
  if (!place || place.branch === 'tray') return null;
  const { parent, branch, index } = place;
  const steps = sequenceAt(draft, place)!;
  const at = (target: number): Slot => ({
    parent,
    branch,
    after: steps[by === 1 ? target : target - 1]?.id ?? null,
    before: steps[by === 1 ? target + 1 : target]?.id ?? null,
  });
  const target = index + by;
  if (target >= 0 && target < steps.length) return moveTo(draft, [id], at(target));
  if (parent === null) return null;
  const around = slotOf(draft, parent);
  return moveTo(draft, [id], by === 1 ? { ...around, after: parent } : { ...around, before: parent });
}

/**
 * A branch of the node's own kind: a further branch of a choice or a parallel, or the side branch of an approval or a
 * wait.
 */
export function addBranch(draft: Draft, id: string): Edit | null {
  return withBranch(addFurtherBranch(draft, id));
}
function withBranch(operations: Operation[]): Edit | null {
  const added = operations.find((each) => each.op === 'addBranch');
  const show = added?.op === 'addBranch' ? { show: `${added.parent}/${added.branch.id}` } : {};
  return operations.length > 0 ? { operations, ...show } : null;
}

export const hasUndo = ({ fields }: DraftNode) => fields.undo !== undefined;

/** What the undo of a step is called; null: it has none. */
export function undoTitle({ fields: { undo } }: DraftNode): string | null {
  const title = typeof undo === 'object' && undo !== null && !Array.isArray(undo) ? undo.title : null;
  return typeof title === 'string' ? title : null;
}

/** Whether nothing is undone any more when a step begins. */
export type AfterPivot = (id: string) => boolean;

/** Why a step cannot have an undo; null: it can. */
export function whyNoUndo(node: DraftNode, catalogue: Catalogue, isAfterPivot: AfterPivot): string | null {
  const step = factsOf({ kind: node.kind } as FlowNode).step({
    ...node.fields,
    id: node.id,
    kind: node.kind,
  } as FlowNode);
  if (!step) return `${titleOf(node)} has no effect to undo.`;
  const { activity, effect } = node.fields;
  const declared =
    typeof activity === 'string' && Object.hasOwn(catalogue, activity) ? catalogue[activity]?.effect : null;
  if (declared === 'none') return 'What it calls changes nothing, so there is nothing to undo.';
  if (declared === 'irreversible') return 'What it calls cannot be undone.';
  if (hasUndo(node)) return null;
  if (effect === 'irreversible') return 'Its effect is irreversible. Change the effect first.';
  if (isAfterPivot(node.id)) return 'After the point of no return nothing is undone.';
  return null;
}

/** A generic step gets the effect that an undo needs; the same gesture adds both. */
export function addUndo(draft: Draft, id: string, catalogue: Catalogue, isAfterPivot: AfterPivot): Edit | null {
  const node = findNode(draft, id);
  if (!node || whyNoUndo(node, catalogue, isAfterPivot) !== null) return null;
  if (hasUndo(node)) return { operations: [], select: id, part: 'undo' };
  return withUndo(node, newUndo(node, catalogue), catalogue);
}

function withUndo(node: DraftNode, undo: Json, catalogue: Catalogue): Edit {
  const { activity, effect, undo: was } = node.fields;
  const known = typeof activity === 'string' && Object.hasOwn(catalogue, activity) ? catalogue[activity] : undefined;
  const target = { node: node.id };
  const operations: Operation[] = [
    { op: 'set', target, path: ['undo'], value: undo, ...(was === undefined ? {} : { was }) },
  ];
  if (known?.effect === 'per-step' && effect !== 'reversible')
    operations.unshift({
      op: 'set',
      target,
      path: ['effect'],
      value: 'reversible',
      ...(effect === undefined ? {} : { was: effect }),
    });
  return { operations, select: node.id, part: 'undo' };
}

interface Dropped {
  title: string;
  /** Null for what is no operation. */
  activity: string | null;
}
/** Why an item of the palette cannot become the undo of a step; null: it can. */
export function whyNotUndoWith(
  draft: Draft,
  id: string,
  { activity }: Dropped,
  catalogue: Catalogue,
  isAfterPivot: AfterPivot
): string | null {
  const node = findNode(draft, id);
  if (!node) return 'This step is gone.';
  if (activity === null) return 'Only an operation can undo a step.';
  return whyNoUndo(node, catalogue, isAfterPivot);
}

/** An operation becomes the undo of a step, with the input that the catalogue suggests if it suggests this one. */
export function undoWith(
  draft: Draft,
  id: string,
  dropped: Dropped,
  catalogue: Catalogue,
  isAfterPivot: AfterPivot
): Edit | null {
  const node = findNode(draft, id);
  const { title, activity } = dropped;
  if (!node || activity === null || whyNotUndoWith(draft, id, dropped, catalogue, isAfterPivot) !== null) return null;
  const suggested = suggestedUndo(node, catalogue) as { activity?: Json } | null;
  const undo = suggested?.activity === activity ? suggested : { title, activity, input: {}, armed: 'completed' };
  return withUndo(node, undo as Json, catalogue);
}

export function handleFailure(draft: Draft, id: string): Edit | null {
  return withBranch(addCatch(draft, id));
}

/** Kinds into whose first branch steps can be put. */
export const WRAPPERS: readonly NodeKind[] = NODE_KINDS.filter((kind) => {
  const { holds } = factsOf({ kind } as FlowNode);
  const [first] = Object.entries(holds);
  return first !== undefined && first[1] !== 'handlers' && newNodeHasBranch(kind);
});
function newNodeHasBranch(kind: NodeKind): boolean {
  return newNode({ flow: {}, steps: [], tray: [] }, kind).branches.length > 0;
}

export function wrapIn(draft: Draft, ids: readonly string[], kind: NodeKind): Edit | null {
  const steps = neighbours(draft, ids);
  const operations = steps ? wrap(draft, steps, kind) : [];
  const [shell] = operations;
  return shell?.op === 'insert' ? { operations, select: shell.node.id, rename: true } : null;
}
export function unwrapNode(draft: Draft, id: string): Edit | null {
  const node = findNode(draft, id);
  const inner = node?.branches.flatMap((branch) => branch.steps) ?? [];
  if (inner.length === 0) return null;
  return { operations: unwrap(draft, id), select: inner[0]!.id };
}

/** Those that are set aside already remain where they are. */
export function setAside(draft: Draft, ids: readonly string[]): Edit {
  const drawn = ids.filter((id) => placeOf(draft, id)?.branch !== TRAY.branch);
  if (drawn.length === 0) return { operations: [] };
  const slot: Slot = { ...TRAY, after: draft.tray.at(-1)?.id ?? null, before: null };
  return { ...moveTo(draft, drawn, slot), select: besideOf(draft, drawn) };
}

/** Every node inside these, themselves included: what a deletion takes with it. */
export const countInside = (draft: Draft, ids: readonly string[]): number =>
  ids.flatMap((id) => {
    const node = findNode(draft, id);
    return node ? withInner(node) : [];
  }).length;
