/**
 * A person's own account is no longer signed in by the OpenID Connect provider. Their sessions that the provider began
 * end, but for the one that asks. A later sign-in there with the same verified address connects it again.
 *
 * [OICD1] It is refused, with the reason, if there would be no other way to sign in.
 * [OICD2] Whoever has no password gets one by a link of an administrator, and not by the mail for a forgotten one, which would
 *        let whoever reads the mailbox past the provider. Then [OICD1] refuses nothing.
 */
import type { OwnPassword } from '@/app/_contract/account';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { demandOwnPassword } from './own-password';
import type { Session } from './session';
import { PROVIDER_ID } from './sign-in-by-provider';

/** Why this account needs the provider, and what to do; null: it does not. [OICD2] */
export const whyOnlyWay = (hasPassword: boolean): string | null =>
  hasPassword
    ? null
    : 'It is the only way in which you can sign in: this account has no password. To set one, ask an administrator for a link.';

export async function disconnectProvider(
  web: Pick<Web, 'database' | 'limits' | 'log' | 'invalidations' | 'sessionEnded'>,
  { actor, token }: Session,
  { password }: OwnPassword
): Promise<{ ended: number }> {
  return audited(web, actor, { operation: 'people.disconnectProvider', target: actor.email }, async () => {
    const accounts = await web.database.account.findMany({ where: { userId: actor.id } });
    if (!accounts.some(({ providerId }) => providerId === PROVIDER_ID))
      throw new Refusal('refused', 'No provider signs you in. Nothing was changed.');
    const why = whyOnlyWay(accounts.some((account) => account.password !== null));
    if (why) throw new Refusal('refused', why);
    const message = 'The provider was not disconnected.';
    await demandOwnPassword(web, actor, password, { at: '/password', message, what: 'to disconnect the provider' });
    const ended = await web.database.$transaction(async (transaction) => {
      await transaction.account.deleteMany({ where: { userId: actor.id, providerId: PROVIDER_ID } });
      await transaction.session.updateMany({ where: { token, via: 'provider' }, data: { via: null } });
      return transaction.session.deleteMany({ where: { userId: actor.id, via: 'provider' } });
    });
    web.sessionEnded(actor.id);
    web.invalidations.announce(['people']);
    return { ended: ended.count };
  });
}
