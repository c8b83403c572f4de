/**
 * What a decision did is told to whoever made it, when its run has ended: the steps that ran, and what of them was undone.
 *
 * [NTF1] A run is looked at when it ends. If that was missed, it is looked at ever more seldom, for FOLLOWED_MS.
 * [NTF2] If an effect of the run is settled after that, those who decided are told again, once for each statement.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Followed } from '@/app/_contract/inbox';
import type { HumanTask, Prisma } from '@/prisma/client/client';
import { votesOfTask } from '../inbox/decisions';
import { followedOf } from '../inbox/get';
import { isGuest } from '../guests/links';
import type { Web } from '../web';
import { readSettings, sendAt, UNWANTED, USUAL } from './settings';

const AT_ONCE = 20;
const SOONEST_MS = 60_000;
const LATEST_MS = 60 * 60_000;
const FOLLOWED_MS = 90 * 24 * 60 * 60_000;

type Follower = Pick<Web, 'database' | 'config' | 'mail' | 'catalogue' | 'hub' | 'log' | 'readTasks'>;

/** The runs of this workflow id have changed: their decisions are looked at now. */
export async function followNow({ database }: Pick<Web, 'database'>, workflowId: string): Promise<void> {
  await database.humanTask.updateMany({
    where: { workflowId, followAt: { not: null } },
    data: { followAt: new Date() },
  });
}

/** [NTF2] A person has said what became of an effect of this closed run. */
export async function followSettled(
  { database, config }: Pick<Web, 'database' | 'config'>,
  { workflowId, runId }: { workflowId: string; runId: string }
): Promise<void> {
  await database.humanTask.updateMany({
    where: {
      namespace: config.namespace,
      workflowId,
      OR: [{ runId }, { runId: null, firstRunId: runId }],
      settledAt: { not: null },
      outcome: { in: ['approved', 'rejected', 'disagreed'] },
    },
    data: { followAt: new Date() },
  });
}

/** Resolves to the number of tasks that it looked at. */
export async function follow(web: Follower, now = new Date()): Promise<number> {
  if (!web.mail.configured) return 0;
  const tasks = await web.database.humanTask.findMany({
    where: { followAt: { lte: now }, namespace: web.config.namespace, settledAt: { not: null } },
    orderBy: { followAt: 'asc' },
    take: AT_ONCE,
  });
  for (const task of tasks) await followTask(web, task, now);
  return tasks.length;
}

async function followTask(web: Follower, task: HumanTask, now: Date): Promise<void> {
  const followed = await followedOf(web, task);
  const ageMs = now.getTime() - (task.settledAt ?? now).getTime();
  const hasEnded = followed !== null && followed.run !== null;
  const next = new Date(now.getTime() + Math.min(LATEST_MS, Math.max(SOONEST_MS, ageMs / 4)));
  // [NTF1]
  const followAt = hasEnded || ageMs > FOLLOWED_MS ? null : next;
  const { taskId } = task;
  const deciders = hasEnded ? decidersOf(task) : [];
  const wishes = await readSettings(web, deciders);
  const facts = deciders.map((personId) => factOf(taskId, personId));
  const told = await web.database.notification.findMany({ where: { fact: { in: facts } }, select: { fact: true } });
  const rows = deciders.flatMap((personId) => {
    const fact = factOf(taskId, personId);
    const isTold = told.some((each) => each.fact === fact);
    // [NTF2]
    const settled = followed?.settled ? ` ${digestOf(followed.settled)}` : null;
    if (isTold && settled === null) return [];
    const nextAt = sendAt(wishes.get(personId) ?? USUAL, 'followed', now);
    const row = rowOf(taskId, personId, followed!, now);
    return [
      {
        ...row,
        fact: isTold ? fact + settled : fact,
        nextAt,
        dropped: nextAt === null ? UNWANTED : null,
      },
    ];
  });
  await web.database.$transaction([
    web.database.notification.createMany({ data: rows, skipDuplicates: true }),
    web.database.humanTask.updateMany({ where: { taskId }, data: { followAt } }),
  ]);
}

const factOf = (taskId: string, personId: string): string => `followed ${taskId} ${personId}`;
const digestOf = (settled: NonNullable<Followed['settled']>): string =>
  createHash('sha256').update(JSON.stringify(settled)).digest('hex').slice(0, 16);

const rowOf = (taskId: string, personId: string, followed: Followed, now: Date) => ({
  id: randomUUID(),
  kind: 'followed',
  fact: factOf(taskId, personId),
  taskId,
  personId,
  content: followed as unknown as Prisma.InputJsonValue,
  createdAt: now,
});

function decidersOf(task: HumanTask): string[] {
  const voters = votesOfTask(task).map(({ byId }) => byId);
  const all = new Set([...voters, ...(task.decidedById === null ? [] : [task.decidedById])]);
  // A guest has no account, so no choice of what they get.
  return [...all].filter((id) => !isGuest(id));
}
