/**
 * Deactivates or reactivates a person. Their sessions and sockets end at once; their decisions remain recorded under
 * their name.
 */
import type { Deactivate } from '@/app/_contract/people';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { releaseTasksOf } from '../inbox/claim';
import type { Web } from '../web';
import { demand, type Actor } from './actor';
import { changed, changingAdmins, demandPerson } from './set-roles';
import { endSessions } from './sign-in';

type Changer = Pick<Web, 'database' | 'log' | 'versions' | 'invalidations' | 'personChanged' | 'sessionEnded'>;

export async function deactivate(
  web: Changer,
  actor: Actor,
  personId: string,
  { revokeKeys, reason }: Deactivate
): Promise<{ id: string }> {
  demand(actor, 'people.deactivate');
  const person = await demandPerson(web, personId);
  if (personId === actor.id) {
    throw new Refusal('refused', 'You cannot deactivate yourself. Another administrator can do it.');
  }
  const details = { reason, revokeKeys };
  return audited(web, actor, { operation: 'people.deactivate', target: person.email, details }, async () => {
    await changingAdmins(web, async (transaction) => {
      await transaction.user.update({ where: { id: personId }, data: { deactivatedAt: new Date() } });
      await transaction.session.deleteMany({ where: { userId: personId } });
      await releaseTasksOf(transaction, personId);
      await transaction.entryLink.updateMany({
        where: { personId, usedAt: null, withdrawnAt: null },
        data: { withdrawnAt: new Date() },
      });
    });
    await endSessions(web, personId);
    // Their keys are refused in any case. A revoked key remains revoked when the person is reactivated.
    if (revokeKeys) {
      await revokeKeysOf(web, personId, actor.name).catch((error: unknown) =>
        web.log.warn(
          { err: error },
          'the keys of a deactivated person could not be revoked; they are refused while their owner is deactivated'
        )
      );
    }
    await changed(web, personId);
    return { id: personId };
  });
}

async function revokeKeysOf({ versions }: Pick<Web, 'versions'>, personId: string, by: string): Promise<void> {
  const keys = await versions.listKeys();
  const own = keys.filter(({ owner, revokedMs }) => owner?.id === personId && !revokedMs);
  await Promise.all(own.map(({ id }) => versions.revokeKey(id, by)));
}

export async function reactivate(web: Changer, actor: Actor, personId: string): Promise<{ id: string }> {
  demand(actor, 'people.reactivate');
  const person = await demandPerson(web, personId);
  return audited(web, actor, { operation: 'people.reactivate', target: person.email }, async () => {
    await web.database.user.update({ where: { id: personId }, data: { deactivatedAt: null } });
    await changed(web, personId);
    return { id: personId };
  });
}
