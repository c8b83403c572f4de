/**
 * What a failure leaves behind, before and now, in words.
 *
 * Rules
 * [RBW1] Effects with the same fate share a sentence, so that a failure that leaves ten of them is read once.
 * [RBW2] What remains while a run asks a person, waits or retries is not left behind: the sentence says until when it
 *        remains, and only a run that has ended 'leaves more'.
 * [RBW3] What the comparison cannot see is said beside it: steps that nothing reaches, and undos that call something
 *        else, since a played undo works or fails whatever it calls.
 */
import { itemWords } from '@/components/designer/trial/cell-words';
import { countOf } from '@/components/words';
import type { FlowDocument } from '@/engine/flow/document';
import { allNodes } from '@/engine/flow/tree';
import type { EffectFate, FailureChange, FateChange, RollbackComparison } from '@/engine/trial/compare-matrices';
import type { MatrixCell, MatrixFailure } from '@/engine/trial/matrix-cells';

const IF: Record<MatrixFailure, (title: string) => string> = {
  before: (title) => `${title} fails before its effect`,
  after: (title) => `${title} fails after its effect`,
  unknown: (title) => `${title} gives no answer`,
  stopped: (title) => `the run is stopped at ${title}`,
  rejected: (title) => `${title} is rejected`,
  late: (title) => `nobody answers ${title} in time`,
};

/** Of one effect, and of several. */
type Forms = readonly [one: string, several: string];
const WAS: Record<EffectFate, Forms> = {
  remains: ['remained', 'remained'],
  mayRemain: ['may have remained', 'may have remained'],
  undone: ['was undone', 'were undone'],
  kept: ['was kept, because the run completed', 'were kept, because the run completed'],
  noEffect: ['was declared to have no effect', 'were declared to have no effect'],
  none: ['had not happened', 'had not happened'],
};
const IS: Record<EffectFate, Forms> = {
  remains: ['remains', 'remain'],
  mayRemain: ['may remain', 'may remain'],
  undone: ['is undone', 'are undone'],
  kept: ['is kept, because the run completes', 'are kept, because the run completes'],
  noEffect: ['is declared to have no effect', 'are declared to have no effect'],
  none: ['does not happen', 'do not happen'],
};

/** [RBW2] Until when something remains, of a run that has not ended. */
const WHILE: Partial<Record<MatrixCell['end']['kind'], Forms>> = {
  asks: ['while a person was asked', 'while a person is asked'],
  retries: ['while the run retried', 'while the run retries'],
  waits: ['while the run waited for the signal', 'while the run waits for the signal'],
};

/** "If 'Charge card' fails after its effect and its undo fails" */
export function ifWords({
  title,
  failure,
  undoFails,
  item,
}: Pick<FailureChange, 'title' | 'failure' | 'undoFails' | 'item'>): string {
  const alone = item ? `, for ${itemWords(item)} alone` : '';
  return `If ${IF[failure](`'${title}'`)}${alone}${undoFails ? `${alone ? ',' : ''} and its undo fails` : ''}`;
}

/** "Before, 'Reserve stock' was undone; now it remains." */
export function thenWords({ before, after, fates, endsOtherwise, reordered }: FailureChange): string[] {
  const was = (fate: EffectFate, many: boolean) => WAS[fate][many ? 1 : 0] + whileWords(before, fate, 0);
  const is = (fate: EffectFate, many: boolean) => IS[fate][many ? 1 : 0] + whileWords(after, fate, 1);
  const sentences = groupsOf(fates).map(([first, ...more]): string => {
    const names = listOf([first, ...more].map(({ title }) => `'${title}'`));
    const many = more.length > 0;
    const it = many ? 'they' : 'it';
    if (before === null) return `This is new: ${names} ${is(first.after, many)}.`;
    if (after === null) return `This can no longer happen. Before, ${names} ${was(first.before, many)}.`;
    if (first.only === 'after') return `${names} ${many ? 'are' : 'is'} new, and ${it} ${is(first.after, many)}.`;
    if (first.only === 'before')
      return `Before, ${names} ${was(first.before, many)}; the ${many ? 'steps are' : 'step is'} gone now.`;
    if (first.before === first.after)
      return `Before, ${names} ${was(first.before, many)} for ${countOf(first.countBefore, 'item')}; now ${it} ${is(first.after, many)} for ${countOf(first.countAfter, 'item')}.`;
    return `Before, ${names} ${was(first.before, many)}; now ${it} ${is(first.after, many)}.`;
  });
  return [
    ...sentences,
    ...(before && after && endsOtherwise
      ? [`Before, the run ${endWords(before, 0)}; now it ${endWords(after, 1)}.`]
      : []),
    ...(reordered ? ['The same effects are undone, in another order.'] : []),
  ];
}

const whileWords = (cell: MatrixCell | null, fate: EffectFate, form: 0 | 1): string => {
  const words = fate === 'remains' || fate === 'mayRemain' ? cell && WHILE[cell.end.kind] : null;
  return words ? ` ${words[form]}` : '';
};

