/**
 * Links by which somebody without an account decides one task.
 *
 * Rules
 * [GST1] A link is signed and is stored nowhere. It is of one task, is used once, expires, and can be revoked. A newer one for
 *        the same address replaces it.
 * [GST2] Who may assign the task invites, as long as they may: a guest decides by their right. Who may not decide it because
 *        they started the run, decided before or are excluded, invites nobody.
 * [GST3] A guest decides in the place of one candidate. Whoever has or had an account is no guest: nobody has two voices.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Guest, GuestInvited, GuestList, InviteGuest } from '@/app/_contract/guests';
import { pages } from '@/app/_contract/routes';
import { may } from '@/engine/permissions/permissions';
import { isUuid } from '@/engine/plain-text';
import type { GuestLink, HumanTask } from '@/prisma/client/client';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { openTaskFor } from '../inbox/claim';
import { isExcluded } from '../inbox/may-decide';
import type { Actor } from '../people/actor';
import { readPerson } from '../people/person';
import type { Web } from '../web';

type Inviter = Pick<Web, 'database' | 'log' | 'config' | 'mail' | 'outbox' | 'invalidations'>;
const DAY_MS = 24 * 60 * 60_000;
/** Of one task, at the same time. */
const OPEN_MOST = 20;

export async function inviteGuest(
  web: Inviter,
  actor: Actor,
  taskId: string,
  request: InviteGuest
): Promise<GuestInvited> {
  const task = await openTaskFor(web, actor, taskId, 'inbox.inviteGuest');
  await demandGuest(web, actor, task, request);
  const { requestId: id, email, name, decidesFor, days, mail } = request;
  const details = { guest: id, name, email, decidesFor, days, mail };
  return audited(web, actor, { operation: 'inbox.inviteGuest', target: taskId, details }, async () => {
    const now = new Date();
    const link = {
      id,
      taskId,
      email,
      name,
      decidesFor,
      byId: actor.id,
      byName: actor.name,
      createdAt: now,
      expiresAt: new Date(now.getTime() + days * DAY_MS),
    };
    const notification = { id, fact: `guest ${id}`, kind: 'guest', taskId, guestId: id, createdAt: now, nextAt: now };
    await web.database.$transaction([
      // [GST1]
      web.database.guestLink.updateMany({
        where: { taskId, email, usedAt: null, revokedAt: null, id: { not: id } },
        data: { revokedAt: now },
      }),
      web.database.guestLink.createMany({ data: [link], skipDuplicates: true }),
      ...(mail ? [web.database.notification.createMany({ data: [notification], skipDuplicates: true })] : []),
    ]);
    const row = await web.database.guestLink.findUniqueOrThrow({ where: { id } });
    if (row.taskId !== taskId || row.email !== email || row.byId !== actor.id)
      throw new Refusal('requestReused', 'This request made another link.');
    if (mail) web.outbox.wake();
    web.invalidations.announce(['inbox']);
    return { guest: guestOf(row), url: guestUrl(web, id) };
  });
}

/** [GST2] [GST3] */
async function demandGuest(
  { database, mail }: Inviter,
  actor: Actor,
  task: HumanTask,
  { requestId, email, decidesFor, mail: isMailed }: InviteGuest
): Promise<void> {
  if (task.forbidStarter && task.starterId === actor.id)
    throw new Refusal('refused', 'You started this run, so somebody else must decide this, and invite who does.');
  if (isExcluded(actor, task))
    throw new Refusal('refused', 'You may not decide this, so somebody else must, and invite who does.');
  const { candidates, taskId } = task;
  if (task.fromData && candidates.length === 0)
    throw new Refusal('refused', 'The data of this run names nobody who may decide. Say who may first.');
  const isCandidate = decidesFor === null ? candidates.length === 0 : candidates.includes(decidesFor);
  if (!isCandidate) {
    const message = candidates.length === 0 ? 'Everybody may decide this.' : `Choose one of ${candidates.join(', ')}.`;
    throw new Refusal('inputInvalid', 'The guest cannot be invited as it is.', [{ at: '/decidesFor', message }]);
  }
  if (isMailed && !mail.configured)
    throw new Refusal('refused', 'No mail server is configured. Copy the link instead.');
  const account = await database.user.findFirst({
    where: { email: { equals: email, mode: 'insensitive' } },
    select: { name: true },
  });
  if (account)
    throw new Refusal('inputInvalid', 'The guest cannot be invited as it is.', [
      { at: '/email', message: `${account.name} has an account with this address. Assign it to them.` },
    ]);
  const open = { taskId, usedAt: null, revokedAt: null, expiresAt: { gt: new Date() }, id: { not: requestId } };
  if ((await database.guestLink.count({ where: open })) >= OPEN_MOST)
    throw new Refusal('refused', `At most ${OPEN_MOST} guests are invited at the same time. Revoke a link first.`);
}

