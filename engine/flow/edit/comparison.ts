/**
 * What differs between two states of a flow, step by step: for people, as difference.ts is for the log. The tray is
 * left out, because it is no part of the flow.
 *
 * Rules
 * [CP1] A step is the same step if its id is the same. If it has another place it was moved, never removed and added.
 * [CP2] A step, or a branch, whose neighbours were added, removed or moved was not moved itself.
 * [CP3] Everything that differs is listed: where nothing is listed, both states are the same.
 */
import { differenceOf, longestRising } from './difference';
import { apply } from './apply';
import {
  isFields,
  draftNodes,
  findNode,
  placeOf,
  withInner,
  type Draft,
  type DraftBranch,
  type DraftNode,
  type Fields,
  type Json,
} from './draft';
import { branchAfter, slotOf } from './places';

/** A field that differs; undefined: it was, or is, not there. */
export interface FieldChange {
  /** The branch that has the field; null: the step itself, or the flow. */
  branch: string | null;
  path: string[];
  before: Json | undefined;
  after: Json | undefined;
}
export interface BranchChange {
  how: 'added' | 'removed' | 'moved';
  branch: DraftBranch;
}
export interface StepChange {
  id: string;
  /** Null: it was added. */
  before: DraftNode | null;
  /** Null: it was removed. */
  after: DraftNode | null;
  /** The added or removed step that contains it; null: it is listed by itself. */
  within: string | null;
  moved: boolean;
  fields: FieldChange[];
  branches: BranchChange[];
}
export interface Comparison {
  /** Fields of the flow itself. */
  flow: FieldChange[];
  /** In the order of the later drawing; a removed step is where it was. */
  steps: StepChange[];
  /** The later state with the removed steps at their places, as it is drawn. */
  merged: Draft;
  /** Removed steps whose place is gone too, so that they cannot be drawn. */
  undrawn: DraftNode[];
}

export type ChangeKind = 'added' | 'removed' | 'moved' | 'changed';
export function kindsOf({ before, after, moved, fields, branches }: StepChange): ChangeKind[] {
  if (before === null) return ['added'];
  if (after === null) return ['removed'];
  return [
    ...(moved ? (['moved'] as const) : []),
    ...(fields.length + branches.length > 0 ? (['changed'] as const) : []),
  ];
}

export function compareDrafts(before: Draft, after: Draft): Comparison {
  const from = { ...before, tray: [] };
  const to = { ...after, tray: [] };
  const moved = movedSteps(from, to);
  const { merged, undrawn } = mergedOf(from, to);
  const steps = [...draftNodes(merged), ...undrawn.flatMap(withInner)].flatMap(({ id }): StepChange[] => {
    const [was, is] = [findNode(from, id), findNode(to, id)];
    const change: StepChange = {
      id,
      before: was,
      after: is,
      within: was && is ? null : containerOf(was ? from : to, was ? to : from, id),
      moved: moved.has(id),
      fields: was && is ? fieldsOf(was, is) : [],
      branches: was && is ? branchesOf(was, is) : [],
    };
    return kindsOf(change).length > 0 ? [change] : [];
  });
  return { flow: changedFields(null, from.flow, to.flow), steps, merged, undrawn };
}

/** [CP1] [CP2] */
function movedSteps(from: Draft, to: Draft): Set<string> {
  const operations = differenceOf(from, to);
  // A step that is replaced, because its kind or its branches cannot be changed one by one, has what is inside it put
  // back.
  const replaced = new Set(operations.flatMap((each) => (each.op === 'remove' ? [each.id] : [])));
  const moves = operations.flatMap((each) => (each.op === 'move' ? [each.id] : []));
  return new Set(
    moves.filter((id) => {
      const [was, is] = [placeOf(from, id)!, placeOf(to, id)!];
      const stays = was.parent === is.parent && was.branch === is.branch;
      return !stays || was.parent === null || !replaced.has(was.parent);
    })
  );
}

/** The outermost node around it that the other draft does not have; null: there is none. */
function containerOf(draft: Draft, other: Draft, id: string): string | null {
  const parent = placeOf(draft, id)?.parent ?? null;
  if (parent === null || findNode(other, parent)) return null;
  return containerOf(draft, other, parent) ?? parent;
}

