/** The decisions that a task offers, as its row keeps them, and the values of the one that was taken. */
import type { DecisionReceipt, TaskDecision } from '@/app/_contract/inbox';
import type { JsonSchema } from '@/engine/flow/document';
import { storable } from '@/engine/plain-text';
import { demandsComment, offeredBy, type HowMany, type OfferedDecision, type Vote } from '@/engine/saga/contract';
import { askedNow } from '@/engine/saga/votes';
import { Prisma, type HumanTask } from '@/prisma/client/client';

export function decisionsOfTask({
  decisions,
  requireComment,
}: Pick<HumanTask, 'decisions' | 'requireComment'>): TaskDecision[] {
  const needs = { requireComment: requireComment as 'never' | 'onReject' | 'always' };
  const offered = offeredBy({ decisions: decisions as OfferedDecision[] | null });
  return offered.map(({ form, ...decision }) => ({
    ...decision,
    turnsBack: decision.turnsBack === true,
    requireComment: demandsComment(needs, decision),
    ...(form === undefined ? {} : { form: form as JsonSchema }),
  }));
}

/** What the row says of a decision. The run took it, also if the task no longer offers it. */
export function outcomeOf(
  task: Pick<HumanTask, 'decisions' | 'requireComment'>,
  decision: string
): DecisionReceipt['outcome'] {
  const turnsBack = decisionsOfTask(task).some((each) => each.key === decision && each.turnsBack);
  return turnsBack ? 'rejected' : 'approved';
}

/** The key of the decision of a settled task; null if nobody decided. */
export function decisionOf({ decision, outcome }: Pick<HumanTask, 'decision' | 'outcome'>): string | null {
  if (decision !== null) return decision;
  return outcome === 'approved' ? 'approve' : outcome === 'rejected' ? 'reject' : null;
}

/** Several people decide the task together; null: anybody alone. */
export function pollOf({
  howMany,
  candidates,
  decisions,
  againByName,
}: Pick<HumanTask, 'howMany' | 'candidates' | 'decisions' | 'againByName'>) {
  if (howMany === null) return null;
  return { howMany: howMany as HowMany, candidates, decisions: decisions as OfferedDecision[] | null, againByName };
}
export const votesOfTask = ({ votes }: Pick<HumanTask, 'votes'>): Vote[] => (votes ?? []) as unknown as Vote[];

/** For the row. Text that cannot be stored is replaced: the run has taken the vote. */
export const votesIn = (task: Parameters<typeof pollOf>[0], votes: readonly Vote[]) => {
  const poll = pollOf(task);
  return {
    votes: storable(votes) as Prisma.InputJsonValue,
    voteCount: votes.length,
    ...(poll ? { asked: askedNow(poll, votes) } : {}),
  };
};

/**
 * The names under which a person may be a candidate: the run compares them character by character, and the spelling of
 * an address does not matter.
 */
export function namesOf(actor: { groups: readonly string[]; email: string }, candidates: readonly string[]): string[] {
  const email = actor.email.toLowerCase();
  return [...actor.groups, email, ...candidates.filter((each) => each.toLowerCase() === email)];
}

/** For the row. */
export const storedValues = (values: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull =>
  values === undefined || values === null ? Prisma.DbNull : (storable(values) as Prisma.InputJsonValue);

const FIRST_LOOK_MS = 60_000;
/** For the row: when it is first looked at what became of the decision, unless its run ends before. */
export const followAtFirst = (): Date => new Date(Date.now() + FIRST_LOOK_MS);
