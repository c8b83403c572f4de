/**
 * The words for groups of runs that need attention.
 *
 * Rules
 * [ATW1] A row says where and with which error: the title of the step, or its id where no title is known.
 * [ATW2] The error of a run whose step is not known is the whole line.
 */
import { ATTENTION_KINDS, type AttentionGroup, type AttentionKind } from '@/app/_contract/attention';
import type { NodeState } from '@/engine/run-view/model';

interface KindWords {
  /** Of the part of the page. */
  title: string;
  description: string;
  mark: NodeState;
  /** What is counted. */
  noun: 'run' | 'approval';
  /** Before the time of the earliest. */
  since: string;
}

export const KIND_WORDS: Record<AttentionKind, KindWords> = {
  asks: {
    title: 'Need a decision',
    description: 'An undo failed, or it is not known what happened. The runs wait for an answer.',
    mark: 'undoFailed',
    noun: 'run',
    since: 'first started',
  },
  stuck: {
    title: 'Stuck',
    description: 'The code of these runs cannot go on.',
    mark: 'noWorker',
    noun: 'run',
    since: 'first started',
  },
  nobody: {
    title: 'Approvals that nobody can decide',
    description: 'Nobody, or too few who may decide are left. Assign somebody else: the run asks them too.',
    mark: 'waitsForPerson',
    noun: 'approval',
    since: 'first asked',
  },
  overdue: {
    title: 'Approvals past their due time',
    description: 'Nobody has decided in time.',
    mark: 'waitsForPerson',
    noun: 'approval',
    since: 'first due',
  },
  remains: {
    title: 'Effects may remain',
    description: 'These runs have ended, and nobody has settled what they left.',
    mark: 'unknown',
    noun: 'run',
    since: 'since',
  },
  retries: {
    title: 'Retrying',
    description: 'A step fails and is tried again.',
    mark: 'retrying',
    noun: 'run',
    since: 'since',
  },
  failed: {
    title: 'Failed',
    description: 'A step failed for good, and the run with it.',
    mark: 'failed',
    noun: 'run',
    since: 'since',
  },
};

/** [ATW1] [ATW2] */
export function groupWords({
  kind,
  step,
  stepTitle,
  error,
}: Pick<AttentionGroup, 'kind' | 'step' | 'stepTitle' | 'error'>): {
  place: string | null;
  error: string;
} {
  const place = capital(stepTitle ?? step ?? '');
  if (kind === 'asks')
    return { place: place || null, error: error ? `Waits for a decision after ${error}` : 'Waits for a decision' };
  if (kind === 'remains') return { place: place || null, error: 'Ended, and effects may remain' };
  if (kind === 'overdue' || kind === 'nobody') return { place: null, error: place };
  return { place: place === '' ? null : place, error };
}
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What a filter `SagaAttention = '…'` says, in words; null: it is no mark of a group. */
export function markWords(mark: string): string | null {
  const [kind = '', step = ''] = mark.split(' ', 2);
  const known = ATTENTION_KINDS.find((each) => each === kind);
  if (!known || step === '') return null;
  const error = mark.slice(kind.length + step.length + 2);
  const at = step === '-' ? '' : ` at ${step}`;
  if (known === 'asks') return `Needs a decision${at}${error ? ` after ${error}` : ''}`;
  if (known === 'remains') return `Effects may remain${at}`;
  return known === 'failed' ? `Failed${at} with ${error}` : `Retries${at} after ${error}`;
}
