/**
 * The words for runs and their effects. One thing has the same name in the list, on Home, in the inbox and on the
 * page of a run.
 *
 * Rules
 * [COWO1] A run has the same words wherever it is shown: everything that shows its status calls `runWords`.
 * [COWO2] A closed run never 'waits': its words say how it ended and how many effects may remain.
 * [COWO4] An open run that is paused never seems to go on: its words say that it is paused.
 * [COWO3] An effect remains, may remain, was undone or did not happen. An unknown outcome is never shown as a fact.
 */
import type { RunStanding, RunSummary } from '@/app/_contract/runs';
import { surelyRemains } from '@/engine/run-view/ledger';
import type { LedgerEntry, NodeState } from '@/engine/run-view/model';
import type { LedgerState } from '@/engine/saga/contract';

export type RunState = Pick<RunSummary, 'status' | 'isPaused' | 'standingState' | 'phase' | 'standing' | 'asks'>;

export interface Words {
  words: string;
  mark: NodeState;
}

/** A list knows how many effects are left, not which of them surely remain, [COWO3]. */
const MAY_REMAIN = 'effects may remain';

/** Words and marks of the filters. The words of one run are the same, with its count. */
export const STANDING_WORDS: Record<RunStanding, Words> = {
  running: { words: 'Running', mark: 'running' },
  unwinding: { words: 'Undoing', mark: 'unwinding' },
  needsHand: { words: 'Needs a decision', mark: 'undoFailed' },
  paused: { words: 'Paused', mark: 'paused' },
  completed: { words: 'Completed', mark: 'done' },
  completedStanding: { words: `Completed: ${MAY_REMAIN}`, mark: 'unknown' },
  failedUndone: { words: 'Failed: all undone', mark: 'undone' },
  failedStanding: { words: `Failed: ${MAY_REMAIN}`, mark: 'failed' },
  failed: { words: 'Failed', mark: 'failed' },
  canceledUndone: { words: 'Stopped: all undone', mark: 'cancelled' },
  canceledStanding: { words: `Stopped: ${MAY_REMAIN}`, mark: 'cancelled' },
  canceled: { words: 'Stopped', mark: 'cancelled' },
  terminatedStanding: { words: `Killed: ${MAY_REMAIN}`, mark: 'terminated' },
  terminated: { words: 'Killed', mark: 'terminated' },
  timedOutStanding: { words: `Timed out: ${MAY_REMAIN}`, mark: 'failed' },
  timedOut: { words: 'Timed out', mark: 'failed' },
  continuedAsNew: { words: 'Continued as new', mark: 'done' },
};

/**
 * The words of a filter, and of a count: runs that wait, also for a person, are counted with those that work, because an
 * approval changes nothing that is counted.
 */
export const filterWords = (standing: RunStanding): string =>
  standing === 'running' ? 'Running or waiting' : STANDING_WORDS[standing].words;

/** [COWO1] [COWO4] */
export function runWords(run: RunState): Words {
  if (!run.isPaused) return unpausedWords(run);
  const standingState = run.phase === 'needs-hand' ? 'needsHand' : run.phase === 'unwinding' ? 'unwinding' : 'running';
  const told = unpausedWords({ ...run, standingState });
  return standingState === 'running' && !run.asks ? STANDING_WORDS.paused : { ...told, words: `${told.words}: paused` };
}

/** [COWO2] */
function unpausedWords(run: RunState): Words {
  const told = STANDING_WORDS[run.standingState];
  if (run.standingState === 'running' && run.asks) return { words: 'Waits for a person', mark: 'waitsForPerson' };
  // The run was closed without running its code, and the engine still counts the effects that it left behind.
  if (isCounting(run)) return { ...told, words: `${told.words}: effects are being counted` };
  return { ...told, words: told.words.replace(MAY_REMAIN, `${countOf(run.standing ?? 0, 'effect')} may remain`) };
}

const isCounting = ({ status, phase }: RunState): boolean => status !== 'running' && phase === 'counting';

/** How many effects a run that unwinds has not undone yet; null if there is nothing to show. */
export function leftMeanwhile({ status, phase, standing }: RunSummary): string | null {
  return status !== 'running' || phase === null || !standing ? null : `${countOf(standing, 'effect')} left`;
}

export const countOf = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : /(?:ch|sh|s|x)$/.test(noun) ? 'es' : 's'}`;

/** The words for an effect if only its state is known. */
export const LEDGER_WORDS: Record<LedgerState, string> = {
  notArmed: 'has not happened',
  standing: 'remains',
  mayStand: 'may have happened',
  undoing: 'is being undone',
  undone: 'was undone',
  undoFailed: 'undo failed',
  doneByHand: 'was undone by hand',
  leftStanding: 'remains: left as it is',
};

/** [COWO3] The state of one effect in a few words. */
export function effectWords(entry: LedgerEntry): string {
  const undo = entry.undoTitle ?? 'its undo';
  switch (entry.state) {
    case 'standing':
      return entry.effect === 'irreversible' ? 'remains: cannot be undone' : LEDGER_WORDS.standing;
    case 'mayStand':
      if (entry.undoRan) return `may remain: ${undo} ran, but a late call may still arrive`;
      return entry.underWay ? 'may have happened: no answer yet' : LEDGER_WORDS.mayStand;
    case 'undoing':
      return `${undo}…`;
    case 'undone':
      return `was undone: ${undo}`;
    case 'undoFailed':
      return surelyRemains(entry) ? `${undo} failed: remains` : `${undo} failed: may remain`;
    case 'leftStanding':
      return surelyRemains(entry) ? LEDGER_WORDS.leftStanding : 'may remain: left as it is';
    default:
      return LEDGER_WORDS[entry.state];
  }
}

/** `onFailure` → 'on failure' */
export const spelled = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
