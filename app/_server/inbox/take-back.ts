/**
 * Takes a decision or a vote back, while its run waits for that. The run holds the rules (engine/saga/decision.ts, [TBK1] to
 * [TBK5]); the row follows the run.
 *
 * Rules
 * [TKB1] Only whoever decided takes it back, also if they decided for somebody else. A guest does not: a link decides once. Nobody
 *        takes back what a guest decided.
 * [TKB2] The task waits again as before, for the same people. It is claimed by whoever had claimed it.
 * [TKB3] A decision and taking it back may arrive here in another order than in the run: the row never goes back to what was
 *        taken back.
 * [TKB5] If the run is stopped while it waits, its task says that it was withdrawn.
 * [TKB4] While a run is paused nothing is taken back, as nothing is decided, and the time runs on.
 */
import type { TakeBackReceipt, TakeBackTask } from '@/app/_contract/inbox';
import { TAKE_BACK_UPDATE, type TakeBack, type TakenBack } from '@/engine/saga/contract';
import type { HumanTask } from '@/prisma/client/client';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demand, demandAnywhere, type Actor } from '../people/actor';
import { sendUpdate } from '../runs/send-update';
import { askOthers } from './ask';
import type { Asker } from './decide';
import { decisionOf, votesOfTask } from './decisions';

export async function takeBackTask(
  web: Asker,
  actor: Actor,
  taskId: string,
  { requestId }: TakeBackTask
): Promise<TakeBackReceipt> {
  demandAnywhere(actor, 'inbox.takeBack');
  const task = await web.database.humanTask.findUnique({ where: { taskId } });
  if (!task || task.flow === '') throw new Refusal('taskNotFound', 'There is no such task.');
  demand(actor, 'inbox.takeBack', task.flow);
  const { workflowId, firstRunId } = task;
  const own = votesOfTask(task).findLast(({ byId }) => byId === actor.id)?.decision ?? decisionOf(task);
  return audited(web, actor, { operation: 'inbox.takeBack', target: taskId, details: { decision: own } }, async () => {
    const argument: TakeBack = { taskId, actor: { id: actor.id, name: actor.name, groups: [] } };
    const answer = (await sendUpdate(web, {
      workflowId,
      runId: null,
      firstRunId,
      name: TAKE_BACK_UPDATE,
      updateId: `${taskId}/back/${requestId}`,
      argument,
    })) as TakenBack;
    const { candidates, events, takeBacks, votes } = answer;
    // The run tells it too, so it is not lost with this process.
    await askOthers(web, { taskId, workflowId, runId: firstRunId, candidates, events, takeBacks, votes });
    web.invalidations.announce(['runs']);
    return { taskId, atMs: events.at(-1)?.atMs ?? Date.now() };
  });
}

/** [TKB1] Until when this person may take it back, as far as the row knows; null: not at all, or not any more. */
export function takeBackUntil(task: HumanTask, { id }: Pick<Actor, 'id'>, nowMs = Date.now()): number | null {
  const { takeBackMs, goesOnAt, settledAt, decidedById, howMany } = task;
  if (takeBackMs === null || (settledAt && !goesOnAt)) return null;
  const votes = votesOfTask(task);
  const own = votes.findLast(({ byId }) => byId === id);
  const isLast = howMany !== 'inSequence' || votes.at(-1) === own;
  const ownUntilMs = own && isLast ? own.atMs + takeBackMs : Infinity;
  const untilMs = Math.min(goesOnAt?.getTime() ?? Infinity, ownUntilMs);
  const isOwn = howMany === null ? decidedById === id : own !== undefined && isLast;
  return isOwn && untilMs > nowMs ? untilMs : null;
}
