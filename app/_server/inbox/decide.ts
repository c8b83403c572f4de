/**
 * Decides a task. The run itself accepts or rejects the decision (an update whose id makes a repetition harmless);
 * the row follows the run. The person of the session decides, never a field of the body.
 */
import type { DecideTask, DecisionReceipt } from '@/app/_contract/inbox';
import { APPROVAL_UPDATE, type ApprovalDecision, type DecisionAnswer } from '@/engine/saga/contract';
import type { HumanTask } from '@/prisma/client/client';
import { audited } from '../audit';
import { isRefusal, Refusal } from '../failure';
import { demandFits } from '../flows/check-value';
import { demand, demandAnywhere, type Actor } from '../people/actor';
import { sendUpdate } from '../runs/send-update';
import type { Web } from '../web';
import { demandNotClaimedByOther, NOBODYS } from './claim';
import { actingAs, asDecided, readStandIns, rightTo, type Decider } from './delegate';
import {
  decisionOf,
  decisionsOfTask,
  followAtFirst,
  namesOf,
  outcomeOf,
  storedValues,
  votesIn,
  votesOfTask,
} from './decisions';
import { reconcileTasks } from './reconcile';
import { settledWords } from './view';

export type Asker = Pick<Web, 'database' | 'log' | 'temporal' | 'config' | 'invalidations'>;

export async function decideTask(
  web: Asker,
  actor: Actor,
  taskId: string,
  request: DecideTask
): Promise<DecisionReceipt> {
  demandAnywhere(actor, 'inbox.decide');
  const task = await web.database.humanTask.findUnique({ where: { taskId } });
  if (!task || task.flow === '') throw new Refusal('taskNotFound', 'There is no such task.');
  demand(actor, 'inbox.decide', task.flow);
  if (task.settledAt) return repeated(web, asDecided(actor, task), task, request);
  const { whyNot, actingFor } = rightTo(actor, await readStandIns(web, actor), task);
  // Whoever has voted may send the same vote again: the run answers as before.
  const own = votesOfTask(task).some(({ byId }) => byId === actor.id);
  if (whyNot && !own) throw new Refusal(whyNot.code, `${whyNot.message} Nothing was decided.`);
  demandNotClaimedByOther(actor, actingFor, task);
  const decider = actingAs(actor, actingFor, task.candidates);
  return decideAs(web, { actor, decider, details: actingFor ? { actingFor: actingFor.name } : {} }, task, request);
}

interface Deciding {
  /** Of the audit entry. */
  actor: Actor;
  /** As the run and the row name them. */
  decider: Decider;
  details: Record<string, string>;
}

