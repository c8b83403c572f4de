/** Creates a link with which a person chooses a new password, or their first one [OICD2]. The old password is valid until the link is used. */
import type { MadeLink, ResetPassword } from '@/app/_contract/people';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { demand, type Actor } from './actor';
import { makeLink } from './entry-link';
import { demandPerson } from './set-roles';

export async function resetPassword(
  web: Pick<Web, 'database' | 'log' | 'config' | 'mail' | 'invalidations'>,
  actor: Actor,
  personId: string,
  { mail }: ResetPassword
): Promise<MadeLink> {
  demand(actor, 'people.resetPassword');
  const { email, name, deactivatedAt } = await demandPerson(web, personId);
  if (deactivatedAt) throw new Refusal('refused', `${name} is deactivated. Reactivate the account first.`);
  const details = { mailed: mail };
  return audited(web, actor, { operation: 'people.resetPassword', target: email, details }, async () => {
    const link = { kind: 'reset' as const, grants: [], groups: [], createdBy: actor.name, personId, email, name };
    const made = await makeLink(web, link, { mail });
    web.invalidations.announce(['people']);
    return made;
  });
}
