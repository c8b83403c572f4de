/**
 * Signing in and out. Both are recorded in the audit trail; refused attempts are logged with the address. Attempts
 * are limited for each address (auth.ts) and for each account, because one password may be guessed from many
 * addresses. With a second factor, this is the first of two steps: no session begins and no sign-in is recorded before
 * the second (sign-in-code.ts).
 */
import { createHash } from 'node:crypto';
import type { SignedIn, SignIn } from '@/app/_contract/people';
import { audited, type AuditedChange } from '../audit';
import { Refusal } from '../failure';
import { CLIENT_HEADER } from '../http/client-address';
import type { Web } from '../web';
import type { Actor } from './actor';
import { readPerson } from './person';
import { readSession } from './session';

type Door = Pick<Web, 'auth' | 'database' | 'log' | 'limits' | 'sessionEnded'>;

/** Maximum of failed attempts for one account from all addresses where its owner has not signed in recently. */
export const ACCOUNT_LIMIT = { window: 15 * 60, max: 10 };
const KNOWN_ADDRESS_MS = 30 * 24 * 60 * 60 * 1_000;

/** The answer contains the cookie. Throws `wrongCredentials`, `tooManyTries`, `deactivated`, `databaseAway`. */
export async function signIn(web: Door, request: Request, credentials: SignIn): Promise<Response> {
  const from = request.headers.get(CLIENT_HEADER);
  const email = credentials.email.toLowerCase();
  const key = await accountKey(web, 'account', email, from);
  const { allowed, retryAfter } = await web.limits.consume(key, ACCOUNT_LIMIT);
  if (!allowed) {
    web.log.warn({ from }, 'too many attempts to sign in to one account');
    throw new Refusal('tooManyTries', `Too many attempts to sign in to this account. Wait ${retryAfter} s.`);
  }
  const answer = await web.auth.handler(toAuth(request, request.url, { ...credentials, email }));
  if (answer.status === 429) {
    const seconds = answer.headers.get('x-retry-after');
    web.log.warn({ from }, 'too many attempts to sign in');
    throw new Refusal(
      'tooManyTries',
      `Too many attempts to sign in from this address${seconds ? `: wait ${seconds} s` : ''}.`
    );
  }
  if (answer.status === 401) {
    web.log.info({ from }, 'a sign-in was refused');
    throw new Refusal('wrongCredentials', 'The e-mail address or the password is wrong.');
  }
  if (answer.status >= 500) throw new Error(`better-auth answered ${answer.status} to a sign-in`);
  if (answer.status !== 200) throw new Refusal('badRequest', 'Enter an e-mail address and a password.');
  const { user } = (await answer.json()) as { user?: { id: string } };
  const found = await web.database.user.findUniqueOrThrow({ where: { email } });
  if (!(await readPerson(web, found.id))) {
    await web.database.session.deleteMany({ where: { userId: found.id } });
    throw new Refusal('deactivated', 'This account was deactivated.');
  }
  if (!user) return signedInAnswer(answer, { secondStep: true });
  await web.limits.forget(key);
  const actor = { id: found.id, name: found.name, via: 'password', from };
  // Nothing was asked of a browser that was trusted.
  const details: AuditedChange['details'] = found.twoFactorEnabled ? { secondFactor: 'trusted browser' } : {};
  await audited(web, actor, { operation: 'people.signIn', target: email, details }, async () => {});
  return signedInAnswer(answer, { secondStep: false });
}

/** Our answer, with the cookies of better-auth. */
export function signedInAnswer({ headers }: Response, answer: SignedIn): Response {
  const own = Response.json(answer, { headers: { 'cache-control': 'no-store' } });
  for (const cookie of headers.getSetCookie()) own.headers.append('set-cookie', cookie);
  return own;
}

/**
 * Somebody who guesses passwords must not lock out the owner: attempts from an address where the owner signed in
 * recently are counted separately. The key contains a digest, because it may be stored in Redis.
 */
export async function accountKey(
  { database }: Pick<Web, 'database'>,
  what: 'account' | 'code',
  email: string,
  from: string | null
): Promise<string> {
  const known =
    from !== null &&
    (await database.auditEntry.findFirst({
      where: {
        operation: 'people.signIn',
        target: email,
        outcome: 'done',
        fromAddress: from,
        at: { gt: new Date(Date.now() - KNOWN_ADDRESS_MS) },
      },
      select: { id: true },
    })) !== null;
  const digest = createHash('sha256').update(email).digest('hex').slice(0, 32);
  return `${what}:${digest}:${known ? from : 'elsewhere'}`;
}

/**
 * Ends the session in the database, then in the browser, and its live sockets. Throws `databaseAway`: the session has
 * then not ended.
 */
export async function signOut(web: Door, request: Request): Promise<Response> {
  const session = await readSession(web, request.headers, { renew: false, evenLacking: true });
  if (session) {
    const { actor, token } = session;
    await audited(web, actor, { operation: 'people.signOut', target: actor.email }, () =>
      web.database.session.deleteMany({ where: { token } })
    );
    web.sessionEnded(actor.id);
  }
  return web.auth.handler(toAuth(request, request.url, {}));
}

/**
 * Ends every session of a person, with their sockets, at once: after a new password, and when the person is
 * deactivated.
 */
export async function endSessions(web: Pick<Web, 'database' | 'sessionEnded'>, personId: Actor['id']): Promise<number> {
  const { count } = await web.database.session.deleteMany({ where: { userId: personId } });
  web.sessionEnded(personId);
  return count;
}

/** better-auth would read a body of any length, so it gets the body that was already read and checked. */
export function toAuth({ headers }: Request, url: string | URL, body: object): Request {
  const own = new Headers(headers);
  own.delete('content-length');
  own.set('content-type', 'application/json');
  return new Request(url, { method: 'POST', headers: own, body: JSON.stringify(body) });
}
