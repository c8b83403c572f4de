/** Signing in and out. Who came and went stands in the audit trail; who tried and was refused is logged with their address. */
import type { SignIn } from '@/app/_contract/people';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { CLIENT_HEADER } from '../http/client-address';
import type { Web } from '../web';
import { readSession } from './session';

type Door = Pick<Web, 'auth' | 'database' | 'log' | 'sessionEnded'>;

/** The answer carries the cookie. Throws `wrongCredentials`, `tooManyTries`, `databaseAway`. */
export async function signIn(web: Door, request: Request, credentials: SignIn): Promise<Response> {
  const answer = await web.auth.handler(toAuth(request, credentials));
  const from = request.headers.get(CLIENT_HEADER);
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
  await audited(web, user, { operation: 'people.signIn', target: user.email }, async () => {});
  return answer;
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

/** better-auth would read a body of any length: it gets what was read and checked. */
function toAuth({ url, headers }: Request, body: object): Request {
  const own = new Headers(headers);
  own.delete('content-length');
  own.set('content-type', 'application/json');
  return new Request(url, { method: 'POST', headers: own, body: JSON.stringify(body) });
}
