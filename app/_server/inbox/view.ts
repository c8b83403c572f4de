/** The row of a task as the requesting person may see it. */
import type { InboxTask, TaskClaim, TaskOutcome } from '@/app/_contract/inbox';
import type { Person } from '@/app/_contract/people';
import { maskBySchema } from '@/engine/flow/values/mask';
import type { JsonSchema } from '@/engine/flow/document';
import type { HumanTask } from '@/prisma/client/client';
import { whyNot } from '@/engine/permissions/permissions';
import type { Actor } from '../people/actor';
import { decisionOf, decisionsOfTask } from './decisions';

type Asked = Pick<HumanTask, 'flow' | 'candidates' | 'forbidStarter' | 'starterId'>;

/** Why the actor may not decide this task, and the code with which a decision is refused; null if they may. */
export function whyNotDecide(
  actor: Person,
  { flow, candidates, forbidStarter, starterId }: Asked
): { code: 'notAllowed' | 'notCandidate'; message: string } | null {
  const role = whyNot(actor, 'inbox.decide', flow);
  if (role) return { code: 'notAllowed', message: role };
  if (!isCandidate(actor, candidates)) {
    return { code: 'notCandidate', message: `Only ${candidates.join(', ')} may decide this.` };
  }
  if (forbidStarter && starterId === actor.id) {
    return {
      code: 'notCandidate',
      message: 'You started this run, and somebody else must decide this approval.',
    };
  }
  return null;
}

/**
 * Candidates are groups or e-mail addresses; an empty list means everybody. The display name is not compared, because
 * anybody can choose any name.
 */
function isCandidate(actor: Person, candidates: readonly string[]): boolean {
  if (candidates.length === 0) return true;
  const email = actor.email.toLowerCase();
  return candidates.some((each) => each === actor.id || each.toLowerCase() === email || actor.groups.includes(each));
}

/** Values that the schema marks as sensitive do not leave the server. The hash of a decision covers the whole data. */
export function viewOf(row: HumanTask, actor: Actor): InboxTask {
  const schema = row.schema as JsonSchema | null;
  const forbidden = whyNotDecide(actor, row);
  return {
    taskId: row.taskId,
    flow: row.flow,
    nodeId: row.nodeId,
    title: row.title,
    question: row.question,
    workflowId: row.workflowId,
    runId: row.firstRunId,
    currentRunId: row.runId ?? row.firstRunId,
    workflowType: row.workflowType,
    candidates: row.candidates,
    requireComment: row.requireComment as InboxTask['requireComment'],
    decisions: decisionsOfTask(row),
    forbidStarter: row.forbidStarter,
    data: maskBySchema(row.data, schema),
    dataHash: row.dataHash,
    schema,
    claim: claimOf(row, actor),
    openedMs: row.openedAt.getTime(),
    dueAtMs: row.dueAt?.getTime() ?? null,
    settled: row.settledAt
      ? {
          outcome: (row.outcome ?? 'cancelled') as TaskOutcome,
          decision: decisionOf(row),
          values: row.decisionValues,
          by: row.decidedBy,
          comment: row.comment,
          atMs: row.settledAt.getTime(),
          decisionId: row.decisionId,
        }
      : null,
    mine: forbidden === null,
    whyNot: forbidden?.message ?? null,
  };
}

export function claimOf(
  { claimedById, claimedByName, claimedAt }: Pick<HumanTask, 'claimedById' | 'claimedByName' | 'claimedAt'>,
  actor: Pick<Actor, 'id'>
): TaskClaim | null {
  if (claimedById === null) return null;
  const own = claimedById === actor.id;
  return { id: claimedById, name: claimedByName ?? '', atMs: claimedAt?.getTime() ?? 0, own };
}

/** 'already decided by Ada', 'was closed with its run', in words for an operator. */
export function settledWords(
  task: Pick<HumanTask, 'outcome' | 'decidedBy' | 'decision' | 'decisions' | 'requireComment'>
): string {
  const { outcome, decidedBy } = task;
  switch (outcome) {
    case 'approved':
    case 'rejected': {
      const named =
        task.decisions === null ? undefined : decisionsOfTask(task).find(({ key }) => key === task.decision);
      return `Already decided by ${decidedBy ?? 'somebody else'}: ${named?.title ?? outcome}.`;
    }
    case 'timedOut':
      return 'Nobody decided in time; the run continued without an answer.';
    default:
      return 'The run of this task has ended; there is nothing left to decide.';
  }
}
