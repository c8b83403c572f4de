import type { Batch, BatchKind, BatchOutcome } from '@/app/_contract/batches';

export const KIND_WORDS: Record<BatchKind, string> = {
  cancel: 'Stop and undo',
  terminate: 'Kill now',
  signal: 'Send a signal',
  retry: 'Try again now',
  reset: 'Reset',
  pause: 'Pause',
  resume: 'Resume',
};
export const STATE_WORDS: Record<Batch['state'], string> = {
  running: 'Under way',
  completed: 'Done',
  stopped: 'Stopped',
};
export const RESULT_WORDS: Record<BatchOutcome, string> = {
  done: 'Done',
  nothing: 'Nothing to do',
  refused: 'Refused',
  waiting: 'Not reached',
};

const POINTS: Record<string, string> = { first: 'the beginning', last: 'the last decision' };

/** 'Send a signal: paid' */
export function batchWords({ kind, about }: Pick<Batch, 'kind' | 'about'>): string {
  if (!kind) return 'A batch of runs';
  if (!about) return KIND_WORDS[kind];
  return kind === 'reset' ? `Reset to ${POINTS[about] ?? `the step '${about}'`}` : `${KIND_WORDS[kind]}: ${about}`;
}

/** Of its runs, as far as it is known: those that were not asked. */
export const notReached = ({ total, done, failed }: Pick<Batch, 'total' | 'done' | 'failed'>): number =>
  Math.max(0, total - done - failed);
