/** The words and marks of tasks. */
import type { DecideTask, InboxTask, TaskOutcome } from '@/app/_contract/inbox';
import type { NodeState } from '@/engine/run-view/model';

export const OUTCOMES: Record<TaskOutcome, { words: string; mark: NodeState }> = {
  approved: { words: 'Approved', mark: 'done' },
  rejected: { words: 'Rejected', mark: 'failed' },
  timedOut: { words: 'Nobody decided in time', mark: 'waitsForTimer' },
  cancelled: { words: 'Withdrawn: the run was stopped', mark: 'cancelled' },
  runClosed: { words: 'The run ended before a decision', mark: 'terminated' },
};

/** 'Finance, ada@example.com', or 'anybody'; where the approval says so, without the person who started the run. */
export function whoMay({ candidates, forbidStarter }: Pick<InboxTask, 'candidates' | 'forbidStarter'>): string {
  const names = candidates.length === 0 ? 'anybody' : candidates.join(', ');
  return forbidStarter ? `${names}, but not the person who started the run` : names;
}

export const TIMEOUT_WORDS = {
  approve: 'it counts as approved',
  reject: 'it counts as rejected',
  fail: 'the step fails',
} as const;

/** Is a comment required for this answer? */
export function demandsComment(
  { requireComment }: Pick<InboxTask, 'requireComment'>,
  decision: DecideTask['decision']
): boolean {
  return requireComment === 'always' || (requireComment === 'onReject' && decision === 'reject');
}

/**
 * Whether the decision was made on this page, by another person while the page was open, or before the page was
 * opened.
 */
export type SettledHow = 'own' | 'overtaken' | 'past';

/** How the task ended, in one sentence. */
export function settledSentence(
  { outcome, by }: Pick<NonNullable<InboxTask['settled']>, 'outcome' | 'by'>,
  how: SettledHow,
  amount: string | null
): string {
  switch (outcome) {
    case 'approved':
    case 'rejected':
      if (how === 'own') return `You ${outcome}${amount ? ` ${amount}` : ' it'}.`;
      return how === 'past'
        ? `${OUTCOMES[outcome].words} by ${by ?? 'somebody'}.`
        : `Already decided by ${by ?? 'somebody'}: ${outcome}.`;
    case 'timedOut':
      return 'Nobody decided in time; the run continued without an answer.';
    case 'cancelled':
      return 'The run was stopped before anybody decided.';
    case 'runClosed':
      return 'The run of this task has ended; there is nothing left to decide.';
  }
}
