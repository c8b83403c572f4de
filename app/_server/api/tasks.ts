/** Approvals in the words of the API. */
import type { ApiTask } from '@/app/_contract/api';
import type { InboxTask } from '@/app/_contract/inbox';
import { isoOf } from './runs';

export function taskIn(task: InboxTask): ApiTask {
  const { taskId, flow, title, question, workflowId, candidates, data, dataHash, settled } = task;
  return {
    taskId,
    flow,
    step: task.nodeId,
    title,
    question,
    workflowId,
    runId: task.currentRunId,
    candidates,
    comment: task.requireComment,
    decisions: task.decisions.map(({ key, title, turnsBack, requireComment, form }) => ({
      key,
      title,
      turnsBack,
      needsComment: requireComment,
      form: form ?? null,
    })),
    howMany: task.howMany,
    votes: task.votes.map(({ decision, comment, values, by, atMs }) => {
      return { decision, comment, values: values ?? null, by, at: isoOf(atMs) };
    }),
    data,
    dataHash,
    openedAt: isoOf(task.openedMs),
    dueAt: task.dueAtMs === null ? null : isoOf(task.dueAtMs),
    claimedBy: task.claim && { name: task.claim.name, at: isoOf(task.claim.atMs) },
    mayDecide: task.mine,
    whyNot: task.whyNot,
    settled: settled && {
      outcome: settled.outcome,
      decision: settled.decision,
      values: settled.values,
      by: settled.by,
      comment: settled.comment,
      at: isoOf(settled.atMs),
      goesOnAt: settled.goesOnAtMs === null ? null : isoOf(settled.goesOnAtMs),
    },
  };
}
