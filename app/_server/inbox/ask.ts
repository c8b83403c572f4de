/**
 * A run asks others because nobody has decided, or reminds those who are asked. Idempotent by task id and the number of
 * each event.
 *
 * Rules
 * [TEV1] Who is asked and the events are written in one transaction: nobody reads of an escalation before those whom it
 *        asks may decide.
 * [TEV2] Sent twice, or late, it changes nothing: an event has one number, and older events never replace newer ones.
 * [TEV3] A task that is settled is not changed. If others are asked instead, whoever had claimed it loses it.
 *
 * Whoever wants to hear of a reminder or an escalation reads `app.human_task_event` in the order of `id`, after the last
 * one that was read; `written_at` is the time of this database. A row is never changed, and is deleted with its task.
 */
import type { AskTaskBody } from '@/app/_contract/inbox';
import { askedNow } from '@/engine/saga/votes';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { NOBODYS } from './claim';
import { pollOf, votesOfTask } from './decisions';

export async function askOthers(
  { database, invalidations }: Pick<Web, 'database' | 'invalidations'>,
  { taskId, workflowId, runId, candidates, events }: AskTaskBody
): Promise<{ taskId: string }> {
  const last = Math.max(0, ...events.map(({ seq }) => seq));
  const changed = await database.$transaction(async (transaction) => {
    // Locks the row: a vote that comes meanwhile is counted before or after this.
    await transaction.$queryRaw`SELECT FROM app.human_task WHERE task_id = ${taskId} FOR UPDATE`;
    const task = await transaction.humanTask.findUnique({ where: { taskId } });
    if (task && (task.workflowId !== workflowId || task.firstRunId !== runId))
      throw new Refusal('requestReused', `The task id '${taskId}' belongs to another run.`);
    // [TEV2] [TEV3]
    if (!task || task.settledAt || task.eventCount >= last) return false;
    const fresh = events.filter(({ seq }) => seq > task.eventCount);
    const poll = pollOf({ ...task, candidates });
    await transaction.humanTask.update({
      where: { taskId },
      data: {
        candidates,
        eventCount: last,
        ...(poll ? { asked: askedNow(poll, votesOfTask(task)) } : {}),
        ...(fresh.some(({ instead }) => instead) ? NOBODYS : {}),
      },
    });
    await transaction.humanTaskEvent.createMany({
      data: fresh.map(({ seq, kind, atMs, to = [], instead = false }) => {
        return { taskId, seq, kind, at: new Date(atMs), asked: to, instead };
      }),
    });
    return true;
  });
  if (changed) invalidations.announce(['inbox']);
  return { taskId };
}
