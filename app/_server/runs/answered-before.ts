/**
 * Requests of operators that are sent again because their answers were lost. The audit trail says what was answered.
 *
 * [AGN1] A request with the same id, by the same person, is answered as before, whatever happened to the run since. It
 *        changes nothing and leaves no second audit row.
 * [AGN2] A new request of a person for what there is because of that person is answered too: nobody is said to have
 *        done it 'meanwhile'. What another person has done is refused with that person's name.
 */
import type { Receipt } from '@/app/_contract/runs';
import type { Operation } from '@/engine/permissions/permissions';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { nameOf, type RunAddress } from './address';

/** [AGN1] Null: this is a new request. The caller has checked the permission. */
export async function answeredBefore(
  { database }: Pick<Web, 'database'>,
  actor: Actor,
  operation: Operation,
  run: RunAddress,
  requestId: string
): Promise<Receipt | null> {
  const row = await database.auditEntry.findFirst({
    where: {
      operation,
      target: nameOf(run),
      actorId: actor.id,
      outcome: 'done',
      details: { path: ['requestId'], equals: requestId },
    },
    orderBy: { at: 'desc' },
  });
  return row && { at: (row.endedAt ?? row.at).getTime(), by: row.actorName };
}

/** [AGN2] Who resumed a step, as far as it was done here and nobody paused it since; null: it is not known. */
export async function lastResumer(
  { database }: Pick<Web, 'database'>,
  run: RunAddress,
  activityId: string
): Promise<{ id: string; name: string } | null> {
  const row = await database.auditEntry.findFirst({
    where: {
      operation: { in: ['runs.pauseActivity', 'runs.unpauseActivity'] satisfies Operation[] },
      target: nameOf(run),
      outcome: { in: ['done', 'outcomeUnknown'] },
      details: { path: ['activityId'], equals: activityId },
    },
    orderBy: { at: 'desc' },
  });
  return row?.operation === 'runs.unpauseActivity' ? { id: row.actorId, name: row.actorName } : null;
}
