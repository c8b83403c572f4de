/** Differences of two states of a flow in words: "'Refund' was added after 'Charge card'". */
import { countOf } from '@/components/words';
import {
  kindsOf,
  type BranchChange,
  type ChangeKind,
  type FieldChange,
  type StepChange,
} from '@/engine/flow/edit/comparison';
import {
  draftNodes,
  findNode,
  isFields,
  placeOf,
  sequenceAt,
  withInner,
  type Draft,
  type DraftBranch,
  type Json,
} from '@/engine/flow/edit/draft';
import { titleOf } from '@/engine/flow/edit/places';
import { fieldWords } from './field-words';
import { schemaWords } from './schema-words';

export const KIND_WORDS: Record<ChangeKind, string> = {
  added: 'Added',
  removed: 'Removed',
  moved: 'Moved',
  changed: 'Changed',
};

const quoted = (text: string) => `'${text}'`;
export const changedTitle = ({ before, after, id }: StepChange): string =>
  after ? titleOf(after) : before ? titleOf(before) : id;

/** One sentence for each way in which a step differs. */
export function changeWords(change: StepChange, from: Draft, to: Draft): string[] {
  const { id, before, after } = change;
  const title = quoted(changedTitle(change));
  if (before === null) return [`${title} was added${inside(after)} ${placeWords(to, id)}.${otherId(change, from, to)}`];
  if (after === null) return [`${title} was removed${inside(before)}. It was ${placeWords(from, id)}.`];
  return kindsOf(change).flatMap((kind) =>
    kind === 'moved'
      ? [`${title} was moved. It was ${placeWords(from, id)}; now it is ${placeWords(to, id)}.`]
      : partsWords(title, change)
  );
}

/** Two steps of one title, one removed and one added, would read as a mistake of the comparison. */
function otherId({ id, after }: StepChange, from: Draft, to: Draft): string {
  const twin = after
    ? draftNodes(from).find((node) => titleOf(node) === titleOf(after) && findNode(to, node.id) === null)
    : undefined;
  return twin ? ` It has the id ${quoted(id)}; the removed step of this title has the id ${quoted(twin.id)}.` : '';
}

function inside(node: StepChange['after']): string {
  const count = node ? withInner(node).length - 1 : 0;
  return count === 0 ? '' : `, with ${countOf(count, 'step')} in it,`;
}

/** "after 'Reserve stock', in the branch 'Large order'" */
export function placeWords(draft: Draft, id: string): string {
  const place = placeOf(draft, id);
  if (!place) return 'nowhere';
  const before = sequenceAt(draft, place)?.[place.index - 1];
  const where = before ? `after ${quoted(titleOf(before))}` : 'at the beginning';
  if (place.parent === null) return where;
  const parent = findNode(draft, place.parent);
  const branch = parent?.branches.find((each) => each.id === place.branch);
  if (!parent || !branch) return where;
  const { title } = branch.fields;
  const inBranch =
    typeof title === 'string' || branch.at === 'catch'
      ? `${branchName(branch)} of ${quoted(titleOf(parent))}`
      : quoted(titleOf(parent));
  return before ? `${where}, in ${inBranch}` : `${where} of ${inBranch}`;
}

const MOST_NAMED = 3;

/** "'Pay' is the point of no return now.", "'Pay' was changed: attempts, input › amount and 2 more." */
function partsWords(title: string, change: StepChange): string[] {
  const { fields, branches, after } = change;
  const own = fields.flatMap((field) => ownSentence(title, field) ?? []);
  const parts = fields
    .filter((field) => ownSentence(title, field) === null)
    .map((field) => {
      const branch = after?.branches.find(({ id }) => id === field.branch);
      return ofBranch(fieldWords(field, after?.kind), branch);
    });
  return [
    ...own,
    ...branches.map(({ how, branch }) => `In ${title}, ${branchName(branch)} was ${how}${nowAt(how, branch, change)}.`),
    ...(parts.length > 0 ? [`${title} was changed: ${named([...new Set(parts)])}.`] : []),
  ];
}

/** Branches are tried in their order. */
function nowAt(how: BranchChange['how'], { id, at }: DraftBranch, { after }: StepChange): string {
  if (how !== 'moved') return '';
  const order = after?.branches.filter((branch) => branch.at === at) ?? [];
  const before = order[order.findIndex((branch) => branch.id === id) - 1];
  return before ? `: it comes after ${branchName(before)} now` : ': it comes first now';
}

/** What a change of a field means, where its name does not say it; null: the name says it. */
function ownSentence(title: string, { branch, path, before, after }: FieldChange): string | null {
  if (branch !== null || path.length !== 1) return null;
  switch (path[0]) {
    case 'pivot':
      return after === true
        ? `${title} is the point of no return now.`
        : `${title} is no longer the point of no return.`;
    case 'undo':
      if (after === undefined) return `${title} has no undo now${undoTitle(before, '. Before')}.`;
      return before === undefined ? `${title} has an undo now${undoTitle(after, '')}.` : null;
    default:
      return null;
  }
}
const undoTitle = (undo: Json | undefined, when: string): string =>
  isFields(undo) && typeof undo.title === 'string' ? `${when}: ${quoted(undo.title)}` : '';

/** "taken if (the branch 'Large')" */
export const ofBranch = (field: string, branch: DraftBranch | undefined): string =>
  branch ? `${field} (${branchName(branch)})` : field;

function branchName({ at, fields }: DraftBranch): string {
  if (typeof fields.title === 'string') return `the branch ${quoted(fields.title)}`;
  return at === 'catch' ? 'a failure handler' : 'a branch';
}

/** What differs in the flow itself: what is asked of its callers first. */
export function flowWords(fields: readonly FieldChange[], from: Draft, to: Draft): string[] {
  const schemas = (['input', 'output'] as const).filter((name) => fields.some(({ path }) => path[0] === name));
  const rest = fields.filter(({ path }) => !schemas.some((name) => name === path[0]));
  const parts = rest.map((field) => fieldWords({ path: field.path.slice(0, 2) }, 'flow'));
  return [
    ...schemas.flatMap((name) => schemaWords(from.flow[name], to.flow[name], name)),
    ...(parts.length > 0 ? [`The flow itself was changed: ${named([...new Set(parts)])}.`] : []),
  ];
}

function named(parts: readonly string[]): string {
  const first = parts.slice(0, MOST_NAMED).join(', ');
  return parts.length > MOST_NAMED ? `${first} and ${parts.length - MOST_NAMED} more` : first;
}

/** A value as people read it, and whether it is code. */
export function valueWords(value: Json | undefined): { text: string; isCode: boolean } | null {
  if (value === undefined) return null;
  if (typeof value === 'string') return { text: value === '' ? '(empty)' : value, isCode: false };
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { $expr: expression } = value;
    if (typeof expression === 'string' && Object.keys(value).length === 1) return { text: expression, isCode: true };
  }
  return { text: JSON.stringify(value, null, 2), isCode: typeof value === 'object' };
}

/** '2 steps added, 1 moved; the flow itself changed' */
export function summaryWords(steps: readonly StepChange[], flow: readonly FieldChange[]): string {
  const counts = (['added', 'removed', 'moved', 'changed'] as const).flatMap((kind) => {
    const count = steps.filter((each) => kindsOf(each).includes(kind)).length;
    return count === 0 ? [] : [`${countOf(count, 'step')} ${kind}`];
  });
  const parts = [...counts, ...(flow.length > 0 ? ['the flow itself changed'] : [])];
  return parts.length === 0 ? 'Nothing differs' : parts.join(', ');
}
