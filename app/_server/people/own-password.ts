/**
 * The password of the person who asks, for changes that a session alone must not make. Somebody with a stolen session
 * must not guess the password with it, so all these questions have one limit.
 */
import { verifyPassword } from 'better-auth/crypto';
import { Refusal } from '../failure';
import type { Web } from '../web';
import type { Actor } from './actor';

const GUESSES = { window: 15 * 60, max: 10 };

/** Throws `refused` without a password, `inputInvalid` at `at` if it is another one, `tooManyTries`. */
export async function demandOwnPassword(
  web: Pick<Web, 'database' | 'limits'>,
  actor: Pick<Actor, 'id'>,
  password: string,
  { at, message, what }: { at: string; message: string; what: string }
): Promise<{ accountId: string; hash: string }> {
  const key = `password:${actor.id}`;
  await web.limits.demand(key, GUESSES, what);
  const account = await web.database.account.findFirst({
    where: { userId: actor.id, providerId: 'credential', password: { not: null } },
  });
  const hash = account?.password;
  if (!account || !hash) throw new Refusal('refused', 'This account has no password.');
  if (!(await verifyPassword({ hash, password })))
    throw new Refusal('inputInvalid', message, [{ at, message: 'This is not your password of now.' }]);
  await web.limits.forget(key);
  return { accountId: account.id, hash };
}
