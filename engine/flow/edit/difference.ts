/**
 * The operations that make one draft into another. What both have stays where it is and keeps its identity, so that
 * edits of others to it still apply; the rest is moved, removed and inserted.
 *
 * Rules
 * [DD5] Applied to the first draft, the operations give the second, with the order of all fields.
 * [DD6] What is the same in both is not touched.
 */
import { factsOf, type FlowNode } from '../nodes/table';
import { apply } from './apply';
import {
  isFields,
  draftNodes,
  findNode,
  holdOf,
  OUTERMOST,
  placeOf,
  sequenceAt,
  TRAY,
  type Draft,
  type DraftBranch,
  type DraftNode,
  type Fields,
  type Json,
  type SequencePlace,
} from './draft';
import type { Operation, Target } from './operations';
import { branchAfter, slotOf } from './places';

/** Throws if the second draft is one that no operations give: its ids are not unique, or its values cannot be kept. */
export function differenceOf(from: Draft, to: Draft): Operation[] {
  const work = new Work(from);
  const kept = keptNodes(from, to);
  detach(work, to, kept);
  removeTheRest(work, to, kept);
  changeAll(work, { node: null }, work.draft.flow, to.flow);
  place(work, OUTERMOST, to.steps, kept);
  place(work, TRAY, to.tray, kept);
  return work.operations;
}

/** A draft on its way, with the operations so far. */
class Work {
  readonly operations: Operation[] = [];
  constructor(public draft: Draft) {}
  do(operation: Operation): void {
    const outcome = apply(this.draft, operation);
    if (outcome.refusal) throw new Error(`A difference of drafts cannot be applied: ${outcome.refusal.message}`);
    this.draft = outcome.draft;
    this.operations.push(operation);
  }
}

/**
 * Ids of nodes that stay the same node: those of the same kind whose branches can be changed one by one. A node that
 * would have too few branches for a moment is replaced instead.
 */
function keptNodes(from: Draft, to: Draft): Set<string> {
  const before = new Map(draftNodes(from).map((node) => [node.id, node]));
  const kept = draftNodes(to).filter((node) => {
    const was = before.get(node.id);
    if (was?.kind !== node.kind) return false;
    const common = was.branches.filter((branch) => hasBranch(node, branch));
    const { fewestBranches } = factsOf({ kind: node.kind } as FlowNode);
    const alternatives = common.filter(({ at }) => holdOf(node.kind, at) === 'branches');
    return common.length === was.branches.length || alternatives.length >= fewestBranches;
  });
  return new Set(kept.map(({ id }) => id));
}
const hasBranch = ({ branches }: DraftNode, { id, at }: DraftBranch) =>
  branches.some((each) => each.id === id && each.at === at);

/**
 * Moves kept nodes that go to another sequence, or whose sequence goes, to the tray: what is then removed contains none
 * of them.
 */
function detach(work: Work, to: Draft, kept: ReadonlySet<string>): void {
  for (const { id } of draftNodes(work.draft)) {
    if (!kept.has(id)) continue;
    const now = placeOf(work.draft, id)!;
    const wanted = placeOf(to, id)!;
    const stays = now.parent === wanted.parent && now.branch === wanted.branch;
    if (stays && (now.parent === null || kept.has(now.parent))) continue;
    const slot = { ...TRAY, after: work.draft.tray.at(-1)?.id ?? null, before: null };
    work.do({ op: 'move', id, slot, from: slotOf(work.draft, id) });
  }
}

function removeTheRest(work: Work, to: Draft, kept: ReadonlySet<string>): void {
  for (const { id } of draftNodes(work.draft)) {
    const node = findNode(work.draft, id);
    // Null: it was inside a node that was removed.
    if (node && !kept.has(id)) work.do({ op: 'remove', id, was: node, from: slotOf(work.draft, id) });
  }
  for (const { id } of draftNodes(work.draft)) {
    const target = findNode(to, id)!;
    for (const branch of findNode(work.draft, id)!.branches)
      if (!hasBranch(target, branch))
        work.do({
          op: 'removeBranch',
          parent: id,
          id: branch.id,
          was: branch,
          before: branchAfter(work.draft, id, branch.id),
        });
  }
}

