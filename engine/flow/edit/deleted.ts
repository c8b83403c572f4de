/**
 * What was deleted from a draft while somebody looked at it: an expression that still reads it names only its name.
 *
 * Rules
 * [DEL1] The problem of an expression that reads what was deleted says what it was, by its title. A step that was set
 *        aside is called so.
 * [DEL2] It can be put back, at its place, if its deletion was all that the gesture did, and if it becomes readable by
 *        that.
 */
import type { Diagnostic } from '../diagnostic';
import { outputName } from '../names';
import { factsOf, type FlowNode } from '../nodes/table';
import { applyGesture } from './apply';
import { withInner, type Draft, type DraftBranch, type DraftNode } from './draft';
import type { Operation } from './operations';
import { titleOf } from './places';

export interface Deleted {
  /** For a sentence: 'The loop 'Lines''. */
  what: string;
  /** Of what is put back; '' if that has none. */
  title: string;
  /** What puts it back; null: nothing does that alone. */
  back: readonly Operation[] | null;
}
/** By the name that expressions read. */
export type DeletedNames = ReadonlyMap<string, Deleted>;

export const NOTHING_DELETED: DeletedNames = new Map();

/** With what these operations delete; the same map if they delete nothing. */
export function withDeleted(before: DeletedNames, operations: readonly Operation[]): DeletedNames {
  const found = operations.flatMap(deletedBy);
  if (found.length === 0) return before;
  const backs = operations.map(inverseOf);
  const isAll = backs.every((each) => each !== null);
  const back = isAll ? backs.filter((each) => each !== null).reverse() : null;
  return new Map([...before, ...found.map(([name, each]): [string, Deleted] => [name, { ...each, back }])]);
}

type Named = [string, Omit<Deleted, 'back'>];

function deletedBy(operation: Operation): Named[] {
  if (operation.op === 'remove') {
    // With a group, its steps are deleted: they come back with it.
    const title = titleOf(operation.was);
    return withInner(operation.was)
      .flatMap(namesOf)
      .map(([name, each]): Named => [name, { ...each, title }]);
  }
  if (operation.op === 'removeBranch')
    return [...failureOf(operation.was), ...operation.was.steps.flatMap(withInner).flatMap(namesOf)];
  if (operation.op !== 'set' || operation.value !== undefined || operation.target.node !== null) return [];
  const [group, name, ...inner] = operation.path;
  if (group !== 'variables' || name === undefined || inner.length > 0) return [];
  return [[name, { what: `The variable '${name}'`, title: name }]];
}

/** The names that a node gives to expressions. */
function namesOf(node: DraftNode): Named[] {
  const title = titleOf(node);
  const { item } = node.fields;
  return [
    ...(factsOf({ kind: node.kind } as FlowNode).output
      ? [[outputName(node.id), { what: `'${title}'`, title }] satisfies Named]
      : []),
    ...(node.kind === 'each' && typeof item === 'string'
      ? [[item, { what: `The loop '${title}'`, title }] satisfies Named]
      : []),
    ...node.branches.flatMap(failureOf),
  ];
}
const failureOf = ({ at, fields }: DraftBranch): Named[] =>
  at === 'catch' && typeof fields.as === 'string'
    ? [[fields.as, { what: 'The failure handler that named it', title: '' }]]
    : [];

function inverseOf(operation: Operation): Operation | null {
  if (operation.op === 'remove') return { op: 'insert', node: operation.was, slot: operation.from };
  if (operation.op === 'removeBranch')
    return { op: 'addBranch', parent: operation.parent, branch: operation.was, before: operation.before };
  if (operation.op === 'set' && operation.value === undefined && operation.was !== undefined)
    return { op: 'set', target: operation.target, path: operation.path, value: operation.was };
  return null;
}

/** [DEL1] */
export function withDeletions(
  problems: readonly Diagnostic[],
  draft: Draft,
  deleted: DeletedNames
): readonly Diagnostic[] {
  if (!problems.some(({ unknown }) => unknown !== undefined)) return problems;
  const aside = new Map(draft.tray.flatMap(withInner).flatMap(namesOf));
  return problems.map((problem) => {
    const { unknown } = problem;
    if (unknown === undefined) return problem;
    const set = aside.get(unknown);
    const gone = deleted.get(unknown);
    const { instead: _, ...rest } = problem;
    if (set) {
      const message = `${set.what} was set aside, so '${unknown}' cannot be read here.`;
      return { ...rest, code: 'deleted', message, fix: 'Put it into the flow again, or use another value.' };
    }
    if (!gone) return problem;
    const message = `${gone.what} was deleted, so '${unknown}' cannot be read here.`;
    const isBack = backOf(rest, draft, deleted) !== null;
    return {
      ...rest,
      code: 'deleted',
      message,
      fix: isBack ? 'Put it back, or use another value.' : 'Use another value.',
      ...(isBack ? { deleted: gone.title } : {}),
    };
  });
}

/** [DEL2] */
export function backOf({ unknown }: Diagnostic, draft: Draft, deleted: DeletedNames): readonly Operation[] | null {
  const operations = unknown === undefined ? null : (deleted.get(unknown)?.back ?? null);
  if (operations === null) return null;
  const outcome = applyGesture(draft, { operations });
  const isAside = !outcome.refusal && outcome.draft.tray.length > draft.tray.length;
  return outcome.refusal || isAside ? null : operations;
}