/** By somebody of whom it is known that they may. The run holds it against the rules of the approval. */
export async function decideAs(
  web: Asker,
  { actor, decider, details: more }: Deciding,
  task: HumanTask,
  request: DecideTask
): Promise<DecisionReceipt> {
  const { taskId } = task;
  if (task.settledAt) return repeated(web, decider, task, request);
  if (request.dataHash !== task.dataHash) {
    throw new Refusal('dataChanged', 'The data has changed since you read it. Nothing was decided.');
  }
  const { decision, comment, decisionId } = request;
  const offered = decisionsOfTask(task);
  const chosen = offered.find(({ key }) => key === decision);
  if (!chosen) {
    const keys = offered.map(({ key }) => `'${key}'`).join(', ');
    throw new Refusal(
      'badRequest',
      `This approval has no decision '${decision}'. It has: ${keys}. Nothing was decided.`
    );
  }
  if (chosen.requireComment && !comment)
    throw new Refusal('commentRequired', 'This decision needs a comment. Nothing was decided.');
  // A decision without a form has no values, whatever was sent.
  const values = chosen.form ? (request.values ?? {}) : undefined;
  if (chosen.form) demandFits(values, chosen.form, `The form of '${chosen.title}'`);

  const details = { decision, decisionId, ...more };
  return audited(web, actor, { operation: 'inbox.decide', target: taskId, details }, async () => {
    const answer = await tellRun(web, decider, task, { ...request, values }).catch((error: unknown) =>
      refusedByRun(web, task, error)
    );
    if (answer?.votes) return voted(web, decider, task, request, answer);
    const outcome = outcomeOf(task, decision);
    const atMs = Date.now();
    // The close activity or the reconciliation may have been faster. The run accepted this decision, so the row must
    // say so.
    const { count } = await web.database.humanTask.updateMany({
      where: {
        taskId,
        OR: [
          {
            decisionId: null,
            takeBacks: answer?.takeBacks ?? 0,
            OR: [{ settledAt: null }, { outcome, decidedBy: decider.name }, { outcome: 'runClosed' }],
          },
          // What was taken back before this decision is known here only later.
          ...earlierThan(answer),
        ],
      },
      data: {
        settledAt: new Date(atMs),
        outcome,
        decidedBy: decider.name,
        comment: comment || null,
        decisionId,
        decidedById: decider.id,
        followAt: followAtFirst(),
        ...openFor(answer),
        ...(task.decisions === null ? {} : { decision, decisionValues: storedValues(values) }),
      },
    });
    if (count === 0) await demandNotTakenBack(web, taskId, answer);
    web.invalidations.announce(['inbox', 'runs']);
    return { taskId, outcome, decision, by: decider.name, atMs, goesOnAtMs: answer?.goesOnAtMs ?? null };
  });
}

/**
 * Several people decide: the row gets the votes that the run has. Answers may arrive in another order than the votes, so
 * fewer votes never replace more.
 */
async function voted(
  web: Asker,
  actor: Decider,
  task: HumanTask,
  { decision, decisionId }: DecideTask,
  answer: DecisionAnswer
): Promise<DecisionReceipt> {
  const { votes = [], stage, decision: taken, decidedBy, takeBacks = 0, goesOnAtMs = null } = answer;
  const { taskId } = task;
  const atMs = votes.findLast(({ byId }) => byId === actor.id)?.atMs ?? Date.now();
  await web.database.humanTask.updateMany({
    where: { taskId, OR: [{ takeBacks, voteCount: { lt: votes.length } }, ...earlierThan(answer)] },
    data: { ...votesIn(task, votes), takeBacks },
  });
  // Whoever has voted has nothing left to do, and keeps the task from nobody.
  await web.database.humanTask.updateMany({
    where: { taskId, claimedById: actor.id, settledAt: null },
    data: NOBODYS,
  });
  if (stage !== 'open') {
    const last = votes.findLast((vote) => vote.decision === taken && vote.by === decidedBy);
    const outcome = stage === 'disagreed' ? 'disagreed' : outcomeOf(task, taken);
    await web.database.humanTask.updateMany({
      where: { taskId, takeBacks, OR: [{ settledAt: null }, { outcome: 'runClosed' }] },
      data: {
        settledAt: new Date(votes.at(-1)?.atMs ?? atMs),
        outcome,
        decidedBy: stage === 'disagreed' ? null : decidedBy,
        comment: last?.comment || null,
        followAt: followAtFirst(),
        ...openFor(answer),
        ...(last?.byId === actor.id ? { decisionId } : {}),
        ...(task.decisions === null || stage === 'disagreed'
          ? {}
          : { decision: taken, decisionValues: storedValues(last?.values) }),
      },
    });
  }
  web.invalidations.announce(['inbox', 'runs']);
  const outcome = stage === 'open' ? 'voted' : stage === 'disagreed' ? 'disagreed' : outcomeOf(task, taken);
  return { taskId, outcome, decision, by: actor.name, atMs, goesOnAtMs };
}

