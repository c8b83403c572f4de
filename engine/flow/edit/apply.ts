/**
 * Applies operations to a draft. Pure, and the same in the browser, on the server and in tests.
 *
 * Rules
 * [ED1] An operation gives a new draft and its exact inverse, or a refusal with its reason; it never throws.
 * [ED2] After any operation the structure is valid: ids are unique, every branch is one that its kind of node has.
 * [ED3] A gesture is applied whole or not at all.
 * [ED4] What an operation replaces although its author had not seen it is returned as a note.
 * [ED5] A slot whose neighbours are gone is still found (operations.ts); one whose sequence is gone leads to the tray.
 * [ED6] What cannot be kept, or what would break [ED2], is refused by name.
 */
import { outputName } from '../names';
import { renameInTests } from '../tests';
import { tooFew } from './branches';
import { checkBranch, checkDepth, checkId, checkJson, checkNew, checkNode, checkPath } from './check';
import { holdOf, indexOf, inOrder, withInner, type Draft, type DraftBranch, type DraftNode, type Json } from './draft';
import { isAmbiguous, withRenamedReads } from './expressions';
import type { Gesture, Note, Operation, Refusal, Slot, Target } from './operations';
import {
  branchAfter,
  branchIn,
  branchIndex,
  changeFields,
  changeNode,
  nodeIn,
  resolve,
  same,
  slotOf,
  titleOf,
  valueAt,
  valueOr,
  withMoved,
  withNode,
  withoutNode,
  withValue,
} from './places';
import { Refused, refuse } from './refuse';
import { isUnique } from './tree-index';

export interface Applied {
  draft: Draft;
  /** Applied to that draft in this order, they give the draft of before. */
  inverse: Operation[];
  notes: Note[];
}
export type Outcome = (Applied & { refusal: null }) | { refusal: Refusal };

export function apply(draft: Draft, operation: Operation): Outcome {
  return outcomeOf(() => perform(draft, operation));
}

/** The inverse of a gesture is in the order in which it is applied. */
export function applyGesture(draft: Draft, { operations }: Pick<Gesture, 'operations'>): Outcome {
  return outcomeOf(() => {
    const all: Applied = { draft, inverse: [], notes: [] };
    for (const operation of operations) {
      const { draft: next, inverse, notes } = perform(all.draft, operation);
      all.draft = next;
      all.inverse.unshift(...inverse);
      all.notes.push(...notes);
    }
    return all;
  });
}

function outcomeOf(run: () => Applied): Outcome {
  try {
    return { ...run(), refusal: null };
  } catch (error) {
    if (error instanceof Refused) return { refusal: error.refusal };
    throw error;
  }
}

function perform(draft: Draft, operation: Operation): Applied {
  switch (operation.op) {
    case 'insert':
      return insert(draft, operation.node, operation.slot);
    case 'remove':
      return remove(draft, operation.id, operation.was);
    case 'move':
      return move(draft, operation.id, operation.slot);
    case 'set':
      return set(draft, operation.target, operation.path, operation.value, operation.was);
    case 'rename':
      return rename(draft, operation.id, operation.to);
    case 'addBranch':
      return addBranch(draft, operation.parent, operation.branch, operation.before);
    case 'removeBranch':
      return removeBranch(draft, operation.parent, operation.id, operation.was);
    case 'moveBranch':
      return operation.to === undefined || operation.to === operation.parent
        ? moveBranch(draft, operation.parent, operation.id, operation.before)
        : moveBranchTo(draft, operation.parent, operation.id, operation.to, operation.before);
    default:
      return refuse('malformed', 'This release has no such edit.');
  }
}

function insert(draft: Draft, given: DraftNode, slot: Slot): Applied {
  checkNode(given, draft);
  const node = inOrder(given);
  const { place, index, notes } = resolve(draft, slot, node.id);
  checkDepth(draft, place, node);
  const next = withNode(draft, place, index, node);
  return { draft: next, inverse: [{ op: 'remove', id: node.id, was: node, from: slotOf(next, node.id) }], notes };
}

function remove(draft: Draft, id: string, was: DraftNode): Applied {
  const node = nodeIn(draft, id);
  const from = slotOf(draft, id);
  const next = withoutNode(draft, id);
  const notes: Note[] = same(node, was) ? [] : [{ code: 'removed-changed', lost: node }];
  return { draft: next, inverse: [{ op: 'insert', node, slot: from }], notes };
}

function move(draft: Draft, id: string, slot: Slot): Applied {
  const node = nodeIn(draft, id);
  const from = slotOf(draft, id);
  if (indexOf(draft).isWithin(slot.parent, id))
    refuse('inside-itself', `'${titleOf(node)}' cannot be moved into one of its own branches.`);
  const { draft: next, at } = withMoved(draft, id, (without) => {
    const found = resolve(without, slot, id);
    checkDepth(without, found.place, node);
    return found;
  });
  return { draft: next, inverse: [{ op: 'move', id, slot: from, from: slotOf(next, id) }], notes: at.notes };
}

