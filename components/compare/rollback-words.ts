/** What a failure leaves behind, before and now, in words. */
import { cellWords, itemWords } from '@/components/designer/trial/cell-words';
import type { EffectFate, FailureChange, FateChange } from '@/engine/trial/compare-matrices';
import type { MatrixFailure } from '@/engine/trial/matrix-cells';

const IF: Record<MatrixFailure, (title: string) => string> = {
  before: (title) => `${title} fails before its effect`,
  after: (title) => `${title} fails after its effect`,
  unknown: (title) => `${title} gives no answer`,
  stopped: (title) => `the run is stopped at ${title}`,
  rejected: (title) => `${title} is rejected`,
  late: (title) => `nobody answers ${title} in time`,
};
const WAS: Record<EffectFate, string> = {
  remains: 'remained',
  mayRemain: 'may have remained',
  undone: 'was undone',
  none: 'had not happened',
};
const IS: Record<EffectFate, string> = {
  remains: 'it remains',
  mayRemain: 'it may remain',
  undone: 'it is undone',
  none: 'it does not happen',
};
const NEW: Record<EffectFate, string> = {
  remains: 'remains',
  mayRemain: 'may remain',
  undone: 'is undone',
  none: 'does not happen',
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

/** "before, 'Reserve stock' was undone; now it remains." */
export function thenWords({ before, after, fates, endsOtherwise, reordered }: FailureChange): string[] {
  if (before === null) return fates.map(({ title, after: fate }) => `this is new: '${title}' ${NEW[fate]}.`);
  if (after === null)
    return fates.map(({ title, before: fate }) => `this can no longer happen; before, '${title}' ${WAS[fate]}.`);
  return [
    ...fates.map(fateWords),
    ...(endsOtherwise
      ? [`the run ended before with '${cellWords(before).words}', now with '${cellWords(after).words}'.`]
      : []),
    ...(reordered ? ['the same effects are undone, in another order.'] : []),
  ];
}

function fateWords({ title, before, after, only }: FateChange): string {
  if (only === 'after') return `'${title}' is new, and ${IS[after]}.`;
  if (only === 'before') return `before, '${title}' ${WAS[before]}; the step is gone now.`;
  if (before === after) return `'${title}' remains another number of times.`;
  return `before, '${title}' ${WAS[before]}; now ${IS[after]}.`;
}

/** True if something remains, or may remain, that did not before. */
export const isWorse = ({ fates }: Pick<FailureChange, 'fates'>): boolean =>
  fates.some(({ before, after }) => RANK[after] > RANK[before]);
const RANK: Record<EffectFate, number> = { none: 0, undone: 0, mayRemain: 1, remains: 2 };