/** The same request, sent again, is answered by the run as before, also after the decision was taken back. */
async function demandNotTakenBack(web: Asker, taskId: string, answer: DecisionAnswer | null): Promise<void> {
  const now = await web.database.humanTask.findUnique({ where: { taskId }, select: { takeBacks: true } });
  if (now && now.takeBacks > (answer?.takeBacks ?? 0))
    throw new Refusal('refused', 'This decision was taken back. Nothing was decided: decide again.');
}

/** For the row: until when it can be taken back, and how often that was done before. */
const openFor = (answer: DecisionAnswer | null) => ({
  goesOnAt: answer?.goesOnAtMs === undefined ? null : new Date(answer.goesOnAtMs),
  takeBacks: answer?.takeBacks ?? 0,
});
const earlierThan = (answer: DecisionAnswer | null) =>
  answer?.takeBacks ? [{ takeBacks: { lt: answer.takeBacks } }] : [];

/** The same decision id is the same update: the run gives a repetition the same answer, also after it has ended. */
async function tellRun(
  web: Asker,
  actor: Decider,
  task: HumanTask,
  request: DecideTask
): Promise<DecisionAnswer | null> {
  const argument: ApprovalDecision = {
    taskId: task.taskId,
    decision: request.decision,
    comment: request.comment,
    ...(request.values === undefined ? {} : { values: request.values }),
    dataHash: request.dataHash,
    ...(request.turn === undefined ? {} : { turn: request.turn }),
    actor: {
      id: actor.id,
      name: actor.name,
      groups: namesOf(actor, task.candidates),
      ...(actor.actingFor ? { actingFor: actor.actingFor } : {}),
    },
  };
  const answer = await sendUpdate(web, {
    workflowId: task.workflowId,
    runId: null,
    firstRunId: task.firstRunId,
    name: APPROVAL_UPDATE,
    updateId: `${task.taskId}/${request.decisionId}`,
    argument,
  });
  return typeof answer === 'object' ? (answer as DecisionAnswer | null) : null;
}

/**
 * Answers from the row. A row that was settled by the close of the run has no decision id (this process died, or its
 * answer was lost). In that case the run is asked whether it accepted this decision.
 */
async function repeated(web: Asker, actor: Actor, task: HumanTask, request: DecideTask): Promise<DecisionReceipt> {
  const own = votesOfTask(task).findLast(({ byId }) => byId === actor.id);
  // The vote counted, and the votes of others have settled the task since.
  if (own?.decision === request.decision) {
    const outcome = task.outcome === 'disagreed' ? 'disagreed' : outcomeOf(task, decisionOf(task) ?? own.decision);
    const goesOnAtMs = task.goesOnAt?.getTime() ?? null;
    return { taskId: task.taskId, outcome, decision: own.decision, by: actor.name, atMs: own.atMs, goesOnAtMs };
  }
  const receipt = receiptOf(task);
  if (!receipt || task.decidedBy !== actor.name || receipt.decision !== request.decision) {
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

/** The run rejected the decision: report who decided first, or that the run has ended, and update the row. */
async function refusedByRun(web: Asker, task: HumanTask, error: unknown): Promise<never> {
  if (!isRefusal(error) || (error.code !== 'alreadyDecided' && error.code !== 'runClosed')) throw error;
  await reconcileTasks(web, task.workflowId);
  const now = await web.database.humanTask.findUnique({ where: { taskId: task.taskId } });
  throw new Refusal('alreadyDecided', now?.settledAt ? settledWords(now) : error.message, undefined, { cause: error });
}

function receiptOf(task: HumanTask): DecisionReceipt | null {
  const { taskId, outcome, decidedBy, settledAt } = task;
  const decision = decisionOf(task);
  if ((outcome !== 'approved' && outcome !== 'rejected') || !settledAt || decision === null) return null;
  const goesOnAtMs = task.goesOnAt?.getTime() ?? null;
  return { taskId, outcome, decision, by: decidedBy ?? '', atMs: settledAt.getTime(), goesOnAtMs };
}
