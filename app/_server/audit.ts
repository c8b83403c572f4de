/**
 * The audit trail: one row a change, written before the change goes out and completed after it. So a change without a row
 * cannot happen, and a row without an outcome says that the answer never came.
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
  /** What was asked, without payloads and without secrets. */
  details?: Record<string, string | number | boolean | null>;
}

/** Runs `work` between the two halves of its audit row. A refusal is recorded with its code and passed on. */
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
  // The change has happened (or not) whatever becomes of this row: its loss is logged, never passed on.
  const close = (outcome: string) =>
    database.auditEntry
      .update({ where: { id }, data: { outcome, endedAt: new Date() } })
      .catch((error: unknown) => log.error({ err: error, audit: id, outcome }, 'an audit row stayed open'));
  try {
    const result = await work();
    await close('done');
    return result;
  } catch (error) {
    await close(isRefusal(error) ? error.code : failureOf(error).code);
    throw error;
  }
}
