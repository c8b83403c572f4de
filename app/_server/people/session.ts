/**
 * From a request to its actor: by the session's cookie, or by a key. Read for each request, so that an ended session
 * is refused at once.
 */
import { createHash } from 'node:crypto';
import type { KeyMessage } from '@/engine/api/client';
import { unanswered } from '../engine';
import { Refusal } from '../failure';
import { CLIENT_HEADER } from '../http/client-address';
import type { Web } from '../web';
import type { Actor } from './actor';
import { knownGrants, readPerson } from './person';
import { lacksSecondFactor } from './second-factor-rule';

export interface Session {
  actor: Actor;
  /** Identifies its row. It is a secret: anybody who has it can act as this person. */
  token: string;
  expiresAtMs: number;
  /** Set-Cookie lines that extend the browser's cookie as long as the session; the answer must contain them. */
  cookies: string[];
}

type Sessions = Pick<Web, 'auth' | 'database'>;

interface How {
  renew?: boolean;
  /** Also a session that may do nothing but set up a second factor (second-factor-rule.ts). */
  evenLacking?: boolean;
}

/**
 * Null if there is no session, it expired, or its person was deactivated. Throws `databaseAway` if that cannot be
 * read, `secondFactorNeeded`.
 */
export async function readSession(
  web: Sessions,
  headers: Headers,
  { renew = true, evenLacking = false }: How = {}
): Promise<Session | null> {
  const { auth, database } = web;
  const look = () => auth.api.getSession({ headers, query: { disableRefresh: !renew }, returnHeaders: true });
  const { response: found, headers: answered } = await look().catch(async () => {
    // better-auth hides the cause of its errors, so after an error the database is checked: if it is away, that is
    // thrown.
    await database.$queryRaw`SELECT 1`;
    return look();
  });
  if (!found) return null;
  const [person, isLacking] = await Promise.all([
    readPerson(web, found.user.id),
    lacksSecondFactor(database, found.session.token),
  ]);
  if (!person) return null;
  if (isLacking && !evenLacking)
    throw new Refusal('secondFactorNeeded', 'Everybody needs a second factor here, and you have not set one up.');
  return {
    actor: { ...person, via: 'session', from: headers.get(CLIENT_HEADER) },
    token: found.session.token,
    expiresAtMs: new Date(found.session.expiresAt).getTime(),
    cookies: answered.getSetCookie(),
  };
}

export async function readActor(web: Sessions, headers: Headers): Promise<Actor | null> {
  // Pages cannot set cookies, so a page must not renew the session: the browser would not get the new cookie.
  return (await readSession(web, headers, { renew: false }))?.actor ?? null;
}

/**
 * The actor of a REST request: by the API key if there is one, otherwise by the session. `cookies` belong into the
 * answer.
 */
export async function demandCaller(
  web: Sessions & Pick<Web, 'versions'>,
  headers: Headers
): Promise<{ actor: Actor; cookies: string[] }> {
  const [, key] = /^Bearer (bsk_.+)$/i.exec(headers.get('authorization') ?? '') ?? [];
  if (key) return { actor: await actorOfKey(web, key, headers), cookies: [] };
  return demandSession(web, headers);
}

/** As `readSession`, for what needs one. Throws `notSignedIn`. */
export async function demandSession(web: Sessions, headers: Headers, how?: How): Promise<Session> {
  const session = await readSession(web, headers, how);
  if (!session)
    throw new Refusal('notSignedIn', 'You are not signed in, or your session has expired. Nothing was done.');
  return session;
}

/** The engine stores the keys. The owner is read here, so that recent changes of the owner's roles count. */
async function actorOfKey(web: Pick<Web, 'database' | 'versions'>, secret: string, headers: Headers): Promise<Actor> {
  const key = await web.versions.checkKey(createHash('sha256').update(secret).digest('hex')).catch(unanswered);
  const owner = key?.owner && (await readPerson(web, key.owner.id));
  if (!key || !owner) throw new Refusal('notSignedIn', 'This key does not exist, has expired or was revoked.');
  return {
    id: owner.id,
    name: `${owner.name} (key '${key.name}')`,
    email: owner.email,
    groups: owner.groups,
    grants: grantsOfKey(key),
    within: { grants: owner.grants },
    via: `key '${key.name}'`,
    from: headers.get(CLIENT_HEADER),
  };
}

export const grantsOfKey = ({ grantsJson }: Pick<KeyMessage, 'grantsJson'>) =>
  knownGrants(JSON.parse(grantsJson) as unknown);
