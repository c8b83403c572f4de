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
    data,
    dataHash,
    openedAt: isoOf(task.openedMs),
    dueAt: task.dueAtMs === null ? null : isoOf(task.dueAtMs),
    mayDecide: task.mine,
    whyNot: task.whyNot,
    settled: settled && {
      outcome: settled.outcome,
      by: settled.by,
      comment: settled.comment,
      at: isoOf(settled.atMs),
    },
  };
}
