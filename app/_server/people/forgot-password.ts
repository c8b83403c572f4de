/**
 * Mails a link for a new password to somebody who cannot sign in. The answer, and the time that it takes, are the same
 * whether there is such an account or not: who has one is nobody's business.
 */
import type { ForgotPassword } from '@/app/_contract/people';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { CLIENT_HEADER } from '../http/client-address';
import type { Web } from '../web';
import { makeLink } from './entry-link';

/** For each address that asks. */
const ASKED = { window: 15 * 60, max: 10 };
/** For each account: its owner is not flooded with mails, and the newest of a few links still works. */
const MAILED = { window: 60 * 60, max: 3 };

type Parts = Pick<Web, 'database' | 'config' | 'mail' | 'limits' | 'log' | 'invalidations'>;

export async function forgotPassword(web: Parts, headers: Headers, { email }: ForgotPassword): Promise<{ ok: true }> {
  if (!web.mail.configured)
    throw new Refusal('refused', 'No mail server is configured here. Ask an administrator for a link.');
  const from = headers.get(CLIENT_HEADER);
  await web.limits.demand(`forgot:${from}`, ASKED, 'from this address');
  void mailLink(web, email.toLowerCase(), from).catch((error: unknown) =>
    web.log.error({ err: error }, 'a link for a new password was not made')
  );
  return { ok: true };
}

async function mailLink(web: Parts, email: string, from: string | null): Promise<void> {
  const person = await web.database.user.findUnique({ where: { email }, include: { accounts: true } });
  // [OICD2] Whom only the provider signs in gets none: who reads a mailbox must not get past the provider.
  const hasPassword = person?.accounts.some(({ password }) => password !== null) ?? false;
  if (!person || person.deactivatedAt || !hasPassword) {
    web.log.info({ from }, 'a link for a new password was asked for where there is no account');
    return;
  }
  const { allowed } = await web.limits.consume(`forgotBy:${person.id}`, MAILED);
  if (!allowed) {
    web.log.warn({ from }, 'too many links for a new password of one account');
    return;
  }
  const actor = { id: person.id, name: person.name, via: 'nobody signed in', from };
  await audited(web, actor, { operation: 'people.forgotPassword', target: email }, async () => {
    const { id: personId, name } = person;
    await makeLink(
      web,
      { kind: 'reset', email, name, personId, grants: [], groups: [], createdBy: name },
      { mail: true }
    );
    web.invalidations.announce(['people']);
  });
}
