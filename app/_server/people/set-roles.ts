/** Replaces the roles and groups of one person. They take effect with the next request; open pages are notified. */
import type { SetRoles } from '@/app/_contract/people';
import type { Prisma } from '@/prisma/client/client';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { syncKeyOwners } from '../keys/owners';
import type { Web } from '../web';
import { demand, type Actor } from './actor';
import { roleWords } from '@/engine/permissions/permissions';

type Changer = Pick<Web, 'database' | 'log' | 'versions' | 'invalidations' | 'personChanged'>;

export async function setRoles(
  web: Changer,
  actor: Actor,
  personId: string,
  { grants, groups }: SetRoles
): Promise<{ id: string }> {
  demand(actor, 'people.setRoles');
  const person = await demandPerson(web, personId);
  await demandGroups(web, groups);
  const details = { roles: roleWords(grants), groups: groups.join(', ') };
  return audited(web, actor, { operation: 'people.setRoles', target: person.email, details }, async () => {
    await changingAdmins(web, async (transaction) => {
      await transaction.roleGrant.deleteMany({ where: { personId } });
      await transaction.roleGrant.createMany({ data: grants.map(({ role, flow }) => ({ personId, role, flow })) });
      await transaction.groupMember.deleteMany({ where: { personId } });
      await transaction.groupMember.createMany({ data: groups.map((groupName) => ({ groupName, personId })) });
    });
    await changed(web, personId);
    return { id: personId };
  });
}

/**
 * Notifies the sockets and open pages of this person, and sends the new limits of their keys to the engine. Null:
 * everybody.
 */
export async function changed(
  web: Pick<Web, 'database' | 'log' | 'versions' | 'invalidations' | 'personChanged'>,
  personId: string | null
): Promise<void> {
  web.personChanged(personId);
  web.invalidations.announce(['people', 'runs', 'flows', 'inbox']);
  await syncKeyOwners(web);
}

export async function demandPerson({ database }: Pick<Web, 'database'>, id: string) {
  const person = await database.user.findUnique({ where: { id } });
  if (!person) throw new Refusal('personNotFound', 'There is no such person.');
  return person;
}

export async function demandGroups({ database }: Pick<Web, 'database'>, groups: readonly string[]): Promise<void> {
  const known = await database.personGroup.findMany({ where: { name: { in: [...groups] } }, select: { name: true } });
  const missing = groups.filter((group) => !known.some(({ name }) => name === group));
  if (missing.length) {
    throw new Refusal('inputInvalid', 'A group does not exist.', [
      { at: '/groups', message: `There is no group '${missing[0]}'.` },
    ]);
  }
}

/** The number of an advisory lock that nothing else uses. It serialises changes of the administrators. */
const ADMINS_LOCK = 7_233_102;

/** Throws `lastAdmin`, and changes nothing, if nobody who may manage people would be left. */
export async function changingAdmins(
  { database }: Pick<Web, 'database'>,
  change: (transaction: Prisma.TransactionClient) => Promise<void>
): Promise<void> {
  await database.$transaction(async (transaction) => {
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${ADMINS_LOCK}::bigint)`;
    await change(transaction);
    const [left] = await transaction.$queryRaw<{ count: bigint }[]>`
      SELECT count(*) AS count FROM app."user" u WHERE u.deactivated_at IS NULL AND EXISTS (
        SELECT 1 FROM app.role_grant g WHERE g.role = 'admin' AND g.flow IS NULL AND (g.person_id = u.id
          OR g.group_name IN (SELECT m.group_name FROM app.group_member m WHERE m.person_id = u.id)))`;
    if (!left || left.count === 0n) {
      throw new Refusal('lastAdmin', 'There would be no administrator left. Nothing was changed.');
    }
  });
}
