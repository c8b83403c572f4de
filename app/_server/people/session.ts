/** From a request's cookie to an actor. The session is looked up each time: signing out takes effect at once. */
import { Refusal } from '../failure';
import type { Web } from '../web';
import { actorOf, type Actor } from './actor';

export interface Session {
  actor: Actor;
  /** Names its row. A secret: whoever has it is this person. */
  token: string;
  expiresAtMs: number;
  /** Set-Cookie lines that keep the browser's copy as long-lived as the session; the answer carries them. */
  cookies: string[];
}

type Sessions = Pick<Web, 'auth' | 'database'>;

/** Null when there is no session, or it expired. Throws `databaseAway` when that cannot be known. */
export async function readSession(
  { auth, database }: Sessions,
  headers: Headers,
  { renew = true }: { renew?: boolean } = {}
): Promise<Session | null> {
  const look = () => auth.api.getSession({ headers, query: { disableRefresh: !renew }, returnHeaders: true });
  const { response: found, headers: answered } = await look().catch(async () => {
    // better-auth hides why it failed: a database that is away says so itself, anything else deserves a second look.
    await database.$queryRaw`SELECT 1`;
    return look();
  });
  if (!found) return null;
  return {
    actor: actorOf(found.user),
    token: found.session.token,
    expiresAtMs: new Date(found.session.expiresAt).getTime(),
    cookies: answered.getSetCookie(),
  };
}

export async function readActor(web: Sessions, headers: Headers): Promise<Actor | null> {
  // Pages cannot set cookies: a renewal here would be one that the browser never hears of.
  return (await readSession(web, headers, { renew: false }))?.actor ?? null;
}

export async function demandSession(web: Sessions, headers: Headers): Promise<Session> {
  const session = await readSession(web, headers);
  if (!session)
    throw new Refusal('notSignedIn', 'You are not signed in, or your session has expired. Nothing was done.');
  return session;
}