export async function listGuests(
  web: Pick<Web, 'database' | 'mail'>,
  actor: Actor,
  taskId: string
): Promise<GuestList> {
  const { candidates } = await openTaskFor(web, actor, taskId, 'inbox.listGuests');
  const rows = await web.database.guestLink.findMany({
    where: { taskId },
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    take: 100,
  });
  return { guests: rows.map(guestOf), candidates, mail: web.mail.configured };
}

/** What was decided by it remains. */
export async function revokeGuest(
  web: Pick<Web, 'database' | 'log' | 'invalidations'>,
  actor: Actor,
  taskId: string,
  id: string
): Promise<{ id: string }> {
  await openTaskFor(web, actor, taskId, 'inbox.revokeGuest');
  const row = isUuid(id) ? await web.database.guestLink.findFirst({ where: { id, taskId } }) : null;
  if (!row) throw new Refusal('guestNotFound', 'There is no such guest.');
  const details = { guest: id, name: row.name, email: row.email };
  return audited(web, actor, { operation: 'inbox.revokeGuest', target: taskId, details }, async () => {
    await web.database.guestLink.updateMany({
      where: { id, usedAt: null, revokedAt: null },
      data: { revokedAt: new Date() },
    });
    web.invalidations.announce(['inbox']);
    return { id };
  });
}

/** The address of the page. The token is after the '#', so that no server or proxy writes it to a log. */
export const guestUrl = (web: Pick<Web, 'config'>, id: string): string =>
  `${web.config.webUrl.origin}${pages.guest(tokenOf(web, id))}`;

/** As the run and the votes name a guest. The same address is the same voice. */
export const guestId = (email: string): string => `guest:${email}`;
export const isGuest = (id: string): boolean => id.startsWith('guest:');

const tokenOf = ({ config }: Pick<Web, 'config'>, id: string): string => `${id}.${signatureOf(config, id)}`;
const signatureOf = ({ authSecret }: Pick<Web['config'], 'authSecret'>, id: string): string =>
  createHmac('sha256', authSecret).update(`guest ${id}`).digest('base64url');

/** [GST1] [GST2] The link of the token, with its task. Throws `guestLinkOver`, also for a token that never existed. */
export async function linkOf(
  web: Pick<Web, 'database' | 'config'>,
  token: string
): Promise<{ link: GuestLink; task: HumanTask }> {
  const [id = '', given = ''] = token.split('.');
  const [own, other] = [Buffer.from(signatureOf(web.config, id)), Buffer.from(given)];
  const isOurs = own.length === other.length && timingSafeEqual(own, other) && isUuid(id);
  const link = isOurs ? await web.database.guestLink.findUnique({ where: { id } }) : null;
  const task = link && (await web.database.humanTask.findUnique({ where: { taskId: link.taskId } }));
  if (!link || !task || link.revokedAt || link.expiresAt.getTime() <= Date.now()) throw over();
  if (link.usedAt) return { link, task };
  const inviter = await readPerson(web, link.byId);
  if (!inviter || !may(inviter, 'inbox.inviteGuest', task.flow)) throw over();
  return { link, task };
}

const over = () =>
  new Refusal('guestLinkOver', 'This link was used, revoked or replaced, it has expired, or a part of it is missing.');

const guestOf = (row: GuestLink): Guest => ({
  id: row.id,
  name: row.name,
  email: row.email,
  decidesFor: row.decidesFor,
  by: row.byName,
  createdMs: row.createdAt.getTime(),
  expiresMs: row.expiresAt.getTime(),
  state: row.usedAt ? 'used' : row.revokedAt ? 'revoked' : row.expiresAt.getTime() <= Date.now() ? 'expired' : 'open',
});
