/**
 * The first account; its owner is the administrator. It is made on this machine, or with the one-time token that the launcher
 * printed (fault 39: whoever comes first from elsewhere must not own the product). Afterwards closed for ever.
 */
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import type { FirstAccount, Person } from '@/app/_contract/people';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { CLIENT_HEADER } from '../http/client-address';
import { isForwarded } from '../http/forwarded';
import type { Web } from '../web';
import { readPerson } from './person';

/** No other lock of this product has this number (engine/store: the lease; prisma/migrate.ts: migrations). Serialises first visitors over all web processes: the second one waits, then sees the first one's account. */
const FIRST_ACCOUNT_LOCK = 7_233_101;

export async function accountExists({ database }: Pick<Web, 'database'>): Promise<boolean> {
  return (await database.user.findFirst({ select: { id: true } })) !== null;
}

const LOOPBACK = /^(127\.[\d.]+|::1)$/;

/** Does this request come from the machine on which Backstitch runs, and through no proxy? */
export function isHere(headers: Headers): boolean {
  return LOOPBACK.test(headers.get(CLIENT_HEADER) ?? '') && !isForwarded(headers);
}

/**
 * Throws `signUpClosed` when there is an account already: at once, since anybody may ask, and hashing a password or writing a row
 * for each of them would be a gift. Throws `notHere` from elsewhere without the token.
 */
export async function createFirstAccount(
  web: Pick<Web, 'database' | 'log' | 'config'>,
  headers: Headers,
  { token, ...account }: FirstAccount
): Promise<Person> {
  if (await accountExists(web)) throw closed();
  const here = isHere(headers);
  if (!here && !isToken(web.config.firstAccountToken, token)) {
    throw new Refusal(
      'notHere',
      token
        ? 'This token is not the one that Backstitch printed when it was last started.'
        : 'The first account is made on the machine on which Backstitch runs, or with the one-time token that it printed.'
    );
  }
  const id = randomUUID();
  const email = account.email.toLowerCase();
  const password = await hashPassword(account.password);
  const actor = {
    id,
    name: account.name,
    via: here ? 'this machine' : 'one-time token',
    from: headers.get(CLIENT_HEADER),
  };
  await audited(web, actor, { operation: 'people.createFirstAccount', target: email }, () =>
    web.database.$transaction(async (transaction) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${FIRST_ACCOUNT_LOCK}::bigint)`;
      if (await transaction.user.findFirst({ select: { id: true } })) {
        throw closed();
      }
      await transaction.user.create({
        data: {
          id,
          email,
          name: account.name,
          accounts: { create: { id: randomUUID(), accountId: id, providerId: 'credential', password } },
          grants: { create: { role: 'admin' } },
        },
      });
    })
  );
  const person = await readPerson(web, id);
  if (!person) throw new Error('the first account was made and is not there');
  return person;
}

const closed = () => new Refusal('signUpClosed', 'This Backstitch has an account already.');

function isToken(expected: string | null, given: string | undefined): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return expected !== null && given !== undefined && timingSafeEqual(digest(expected), digest(given));
}
