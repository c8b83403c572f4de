/**
 * Keeps the log of a draft bounded: of gestures beyond the newest thousand, the operations are dropped, and what
 * remains is the draft at the end of each day (UTC). Their rows stay, so that a gesture that is sent again is still
 * known.
 */
import type { Draft } from '@/engine/flow/edit/draft';
import { contentOf, draftIn, replayed } from './states';
import type { Reader } from './stored';
import { Prisma } from '@/prisma/client/client';

/** Gestures between two snapshots. */
export const SNAPSHOT_EVERY = 100;
const KEPT_ONE_BY_ONE = 1_000;

/** Up to which number the gestures of a draft are folded: always the number of a snapshot. */
export const foldedAt = (number: number): number =>
  Math.max(0, Math.floor((number - KEPT_ONE_BY_ONE) / SNAPSHOT_EVERY) * SNAPSHOT_EVERY);

/** Folds the gestures from one snapshot to a later one. To be called in the transaction that has the draft locked. */
export async function fold(tx: Reader, draftId: string, from: number, to: number): Promise<void> {
  const { content } = await tx.draftSnapshot.findUniqueOrThrow({
    where: { draftId_number: { draftId, number: from } },
  });
  // One before, to see whether its day ended with it, and one behind for the last.
  const gestures = await tx.draftGesture.findMany({
    where: { draftId, number: { gte: from, lte: to + 1 } },
    orderBy: { number: 'asc' },
    select: { number: true, at: true, operations: true },
  });
  let draft: Draft = draftIn(content);
  const ends: { number: number; at: Date; draft: Draft }[] = [];
  for (const [index, { number, at, operations }] of gestures.entries()) {
    if (number > to) break;
    if (number > from) draft = replayed(draft, operations, number);
    const next = gestures[index + 1];
    if (!next || dayOf(next.at) !== dayOf(at)) ends.push({ number, at, draft });
  }
  await tx.draftSnapshot.deleteMany({
    where: { draftId, number: { gte: Math.max(1, from), lt: to, notIn: ends.map(({ number }) => number) } },
  });
  await tx.draftSnapshot.createMany({
    data: ends.map(({ number, at, draft: then }) => ({ draftId, number, at, ...contentOf(then) })),
    skipDuplicates: true,
  });
  await tx.draftGesture.updateMany({
    where: { draftId, number: { gt: from, lte: to } },
    data: { operations: Prisma.DbNull, inverse: Prisma.DbNull, notes: Prisma.DbNull },
  });
  const last = gestures.find(({ number }) => number === to);
  if (last) await tx.draftRefusal.deleteMany({ where: { draftId, at: { lt: last.at } } });
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
