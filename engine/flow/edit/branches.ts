/**
 * Branches of a node as they are added, removed and moved, as operations. Pure.
 *
 * Rules
 * [FC6] A new branch has a free id.
 * [BR1] A branch keeps its id and its steps wherever it is moved, so what reads their outputs reads the same.
 * [BR2] A branch that comes to another kind of node has the fields that a new branch has there, and its title.
 * [BR3] A place is refused beforehand exactly when the move would be refused, but for how deep branches may be nested.
 */
import { factsOf, type FlowNode } from '../nodes/table';
import { addCatch, idFor, idsOf, newNode } from './compose';
import { findNode, holdOf, indexOf, isSingle, type Draft, type DraftBranch, type DraftNode } from './draft';
import type { Operation } from './operations';
import { branchAfter, titleOf } from './places';

/**
 * A new branch at the end of its field, as a new node of the kind has one there. Nothing where the field contains no
 * further branch. Ids of single branches are the name of their field.
 */
export function addBranch(draft: Draft, id: string, at: string): Operation[] {
  const node = findNode(draft, id);
  const hold = node && holdOf(node.kind, at);
  if (!node || !hold || hold === 'body') return [];
  if (hold === 'handlers') return addCatch(draft, id);
  const there = node.branches.filter((each) => each.at === at);
  if (isSingle(hold))
    return there.length > 0
      ? []
      : added({ id: at, at, fields: hold === 'branch' ? { title: 'Otherwise' } : {}, steps: [] });
  const model = newNode(draft, node.kind).branches.find((each) => each.at === at);
  const title = `Branch ${there.length + 1}`;
  return added({ id: idFor(title, idsOf(draft)), at, fields: { ...model?.fields, title }, steps: [] });

  function added(branch: DraftBranch): Operation[] {
    return [{ op: 'addBranch', parent: id, branch, before: null }];
  }
}
/** A further branch of a node, in the first of its fields that contains one: what `B` adds. */
export function addFurtherBranch(draft: Draft, id: string): Operation[] {
  const node = findNode(draft, id);
  if (!node) return [];
  const fields = Object.keys(factsOf({ kind: node.kind } as FlowNode).holds).filter((at) => at !== 'catch');
  return fields.map((at) => addBranch(draft, id, at)).find((operations) => operations.length > 0) ?? [];
}

export function removeBranch(draft: Draft, parent: string, id: string): Operation[] {
  const was = findNode(draft, parent)?.branches.find((branch) => branch.id === id);
  return was ? [{ op: 'removeBranch', parent, id, was, before: branchAfter(draft, parent, id) }] : [];
}

/** One place up or down among the branches of its field. */
export function moveBranch(draft: Draft, parent: string, id: string, by: 1 | -1): Operation[] {
  const branches = findNode(draft, parent)?.branches ?? [];
  const branch = branches.find((each) => each.id === id);
  const alike = branches.filter((each) => each.at === branch?.at);
  const index = alike.findIndex((each) => each.id === id);
  if (!branch || index + by < 0 || index + by >= alike.length) return [];
  const others = alike.filter((each) => each.id !== id);
  const before = others[index + by]?.id ?? null;
  return [{ op: 'moveBranch', parent, id, before, from: branchAfter(draft, parent, id) }];
}

/** Where a branch may be put: in front of another of its field (null: behind the last) in a node. */
export interface BranchPlace {
  owner: string;
  before: string | null;
}

/** Why a branch cannot be put into a node; null: it can. */
export function whyNotBranchIn(draft: Draft, parent: string, id: string, owner: string): string | null {
  const [from, to] = [findNode(draft, parent), findNode(draft, owner)];
  const branch = from?.branches.find((each) => each.id === id);
  if (!from || !to || !branch) return 'This branch is gone.';
  if (parent === owner) return null;
  const hold = holdOf(from.kind, branch.at);
  if (hold === 'handlers') return 'What handles a failure stays with its step.';
  if (hold !== 'branches') return `This branch belongs to '${titleOf(from)}' and stays there.`;
  if (holdOf(to.kind, branch.at) !== 'branches') return `'${titleOf(to)}' has no branches of this kind.`;
  if (branch.steps.some((step) => indexOf(draft).isWithin(owner, step.id)))
    return 'A branch cannot be moved into itself.';
  return tooFew(from, branch);
}
/** Why a node cannot lose one of its branches; null: it can. */
export function tooFew(node: DraftNode, branch: DraftBranch): string | null {
  const { fewestBranches } = factsOf({ kind: node.kind } as FlowNode);
  const alike = node.branches.filter((each) => each.at === branch.at).length;
  if (holdOf(node.kind, branch.at) !== 'branches' || alike > fewestBranches) return null;
  return `'${titleOf(node)}' needs at least ${fewestBranches} ${fewestBranches === 1 ? 'branch' : 'branches'}.`;
}

/**
 * Puts a branch at a place of its own node or of another. Nothing where it is there already, or cannot be there. [BR1]
 * [BR2]
 */
export function putBranch(draft: Draft, parent: string, id: string, { owner, before }: BranchPlace): Operation[] {
  if (whyNotBranchIn(draft, parent, id, owner) !== null) return [];
  const from = branchAfter(draft, parent, id);
  if (parent === owner) return before === id || before === from ? [] : [{ op: 'moveBranch', parent, id, before, from }];
  const [{ kind: was }, { kind }] = [findNode(draft, parent)!, findNode(draft, owner)!];
  const move: Operation = { op: 'moveBranch', parent, id, before, from, to: owner };
  if (was === kind) return [move];
  const { at, fields } = findNode(draft, parent)!.branches.find((each) => each.id === id)!;
  const model = newNode(draft, kind).branches.find((each) => each.at === at)?.fields ?? {};
  const target = { node: owner, branch: id };
  const gone = Object.keys(fields).filter((name) => !Object.hasOwn(model, name));
  const added = Object.keys(model).filter((name) => !Object.hasOwn(fields, name));
  return [
    move,
    ...gone.map((name): Operation => ({ op: 'set', target, path: [name], was: fields[name]! })),
    ...added.map((name): Operation => ({ op: 'set', target, path: [name], value: model[name]! })),
  ];
}
