/** Invites somebody by a link, and withdraws an unused link. */
import type { Invite, MadeLink } from '@/app/_contract/people';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { demand, type Actor } from './actor';
import { makeLink } from './entry-link';
import { demandGroups } from './set-roles';
import { roleWords } from '@/engine/permissions/permissions';

export async function invite(
  web: Pick<Web, 'database' | 'log' | 'config' | 'mail' | 'invalidations'>,
  actor: Actor,
  request: Invite
): Promise<MadeLink> {
  demand(actor, 'people.invite');
  const email = request.email.toLowerCase();
  if (await web.database.user.findUnique({ where: { email }, select: { id: true } })) {
    throw new Refusal('inputInvalid', 'This person already has an account.', [
      { at: '/email', message: 'There is already an account with this e-mail address.' },
    ]);
  }
  await demandGroups(web, request.groups);
  const { name, grants, groups } = request;
  const details = { roles: roleWords(grants), groups: groups.join(', '), mailed: request.mail };
  return audited(web, actor, { operation: 'people.invite', target: email, details }, async () => {
    const link = { kind: 'invite' as const, personId: null, createdBy: actor.name, email, name, grants, groups };
    const made = await makeLink(web, link, { mail: request.mail });
    web.invalidations.announce(['people']);
    return made;
  });
}

export async function withdrawInvitation(
  web: Pick<Web, 'database' | 'log' | 'invalidations'>,
  actor: Actor,
  id: string
): Promise<{ id: string }> {
  demand(actor, 'people.withdrawInvitation');
  const link = await web.database.entryLink.findUnique({ where: { id } });
  if (!link) throw new Refusal('personNotFound', 'There is no such link.');
  const details = { link: id };
  return audited(web, actor, { operation: 'people.withdrawInvitation', target: link.email, details }, async () => {
    await web.database.entryLink.updateMany({
      where: { id, usedAt: null, withdrawnAt: null },
      data: { withdrawnAt: new Date() },
    });
    web.invalidations.announce(['people']);
    return { id };
  });
}
