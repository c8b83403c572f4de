/** API keys: list, create, revoke. They are stored in the engine, because its own door checks them too. */
import type { CreateKey, KeyList, KeyRow, MadeKey } from '@/app/_contract/people';
import type { KeyMessage } from '@/engine/api/client';
import { audited } from '../audit';
import { fromEngine, Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import { flowNames } from '../people/list';
import { readPerson } from '../people/person';
import { grantsOfKey } from '../people/session';
import { roleWords } from '@/engine/permissions/permissions';
import type { Web } from '../web';
import { ownerOf } from './owners';

const DAY_MS = 24 * 60 * 60 * 1_000;
const asked = (error: unknown): never => {
  throw fromEngine(error) ?? error;
};

export async function listKeys(web: Pick<Web, 'versions' | 'catalogue' | 'config'>, actor: Actor): Promise<KeyList> {
  demand(actor, 'keys.list');
  const [keys, flows] = await Promise.all([web.versions.listKeys().catch(asked), flowNames(web)]);
  return { keys: keys.map(rowOf), flows, engineAddress: web.config.versionsAddress, readAtMs: Date.now() };
}

/** The key belongs to the actor: actions with it are recorded under the actor's name. */
export async function createKey(
  web: Pick<Web, 'database' | 'log' | 'versions' | 'invalidations'>,
  actor: Actor,
  { name, grants, days }: CreateKey
): Promise<MadeKey> {
  demand(actor, 'keys.create');
  if (actor.within) throw new Refusal('notAllowed', 'A key cannot create keys. Sign in to create one.');
  const owner = await readPerson(web, actor.id);
  if (!owner) throw new Refusal('personNotFound', 'There is no such person.');
  const details = { roles: roleWords(grants), days };
  return audited(web, actor, { operation: 'keys.create', target: name, details }, async () => {
    const expiresMs = days === null ? 0 : Date.now() + days * DAY_MS;
    const made = await web.versions
      .createKey({
        name,
        expiresMs,
        owner: ownerOf(owner),
        grantsJson: JSON.stringify(grants.map(({ role, flow }) => ({ role, flow }))),
        createdBy: actor.name,
      })
      .catch(asked);
    web.invalidations.announce(['people']);
    return { key: rowOf(made.key), secret: made.secret };
  });
}

export async function revokeKey(
  web: Pick<Web, 'database' | 'log' | 'versions' | 'invalidations'>,
  actor: Actor,
  id: string
): Promise<KeyRow> {
  demand(actor, 'keys.revoke');
  const known = (await web.versions.listKeys().catch(asked)).find((key) => key.id === id);
  if (!known) throw new Refusal('keyNotFound', 'There is no such key.');
  return audited(web, actor, { operation: 'keys.revoke', target: known.name, details: { key: id } }, async () => {
    const revoked = await web.versions.revokeKey(id, actor.name).catch(asked);
    web.invalidations.announce(['people']);
    return rowOf(revoked ?? known);
  });
}

function rowOf(key: KeyMessage): KeyRow {
  const { id, name, ending, createdMs, owner } = key;
  return {
    id,
    name,
    ending,
    grants: grantsOfKey(key),
    owner: { id: owner?.id ?? '', name: owner?.name ?? '' },
    ownerInactive: owner?.grantsJson === '[]',
    createdMs,
    expiresMs: key.expiresMs || null,
    revokedMs: key.revokedMs || null,
    revokedBy: key.revokedBy || null,
    lastUsedMs: key.lastUsedMs || null,
  };
}
