/**
 * 'Everybody needs a second factor': an administrator turns it on for all who sign in with a password.
 *
 * [SFR1] A session that began with the password alone may do nothing but set up a second factor and sign out, at every
 *   door, also if it began before the rule. It needs an authenticator app, or a passkey and a sign-in with it: a password
 *   alone signs in past a passkey.
 * [SFR2] It is the duty of the OpenID Connect provider for a session that the provider began. Keys are not people.
 * [SFR3] Who turns it on has met it in the session that asks.
 * [SFR4] An administrator who takes the second factor away from somebody lets them set up another one.
 */
import type { SecondFactorRule, SetSecondFactorRule } from '@/app/_contract/people';
import { Prisma } from '@/prisma/client/client';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Web } from '../web';
import { demand } from './actor';
import type { Session } from './session';

type Reader = Prisma.TransactionClient;
const ROW = 'everybody';

export async function readSecondFactorRule(database: Reader): Promise<SecondFactorRule> {
  const row = await database.signInRule.findUnique({ where: { id: ROW } });
  return {
    forAll: row?.secondFactorForAll ?? false,
    changedBy: row?.changedBy ?? null,
    changedMs: row?.changedAt.getTime() ?? null,
  };
}

/** What [SFR1] and [SFR2] let in, of session `s` and its person `u`. */
const HAS_FACTOR = Prisma.sql`(
  u.two_factor_enabled
  OR COALESCE(s.via, '') = 'provider'
  OR (COALESCE(s.via, '') = 'passkey' AND EXISTS (SELECT FROM app.passkey p WHERE p.user_id = u.id))
  OR NOT EXISTS (SELECT FROM app.account a WHERE a.user_id = u.id AND a.password IS NOT NULL))`;

/** True: this session must set up a second factor before it may do anything else. Read for every request. */
export async function lacksSecondFactor(database: Reader, token: string): Promise<boolean> {
  const [row] = await database.$queryRaw<{ lacks: boolean }[]>`
    SELECT EXISTS (SELECT FROM app.sign_in_rule r WHERE r.id = ${ROW} AND r.second_factor_for_all)
      AND NOT ${HAS_FACTOR} AS lacks
    FROM app.session s JOIN app."user" u ON u.id = s.user_id WHERE s.token = ${token}`;
  return row?.lacks ?? false;
}

export async function setSecondFactorRule(
  web: Pick<Web, 'database' | 'log' | 'invalidations' | 'personChanged'>,
  { actor, token }: Session,
  { forAll }: SetSecondFactorRule
): Promise<SecondFactorRule> {
  demand(actor, 'people.setSecondFactorRule');
  const change = { operation: 'people.setSecondFactorRule', target: ROW, details: { secondFactorForAll: forAll } };
  return audited(web, actor, change, async () => {
    if (forAll && !(await hasFactor(web.database, token)))
      throw new Refusal(
        'refused',
        'You have no second factor yourself. Turn one on in your account, or sign in with your passkey, first.'
      );
    const data = { secondFactorForAll: forAll, changedBy: actor.name, changedAt: new Date() };
    await web.database.signInRule.upsert({ where: { id: ROW }, create: { id: ROW, ...data }, update: data });
    web.personChanged(null);
    web.invalidations.announce(['people']);
    return readSecondFactorRule(web.database);
  });
}

async function hasFactor(database: Reader, token: string): Promise<boolean> {
  const [row] = await database.$queryRaw<{ has: boolean }[]>`
    SELECT ${HAS_FACTOR} AS has
    FROM app.session s JOIN app."user" u ON u.id = s.user_id WHERE s.token = ${token}`;
  return row?.has ?? false;
}
