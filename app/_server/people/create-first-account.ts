/** The first account, made by whoever comes first to a fresh Backstitch; its owner is admin. Afterwards closed for ever. */
import { randomUUID } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import type { FirstAccount, Person } from '@/app/_contract/people';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { actorOf } from './actor';

/** No other lock of this product has this number (engine/store: the lease; prisma/migrate.ts: migrations). Serialises first visitors over all web processes: the second one waits, then sees the first one's account. */
const FIRST_ACCOUNT_LOCK = 7_233_101;

export async function accountExists({ database }: Pick<Web, 'database'>): Promise<boolean> {
  return (await database.user.findFirst({ select: { id: true } })) !== null;
}

/**
 * Throws `signUpClosed` when there is an account already: at once, since anybody may ask, and hashing a password or writing a row
 * for each of them would be a gift.
 */
export async function createFirstAccount(web: Pick<Web, 'database' | 'log'>, account: FirstAccount): Promise<Person> {
  if (await accountExists(web)) throw closed();
  const id = randomUUID();
  const email = account.email.toLowerCase();
  const password = await hashPassword(account.password);
  return audited(web, { id, name: account.name }, { operation: 'people.createFirstAccount', target: email }, () =>
    web.database.$transaction(async (transaction) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${FIRST_ACCOUNT_LOCK}::bigint)`;
      if (await transaction.user.findFirst({ select: { id: true } })) {
        throw closed();
      }
      const user = await transaction.user.create({
        data: { id, email, name: account.name, emailVerified: false, role: 'admin', groups: [] },
      });
      await transaction.account.create({
        data: { id: randomUUID(), userId: id, accountId: id, providerId: 'credential', password },
      });
      return actorOf(user);
    })
  );
}

const closed = () => new Refusal('signUpClosed', 'This Backstitch has an account already.');
