/** What a person does in one go, as operations: new steps, wrapping and unwrapping, pasting, renaming after a title. */
import { isReserved, outputName } from '../names';
import { factsOf, type FlowNode, type NodeKind } from '../nodes/table';
import {
  draftNodeOf,
  draftNodes,
  findNode,
  holdOf,
  placeOf,
  sequenceAt,
  TRAY,
  withInner,
  type Draft,
  type DraftBranch,
  type DraftNode,
  type Json,
} from './draft';
import { changeExpressions } from './expressions';
import type { Operation, Slot } from './operations';
import { slotOf } from './places';
import { isUnique, TakenIds } from './tree-index';
import { namesIn, renameIn } from '../expression-names';

/**
 * An id after a title: 'Charge the payment' → `charge-the-payment`, with a number where that is taken. A title that is
 * a word of the language, 'Delete', gives `delete-step`: nothing could read the output of `delete`.
 */
export function idFor(title: string, taken: ReadonlySet<string> | TakenIds): string {
  const slug = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 56)
    .replace(/-+$/, '');
  const id = slug === '' ? 'step' : isReserved(outputName(slug)) ? `${slug}-step` : slug;
  return (taken instanceof TakenIds ? taken : new TakenIds(taken)).free(id);
}
export function idsOf(draft: Draft): TakenIds {
  return new TakenIds(draftNodes(draft).flatMap((node) => [node.id, ...node.branches.map(({ id }) => id)]));
}

/** A new node of a kind, with ids that are free. */
export function newNode(draft: Draft, kind: NodeKind, title?: string): DraftNode {
  const taken = idsOf(draft);
  const { title: usual } = factsOf({ kind } as FlowNode).create('new') as { title: string };
  const made = draftNodeOf(factsOf({ kind } as FlowNode).create(idFor(title ?? usual, taken)));
  taken.add(made.id);
  const branches = made.branches.map((branch) => {
    if (!isUnique(branch)) return branch;
    const id = idFor(branch.id, taken);
    taken.add(id);
    return { ...branch, id };
  });
  const node = { ...made, branches };
  return title === undefined ? node : { ...node, fields: { ...node.fields, title } };
}

/** Puts neighbours of one sequence into the first branch of a new node. */
export function wrap(draft: Draft, ids: readonly string[], kind: NodeKind): Operation[] {
  const place = ids[0] === undefined ? null : placeOf(draft, ids[0]);
  const branch = newNode(draft, kind).branches[0];
  if (!place || !branch) return [];
  const steps = sequenceAt(draft, place)!.slice(place.index, place.index + ids.length);
  if (steps.some(({ id }) => !ids.includes(id))) return [];
  const shell = newNode(draft, kind);
  const { parent, branch: of, after } = slotOf(draft, ids[0]!);
  const insert: Operation = { op: 'insert', node: shell, slot: { parent, branch: of, after, before: ids[0]! } };
  const moves = steps.map(({ id }, index): Operation => {
    const slot = { parent: shell.id, branch: branch.id, after: steps[index - 1]?.id ?? null, before: null };
    return { op: 'move', id, slot, from: slotOf(draft, id) };
  });
  return [insert, ...moves];
}

/** A new handler of every failure of a node, behind its others; nothing for a kind of node that has none. */
export function addCatch(draft: Draft, parent: string): Operation[] {
  const node = findNode(draft, parent);
  if (!node || holdOf(node.kind, 'catch') === null) return [];
  const numbers = node.branches.map(({ id }) => Number(/^catch-(\d{1,9})$/.exec(id)?.[1] ?? -1));
  const branch: DraftBranch = {
    id: `catch-${Math.max(-1, ...numbers) + 1}`,
    at: 'catch',
    fields: { types: [], scope: 'undo' },
    steps: [],
  };
  return [{ op: 'addBranch', parent, branch, before: null }];
}

/** Takes all steps out of a node's branches, in their order, and removes the node. */
export function unwrap(draft: Draft, id: string): Operation[] {
  const node = findNode(draft, id);
  if (!node) return [];
  const from = slotOf(draft, id);
  const steps = node.branches.flatMap((branch) => branch.steps);
  const moves = steps.map((step, index): Operation => {
    const slot: Slot = { ...from, after: steps[index - 1]?.id ?? from.after, before: id };
    return { op: 'move', id: step.id, slot, from: slotOf(draft, step.id) };
  });
  const emptied = { ...node, branches: node.branches.map((branch) => ({ ...branch, steps: [] })) };
  const after = steps.at(-1)?.id ?? from.after;
  return [...moves, { op: 'remove', id, was: emptied, from: { ...from, after } }];
}

export function toTray(draft: Draft, id: string): Operation[] {
  const slot: Slot = { ...TRAY, after: draft.tray.at(-1)?.id ?? null, before: null };
  return [{ op: 'move', id, slot, from: slotOf(draft, id) }];
}

/**
 * Inserts copies of nodes behind each other. Ids that are taken are changed, and what the copies read of each other
 * follows.
 */
export function paste(draft: Draft, nodes: readonly DraftNode[], slot: Slot): Operation[] {
  const taken = idsOf(draft);
  const renamed = new Map<string, string>();
  for (const node of nodes.flatMap(withInner))
    for (const id of [node.id, ...node.branches.filter(isUnique).map((each) => each.id)]) {
      const free = idFor(id, taken);
      taken.add(free);
      renamed.set(id, free);
    }
  const outputs = new Map(nodes.flatMap(withInner).map(({ id }) => [outputName(id), outputName(renamed.get(id)!)]));
  const copies = changeExpressions(nodes.map(withIds), (expression) => renameAll(expression, outputs));
  return copies.map((node, index): Operation => ({
    op: 'insert',
    node,
    slot: { ...slot, after: copies[index - 1]?.id ?? slot.after },
  }));

  function withIds(node: DraftNode): DraftNode {
    const branches = node.branches.map((branch) => ({
      ...branch,
      id: isUnique(branch) ? renamed.get(branch.id)! : branch.id,
      steps: branch.steps.map(withIds),
    }));
    return { ...node, id: renamed.get(node.id)!, branches };
  }
}

/** All at once: `a → b` and `b → c` do not make `a → c`. */
function renameAll(expression: string, names: ReadonlyMap<string, string>): string {
  const changed = [...namesIn(expression)].filter((name) => names.has(name) && names.get(name) !== name);
  const parked = changed.reduce((code, from, index) => renameIn(code, from, `__moved${index}`), expression);
  return changed.reduce((code, from, index) => renameIn(code, `__moved${index}`, names.get(from)!), parked);
}

/** Gives a node another title, and an id after it where ids still follow titles (until the flow is first published). */
export function retitle(draft: Draft, id: string, title: string, followsTitle: boolean): Operation[] {
  const node = findNode(draft, id);
  if (!node) return [];
  const { title: was } = node.fields as { title?: Json };
  const set: Operation = {
    op: 'set',
    target: { node: id },
    path: ['title'],
    value: title,
    ...(was === undefined ? {} : { was }),
  };
  if (!followsTitle) return [set];
  const taken = idsOf(draft);
  taken.delete(id);
  const to = idFor(title, taken);
  return to === id ? [set] : [set, { op: 'rename', id, to }];
}
