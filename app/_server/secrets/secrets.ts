/** Secrets by name. A value can be stored and replaced, and is never read back. */
import type { PutSecret, SecretNames } from '@/app/_contract/connections';
import { byName } from '@/engine/flow/values/name-order';
import { audited } from '../audit';
import { unanswered } from '../engine';
import { fromEngine } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';

export async function listSecrets(web: Pick<Web, 'versions'>, actor: Actor): Promise<SecretNames> {
  demand(actor, 'secrets.list');
  return { names: (await web.versions.listSecrets().catch(unanswered)).toSorted(byName) };
}

export async function putSecret(
  web: Pick<Web, 'database' | 'log' | 'versions'>,
  actor: Actor,
  { name, value }: PutSecret
): Promise<{ name: string }> {
  demand(actor, 'secrets.put');
  return audited(web, actor, { operation: 'secrets.put', target: name }, async () => {
    await web.versions.putSecret(name, value, actor.name).catch((error: unknown) => {
      throw fromEngine(error) ?? error;
    });
    return { name };
  });
}
