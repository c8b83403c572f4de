/**
 * Creates the first account; its owner is the administrator. It is created on this machine, or with the one-time
 * token that the launcher printed, so that a stranger who comes first does not get the product. After that this
 * operation is refused for ever.
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

/**
 * The number of an advisory lock that nothing else uses (engine/store has the lease, prisma/migrate.ts the
 * migrations). It serialises first visitors over all web processes: the second one waits, then finds the account of
 * the first.
 */
const FIRST_ACCOUNT_LOCK = 7_233_101;

export async function accountExists({ database }: Pick<Web, 'database'>): Promise<boolean> {
  return (await database.user.findFirst({ select: { id: true } })) !== null;
}

const LOOPBACK = /^(127\.[\d.]+|::1)$/;

/** True if the request comes from the machine on which Backstitch runs, and not through a proxy. */
export function isHere(headers: Headers): boolean {
  return LOOPBACK.test(headers.get(CLIENT_HEADER) ?? '') && !isForwarded(headers);
}

/**
 * Throws `signUpClosed` if there is an account already. It does so before it hashes a password or writes a row,
 * because anybody may call it and could otherwise overload the server. Throws `notHere` from another machine without
 * the token.
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
        : 'The first account must be created on the machine on which Backstitch runs, or with the one-time token that it printed.'
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
  if (!person) throw new Error('the first account was created but cannot be found');
  return person;
}

const closed = () => new Refusal('signUpClosed', 'This Backstitch already has an account.');

function isToken(expected: string | null, given: string | undefined): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return expected !== null && given !== undefined && timingSafeEqual(digest(expected), digest(given));
}
