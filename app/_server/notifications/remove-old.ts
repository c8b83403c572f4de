/**
 * [NTO1] What was sent or dropped is kept for SENT_MS, what failed for good for FAILED_MS; and longer while its task waits, since
 *        the row is why nothing is told twice.
 */
import { Prisma } from '@/prisma/client/client';
import type { Web } from '../web';

const DAY_MS = 24 * 60 * 60_000;
const SENT_MS = 30 * DAY_MS;
const FAILED_MS = 90 * DAY_MS;
const AT_ONCE = 5_000;

/** Resolves to the number of rows that were removed. */
export async function removeOld({ database }: Pick<Web, 'database'>, nowMs = Date.now()): Promise<number> {
  const before = (ageMs: number) => new Date(nowMs - ageMs);
  return database.$executeRaw(Prisma.sql`
    DELETE FROM app.notification WHERE id IN (
      SELECT n.id FROM app.notification n
      WHERE n.next_at IS NULL AND n.created_at < ${before(SENT_MS)}
        AND (n.sent_at IS NOT NULL OR n.dropped IS NOT NULL OR n.created_at < ${before(FAILED_MS)})
        AND NOT EXISTS (SELECT FROM app.human_task t WHERE t.task_id = n.task_id AND t.settled_at IS NULL)
      LIMIT ${AT_ONCE})`);
}
