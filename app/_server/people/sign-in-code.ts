/**
 * The second step of a sign-in: a code of the authenticator app, or a recovery code in its place. The first step left a
 * cookie that says who began, for ten minutes. Attempts are limited for each address and for each account, as those at
 * passwords are; every one is in the audit trail, because whoever makes it has the password.
 */
import type { SignedIn, SignInCode } from '@/app/_contract/people';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { CLIENT_HEADER } from '../http/client-address';
import type { Web } from '../web';
import { SIGN_IN_LIMIT } from './auth';
import { readPerson } from './person';
import { useAppCode } from './second-factor';
import { ACCOUNT_LIMIT, accountKey, signedInAnswer, toAuth } from './sign-in';

type Door = Pick<Web, 'auth' | 'database' | 'log' | 'limits'>;

/** Somebody with the password has days to guess: a code is short. */
const DAY_LIMIT = { window: 24 * 60 * 60, max: 50 };
const ADDRESS_LIMIT = { window: SIGN_IN_LIMIT.windowS, max: SIGN_IN_LIMIT.max };

/**
 * The answer contains the cookie of the session. Throws `wrongCode`, `secondStepOver`, `tooManyTries`, `deactivated`,
 * `databaseAway`.
 */
export async function signInWithCode(web: Door, request: Request, given: SignInCode): Promise<Response> {
  const from = request.headers.get(CLIENT_HEADER);
  await web.limits.demand(`code:${from}`, ADDRESS_LIMIT, 'from this address');
  const { cookie, personId } = await demandFirstStep(web, request.headers);
  const person = await readPerson(web, personId);
  if (!person) throw new Refusal('deactivated', 'This account was deactivated.');
  const { twoFactorEnabled } = await web.database.user.findUniqueOrThrow({ where: { id: personId } });
  // It was taken away since the first step.
  if (!twoFactorEnabled) throw over();
  const { id, name, email } = person;
  const key = await accountKey(web, 'code', email, from);
  const what = 'at the code of this account';
  await web.limits.demand(key, ACCOUNT_LIMIT, what);
  await web.limits.demand(`${key}:day`, DAY_LIMIT, what);

  const actor = { id, name, via: 'password', from };
  const { kind, code, trust } = given;
  let answer: Response;
  if (kind === 'app') {
    const details = { secondFactor: 'app', trust };
    answer = await audited(web, actor, { operation: 'people.signIn', target: email, details }, async () => {
      const codeOfNow = await useAppCode(web, id, code, { verified: true });
      return ask(web, request, cookie, 'verify-totp', { code: codeOfNow, trustDevice: trust });
    });
  } else {
    answer = await audited(web, actor, { operation: 'people.useRecoveryCode', target: email }, () =>
      ask(web, request, cookie, 'verify-backup-code', { code, trustDevice: trust })
    );
    const details = { secondFactor: 'recovery code', trust };
    await audited(web, actor, { operation: 'people.signIn', target: email, details }, async () => {});
  }
  await Promise.all(
    [key, `${key}:day`, await accountKey(web, 'account', email, from)].map((each) => web.limits.forget(each))
  );
  return signedInAnswer(answer, { secondStep: false } satisfies SignedIn);
}

/** The cookie of the first step, and who began. better-auth checks its signature before a session begins. */
async function demandFirstStep({ auth }: Door, headers: Headers): Promise<{ cookie: string; personId: string }> {
  const context = await auth.$context;
  const { name } = context.createAuthCookie('two_factor');
  const cookie = headers
    .get('cookie')
    ?.split(/;\s*/)
    .find((each) => each.startsWith(`${name}=`));
  const signed = decodeURIComponent(cookie?.slice(name.length + 1) ?? '');
  const identifier = signed.slice(0, Math.max(0, signed.lastIndexOf('.')));
  const began = identifier ? await context.internalAdapter.findVerificationValue(identifier) : null;
  if (!cookie || !began || began.expiresAt.getTime() < Date.now()) throw over();
  return { cookie, personId: began.value };
}

/** With the cookie of the first step alone: with a session, better-auth would take the code for a change of it. */
async function ask(
  { auth }: Door,
  request: Request,
  cookie: string,
  path: 'verify-totp' | 'verify-backup-code',
  body: object
): Promise<Response> {
  const asked = toAuth(request, new URL(`/api/auth/two-factor/${path}`, request.url), body);
  asked.headers.set('cookie', cookie);
  const answer = await auth.handler(asked);
  if (answer.status === 200) return answer;
  if (answer.status >= 500) throw new Error(`better-auth answered ${answer.status} to the second step`);
  const { code } = (await answer.json()) as { code?: string };
  if (code === 'INVALID_BACKUP_CODE')
    throw new Refusal('wrongCode', 'This recovery code is not one of yours, or it was used already.');
  // Two requests with the same code at the same time: one of them is in.
  if (answer.status === 409) throw new Refusal('wrongCode', 'This recovery code was used just now.');
  throw over();
}

const over = () =>
  new Refusal('secondStepOver', 'This sign-in took too long, or it was finished or begun again in another tab.');
