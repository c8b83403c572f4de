/**
 * A person's own account is no longer signed in by the OpenID Connect provider. Their sessions that the provider began
 * end, but for the one that asks. A later sign-in there with the same verified address connects it again.
 *
 * [OICD1] It is refused, with the reason, if there would be no other way to sign in.
 * [OICD2] Whoever has no password gets one by a link: of an administrator, or of the mail for a forgotten password. Then [OICD1]
 *        refuses nothing.
 */
import type { OwnPassword } from '@/app/_contract/account';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { demandOwnPassword } from './own-password';
import type { Session } from './session';
import { PROVIDER_ID } from './sign-in-by-provider';

/** Why this account needs the provider, and what to do; null: it does not. [OICD2] */
export function whyOnlyWay({ mail }: Pick<Web, 'mail'>, hasPassword: boolean): string | null {
  if (hasPassword) return null;
  const how = mail.configured
    ? 'To set one, sign out and choose ‘Forgot the password?’, or ask an administrator for a link.'
    : 'To set one, ask an administrator for a link.';
  return `It is the only way in which you can sign in: this account has no password. ${how}`;
}

export async function disconnectProvider(
  web: Pick<Web, 'database' | 'limits' | 'log' | 'mail' | 'invalidations' | 'sessionEnded'>,
  { actor, token }: Session,
  { password }: OwnPassword
): Promise<{ ended: number }> {
  return audited(web, actor, { operation: 'people.disconnectProvider', target: actor.email }, async () => {
    const accounts = await web.database.account.findMany({ where: { userId: actor.id } });
    if (!accounts.some(({ providerId }) => providerId === PROVIDER_ID))
      throw new Refusal('refused', 'No provider signs you in. Nothing was changed.');
    const why = whyOnlyWay(
      web,
      accounts.some((account) => account.password !== null)
    );
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
