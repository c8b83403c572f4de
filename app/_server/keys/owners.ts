/**
 * The engine bounds a key by what its owner may, and cannot read who that is: it is told here, after each change and again whenever
 * the engine comes back, so that a change that it missed counts then.
 */
import type { KeyOwnerMessage } from '@/engine/api/client';
import { readPerson } from '../people/person';
import type { Web } from '../web';

/** An engine that is away is told later; it answers no key meanwhile. */
export async function syncKeyOwners(web: Pick<Web, 'database' | 'versions' | 'log'>): Promise<void> {
  try {
    const keys = (await web.versions.listKeys()).filter(({ revokedMs }) => !revokedMs);
    const owners = new Map(keys.flatMap(({ owner }) => (owner ? [[owner.id, owner] as const] : [])));
    for (const known of owners.values()) {
      const now = await ownerNow(web, known);
      if (JSON.stringify(now) !== JSON.stringify(known)) await web.versions.putKeyOwner(now);
    }
  } catch (error) {
    web.log.warn({ err: error }, 'what the owners of keys may is told to the engine later');
  }
}

async function ownerNow(web: Pick<Web, 'database'>, known: KeyOwnerMessage): Promise<KeyOwnerMessage> {
  const person = await readPerson(web, known.id);
  return person ? ownerOf(person) : { ...known, groups: [], grantsJson: '[]' };
}

export function ownerOf({
  id,
  name,
  email,
  groups,
  grants,
}: Pick<
  NonNullable<Awaited<ReturnType<typeof readPerson>>>,
  'id' | 'name' | 'email' | 'groups' | 'grants'
>): KeyOwnerMessage {
  return { id, name, email, groups, grantsJson: JSON.stringify(grants) };
}
