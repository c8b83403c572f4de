import type { Prisma } from '@/prisma/client/client';
import type { StoredDraft } from './stored';

/** Where a flow has several, the one that was changed last. */
export const openDraftOf = (
  database: Pick<Prisma.TransactionClient, 'draft'>,
  flow: string
): Promise<StoredDraft | null> =>
  database.draft.findFirst({ where: { flow, archivedAt: null }, orderBy: { changedAt: 'desc' } });

/** Until the end of the transaction nobody else opens a draft of this flow. */
export async function lockDraftOf(tx: Prisma.TransactionClient, flow: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`draft of ${flow}`}, 0))`;
}
