/** What nobody may do to the audit trail, for tests: the triggers of the database do not apply in here. */
import type { Prisma } from '@/prisma/client/client';
import type { Web } from '../web';

export async function pastTheTriggers(
  { database }: Pick<Web, 'database'>,
  work: (transaction: Prisma.TransactionClient) => Promise<unknown>
): Promise<void> {
  await database.$transaction(async (transaction) => {
    await transaction.$executeRaw`SET LOCAL session_replication_role = 'replica'`;
    await work(transaction);
  });
}

/** As in a new installation. */
export async function emptyTrail(web: Pick<Web, 'database'>): Promise<void> {
  await pastTheTriggers(web, async (transaction) => {
    await transaction.auditEntry.deleteMany();
    await transaction.auditLink.deleteMany();
  });
}
