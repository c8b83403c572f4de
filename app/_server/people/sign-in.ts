/**
 * Signing in and out. Who came and went is in the audit trail; who tried and was refused is logged with their address. Tries are
 * limited for each address (auth.ts) and for each account: guessing one password from many addresses is bounded too.
 */
import { createHash } from 'node:crypto';
import type { SignIn } from '@/app/_contract/people';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { CLIENT_HEADER } from '../http/client-address';
import type { Web } from '../web';
import type { Actor } from './actor';
import { readPerson } from './person';
import { readSession } from './session';

type Door = Pick<Web, 'auth' | 'database' | 'log' | 'limits' | 'sessionEnded'>;

/** Failed tries for one account, from addresses where its owner has not signed in lately, together. */
export const ACCOUNT_LIMIT = { window: 15 * 60, max: 10 };
const KNOWN_ADDRESS_MS = 30 * 24 * 60 * 60 * 1_000;

/** The answer carries the cookie. Throws `wrongCredentials`, `tooManyTries`, `deactivated`, `databaseAway`. */
export async function signIn(web: Door, request: Request, credentials: SignIn): Promise<Response> {
  const from = request.headers.get(CLIENT_HEADER);
  const email = credentials.email.toLowerCase();
  const key = await limitKey(web, email, from);
  const { allowed, retryAfter } = await web.limits.consume(key, ACCOUNT_LIMIT);
  if (!allowed) {
    web.log.warn({ from }, 'too many tries to sign in to one account');
    throw new Refusal('tooManyTries', `Too many tries to sign in to this account: wait ${retryAfter} s.`);
  }
  const answer = await web.auth.handler(toAuth(request, { ...credentials, email }));
  if (answer.status === 429) {
    const seconds = answer.headers.get('x-retry-after');
    web.log.warn({ from }, 'too many tries to sign in');
    throw new Refusal('tooManyTries', `Too many tries to sign in from here${seconds ? `: wait ${seconds} s` : ''}.`);
  }
  if (answer.status === 401) {
    web.log.info({ from }, 'a sign-in was refused');
    throw new Refusal('wrongCredentials', 'The e-mail address or the password is wrong.');
  }
  if (answer.status >= 500) throw new Error(`better-auth answered ${answer.status} to a sign-in`);
  if (answer.status !== 200) throw new Refusal('badRequest', 'This is no e-mail address and password.');
  const { user } = (await answer.clone().json()) as { user: { id: string; name: string; email: string } };
  if (!(await readPerson(web, user.id))) {
    await web.database.session.deleteMany({ where: { userId: user.id } });
    throw new Refusal('deactivated', 'This account was deactivated.');
  }
  await web.limits.forget(key);
  const actor = { id: user.id, name: user.name, via: 'password', from };
  await audited(web, actor, { operation: 'people.signIn', target: user.email }, async () => {});
  return answer;
}

/**
 * Somebody who guesses must not lock the owner out: from an address where they signed in lately, tries are counted apart. The key
 * holds a digest, since it may lie in Redis.
 */
async function limitKey({ database }: Door, email: string, from: string | null): Promise<string> {
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
  return `account:${digest}:${known ? from : 'elsewhere'}`;
}

/** Ends the session for good, before the browser forgets it, and its live sockets. Throws `databaseAway`: then nothing ended. */
export async function signOut(web: Door, request: Request): Promise<Response> {
  const session = await readSession(web, request.headers, { renew: false });
  if (session) {
    const { actor, token } = session;
    await audited(web, actor, { operation: 'people.signOut', target: actor.email }, () =>
      web.database.session.deleteMany({ where: { token } })
    );
    web.sessionEnded(actor.id);
  }
  return web.auth.handler(toAuth(request, {}));
}

/** Every session of a person, with their sockets, at once: after a new password, and when they are deactivated. */
export async function endSessions(web: Pick<Web, 'database' | 'sessionEnded'>, personId: Actor['id']): Promise<number> {
  const { count } = await web.database.session.deleteMany({ where: { userId: personId } });
  web.sessionEnded(personId);
  return count;
}

/** better-auth would read a body of any length: it gets what was read and checked. */
function toAuth({ url, headers }: Request, body: object): Request {
  const own = new Headers(headers);
  own.delete('content-length');
  own.set('content-type', 'application/json');
  return new Request(url, { method: 'POST', headers: own, body: JSON.stringify(body) });
}
