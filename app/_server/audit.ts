/**
 * The audit trail: one row for each change, written before the change is sent and completed after it. So there is no
 * change without a row, and a row without an outcome means that the answer never came.
 */
import { randomUUID } from 'node:crypto';
import type { Prisma } from '@/prisma/client/client';
import { failureOf, isRefusal } from './failure';
import type { Actor } from './people/actor';
import type { Web } from './web';

export interface AuditedChange {
  /** `<entity>.<verb>` */
  operation: string;
  target: string;
  /** The request, without payloads and without secrets. */
  details?: Record<string, string | number | boolean | null>;
}

/** Writes the row, runs `work`, then completes the row. A refusal is recorded with its code and thrown again. */
export async function audited<T>(
  { database, log }: Pick<Web, 'database' | 'log'>,
  actor: Pick<Actor, 'id' | 'name' | 'via' | 'from'>,
  change: AuditedChange,
  work: () => Promise<T>
): Promise<T> {
  const id = randomUUID();
  await database.auditEntry.create({
    data: {
      id,
      actorId: actor.id,
      actorName: actor.name,
      via: actor.via,
      fromAddress: actor.from,
      operation: change.operation,
      target: change.target,
      details: (change.details ?? {}) satisfies Prisma.InputJsonObject,
    },
  });
  // The change has already happened or been refused, so a failure to complete the row is logged, never thrown.
  const close = (outcome: string) =>
    database.auditEntry
      .update({ where: { id }, data: { outcome, endedAt: new Date() } })
      .catch((error: unknown) => log.error({ err: error, audit: id, outcome }, 'an audit row could not be completed'));
  try {
    const result = await work();
    await close('done');
    return result;
  } catch (error) {
    await close(isRefusal(error) ? error.code : failureOf(error).code);
    throw error;
  }
}
