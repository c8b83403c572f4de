/**
 * A new password, by somebody who knows the one of now. It ends their other sessions: whoever knew the old one is out.
 */
import { hashPassword } from 'better-auth/crypto';
import type { ChangePassword } from '@/app/_contract/account';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { demandOwnPassword } from './own-password';
import type { Session } from './session';
import { forgetTrusted } from './trusted-browsers';

export async function changePassword(
  web: Pick<Web, 'database' | 'log' | 'limits' | 'sessionEnded'>,
  { actor, token }: Session,
  { current, password }: ChangePassword
): Promise<{ ended: number }> {
  return audited(web, actor, { operation: 'people.changePassword', target: actor.email }, async () => {
    const message = 'The password was not changed.';
    const old = await demandOwnPassword(web, actor, current, {
      at: '/current',
      message,
      what: 'to change the password',
    });
    if (current === password)
      throw new Refusal('inputInvalid', message, [{ at: '/password', message: 'This is the password that you have.' }]);
    const hashed = await hashPassword(password);
    const ended = await web.database.$transaction(async (transaction) => {
      // Somebody may have chosen another one meanwhile, by a link or in another place.
      const { count } = await transaction.account.updateMany({
        where: { id: old.accountId, password: old.hash },
        data: { password: hashed },
      });
      if (count === 0) throw new Refusal('refused', 'The password was changed elsewhere just now. Nothing was done.');
      await forgetTrusted(transaction, actor.id);
      return transaction.session.deleteMany({ where: { userId: actor.id, NOT: { token } } });
    });
    web.sessionEnded(actor.id);
    return { ended: ended.count };
  });
}
