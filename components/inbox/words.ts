/** Tasks in an operator's words and marks. */
import type { InboxTask, TaskOutcome } from '@/app/_contract/inbox';
import type { NodeState } from '@/engine/flow/run/model';

export const OUTCOMES: Record<TaskOutcome, { words: string; mark: NodeState }> = {
  approved: { words: 'Approved', mark: 'done' },
  rejected: { words: 'Rejected', mark: 'failed' },
  timedOut: { words: 'Nobody decided in time', mark: 'waitsForTimer' },
  cancelled: { words: 'Withdrawn: the run was stopped', mark: 'cancelled' },
  runClosed: { words: 'The run ended undecided', mark: 'terminated' },
};

/** 'Finance, ada@example.com', or 'anybody'. */
export function whoMay({ candidates }: Pick<InboxTask, 'candidates'>): string {
  return candidates.length === 0 ? 'anybody' : candidates.join(', ');
}

export const TIMEOUT_WORDS = {
  approve: 'it counts as approved',
  reject: 'it counts as rejected',
  fail: 'the step fails',
} as const;
