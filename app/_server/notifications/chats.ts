/** Chats that are told what people are asked. How they are told: to-chat.ts, chatter.ts. */
import { symmetricEncrypt } from 'better-auth/crypto';
import { MOST_CHATS, type Chat, type ChatTested, type PutChat } from '@/app/_contract/notifications';
import { isUuid } from '@/engine/plain-text';
import type { Chat as ChatRow } from '@/prisma/client/client';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import { whyUnreachable } from '../reachable';
import type { Web } from '../web';

type Keeper = Pick<Web, 'database' | 'log' | 'config' | 'invalidations'>;

/** Makes one, or changes the one of this id. */
export async function putChat(web: Keeper, actor: Actor, { id, title, group, address }: PutChat): Promise<Chat> {
  demand(actor, 'chats.put');
  const known = await web.database.chat.findUnique({ where: { id } });
  if (!known && (await web.database.chat.count()) >= MOST_CHATS)
    throw new Refusal('refused', `There are at most ${MOST_CHATS} chats.`);
  const host = address === '' && known ? known.host : hostOf(web, address);
  const details = { title, group, host, address: address === '' ? 'kept' : 'given' };
  return audited(web, actor, { operation: 'chats.put', target: id, details }, async () => {
    const values = {
      title,
      groupName: group,
      host,
      createdBy: actor.name,
      // [CHA1]
      ...(address === ''
        ? {}
        : { sealed: await symmetricEncrypt({ key: web.config.authSecret, data: new URL(address).href }) }),
    };
    const row = known
      ? await web.database.chat.update({ where: { id }, data: values })
      : await web.database.chat.create({ data: { id, sealed: '', ...values } });
    web.invalidations.announce(['people']);
    return chatOf(row, null);
  });
}

export async function removeChat(web: Keeper, actor: Actor, id: string): Promise<{ id: string }> {
  demand(actor, 'chats.remove');
  const row = await demandChat(web, id);
  return audited(web, actor, { operation: 'chats.remove', target: id, details: { title: row.title } }, async () => {
    await web.database.chat.deleteMany({ where: { id } });
    web.invalidations.announce(['people']);
    return { id };
  });
}

/** Sends one real message. */
export async function testChat(web: Keeper & Pick<Web, 'chatter'>, actor: Actor, id: string): Promise<ChatTested> {
  demand(actor, 'chats.test');
  const row = await demandChat(web, id);
  return audited(web, actor, { operation: 'chats.test', target: id, details: { title: row.title } }, async () => {
    const whom = row.groupName === null ? 'people' : row.groupName;
    const text = `A test of Backstitch: this chat is told when an approval asks ${whom}.\n${web.config.webUrl.origin}`;
    const sent = await web.chatter.send(row, text);
    return sent.ok ? { ok: true, message: `${row.host} took the message.` } : { ok: false, message: sent.message };
  });
}

/** By name. */
export async function listChats({ database }: Pick<Web, 'database'>): Promise<Chat[]> {
  const rows = await database.chat.findMany({
    orderBy: [{ title: 'asc' }, { id: 'asc' }],
    include: {
      notifications: { where: { dropped: null, attempts: { gt: 0 } }, orderBy: { createdAt: 'desc' }, take: 1 },
    },
  });
  return rows.map((row) => chatOf(row, row.notifications[0]?.lastError ?? null));
}

async function demandChat({ database }: Pick<Web, 'database'>, id: string): Promise<ChatRow> {
  const row = isUuid(id) ? await database.chat.findUnique({ where: { id } }) : null;
  if (!row) throw new Refusal('chatNotFound', 'There is no such chat.');
  return row;
}

function hostOf(web: Pick<Web, 'config'>, address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password)
    throw new Refusal('inputInvalid', 'The chat cannot be saved as it is.', [
      { at: '/address', message: 'Write an address like https://hooks.slack.com/services/…' },
    ]);
  const why = whyUnreachable(web, url);
  if (why !== null)
    throw new Refusal('inputInvalid', 'The chat cannot be saved as it is.', [{ at: '/address', message: why }]);
  return url.host;
}

const chatOf = ({ id, title, groupName, host, createdBy, createdAt }: ChatRow, problem: string | null): Chat => ({
  id,
  title,
  group: groupName,
  host,
  createdBy,
  createdMs: createdAt.getTime(),
  problem,
});
