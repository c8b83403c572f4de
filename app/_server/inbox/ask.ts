/**
 * A run asks others because nobody has decided, reminds those who are asked, or asks again because a decision was taken
 * back. Idempotent by task id and the number of each event.
 *
 * Rules
 * [TEV1] Who is asked and the events are written in one transaction: nobody reads of an escalation before those whom it
 *        asks may decide.
 * [TEV2] Sent twice, or late, it changes nothing: an event has one number, and older events never replace newer ones.
 * [TEV4] A decision that was taken back makes its task wait again, with the votes that remain. A task whose run has gone on
 *        stays settled.
 * [TEV5] Questions, and the due time as it is while the clock is stopped, are written with the event that changed them.
 * [TEV3] Otherwise a task that is settled is not changed. If others are asked instead, whoever had claimed it loses it.
 *
 * Whoever wants to hear of a reminder or an escalation reads `app.human_task_event` in the order of `id`, after the last
 * one that was read; `written_at` is the time of this database. A row is never changed, and is deleted with its task.
 */
import type { AskTaskBody } from '@/app/_contract/inbox';
import { storableText } from '@/engine/plain-text';
import type { AskedQuestion } from '@/engine/saga/contract';
import { Prisma } from '@/prisma/client/client';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { NOBODYS } from './claim';
import { pollOf, votesIn, votesOfTask } from './decisions';

type AskedAnew = Omit<AskTaskBody, 'namespace' | 'currentRunId' | 'workflowType'>;

export async function askOthers(
  { database, invalidations }: Pick<Web, 'database' | 'invalidations'>,
  { taskId, workflowId, runId, candidates, events, takeBacks = 0, votes, questions = [], times }: AskedAnew
): Promise<{ taskId: string }> {
  const last = Math.max(0, ...events.map(({ seq }) => seq));
  const changed = await database.$transaction(async (transaction) => {
    // Locks the row: a vote that comes meanwhile is counted before or after this.
    await transaction.$queryRaw`SELECT FROM app.human_task WHERE task_id = ${taskId} FOR UPDATE`;
    const task = await transaction.humanTask.findUnique({ where: { taskId } });
    if (task && (task.workflowId !== workflowId || task.firstRunId !== runId))
      throw new Refusal('requestReused', `The task id '${taskId}' belongs to another run.`);
    // [TEV2] [TEV3]
    if (!task || task.eventCount >= last) return false;
    const isReopened = takeBacks > task.takeBacks && (!task.settledAt || task.goesOnAt !== null);
    const isOpen = !task.settledAt || isReopened;
    const isTold = ({ seq, kind }: AskTaskBody['events'][number]) =>
      seq > task.eventCount && (isOpen || kind === 'takenBack');
    const fresh = events.filter(isTold);
    if (fresh.length === 0) return false;
    await transaction.humanTaskEvent.createMany({ data: fresh.map((event) => rowOf(taskId, event)) });
    for (const question of questions) await keepQuestion(transaction, taskId, question);
    if (!isOpen) {
      await transaction.humanTask.update({ where: { taskId }, data: { eventCount: last } });
      return true;
    }
    const poll = pollOf({ ...task, candidates });
    const remain = votes && isReopened ? votes : votesOfTask(task);
    await transaction.humanTask.update({
      where: { taskId },
      data: {
        candidates,
        eventCount: last,
        ...(poll ? votesIn({ ...task, candidates }, remain) : {}),
        ...(fresh.some(({ instead }) => instead) ? NOBODYS : {}),
        ...(isReopened ? { ...UNDECIDED, takeBacks } : {}),
        ...(times
          ? { dueAt: at(times.dueAtMs), endsAt: at(times.endsAtMs), stoppedSince: at(times.stoppedSinceMs) }
          : {}),
      },
    });
    return true;
  });
  if (changed) invalidations.announce(['inbox']);
  return { taskId };
}

const at = (atMs: number | null | undefined): Date | null =>
  atMs === null || atMs === undefined ? null : new Date(atMs);

/** As the run has it. */
async function keepQuestion(
  transaction: Prisma.TransactionClient,
  taskId: string,
  { id, text, by, byId, of, ofId, askedAtMs, ...more }: AskedQuestion
): Promise<void> {
  const changes = {
    answer: more.answer === undefined ? null : storableText(more.answer),
    answeredAt: at(more.answeredAtMs),
    withdrawnAt: at(more.withdrawnAtMs),
  };
  const asked = { text: storableText(text), byId, byName: storableText(by), ofId, ofName: storableText(of) };
  await transaction.humanTaskQuestion.upsert({
    where: { taskId_id: { taskId, id } },
    create: { taskId, id, ...asked, askedAt: new Date(askedAtMs), ...changes },
    update: changes,
  });
}

/** [TEV4] */
const UNDECIDED = {
  settledAt: null,
  outcome: null,
  decision: null,
  decisionValues: Prisma.DbNull,
  decidedBy: null,
  decidedById: null,
  decisionId: null,
  comment: null,
  followAt: null,
  goesOnAt: null,
};

const rowOf = (
  taskId: string,
  { seq, kind, atMs, to = [], instead = false, by, decision }: AskTaskBody['events'][number]
) => ({
  taskId,
  seq,
  kind,
  at: new Date(atMs),
  asked: to,
  instead,
  by: by === undefined ? null : storableText(by),
  decision: decision ?? null,
});
