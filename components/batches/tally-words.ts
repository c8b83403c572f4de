/** The words for what an act on many runs, other than ending them, does. */
import { countOf } from '@/components/words';
import type { BatchTally } from '@/engine/run-view/batch-tally';
import type { ConsequenceRow } from './consequence-words';

/** [one run, several runs]; the words follow the number of runs. */
const WORDS: Record<string, readonly [string, string]> = {
  waits: ['waits for this signal and goes on with it', 'wait for this signal and go on with it'],
  later: [
    'does not wait for it now: it is kept until the run does',
    'do not wait for it now: it is kept until they do',
  ],
  undeclared: [
    'is of a version without this signal and is left alone',
    'are of versions without this signal and are left alone',
  ],
  held: ['is paused, or its step is: nothing begins', 'are paused, or their steps are: nothing begins'],
  noRetry: ['has no step that waits for another attempt', 'have no step that waits for another attempt'],
  noPoint: ['has not come to this point and refuses', 'have not come to this point and refuse'],
  untold: ['is of no flow, so what happens again is not known', 'are of no flow, so what happens again is not known'],
  pauses: ['is paused: no step and no attempt begins', 'are paused: no step and no attempt begins'],
  paused: ['is paused already and refuses', 'are paused already and refuse'],
  resumes: ['goes on', 'go on'],
  goesOn: ['is not paused', 'are not paused'],
};

/** What is asked of most runs first, then what is refused. */
const ORDER = ['twice', 'waits', 'retries', 'pauses', 'resumes', 'later'];
const placeOf = (group: string): number => {
  const place = ORDER.indexOf(group.split(' ', 1)[0]!);
  return place < 0 ? ORDER.length : place;
};

/** Every run that was read is in one row. */
export function tallyRows({ groups }: BatchTally): ConsequenceRow[] {
  return Object.entries(groups)
    .sort(([a, inA], [b, inB]) => placeOf(a) - placeOf(b) || inB - inA)
    .map(([group, runs]) => ({ runs, words: wordsOf(group, runs) }));
}

function wordsOf(group: string, runs: number): string {
  const [name = '', rest = ''] = [group.split(' ', 1)[0], group.slice(group.indexOf(' ') + 1)];
  const [one, many] = WORDS[name] ?? [name, name];
  switch (name) {
    case 'twice': {
      const effects = Number(rest);
      if (effects === 0) return runs === 1 ? 'repeats no effect' : 'repeat no effect';
      return `may do ${countOf(effects, 'effect')} a second time`;
    }
    case 'retries':
      return `${runs === 1 ? 'begins' : 'begin'} the next attempt of ${countOf(Number(rest), 'step')}`;
    case 'refused':
      return `${runs === 1 ? 'refuses' : 'refuse'}: ${rest}`;
    default:
      return runs === 1 ? one : many;
  }
}

const MOST_NAMED = 6;
/** What else is to be known of these runs. */
export function tallyNotes({ effects, redelivered }: BatchTally): string[] {
  const named = Object.entries(effects).sort(([, a], [, b]) => b - a);
  const more = named.length > MOST_NAMED ? ` and ${named.length - MOST_NAMED} more` : '';
  const list = named.slice(0, MOST_NAMED).map(([title, runs]) => `${title} (${countOf(runs, 'run')})`);
  return [
    named.length > 0 ? `May happen a second time: ${list.join(', ')}${more}` : '',
    redelivered > 0 ? `${countOf(redelivered, 'run')} had signals after this point` : '',
  ].filter(Boolean);
}

/** How many of the runs that were read an act can be carried out in. */
export const isAllRefused = ({ read, groups }: BatchTally): boolean => {
  const refusing = Object.entries(groups).filter(([group]) =>
    /^(refused|noPoint|paused|undeclared|noRetry|goesOn|held)\b/.test(group)
  );
  return read > 0 && refusing.reduce((sum, [, runs]) => sum + runs, 0) === read;
};
