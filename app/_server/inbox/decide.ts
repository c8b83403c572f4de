/**
 * Decide a task. The run itself takes the decision (an update whose id makes a repeat harmless); the row follows it.
 * Who decides is the session's person, never what a body says.
 */
import type { DecideTask, DecisionReceipt } from '@/app/_contract/inbox';
import { APPROVAL_UPDATE, type ApprovalDecision } from '@/engine/saga/contract';
import type { HumanTask } from '@/prisma/client/client';
import { audited } from '../audit';
import { isRefusal, Refusal } from '../failure';
import { demand, demandAnywhere, type Actor } from '../people/actor';
import { sendUpdate } from '../runs/send-update';
import type { Web } from '../web';
import { reconcileTasks } from './reconcile';
import { settledWords, whyNotDecide } from './view';

type Decider = Pick<Web, 'database' | 'log' | 'temporal' | 'config' | 'invalidations'>;

export async function decideTask(
  web: Decider,
  actor: Actor,
  taskId: string,
  request: DecideTask
): Promise<DecisionReceipt> {
  demandAnywhere(actor, 'inbox.decide');
  const task = await web.database.humanTask.findUnique({ where: { taskId } });
  if (!task || task.flow === '') throw new Refusal('taskNotFound', 'There is no such task.');
  demand(actor, 'inbox.decide', task.flow);
  if (task.settledAt) return repeated(web, actor, task, request);
  const forbidden = whyNotDecide(actor, task);
  if (forbidden) throw new Refusal(forbidden.code, `${forbidden.message} Nothing was decided.`);
  if (request.dataHash !== task.dataHash) {
    throw new Refusal('dataChanged', 'What you saw is not what is to be decided now. Nothing was decided.');
  }
  const { decision, comment, decisionId } = request;
  const needsComment =
    task.requireComment === 'always' || (task.requireComment === 'onReject' && decision === 'reject');
  if (needsComment && !comment)
    throw new Refusal('commentRequired', 'This decision needs a comment. Nothing was decided.');

  const details = { decision, decisionId };
  return audited(web, actor, { operation: 'inbox.decide', target: taskId, details }, async () => {
    await tellRun(web, actor, task, request).catch((error: unknown) => refusedByRun(web, task, error));
    const outcome = outcomeOf(decision);
    const atMs = Date.now();
    // The close activity or a reconciliation may have been faster: the run took this decision, so that is what the row says.
    await web.database.humanTask.updateMany({
      where: {
        taskId,
        decisionId: null,
        OR: [{ settledAt: null }, { outcome, decidedBy: actor.name }, { outcome: 'runClosed' }],
      },
      data: { settledAt: new Date(atMs), outcome, decidedBy: actor.name, comment: comment || null, decisionId },
    });
    web.invalidations.announce(['inbox', 'runs']);
    return { taskId, outcome, by: actor.name, atMs };
  });
}

/** The same decision id twice is one update: the run answers a repeat as it answered the first time, also when it has ended. */
async function tellRun(web: Decider, actor: Actor, task: HumanTask, request: DecideTask): Promise<void> {
  const email = actor.email.toLowerCase();
  const argument: ApprovalDecision = {
    taskId: task.taskId,
    decision: request.decision,
    comment: request.comment,
    dataHash: request.dataHash,
    actor: {
      id: actor.id,
      name: actor.name,
      // The workflow compares candidates letter by letter.
      groups: [...actor.groups, email, ...task.candidates.filter((each) => each.toLowerCase() === email)],
    },
  };
  await sendUpdate(web, {
    workflowId: task.workflowId,
    runId: null,
    firstRunId: task.firstRunId,
    name: APPROVAL_UPDATE,
    updateId: `${task.taskId}/${request.decisionId}`,
    argument,
  });
}

/**
 * Answered from the row. A row that the run's own close settled does not know the decision's id (this process died, or its
 * answer was lost): the run is asked whether it took this very one.
 */
async function repeated(web: Decider, actor: Actor, task: HumanTask, request: DecideTask): Promise<DecisionReceipt> {
  const receipt = receiptOf(task);
  if (!receipt || task.decidedBy !== actor.name || receipt.outcome !== outcomeOf(request.decision)) {
    throw new Refusal('alreadyDecided', settledWords(task));
  }
  if (task.decisionId === request.decisionId) return receipt;
  if (task.decisionId !== null) throw new Refusal('alreadyDecided', settledWords(task));
  await tellRun(web, actor, task, request).catch((error: unknown) => {
    throw isRefusal(error) && error.code !== 'alreadyDecided' && error.code !== 'runClosed'
      ? error
      : new Refusal('alreadyDecided', settledWords(task), undefined, { cause: error });
  });
  await web.database.humanTask.updateMany({
    where: { taskId: task.taskId, decisionId: null },
    data: { decisionId: request.decisionId },
  });
  return receipt;
}

/** The run said no: tell who was faster, or that the run is gone, and let the row follow. */
async function refusedByRun(web: Decider, task: HumanTask, error: unknown): Promise<never> {
  if (!isRefusal(error) || (error.code !== 'alreadyDecided' && error.code !== 'runClosed')) throw error;
  await reconcileTasks(web, task.workflowId);
  const now = await web.database.humanTask.findUnique({ where: { taskId: task.taskId } });
  throw new Refusal('alreadyDecided', now?.settledAt ? settledWords(now) : error.message, undefined, { cause: error });
}

const outcomeOf = (decision: DecideTask['decision']): DecisionReceipt['outcome'] =>
  decision === 'approve' ? 'approved' : 'rejected';

function receiptOf({ taskId, outcome, decidedBy, settledAt }: HumanTask): DecisionReceipt | null {
  if ((outcome !== 'approved' && outcome !== 'rejected') || !settledAt) return null;
  return { taskId, outcome, by: decidedBy ?? '', atMs: settledAt.getTime() };
}