/** Makes a sequence what it is to be, and then what is inside its nodes. From the outside to the inside. */
function place(work: Work, at: SequencePlace, wanted: readonly DraftNode[], kept: ReadonlySet<string>): void {
  const now = sequenceAt(work.draft, at)!.map(({ id }) => id);
  const order = wanted.map(({ id }) => id);
  const staying = new Set(longestRising(now.map((id) => order.indexOf(id)).filter((index) => index >= 0)));
  for (const [index, node] of wanted.entries()) {
    if (staying.has(index)) continue;
    const after = order[index - 1] ?? null;
    const slot = { ...at, after, before: after === null ? (sequenceAt(work.draft, at)![0]?.id ?? null) : null };
    if (kept.has(node.id)) work.do({ op: 'move', id: node.id, slot, from: slotOf(work.draft, node.id) });
    else work.do({ op: 'insert', node: emptied(node), slot });
  }
  for (const node of wanted) changeNode(work, node, kept);
}

const emptied = (node: DraftNode): DraftNode => ({
  ...node,
  branches: node.branches.map((branch) => ({ ...branch, steps: [] })),
});

function changeNode(work: Work, wanted: DraftNode, kept: ReadonlySet<string>): void {
  const { id } = wanted;
  changeAll(work, { node: id }, findNode(work.draft, id)!.fields, wanted.fields);
  let before: string | null = null;
  for (const branch of wanted.branches.toReversed()) {
    const now = findNode(work.draft, id)!;
    const next = wanted.branches[wanted.branches.indexOf(branch) + 1];
    before = next?.at === branch.at ? next.id : null;
    if (!hasBranch(now, branch)) work.do({ op: 'addBranch', parent: id, branch: { ...branch, steps: [] }, before });
    else if (branchAfter(work.draft, id, branch.id) !== before)
      work.do({ op: 'moveBranch', parent: id, id: branch.id, before, from: branchAfter(work.draft, id, branch.id) });
  }
  for (const branch of wanted.branches) {
    const now = findNode(work.draft, id)!.branches.find((each) => each.id === branch.id)!;
    changeAll(work, { node: id, branch: branch.id }, now.fields, branch.fields);
    place(work, { parent: id, branch: branch.id }, branch.steps, kept);
  }
}

/** Fields of one target: removed, changed as deep as possible, added. Fields in another order are set again. */
function changeAll(work: Work, target: Target, from: Fields, to: Fields): void {
  const set = (path: string[], value: Json | undefined, was: Json | undefined) =>
    work.do({
      op: 'set',
      target,
      path,
      ...(value === undefined ? {} : { value }),
      ...(was === undefined ? {} : { was }),
    });
  const change = (path: string[], before: Fields, after: Fields): void => {
    for (const [name, value] of Object.entries(before))
      if (!Object.hasOwn(after, name)) set([...path, name], undefined, value);
    for (const [name, value] of Object.entries(after)) {
      const was = Object.hasOwn(before, name) ? before[name] : undefined;
      if (was !== undefined && isSame(was, value)) continue;
      if (isFields(was) && isFields(value) && keepsOrder(was, value)) change([...path, name], was, value);
      else set([...path, name], value, was);
    }
  };
  if (keepsOrder(from, to)) return change([], from, to);
  // The fields of a target cannot be replaced at once.
  for (const [name, value] of Object.entries(from)) set([name], undefined, value);
  for (const [name, value] of Object.entries(to)) set([name], value, undefined);
}

const isSame = (a: Json, b: Json) => JSON.stringify(a) === JSON.stringify(b);

/** True if removing fields and then adding others at the end gives the second order of names. */
function keepsOrder(from: Fields, to: Fields): boolean {
  const left = Object.keys(from).filter((name) => Object.hasOwn(to, name));
  return Object.keys(to).slice(0, left.length).join('\n') === left.join('\n');
}

/** Of a list of different numbers, the longest part that rises. */
export function longestRising(numbers: readonly number[]): number[] {
  const best: number[][] = [];
  for (const number of numbers) {
    const before = best.findLast((each) => each.at(-1)! < number);
    const found = [...(before ?? []), number];
    const length = found.length - 1;
    if (best[length] === undefined || best[length].at(-1)! > number) best[length] = found;
  }
  return best.at(-1) ?? [];
}
