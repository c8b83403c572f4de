/** From a request's cookie to an actor. The session is looked up each time: signing out takes effect at once. */
import { Refusal } from '../failure';
import type { Web } from '../web';
import { actorOf, type Actor } from './actor';

/** Null when there is no session, or it expired. Throws `databaseAway` when that cannot be known. */
export async function readActor({ auth }: Pick<Web, 'auth'>, headers: Headers): Promise<Actor | null> {
  const found = await auth.api.getSession({ headers });
  return found ? actorOf(found.user) : null;
}

export async function demandActor(web: Pick<Web, 'auth'>, headers: Headers): Promise<Actor> {
  const actor = await readActor(web, headers);
  if (!actor) throw new Refusal('notSignedIn', 'You are not signed in, or your session has expired. Nothing was done.');
  return actor;
}
