/**
 * Webhooks in, as they are kept. The rules of a delivery are in receive.ts.
 *
 * Rules
 * [HKS1] The secret is encrypted in the database. It is shown once if Backstitch made it, and never if the sender did.
 * [HKS2] A webhook belongs to whoever saved it last, who must be allowed to do what it does.
 */
import { randomBytes } from 'node:crypto';
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import {
  MOST_DELIVERIES,
  MOST_HOOKS,
  type Hook,
  type HookDelivery,
  type HookList,
  type PutHook,
  type PutHookDone,
} from '@/app/_contract/hooks';
import { byName } from '@/engine/flow/values/name-order';
import { may, whyNot } from '@/engine/permissions/permissions';
import { isUuid } from '@/engine/plain-text';
import type { Hook as HookRow, HookDelivery as DeliveryRow, Prisma } from '@/prisma/client/client';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { getServedFlow } from '../flows/get';
import { demand, type Actor } from '../people/actor';
import { readPerson } from '../people/person';
import type { Web } from '../web';
import { isStandardSecret } from './proof';

type Keeper = Pick<Web, 'database' | 'log' | 'config' | 'invalidations'>;
type Stored = HookRow & { deliveries: DeliveryRow[] };
const LAST = { deliveries: { orderBy: { at: 'desc' }, take: MOST_DELIVERIES } } as const satisfies Prisma.HookInclude;

export const hookNotFound = () => new Refusal('hookNotFound', 'There is no such webhook.');
/** The operation that a delivery is. */
export const operationOf = ({ action }: Pick<PutHook, 'action'>) =>
  action.kind === 'start' ? 'runs.start' : 'runs.signal';

export async function listHooks(
  web: Pick<Web, 'catalogue' | 'database' | 'log' | 'temporal' | 'config'>,
  actor: Actor,
  flow: string
): Promise<HookList> {
  demand(actor, 'hooks.list', flow);
  const { shown } = await getServedFlow(web, actor, flow);
  const rows = await web.database.hook.findMany({ where: { flow }, include: LAST });
  const hooks = await Promise.all(rows.map((row) => hookOf(web, row)));
  return {
    hooks: hooks.sort((a, b) => byName(a.title, b.title)),
    signals: Object.keys(shown.manifest.document.signals).sort(byName),
    origin: web.config.webUrl.origin,
  };
}

/** Makes one, or changes the one of this id. */
export async function putHook(
  web: Keeper & Pick<Web, 'catalogue' | 'temporal'>,
  actor: Actor,
  request: PutHook
): Promise<PutHookDone> {
  const { id, flow, secret, title, proof, action, input } = request;
  demand(actor, 'hooks.put', flow);
  demand(actor, operationOf(request), flow);
  const known = await web.database.hook.findUnique({ where: { id } });
  if (known && known.flow !== flow) throw hookNotFound();
  const { shown } = await getServedFlow(web, actor, flow);
  if (action.kind === 'signal' && !Object.hasOwn(shown.manifest.document.signals, action.signal))
    throw problem('/action/signal', `The flow has no signal '${action.signal}'.`);
  if (secret && proof.kind === 'standard' && !isStandardSecret(secret))
    throw problem('/secret', "A secret of Standard Webhooks is 'whsec_' and 24 to 64 bytes in base64.");
  if (secret && secret.length < 16) throw problem('/secret', 'At least 16 characters: anybody may try to guess it.');
  if (!known && (await web.database.hook.count({ where: { flow } })) >= MOST_HOOKS)
    throw new Refusal('refused', `A flow has at most ${MOST_HOOKS} webhooks.`);
  // A secret of Standard Webhooks has a form of its own.
  const isOther =
    known !== null && ((known.proof as { kind?: string }).kind === 'standard') !== (proof.kind === 'standard');
  const made = secret === '' && (known === null || isOther) ? madeSecret(proof) : null;
  const details = {
    flow,
    title,
    does: action.kind,
    proof: proof.kind,
    secret: made ? 'new' : secret ? 'given' : 'kept',
  };
  return audited(web, actor, { operation: 'hooks.put', target: id, details }, async () => {
    const kept = made ?? secret;
    const values = {
      title,
      proof,
      deliveryId: request.deliveryId,
      action,
      input,
      ownerId: actor.id,
      ownerName: actor.name,
      // [HKS1]
      ...(kept ? { sealed: await symmetricEncrypt({ key: web.config.authSecret, data: kept }) } : {}),
    };
    const row = known
      ? await web.database.hook.update({ where: { id, flow }, data: values, include: LAST })
      : await web.database.hook.create({ data: { id, flow, sealed: '', ...values }, include: LAST });
    web.invalidations.announce(['flows']);
    return { hook: await hookOf(web, row), secret: made };
  });
}

export async function removeHook(web: Keeper, actor: Actor, id: string): Promise<{ id: string }> {
  const row = isUuid(id) ? await web.database.hook.findUnique({ where: { id } }) : null;
  // Who may remove none learns nothing of this one.
  demand(actor, 'hooks.remove', row?.flow ?? null);
  if (!row) throw hookNotFound();
  const details = { flow: row.flow, title: row.title };
  return audited(web, actor, { operation: 'hooks.remove', target: id, details }, async () => {
    await web.database.hook.deleteMany({ where: { id } });
    web.invalidations.announce(['flows']);
    return { id };
  });
}

/** Throws `hookUnproved` if the web's secret is another one than when it was stored. */
export async function secretOf({ config }: Pick<Web, 'config'>, { sealed, title }: HookRow): Promise<string> {
  return symmetricDecrypt({ key: config.authSecret, data: sealed }).catch(() => {
    throw new Refusal('hookUnproved', `The secret of the webhook '${title}' cannot be read any more. Store it again.`);
  });
}

/** As it was checked when it was saved. */
export function settingsOf(row: HookRow): Omit<PutHook, 'secret'> {
  const { id, flow, title, input } = row;
  const { proof, deliveryId, action } = row as unknown as Pick<PutHook, 'proof' | 'deliveryId' | 'action'>;
  return { id, flow, title, input, proof, deliveryId, action };
}

async function hookOf(web: Pick<Web, 'database'>, row: Stored): Promise<Hook> {
  const settings = settingsOf(row);
  const owner = await readPerson(web, row.ownerId);
  const operation = operationOf(settings);
  return {
    ...settings,
    owner: { id: row.ownerId, name: owner?.name ?? row.ownerName },
    whyNot: !owner
      ? `${row.ownerName} was deactivated, so its deliveries are refused. Save it to make it yours.`
      : may(owner, operation, row.flow)
        ? null
        : `${owner.name}: ${whyNot(owner, operation, row.flow)} Its deliveries are refused. Save it to make it yours.`,
    createdMs: row.createdAt.getTime(),
    deliveries: row.deliveries.map(deliveryOf),
  };
}

const deliveryOf = ({ id, at, outcome, message, workflowId, runId }: DeliveryRow): HookDelivery => {
  return { id, atMs: at.getTime(), outcome, message, run: workflowId && runId ? { workflowId, runId } : null };
};

const madeSecret = ({ kind }: PutHook['proof']): string =>
  kind === 'standard' ? `whsec_${randomBytes(32).toString('base64')}` : randomBytes(32).toString('base64url');

const problem = (at: string, message: string) =>
  new Refusal('inputInvalid', 'The webhook cannot be saved as it is.', [{ at, message }]);
