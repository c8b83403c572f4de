/** The words for what ending many runs does. */
import type { StopKind } from '@/app/_contract/batches';
import type { Consequences } from '@/engine/run-view/consequences';
import { leftWords } from '@/engine/run-view/left-words';
import { countOf } from '@/components/words';

export interface ConsequenceRow {
  runs: number;
  /** What they do; the words follow the number of runs. */
  words: string;
}

/** Every run that was read is in one row. */
export const consequenceRows = (kind: StopKind, told: Consequences): ConsequenceRow[] =>
  (kind === 'cancel' ? stopRows(told) : killRows(told)).filter(({ runs }) => runs > 0);

function stopRows({ undo, waitOnly, nothing, idle, untold }: Consequences): ConsequenceRow[] {
  const undoing = Object.entries(undo).sort(([a], [b]) => Number(b) - Number(a));
  return [
    ...undoing.map(([steps, runs]) => row(runs, ['undoes', 'undo'], countOf(Number(steps), 'step'))),
    row(waitOnly, ['waits', 'wait'], 'for an answer, and then undoes what it says to have happened'),
    row(nothing, ['stops', 'stop'], 'with nothing to undo'),
    row(idle.pastPivot, ['is', 'are'], 'past the point of no return and will continue to the end'),
    row(idle.undoing, ['is', 'are'], 'undoing already'),
    row(idle.asked, ['was', 'were'], 'asked to stop already'),
    row(untold, ['is', 'are'], 'of no flow, so what will be undone is not known'),
  ];
}

function killRows({ read, leave, effects, untold }: Consequences): ConsequenceRow[] {
  return [
    row(leave, ['ends', 'end'], `with effects: ${leftWords(effects) ?? ''}`),
    row(read - leave - untold, ['ends', 'end'], 'with no effect that remains'),
    row(untold, ['is', 'are'], 'of no flow, so what will remain is not known'),
  ];
}

const row = (runs: number, [one, many]: [string, string], rest: string): ConsequenceRow => ({
  runs,
  words: `${runs === 1 ? one : many} ${rest}`,
});

/** What else is to be known of some of the runs of these rows. */
export function consequenceNotes(kind: StopKind, { wait, ask, keep }: Consequences): string[] {
  if (kind === 'terminate') return [];
  return [
    wait > 0
      ? `${countOf(wait, 'run')} first ${wait === 1 ? 'waits' : 'wait'} for answers to requests that were sent`
      : '',
    ask > 0 ? `${countOf(ask, 'run')} may ask a person: nothing but an answer tells whether a step happened` : '',
    keep > 0 ? `${countOf(keep, 'run')} ${keep === 1 ? 'keeps an effect' : 'keep effects'} without an undo` : '',
  ].filter(Boolean);
}
