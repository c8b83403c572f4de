/** The words and marks of tasks. */
import type { InboxTask, TaskDecision, TaskOutcome } from '@/app/_contract/inbox';
import type { NodeState } from '@/engine/run-view/model';
import type { TaskEvent } from '@/engine/saga/contract';

export const OUTCOMES: Record<TaskOutcome, { words: string; mark: NodeState }> = {
  approved: { words: 'Approved', mark: 'done' },
  rejected: { words: 'Rejected', mark: 'failed' },
  disagreed: { words: 'They did not agree', mark: 'failed' },
  timedOut: { words: 'Nobody decided in time', mark: 'waitsForTimer' },
  cancelled: { words: 'Withdrawn: the run was stopped', mark: 'cancelled' },
  runClosed: { words: 'The run ended before a decision', mark: 'terminated' },
};

/** 'Finance, ada@example.com', or 'anybody'; where the approval says so, without the person who started the run. */
export function whoMay(task: Pick<InboxTask, 'candidates' | 'fromData' | 'forbidStarter' | 'excluded'>): string {
  // Nobody is excluded from nobody.
  if (task.fromData && task.candidates.length === 0) return whoIsAsked(task);
  const but = [
    ...(task.forbidStarter ? ['the person who started the run'] : []),
    ...(task.excluded.length > 0 ? ['whom the flow excludes'] : []),
  ];
  return `${whoIsAsked(task)}${but.length > 0 ? `, but not ${but.join(' or ')}` : ''}`;
}

export const whoIsAsked = ({ candidates, fromData }: Pick<InboxTask, 'candidates' | 'fromData'>): string =>
  candidates.join(', ') || (fromData ? 'nobody: the data names nobody' : 'anybody');

/** 'Escalated to Finance', 'Escalated to Finance alone'. */
export const escalationWords = ({ to = [], instead }: Pick<TaskEvent, 'to' | 'instead'>): string =>
  `Escalated to ${to.join(', ')}${instead ? ' alone' : ''}`;

export const reminderWords = (count: number): string =>
  count === 1 ? 'Reminded' : `Reminded ${count} times, the last time`;

/** '1 of 2 have decided', with whom it needs; only where several people decide. */
export function agreeWords({
  howMany,
  needed,
  votes,
  candidates,
  settled,
}: Pick<InboxTask, 'howMany' | 'needed' | 'votes' | 'candidates' | 'settled'>): string {
  const who =
    howMany === 'inSequence'
      ? `${candidates.join(', then ')} decide in turn`
      : howMany === 'all'
        ? `Each of ${candidates.join(', ')} decides`
        : `${needed} people decide together`;
  if (settled) return `${who}.`;
  return `${who}. ${votes.length === 0 ? 'Nobody has decided yet.' : `${votes.length} of ${needed} ${votes.length === 1 ? 'has' : 'have'} decided.`}`;
}

/** What counts if nobody decides in time. `decision`: its key, or 'fail'. */
export function timeoutWords(decision: string, { decisions }: Pick<InboxTask, 'decisions'>): string {
  if (decision === 'fail') return 'the step fails';
  if (decision === 'approve') return 'it counts as approved';
  if (decision === 'reject') return 'it counts as rejected';
  return `‘${decisions.find(({ key }) => key === decision)?.title ?? decision}’ counts`;
}

/** It needs no quotation: everybody knows what it is to approve and to reject. */
const isUsual = ({ key, title }: TaskDecision): boolean =>
  (key === 'approve' && title === 'Approve') || (key === 'reject' && title === 'Reject');

/** 'approve', 'choose ‘Pay less’'. */
export const verbOf = (decision: TaskDecision): string =>
  isUsual(decision) ? decision.key : `choose ‘${decision.title}’`;

/** 'Approved', or the title of the decision that the task names. */
export function outcomeWords(
  { outcome, decision }: Pick<NonNullable<InboxTask['settled']>, 'outcome' | 'decision'>,
  decisions: readonly TaskDecision[]
): string {
  const named = decisions.find((each) => each.key === decision && !isUsual(each));
  return named?.title ?? OUTCOMES[outcome].words;
}

/** Which decisions need a comment. */
export function commentHelp(decisions: readonly TaskDecision[]): string {
  const needing = decisions.filter(({ requireComment }) => requireComment);
  const kept = 'It is kept with your decision.';
  if (needing.length === 0) return kept;
  if (needing.length === decisions.length) return `Required. ${kept}`;
  return `Required if you ${needing.map(verbOf).join(' or ')}. ${kept}`;
}

/** As on the buttons: those that turn back first, the usual answer last. */
export function inOrder(decisions: readonly TaskDecision[]): TaskDecision[] {
  const back = decisions.filter(({ turnsBack }) => turnsBack);
  const ahead = decisions.filter(({ turnsBack }) => !turnsBack);
  return [...back, ...ahead.reverse()];
}

/**
 * Whether the decision was made on this page, by another person while the page was open, or before the page was
 * opened.
 */
export type SettledHow = 'own' | 'overtaken' | 'past';

/** How the task ended, in one sentence. */
export function settledSentence(
  settled: Pick<NonNullable<InboxTask['settled']>, 'outcome' | 'by' | 'decision'>,
  how: SettledHow,
  amount: string | null,
  decisions: readonly TaskDecision[]
): string {
  const { outcome, by } = settled;
  const named = decisions.find((each) => each.key === settled.decision && !isUsual(each));
  switch (outcome) {
    case 'approved':
    case 'rejected':
      if (named) {
        if (how === 'own') return `You chose ‘${named.title}’.`;
        return `${how === 'past' ? '' : 'Already decided: '}‘${named.title}’ by ${by ?? 'somebody'}.`;
      }
      if (how === 'own') return `You ${outcome}${amount ? ` ${amount}` : ' it'}.`;
      return how === 'past'
        ? `${OUTCOMES[outcome].words} by ${by ?? 'somebody'}.`
        : `Already decided by ${by ?? 'somebody'}: ${outcome}.`;
    case 'disagreed':
      return 'Those who were asked did not agree; nothing was decided.';
    case 'timedOut':
      return 'Nobody decided in time; the run continued without an answer.';
    case 'cancelled':
      return 'The run was stopped before anybody decided.';
    case 'runClosed':
      return 'The run of this task has ended; there is nothing left to decide.';
  }
}
