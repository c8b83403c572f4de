/**
 * Decide a task. The run itself takes the decision (an update whose id makes a repeat harmless); the row follows it.
 * Who decides is the session's person, never what a body says.
 */
import type { DecideTask, DecisionReceipt } from '@/app/_contract/inbox';
import { APPROVAL_UPDATE, type ApprovalDecision } from '@/engine/saga/contract';
import type { HumanTask } from '@/prisma/client/client';
import { audited } from '../audit';
import { isRefusal, Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import { sendUpdate } from '../runs/send-update';
import type { Web } from '../web';
import { settleTasksOf } from './reconcile';
import { isCandidate, settledWords } from './view';

export async function decideTask(
  web: Pick<Web, 'database' | 'log' | 'temporal' | 'config' | 'invalidations'>,
  actor: Actor,
  taskId: string,
  request: DecideTask
): Promise<DecisionReceipt> {
  demand(actor, 'decide');
  const task = await web.database.humanTask.findUnique({ where: { taskId } });
  if (!task || task.flow === '') throw new Refusal('taskNotFound', 'There is no such task.');
  if (task.settledAt) {
    const receipt = receiptOf(task);
    if (receipt && task.decisionId === request.decisionId && task.decidedBy === actor.name) return receipt;
    throw new Refusal('alreadyDecided', settledWords(task));
  }
  if (!isCandidate(actor, task.candidates)) {
    throw new Refusal('notCandidate', `This is for ${task.candidates.join(', ')} to decide.`);
  }
  if (request.dataHash !== task.dataHash) {
    throw new Refusal('dataChanged', 'What you saw is not what is to be decided now. Nothing was decided.');
  }
  const { decision, comment, decisionId } = request;
  const needsComment =
    task.requireComment === 'always' || (task.requireComment === 'onReject' && decision === 'reject');
  if (needsComment && !comment)
    throw new Refusal('commentRequired', 'This decision needs a comment. Nothing was decided.');

  return audited(web, actor, { operation: 'inbox.decide', target: taskId, details: { decision } }, async () => {
    const argument: ApprovalDecision = {
      taskId,
      decision,
      comment,
      dataHash: request.dataHash,
      actor: { id: actor.id, name: actor.name, groups: [...actor.groups, actor.email.toLowerCase(), actor.email] },
    };
    await sendUpdate(web, {
      workflowId: task.workflowId,
      runId: null,
      name: APPROVAL_UPDATE,
      updateId: `${taskId}/${decisionId}`,
      argument,
    }).catch((error: unknown) => refusedByRun(web, task, error));
    const outcome = decision === 'approve' ? 'approved' : 'rejected';
    const atMs = Date.now();
    // The close activity may have been faster: what it wrote agrees, and is kept.
    await web.database.humanTask.updateMany({
      where: { taskId, OR: [{ settledAt: null }, { decisionId: null, outcome, decidedBy: actor.name }] },
      data: { settledAt: new Date(atMs), outcome, decidedBy: actor.name, comment: comment || null, decisionId },
    });
    web.invalidations.announce(['inbox', 'runs']);
    return { taskId, outcome, by: actor.name, atMs };
  });
}

/** The run said no: tell who was faster, or that the run is gone, and let the row follow. */
async function refusedByRun(web: Parameters<typeof decideTask>[0], task: HumanTask, error: unknown): Promise<never> {
  if (!isRefusal(error) || (error.code !== 'alreadyDecided' && error.code !== 'runClosed')) throw error;
  if (error.code === 'runClosed') await settleTasksOf(web, task.workflowId, task.firstRunId);
  const now = await web.database.humanTask.findUnique({ where: { taskId: task.taskId } });
  throw new Refusal('alreadyDecided', now?.settledAt ? settledWords(now) : error.message, undefined, { cause: error });
}

function receiptOf({ taskId, outcome, decidedBy, settledAt }: HumanTask): DecisionReceipt | null {
  if ((outcome !== 'approved' && outcome !== 'rejected') || !settledAt) return null;
  return { taskId, outcome, by: decidedBy ?? '', atMs: settledAt.getTime() };
}
