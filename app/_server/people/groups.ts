/** Groups: their members, and the roles that all members have. An approval can name a group as a candidate. */
import type { PutGroup } from '@/app/_contract/people';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { demand, type Actor } from './actor';
import { changed, changingAdmins } from './set-roles';
import { roleWords } from '@/engine/permissions/permissions';

type Changer = Pick<Web, 'database' | 'log' | 'versions' | 'invalidations' | 'personChanged'>;

/** Creates the group, or replaces it as a whole. */
export async function putGroup(web: Changer, actor: Actor, group: PutGroup): Promise<{ name: string }> {
  demand(actor, 'groups.put');
  const { name, grants } = group;
  const people = await web.database.user.findMany({ where: { id: { in: group.members } }, select: { id: true } });
  const details = { members: people.length, roles: roleWords(grants) };
  return audited(web, actor, { operation: 'groups.put', target: name, details }, async () => {
    await changingAdmins(web, async (transaction) => {
      await transaction.personGroup.upsert({ where: { name }, create: { name }, update: {} });
      await transaction.groupMember.deleteMany({ where: { groupName: name } });
      await transaction.groupMember.createMany({ data: people.map(({ id }) => ({ groupName: name, personId: id })) });
      await transaction.roleGrant.deleteMany({ where: { groupName: name } });
      await transaction.roleGrant.createMany({
        data: grants.map(({ role, flow }) => ({ groupName: name, role, flow })),
      });
    });
    await changed(web, null);
    return { name };
  });
}

export async function removeGroup(web: Changer, actor: Actor, name: string): Promise<{ name: string }> {
  demand(actor, 'groups.remove');
  if (!(await web.database.personGroup.findUnique({ where: { name } }))) {
    throw new Refusal('personNotFound', `There is no group '${name}'.`);
  }
  return audited(web, actor, { operation: 'groups.remove', target: name }, async () => {
    await changingAdmins(web, async (transaction) => void (await transaction.personGroup.delete({ where: { name } })));
    await changed(web, null);
    return { name };
  });
}