function set(
  draft: Draft,
  target: Target,
  path: readonly string[],
  value: Json | undefined,
  was: Json | undefined
): Applied {
  checkPath(draft, target, path);
  if (value !== undefined) checkJson(value);
  let previous: Json | undefined;
  const next = changeFields(draft, target, (fields) => {
    previous = valueAt(fields, path);
    return withValue(fields, path, value);
  });
  const inverse: Operation = { op: 'set', target, path, ...valueOr('value', previous), ...valueOr('was', value) };
  const notes: Note[] = same(previous, was) ? [] : [{ code: 'overwrote', target, path, lost: previous }];
  return { draft: next, inverse: [inverse], notes };
}

function rename(draft: Draft, id: string, to: string): Applied {
  const node = nodeIn(draft, id);
  if (id === to) return { draft, inverse: [], notes: [] };
  checkId(to);
  const [from, name] = [outputName(id), outputName(to)];
  if (from !== name && indexOf(draft).taken.has(to)) refuse('id-taken', `Another step or branch has the id '${to}'.`);
  if (from !== name) {
    const isVariable = Object.hasOwn((draft.flow.variables ?? {}) as object, name);
    if (isVariable || isAmbiguous(draft, from, name))
      refuse('name-taken', `'${name}' is already read by an expression, or is a variable.`);
  }
  const renamed = changeNode(draft, id, (each) => ({ ...each, id: to }));
  const next = from === name ? renamed : withRenamedReads(renamed, from, name);
  return { draft: withTestsRenamed(next, id, to), inverse: [{ op: 'rename', id: to, to: node.id }], notes: [] };
}

/** Tests of the flow name their steps. */
function withTestsRenamed(draft: Draft, id: string, to: string): Draft {
  const { tests } = draft.flow;
  const renamed = tests === undefined ? tests : renameInTests(tests, id, to);
  return renamed === undefined || renamed === tests ? draft : { ...draft, flow: { ...draft.flow, tests: renamed } };
}

function addBranch(draft: Draft, parent: string, branch: DraftBranch, before: string | null): Applied {
  const node = nodeIn(draft, parent);
  checkBranch(node, branch);
  checkNew(draft, branch.steps.flatMap(withInner), [...(isUnique(branch) ? [branch.id] : [])]);
  branch.steps.forEach((each) => checkDepth(draft, { parent, branch: null }, each));
  const index = branchIndex(node, branch.at, before);
  const next = changeNode(draft, parent, (each) => ({ ...each, branches: each.branches.toSpliced(index, 0, branch) }));
  const inverse: Operation = {
    op: 'removeBranch',
    parent,
    id: branch.id,
    was: branch,
    before: branchAfter(next, parent, branch.id),
  };
  return { draft: next, inverse: [inverse], notes: [] };
}

function removeBranch(draft: Draft, parent: string, id: string, was: DraftBranch): Applied {
  const node = nodeIn(draft, parent);
  const branch = branchIn(node, id);
  const few = tooFew(node, branch);
  if (few !== null) refuse('not-here', few);
  if (holdOf(node.kind, branch.at) === 'body') refuse('not-here', `'${titleOf(node)}' always has its steps.`);
  const before = branchAfter(draft, parent, id);
  const next = changeNode(draft, parent, (each) => ({
    ...each,
    branches: each.branches.filter((one) => one.id !== id),
  }));
  const notes: Note[] = same(branch, was) ? [] : [{ code: 'removed-changed', lost: branch }];
  return { draft: next, inverse: [{ op: 'addBranch', parent, branch, before }], notes };
}

function moveBranch(draft: Draft, parent: string, id: string, before: string | null): Applied {
  const node = nodeIn(draft, parent);
  const branch = branchIn(node, id);
  const from = branchAfter(draft, parent, id);
  const without = node.branches.filter((each) => each.id !== id);
  const index = branchIndex({ ...node, branches: without }, branch.at, before === id ? null : before);
  const next = changeNode(draft, parent, (each) => ({ ...each, branches: without.toSpliced(index, 0, branch) }));
  return {
    draft: next,
    inverse: [{ op: 'moveBranch', parent, id, before: from, from: branchAfter(next, parent, id) }],
    notes: [],
  };
}

/** To another node, with what it contains now. */
function moveBranchTo(draft: Draft, parent: string, id: string, to: string, before: string | null): Applied {
  const branch = branchIn(nodeIn(draft, parent), id);
  const owner = nodeIn(draft, to);
  if (branch.steps.some((step) => indexOf(draft).isWithin(to, step.id)))
    refuse('inside-itself', `A branch cannot be moved into '${titleOf(owner)}', which is inside it.`);
  const from = branchAfter(draft, parent, id);
  const { draft: without } = removeBranch(draft, parent, id, branch);
  const { draft: next } = addBranch(without, to, branch, before);
  const inverse: Operation = {
    op: 'moveBranch',
    parent: to,
    id,
    before: from,
    from: branchAfter(next, to, id),
    to: parent,
  };
  return { draft: next, inverse: [inverse], notes: [] };
}
