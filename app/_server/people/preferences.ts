/**
 * How a person wants to see things, in every browser.
 *
 * [PRF1] A choice changes what was chosen, and nothing else; it is there in another browser of the same person only.
 * [PRF2] What a release after this one has stored, and this one does not know, counts as not chosen.
 */
import { preferencesSchema, type Preferences } from '@/app/_contract/account';
import { audited } from '../audit';
import type { Web } from '../web';
import type { Actor } from './actor';

/** What was never chosen is not in it. */
export async function preferencesOf(
  { database }: Pick<Web, 'database'>,
  { id }: Pick<Actor, 'id'>
): Promise<Preferences> {
  const kept = await database.preferences.findUnique({ where: { userId: id }, omit: { userId: true } });
  const known = Object.entries(kept ?? {}).filter(
    ([name, value]) => preferencesSchema.safeParse({ [name]: value }).success
  );
  return preferencesSchema.parse(Object.fromEntries(known));
}

export async function choosePreferences(
  web: Pick<Web, 'database' | 'log'>,
  actor: Actor,
  change: Preferences
): Promise<{ preferences: Preferences }> {
  return audited(
    web,
    actor,
    { operation: 'people.choosePreferences', target: actor.email, details: change },
    async () => {
      await web.database.preferences.upsert({
        where: { userId: actor.id },
        create: { userId: actor.id, ...change },
        update: change,
      });
      return { preferences: await preferencesOf(web, actor) };
    }
  );
}
