/**
 * The engine limits a key to the permissions of its owner, but cannot read the accounts. This module sends it the
 * permissions after each change, and again whenever the engine comes back, so that no change is missed.
 */
import type { KeyOwnerMessage } from '@/engine/api/client';
import { readPerson } from '../people/person';
import type { Web } from '../web';

/** An engine that is away gets the permissions later; until then it accepts no key anyway. */
export async function syncKeyOwners(web: Pick<Web, 'database' | 'versions' | 'log'>): Promise<void> {
  try {
    const keys = (await web.versions.listKeys()).filter(({ revokedMs }) => !revokedMs);
    const owners = new Map(keys.flatMap(({ owner }) => (owner ? [[owner.id, owner] as const] : [])));
    for (const known of owners.values()) {
      const now = await ownerNow(web, known);
      if (JSON.stringify(now) !== JSON.stringify(known)) await web.versions.putKeyOwner(now);
    }
  } catch (error) {
    web.log.warn({ err: error }, 'the permissions of key owners will be sent to the engine later');
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
