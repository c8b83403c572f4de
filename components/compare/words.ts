/** Differences of two states of a flow in words: "'Refund' was added after 'Charge card'". */
import { countOf, spelled } from '@/components/words';
import { kindsOf, type ChangeKind, type FieldChange, type StepChange } from '@/engine/flow/edit/comparison';
import { findNode, placeOf, sequenceAt, withInner, type Draft, type Json } from '@/engine/flow/edit/draft';
import { titleOf } from '@/engine/flow/edit/places';

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
  if (before === null) return [`${title} was added${inside(after)} ${placeWords(to, id)}.`];
  if (after === null) return [`${title} was removed${inside(before)}. It was ${placeWords(from, id)}.`];
  return kindsOf(change).map((kind) =>
    kind === 'moved'
      ? `${title} was moved. It was ${placeWords(from, id)}; now it is ${placeWords(to, id)}.`
      : `${title} was changed: ${partsOf(change)}.`
  );
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
  const named =
    typeof title === 'string'
      ? `the branch ${quoted(title)} of ${quoted(titleOf(parent))}`
      : branch.at === 'catch'
        ? `a failure handler of ${quoted(titleOf(parent))}`
        : quoted(titleOf(parent));
  return before ? `${where}, in ${named}` : `${where} of ${named}`;
}

const MOST_NAMED = 3;

/** 'title, input › amount and 2 more' */
function partsOf({ fields, branches }: StepChange): string {
  const parts = [
    ...new Set([
      ...fields.map(fieldWords),
      ...branches.map(({ how, branch }) => {
        const what = branch.at === 'catch' ? 'a failure handler' : 'a branch';
        return `${what} was ${how}`;
      }),
    ]),
  ];
  const named = parts.slice(0, MOST_NAMED).join(', ');
  return parts.length > MOST_NAMED ? `${named} and ${parts.length - MOST_NAMED} more` : named;
}

/** Fields whose inner names are the product's own; the names inside others are those of data. */
const OWN = new Set(['options', 'undo', 'unknown', 'retry']);
export function fieldWords({ path }: Pick<FieldChange, 'path'>): string {
  const own = OWN.has(path[0] ?? '');
  return path.map((name, index) => (index === 0 || (own && name !== 'input') ? spelled(name) : name)).join(' › ');
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
