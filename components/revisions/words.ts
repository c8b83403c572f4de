/** What a check of a revision has found, and what going live does, in sentences. */
import type { AppFailure } from '@/app/_contract/errors';
import type { GateReport, RevisionRow } from '@/app/_contract/gates';

const counts = new Intl.NumberFormat('en');

export const runsOf = (count: number): string => `${counts.format(count)} ${count === 1 ? 'run' : 'runs'}`;

/** '1,204 of 3,000 runs hold, 2 would break.' */
export function progressOf({ holding, proved, total, breaking, phase }: GateReport): string {
  if (phase === 'checking' && total === 0) return 'Looking for the open runs…';
  if (phase === 'checking')
    return `${counts.format(proved)} of ${runsOf(total)} replayed, ${counts.format(holding)} hold`;
  if (total === 0) return 'No run of this version is open.';
  if (breaking === 0) return total === 1 ? 'The open run holds.' : `All ${runsOf(total)} hold.`;
  return `${counts.format(holding)} of ${runsOf(total)} hold, ${counts.format(breaking)} would break.`;
}

/** The consequence of 'Put live'. */
export function consequenceOf({ revision, holding, breaking, version }: GateReport): string {
  const sentences = [`New runs of version ${version} start on ${revision}.`];
  if (holding > 0)
    sentences.push(`${runsOf(holding)} ${holding === 1 ? 'continues' : 'continue'} on ${revision} with the next step.`);
  if (breaking > 0)
    sentences.push(
      breaking === 1
        ? '1 run stays on the revision that it has.'
        : `${runsOf(breaking)} stay on the revision that they have.`
    );
  return sentences.join(' ');
}

/** Going live was sent and had no answer. */
export function unansweredOf({ revision }: GateReport): Pick<AppFailure, 'message' | 'whatToDo'> {
  return {
    message: `No answer came, so it is not known yet whether ${revision} went live.`,
    whatToDo: 'It is asked for again until there is an answer. You can also close this: the list of versions shows it.',
  };
}

export function actionOf({ revision, breaking, holding }: GateReport): string {
  if (breaking === 0) return `Put ${revision} live`;
  return holding === 0 ? `Put ${revision} live for new runs` : `Put ${revision} live for ${runsOf(holding)}`;
}

/** 'Roll back to v3.0'; a revision that is newer than the live one is no way back: 'Put v3.1 live again'. */
export function goesTo(to: Revised, all: readonly Revised[]): string {
  const live = all.find((each) => each.version === to.version && each.live);
  const numberOf = ({ revision }: Revised) => Number(revision.split('.')[1]);
  return live && numberOf(to) > numberOf(live) ? `Put ${to.revision} live again` : `Roll back to ${to.revision}`;
}
type Revised = Pick<RevisionRow, 'version' | 'revision' | 'live'>;
