/** The decisions that a task offers, as its row keeps them, and the values of the one that was taken. */
import type { DecisionReceipt, TaskDecision } from '@/app/_contract/inbox';
import type { JsonSchema } from '@/engine/flow/document';
import { storable } from '@/engine/plain-text';
import { demandsComment, offeredBy, type OfferedDecision } from '@/engine/saga/contract';
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

/** For the row. */
export const storedValues = (values: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull =>
  values === undefined || values === null ? Prisma.DbNull : (storable(values) as Prisma.InputJsonValue);
