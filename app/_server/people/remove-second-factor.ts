/** Takes the second factor and the passkeys away from somebody who lost the phone and the recovery codes. */
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { demand, type Actor } from './actor';
import { isOff, removeApp } from './second-factor';
import { demandPerson } from './set-roles';

export async function removeSecondFactor(
  web: Pick<Web, 'database' | 'log' | 'invalidations' | 'sessionEnded'>,
  actor: Actor,
  personId: string
): Promise<{ id: string }> {
  demand(actor, 'people.removeSecondFactor');
  const { email } = await demandPerson(web, personId);
  return audited(web, actor, { operation: 'people.removeSecondFactor', target: email }, async () => {
    // Whoever has a session or a key of an administrator must not get past that administrator's own second factor.
    if (personId === actor.id)
      throw new Refusal('refused', 'Turn off your own second factor in your account, with your password.');
    await web.database.$transaction(async (transaction) => {
      const hadApp = await removeApp(transaction, personId);
      const { count } = await transaction.passkey.deleteMany({ where: { userId: personId } });
      if (!hadApp && count === 0) throw isOff();
    });
    // If everybody needs one, their sessions may do nothing more than set up another.
    web.sessionEnded(personId);
    web.invalidations.announce(['people']);
    return { id: personId };
  });
}
