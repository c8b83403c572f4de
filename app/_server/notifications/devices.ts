/**
 * The browsers of a person that are told by push what waits for them.
 *
 * Rules
 * [DVC1] A browser belongs to whoever signed in there last and turned it on. It is told nothing any more when that session is
 *        ended by anybody.
 * [DVC2] Whoever turns one on gets what waits for them, as one message if it is much (collect.ts).
 */
import { randomUUID } from 'node:crypto';
import { type AddDevice, type DeviceTested, type OwnDevice, type OwnDevices } from '@/app/_contract/notifications';
import { pages } from '@/app/_contract/routes';
import { isUuid } from '@/engine/plain-text';
import type { PushDevice } from '@/prisma/client/client';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Session } from '../people/session';
import type { Web } from '../web';

type Keeper = Pick<Web, 'database' | 'log' | 'config' | 'invalidations' | 'pusher' | 'outbox'>;
const MOST = 20;

export async function listDevices(
  web: Pick<Keeper, 'database' | 'pusher'>,
  actor: Pick<Actor, 'id'>
): Promise<OwnDevices> {
  const rows = await web.database.pushDevice.findMany({
    where: { personId: actor.id },
    orderBy: { createdAt: 'desc' },
  });
  return { devices: rows.map(deviceOf), publicKey: web.pusher.publicKey };
}

/** [DVC1] */
export async function addDevice(
  web: Keeper,
  { actor, token }: Session,
  userAgent: string | null,
  { id, endpoint, keys }: AddDevice
): Promise<{ id: string }> {
  const why = web.pusher.whyNot(endpoint);
  if (why) throw new Refusal('inputInvalid', 'This browser cannot be told.', [{ at: '/endpoint', message: why }]);
  const details = { maker: new URL(endpoint).host };
  return audited(web, actor, { operation: 'people.addDevice', target: actor.email, details }, async () => {
    const session = await web.database.session.findUniqueOrThrow({ where: { token }, select: { id: true } });
    await web.database.$transaction(async (transaction) => {
      await transaction.pushDevice.deleteMany({ where: { OR: [{ endpoint }, { id }] } });
      if ((await transaction.pushDevice.count({ where: { personId: actor.id } })) >= MOST)
        throw new Refusal('refused', `There are at most ${MOST} browsers. Remove one that you no longer use.`);
      const values = { personId: actor.id, sessionId: session.id, endpoint, ...keys, userAgent };
      await transaction.pushDevice.create({ data: { id, ...values } });
    });
    web.invalidations.announce(['people']);
    web.outbox.wake();
    return { id };
  });
}

/** Sends one real message. */
export async function testDevice(web: Keeper, { actor }: Session, id: string): Promise<DeviceTested> {
  const device = await demandDevice(web, actor, id);
  return audited(web, actor, { operation: 'people.testDevice', target: actor.email }, async () => {
    const sent = await web.pusher.send(device, {
      title: 'Backstitch',
      body: 'This browser is told when an approval waits for you.',
      url: `${web.config.webUrl.origin}${pages.inbox()}`,
      tag: randomUUID(),
    });
    if (!sent.ok && sent.isGone) await deviceGone(web, id);
    return sent.ok ? { ok: true, message: 'It is on its way.' } : { ok: false, message: sent.message };
  });
}

export async function removeDevice(web: Keeper, { actor }: Session, id: string): Promise<{ id: string }> {
  await demandDevice(web, actor, id);
  return audited(web, actor, { operation: 'people.removeDevice', target: actor.email }, async () => {
    await web.database.pushDevice.deleteMany({ where: { id, personId: actor.id } });
    web.invalidations.announce(['people']);
    return { id };
  });
}

/** Its maker knows it no more. */
export async function deviceGone(web: Pick<Web, 'database' | 'invalidations'>, id: string): Promise<void> {
  await web.database.pushDevice.updateMany({ where: { id, goneAt: null }, data: { goneAt: new Date() } });
  web.invalidations.announce(['people']);
}

async function demandDevice({ database }: Pick<Web, 'database'>, actor: Actor, id: string): Promise<PushDevice> {
  const device = isUuid(id) ? await database.pushDevice.findFirst({ where: { id, personId: actor.id } }) : null;
  if (!device) throw new Refusal('refused', 'This browser is not told any more.');
  return device;
}

const deviceOf = ({ id, endpoint, userAgent, createdAt, goneAt }: PushDevice): OwnDevice => ({
  id,
  endpoint,
  userAgent,
  createdMs: createdAt.getTime(),
  isGone: goneAt !== null,
});
