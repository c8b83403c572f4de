/**
 * The sentences of Settings, Retention.
 *
 * [KEEP4] They say how many runs go at once, how many stay because of their effects, and that it cannot be reverted.
 */
import type { Expired } from '@/app/_contract/retention';

/** 'for 30 days', 'for ever'. */
export const keptWords = (days: number | null): string =>
  days === null ? 'for ever' : days === 1 ? 'for one day' : `for ${days.toLocaleString('en-US')} days`;

const runs = (count: number): string => (count === 1 ? 'One run' : `${count.toLocaleString('en-US')} runs`);

/** How many are deleted at once. The two counts are of two moments. */
export const goneAtOnce = ({ runs: all, held }: Expired): number => Math.max(0, all - held);

/** The words of the button that deletes them. */
export const deleteWords = (expired: Expired): string => `Delete ${runs(goneAtOnce(expired)).toLowerCase()}`;

/** The first sentence says what is deleted now, the further ones what stays and what comes later. */
export function expiredWords(expired: Expired, days: number | null): string[] {
  if (days === null) return ['From now on nothing is deleted by itself. What was deleted does not come back.'];
  const { held } = expired;
  const older = days === 1 ? 'more than a day ago' : `more than ${days.toLocaleString('en-US')} days ago`;
  const gone = goneAtOnce(expired);
  return [
    gone === 0
      ? `No run that closed ${older} is deleted now.`
      : `${runs(gone)} closed ${older}. ${gone === 1 ? 'It is' : 'They are'} deleted in the next minutes, with history, values and decided approvals. This cannot be reverted.`,
    held === 0
      ? ''
      : `${runs(held)} of that age ${held === 1 ? 'stays' : 'stay'}: an effect remains, or may remain, that nobody has settled.`,
    'Later runs are deleted when their time is over.',
  ].filter(Boolean);
}
