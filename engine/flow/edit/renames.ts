/**
 * An edit that was made before somebody else gave a step another id: it means the same step, by its new id. Until a
 * flow is published the ids of steps follow their titles, so without this one word of a title would refuse all that
 * others do to the step meanwhile.
 *
 * Rules
 * [ER1] Everywhere in the edit the old id becomes the new one: what is changed, the places, and what expressions read.
 * [ER2] An edit that itself takes the old id for something else keeps it from there on.
 */
import { outputName } from '../names';
import { withInner, type DraftBranch, type DraftNode } from './draft';
import { changeBranchFields, changeExpressions, changeSetValue, renamer } from './expressions';
import type { Operation, Slot } from './operations';

export interface Renaming {
  from: string;
  to: string;
}

export const renamesIn = (operations: readonly Operation[]): Renaming[] =>
  operations.flatMap((each) => (each.op === 'rename' ? [{ from: each.id, to: each.to }] : []));

/** The same operations where nothing of theirs was renamed. `renames`: in the order in which they happened. */
export function withRenames(operations: readonly Operation[], renames: readonly Renaming[]): readonly Operation[] {
  return renames.reduce(renamed, operations);
}

/** What takes back an own edit: an id that somebody else has changed since is theirs, so it is not given back. */
export function inverseWithRenames(inverse: readonly Operation[], renames: readonly Renaming[]): readonly Operation[] {
  return renames.reduce((operations: readonly Operation[], each) => {
    const kept = operations.filter((operation) => operation.op !== 'rename' || operation.id !== each.from);
    return renamed(kept, each);
  }, inverse);
}

function renamed(operations: readonly Operation[], { from, to }: Renaming): readonly Operation[] {
  const change = renamer(outputName(from), outputName(to));
  const id = <T extends string | null>(each: T): T => (each === from ? (to as T) : each);
  const slot = (each: Slot): Slot => ({
    ...each,
    parent: id(each.parent),
    after: id(each.after),
    before: id(each.before),
  });
  const branch = (each: DraftBranch): DraftBranch => ({
    ...each,
    fields: changeBranchFields(each.fields, change),
    steps: each.steps.map(node),
  });
  const node = (each: DraftNode): DraftNode => {
    const [own] = changeExpressions([each], change) as [DraftNode];
    return {
      ...own,
      id: id(own.id),
      branches: own.branches.map((inner) => ({ ...inner, steps: inner.steps.map(node) })),
    };
  };
  const one = (each: Operation): Operation => {
    switch (each.op) {
      case 'insert':
        return { ...each, node: node(each.node), slot: slot(each.slot) };
      case 'remove':
        return { ...each, id: id(each.id), was: node(each.was), from: slot(each.from) };
      case 'move':
        return { ...each, id: id(each.id), slot: slot(each.slot), from: slot(each.from) };
      case 'set': {
        const { target, path, value, was } = each;
        const now = target.node === null ? target : { ...target, node: id(target.node) };
        return {
          ...each,
          target: now,
          ...(value === undefined ? {} : { value: changeSetValue(target, path, value, change) }),
          ...(was === undefined ? {} : { was: changeSetValue(target, path, was, change) }),
        };
      }
      case 'rename':
        return { ...each, id: id(each.id) };
      case 'addBranch':
        return { ...each, parent: id(each.parent), branch: branch(each.branch) };
      case 'removeBranch':
        return { ...each, parent: id(each.parent), was: branch(each.was) };
      case 'moveBranch':
        return { ...each, parent: id(each.parent), ...(each.to === undefined ? {} : { to: id(each.to) }) };
    }
  };
  // [ER2]
  const own = operations.findIndex((each) => takes(each, from));
  return operations.map((each, index) => (own >= 0 && index >= own ? each : one(each)));
}

function takes(operation: Operation, id: string): boolean {
  if (operation.op === 'rename') return operation.to === id;
  if (operation.op === 'insert') return withInner(operation.node).some((each) => each.id === id);
  return operation.op === 'addBranch' && operation.branch.steps.flatMap(withInner).some((each) => each.id === id);
}
