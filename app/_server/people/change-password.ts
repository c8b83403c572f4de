/**
 * A new password, by somebody who knows the one of now. It ends their other sessions: whoever knew the old one is out.
 */
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import type { ChangePassword } from '@/app/_contract/account';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Web } from '../web';
import type { Session } from './session';

/** Somebody with a stolen session must not guess the password with it. */
const GUESSES = { window: 15 * 60, max: 10 };

export async function changePassword(
  web: Pick<Web, 'database' | 'log' | 'limits' | 'sessionEnded'>,
  { actor, token }: Session,
  { current, password }: ChangePassword
): Promise<{ ended: number }> {
  const key = `password:${actor.id}`;
  await web.limits.demand(key, GUESSES, 'to change the password');
  return audited(web, actor, { operation: 'people.changePassword', target: actor.email }, async () => {
    const { database } = web;
    const account = await database.account.findFirst({
      where: { userId: actor.id, providerId: 'credential', password: { not: null } },
    });
    const old = account?.password;
    if (!account || !old) throw new Refusal('refused', 'This account has no password.');
    if (!(await verifyPassword({ hash: old, password: current })))
      throw invalid('/current', 'This is not your password of now.');
    if (current === password) throw invalid('/password', 'This is the password that you have.');
    const hashed = await hashPassword(password);
    const ended = await database.$transaction(async (transaction) => {
      // Somebody may have chosen another one meanwhile, by a link or in another place.
      const { count } = await transaction.account.updateMany({
        where: { id: account.id, password: old },
        data: { password: hashed },
      });
      if (count === 0) throw new Refusal('refused', 'The password was changed elsewhere just now. Nothing was done.');
      return transaction.session.deleteMany({ where: { userId: actor.id, NOT: { token } } });
    });
    await web.limits.forget(key);
    web.sessionEnded(actor.id);
    return { ended: ended.count };
  });
}

const invalid = (at: string, message: string) =>
  new Refusal('inputInvalid', 'The password was not changed.', [{ at, message }]);