/** [RBW1] */
function groupsOf(fates: readonly FateChange[]): [FateChange, ...FateChange[]][] {
  const groups = new Map<string, [FateChange, ...FateChange[]]>();
  for (const fate of fates) {
    const { before, after, countBefore, countAfter, only } = fate;
    const key = JSON.stringify([before, after, only, ...(before === after ? [countBefore, countAfter] : [])]);
    const group = groups.get(key);
    if (group) group.push(fate);
    else groups.set(key, [fate]);
  }
  return [...groups.values()];
}

/** "'A', 'B' and 'C'" */
const listOf = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

function endWords({ end, undone, left }: MatrixCell, form: 0 | 1): string {
  const of = ([was, is]: Forms) => (form === 0 ? was : is);
  switch (end.kind) {
    case 'completed':
      return of(['completed', 'completes']);
    case 'failed':
    case 'canceled': {
      const undoes = undone.length > 0 && left.length === 0;
      const ends = end.kind === 'failed' ? of(['failed', 'fails']) : of(['was stopped', 'is stopped']);
      return `${ends}${undoes ? ' with all effects undone' : ''}`;
    }
    case 'retries':
      return of(['retried until the step succeeded', 'retries until the step succeeds']);
    case 'waits':
      return of(['waited for a signal', 'waits for a signal']);
    case 'broken':
      return of(['broke, because its code failed', 'breaks, because its code fails']);
    case 'tooLong':
      return of(['did not end in the trial', 'does not end in the trial']);
    case 'asks': {
      const kinds = new Set(end.questions.map(({ kind }) => kind));
      const about = [
        ...(kinds.has('undo') ? ['what to do about an undo that failed'] : []),
        ...(kinds.has('outcome') ? ['whether a step happened'] : []),
        ...(kinds.has('approval') ? ['for a decision'] : []),
      ];
      return `${of(['asked', 'asks'])} a person ${listOf(about)}`;
    }
  }
}

/** True if something remains, or may remain, that did not before. */
const isWorse = ({ fates }: Pick<FailureChange, 'fates'>): boolean =>
  fates.some(
    ({ before, after, countBefore, countAfter }) =>
      RANK[after] > RANK[before] || (RANK[after] === RANK[before] && RANK[after] > 0 && countAfter > countBefore)
  );
const RANK: Record<EffectFate, number> = { none: 0, undone: 0, kept: 0, noEffect: 0, mayRemain: 1, remains: 2 };

/** [RBW2] True if a run that has ended leaves more behind than before. */
export const leavesMore = (change: Pick<FailureChange, 'fates' | 'after'>): boolean =>
  isWorse(change) && change.after !== null && WHILE[change.after.end.kind] === undefined;

/** The kind of a change in a word or two. */
export function changeKind(change: FailureChange): string {
  if (change.before === null) return 'New failure';
  if (change.after === null) return 'Cannot happen';
  if (leavesMore(change)) return 'Leaves more';
  // Less remains only if nothing remains instead.
  return change.fates.length > 0 && !isWorse(change) ? 'Leaves less' : 'Ends otherwise';
}

/** '2 of 12 failures end otherwise than before, 1 of them with more left behind.' */
export function comparisonWords({ changes, compared, notPlayed }: RollbackComparison): string {
  const rest =
    notPlayed > 0
      ? ` ${countOf(notPlayed, 'failure')} could not be compared, because ${notPlayed === 1 ? 'it was' : 'they were'} not played.`
      : '';
  if (compared === 0) return `No failure was compared.${rest}`;
  if (changes.length === 0)
    return compared === 1
      ? `The failure that was compared ends as before.${rest}`
      : `All ${compared} failures that were compared end as before and leave the same behind.${rest}`;
  const ends = changes.length === 1 ? 'ends' : 'end';
  const worse = changes.filter(leavesMore).length;
  const left = worse === 0 ? 'and none of them leaves more behind' : `${worse} of them with more left behind`;
  return `${changes.length} of ${countOf(compared, 'failure')} ${ends} otherwise than before, ${left}.${rest}`;
}

type Drawn = Pick<FlowDocument, 'steps'>;
/** [RBW3] Sentences. */
export function notComparedWords(unreached: readonly string[], from: Drawn, to: Drawn): string[] {
  const quoted = (titles: readonly string[]) => listOf(titles.map((title) => `'${title}'`));
  const others = otherUndos(from, to);
  return [
    ...(unreached.length > 0
      ? [
          `Not compared: ${quoted(unreached)}, which no scenario or failure reaches on both sides. Add a scenario that does.`,
        ]
      : []),
    ...(others.length > 0
      ? [`The undo of ${quoted(others)} calls something else now. Here an undo works or fails, whatever it calls.`]
      : []),
  ];
}

/** The titles of the steps whose undo calls something else, or with another input. */
function otherUndos(from: Drawn, to: Drawn): string[] {
  const before = new Map(allNodes(from.steps).map((node) => [node.id, node]));
  return allNodes(to.steps).flatMap((node) => {
    const was = before.get(node.id);
    if (node.kind !== 'action' || was?.kind !== 'action' || !node.undo || !was.undo) return [];
    const same = JSON.stringify(callOf(was.undo)) === JSON.stringify(callOf(node.undo));
    return same ? [] : [node.title];
  });
}
const callOf = ({ activity, input }: { activity: string; input: unknown }) => [activity, input];
