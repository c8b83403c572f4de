/** The row of a task as the requesting person may see it. */
import type { InboxTask, TaskClaim, TaskOutcome } from '@/app/_contract/inbox';
import { maskBySchema } from '@/engine/flow/values/mask';
import type { JsonSchema } from '@/engine/flow/document';
import { PRIORITIES, type TaskEvent } from '@/engine/saga/contract';
import { askedNow } from '@/engine/saga/votes';
import type { HumanTask, HumanTaskEvent } from '@/prisma/client/client';
import type { Actor } from '../people/actor';
import { rightTo, type StandIn } from './delegate';
import { decisionOf, decisionsOfTask, pollOf, votesOfTask } from './decisions';
import { takeBackUntil } from './take-back';

/** Values that the schema marks as sensitive do not leave the server. The hash of a decision covers the whole data. */
export function viewOf(
  row: HumanTask & { events?: HumanTaskEvent[] },
  actor: Actor,
  standIns: readonly StandIn[]
): InboxTask {
  const schema = row.schema as JsonSchema | null;
  const poll = pollOf(row);
  const { whyNot: forbidden, actingFor } = rightTo(actor, standIns, row);
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
    asked: poll ? askedNow(poll, votesOfTask(row)) : row.candidates,
    fromData: row.fromData,
    excluded: row.excluded,
    requireComment: row.requireComment as InboxTask['requireComment'],
    decisions: decisionsOfTask(row),
    howMany: row.howMany as InboxTask['howMany'],
    votes: votesOfTask(row),
    needed: typeof row.howMany === 'number' ? row.howMany : row.howMany === null ? 1 : row.candidates.length,
    forbidStarter: row.forbidStarter,
    data: maskBySchema(row.data, schema),
    dataHash: row.dataHash,
    schema,
    claim: claimOf(row, actor),
    openedMs: row.openedAt.getTime(),
    priority: PRIORITIES[row.priority] ?? 'normal',
    dueAtMs: row.dueAt?.getTime() ?? null,
    endsAtMs: row.endsAt?.getTime() ?? null,
    events: (row.events ?? []).map(eventIn),
    stoppedSinceMs: row.settledAt ? null : (row.stoppedSince?.getTime() ?? null),
    settled: row.settledAt
      ? {
          outcome: (row.outcome ?? 'cancelled') as TaskOutcome,
          decision: decisionOf(row),
          values: row.decisionValues,
          by: row.decidedBy,
          comment: row.comment,
          atMs: row.settledAt.getTime(),
          decisionId: row.decisionId,
          goesOnAtMs: row.goesOnAt?.getTime() ?? null,
        }
      : null,
    takeBackUntilMs: takeBackUntil(row, actor),
    mine: forbidden === null,
    whyNot: forbidden?.message ?? null,
    actingFor: actingFor?.name ?? null,
  };
}

function eventIn({ seq, kind, at, asked, instead, by, decision }: HumanTaskEvent): TaskEvent {
  const of = { seq, atMs: at.getTime() };
  if (kind === 'takenBack') return { ...of, kind, by: by ?? 'somebody', decision: decision ?? '' };
  if (kind === 'asked' || kind === 'answered' || kind === 'withdrawn' || kind === 'clockGoesOn')
    return { ...of, kind, ...(by === null ? {} : { by }) };
  return kind === 'escalated'
    ? { ...of, kind, to: asked, ...(instead ? { instead } : {}) }
    : { ...of, kind: 'reminded' };
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
    case 'disagreed':
      return 'Those who were asked did not agree; there is nothing left to decide.';
    case 'timedOut':
      return 'Nobody decided in time; the run continued without an answer.';
    default:
      return 'The run of this task has ended; there is nothing left to decide.';
  }
}