function fieldsOf(was: DraftNode, is: DraftNode): FieldChange[] {
  const kind: FieldChange[] =
    was.kind === is.kind ? [] : [{ branch: null, path: ['kind'], before: was.kind, after: is.kind }];
  const inBranches = is.branches.flatMap((branch) => {
    const before = was.branches.find((each) => isSameBranch(each, branch));
    return before ? changedFields(branch.id, before.fields, branch.fields) : [];
  });
  return [...kind, ...changedFields(null, was.fields, is.fields), ...inBranches];
}

const isSameBranch = (a: DraftBranch, b: DraftBranch) => a.id === b.id && a.at === b.at;

function branchesOf(was: DraftNode, is: DraftNode): BranchChange[] {
  const added = is.branches.filter((branch) => !was.branches.some((each) => isSameBranch(each, branch)));
  const removed = was.branches.filter((branch) => !is.branches.some((each) => isSameBranch(each, branch)));
  const kept = is.branches.filter((branch) => !added.includes(branch));
  const order = kept.map((branch) => was.branches.findIndex((each) => isSameBranch(each, branch)));
  const staying = new Set(longestRising(order));
  const moved = kept.filter((_branch, index) => !staying.has(order[index]!));
  return [
    ...removed.map((branch): BranchChange => ({ how: 'removed', branch })),
    ...added.map((branch): BranchChange => ({ how: 'added', branch })),
    ...moved.map((branch): BranchChange => ({ how: 'moved', branch })),
  ];
}

/** As deep as possible; fields in another order are one change, since forms show them in their order. */
export function changedFields(
  branch: string | null,
  before: Fields,
  after: Fields,
  path: string[] = []
): FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name): FieldChange[] => {
    const was = Object.hasOwn(before, name) ? before[name] : undefined;
    const is = Object.hasOwn(after, name) ? after[name] : undefined;
    const at = [...path, name];
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    if (isFields(was) && isFields(is) && hasSameOrder(was, is)) return changedFields(branch, was, is, at);
    return [{ branch, path: at, before: was, after: is }];
  });
}

function hasSameOrder(was: Fields, is: Fields): boolean {
  const shared = (fields: Fields, other: Fields) => Object.keys(fields).filter((name) => Object.hasOwn(other, name));
  return shared(was, is).join('\n') === shared(is, was).join('\n');
}

/** The later state, with what was removed at the places that it had. */
function mergedOf(from: Draft, to: Draft): { merged: Draft; undrawn: DraftNode[] } {
  let merged = to;
  const insertAll = (steps: readonly DraftNode[]) => {
    for (const node of steps) {
      if (!findNode(to, node.id)) {
        if (findNode(merged, node.id)) continue;
        const outcome = apply(merged, { op: 'insert', node: onlyRemoved(node, to), slot: slotOf(from, node.id) });
        if (!outcome.refusal) merged = outcome.draft;
      } else for (const branch of node.branches) if (branch.steps.length > 0) addBranch(node, branch);
      for (const branch of node.branches) insertAll(branch.steps);
    }
  };
  const addBranch = (node: DraftNode, branch: DraftBranch) => {
    const now = findNode(merged, node.id)!;
    if (now.kind !== node.kind || now.branches.some((each) => isSameBranch(each, branch))) return;
    const before = branchAfter(from, node.id, branch.id);
    const outcome = apply(merged, {
      op: 'addBranch',
      parent: node.id,
      branch: { ...branch, steps: [] },
      before: now.branches.some(({ id }) => id === before) ? before : null,
    });
    if (!outcome.refusal) merged = outcome.draft;
  };
  insertAll(from.steps);
  return { merged: { ...merged, tray: [] }, undrawn: [...merged.tray] };
}

/** A removed node with those of its inner nodes that were removed too: the others are drawn where they are now. */
function onlyRemoved(node: DraftNode, to: Draft): DraftNode {
  const removed = (steps: readonly DraftNode[]): DraftNode[] =>
    steps.flatMap((each) => (findNode(to, each.id) ? [] : [onlyRemoved(each, to)]));
  return { ...node, branches: node.branches.map((branch) => ({ ...branch, steps: removed(branch.steps) })) };
}
