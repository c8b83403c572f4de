/** Tasks that wait (oldest first) or were settled (newest first), with the number that waits for this person. */
import type { InboxList, InboxQuery, TaskOutcome } from '@/app/_contract/inbox';
import { demand, may, type Actor } from '../people/actor';
import type { Web } from '../web';
import { isCandidate, viewOf } from './view';

/** More than anybody reads; the number above it is shown as it is. */
const COUNTED = 1_000;
/** A row that a close left behind before its open arrived has no flow. */
const REAL = { flow: { not: '' } };

export async function listInbox(
  { database }: Pick<Web, 'database'>,
  actor: Actor,
  { view, limit }: InboxQuery
): Promise<InboxList> {
  demand(actor, 'read');
  const [rows, waiting, last] = await Promise.all([
    database.humanTask.findMany({
      where: { ...REAL, settledAt: view === 'waiting' ? null : { not: null } },
      orderBy: view === 'waiting' ? { openedAt: 'asc' } : { settledAt: 'desc' },
      take: limit,
    }),
    countWaiting({ database }, actor),
    database.humanTask.findFirst({
      where: { ...REAL, outcome: { in: ['approved', 'rejected'] } },
      orderBy: { settledAt: 'desc' },
    }),
  ]);
  return {
    tasks: rows.map((row) => viewOf(row, actor)),
    waiting,
    lastDecided: last?.settledAt
      ? { title: last.title, atMs: last.settledAt.getTime(), outcome: last.outcome as TaskOutcome }
      : null,
    readAtMs: Date.now(),
  };
}

export async function countWaiting({ database }: Pick<Web, 'database'>, actor: Actor): Promise<number> {
  if (!may(actor, 'decide')) return 0;
  const rows = await database.humanTask.findMany({
    where: { ...REAL, settledAt: null },
    select: { candidates: true },
    take: COUNTED,
  });
  return rows.filter(({ candidates }) => isCandidate(actor, candidates)).length;
}
