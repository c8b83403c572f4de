/**
 * A person's own second factor: prepared with the password, turned on by a first code of the app, turned off with the
 * password.
 */
import type { NewSecondFactor, OwnPassword, RecoveryCodes, TurnOnSecondFactor } from '@/app/_contract/account';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { demandOwnPassword } from './own-password';
import { isOff, prepareApp, removeApp, replaceRecoveryCodes, useAppCode } from './second-factor';
import type { Session } from './session';

type Parts = Pick<Web, 'auth' | 'database' | 'log' | 'limits' | 'invalidations' | 'sessionEnded'>;

/** Somebody with a stolen session must not guess a code with it. */
const GUESSES = { window: 15 * 60, max: 10 };
const UNCHANGED = {
  at: '/password',
  message: 'The second factor was not changed.',
  what: 'to change the second factor',
};

/** Nothing is asked of the person until `turnOnSecondFactor`. */
export async function prepareSecondFactor(
  web: Parts,
  { actor }: Session,
  { password }: OwnPassword
): Promise<NewSecondFactor> {
  return audited(web, actor, { operation: 'people.prepareSecondFactor', target: actor.email }, async () => {
    await demandOwnPassword(web, actor, password, UNCHANGED);
    return prepareApp(web, actor);
  });
}

/** Ends the other sessions, which began without a code. */
export async function turnOnSecondFactor(
  web: Parts,
  { actor, token }: Session,
  { code }: TurnOnSecondFactor
): Promise<{ ended: number }> {
  return audited(web, actor, { operation: 'people.turnOnSecondFactor', target: actor.email }, async () => {
    await web.limits.demand(`secondFactor:${actor.id}`, GUESSES, 'to turn on the second factor');
    await useAppCode(web, actor.id, code, { verified: false });
    const ended = await web.database.$transaction(async (transaction) => {
      const { count } = await transaction.twoFactor.updateMany({
        where: { userId: actor.id, verified: false },
        data: { verified: true },
      });
      if (count === 0) throw new Refusal('refused', 'The second factor was changed elsewhere just now.');
      await transaction.user.update({ where: { id: actor.id }, data: { twoFactorEnabled: true } });
      return transaction.session.deleteMany({ where: { userId: actor.id, NOT: { token } } });
    });
    web.sessionEnded(actor.id);
    web.invalidations.announce(['people']);
    return { ended: ended.count };
  });
}

export async function turnOffSecondFactor(
  web: Parts,
  { actor }: Session,
  { password }: OwnPassword
): Promise<{ ok: true }> {
  return audited(web, actor, { operation: 'people.turnOffSecondFactor', target: actor.email }, async () => {
    await demandOwnPassword(web, actor, password, UNCHANGED);
    if (!(await web.database.$transaction((transaction) => removeApp(transaction, actor.id)))) throw isOff();
    web.sessionEnded(actor.id);
    web.invalidations.announce(['people']);
    return { ok: true };
  });
}

/** Those of before stop working. */
export async function renewRecoveryCodes(
  web: Parts,
  { actor }: Session,
  { password }: OwnPassword
): Promise<RecoveryCodes> {
  return audited(web, actor, { operation: 'people.renewRecoveryCodes', target: actor.email }, async () => {
    await demandOwnPassword(web, actor, password, UNCHANGED);
    return { recoveryCodes: await replaceRecoveryCodes(web, actor.id) };
  });
}
