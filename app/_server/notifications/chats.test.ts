/** Chats are told through the same outbox: the rules are in whom.ts, to-chat.ts and chatter.ts. A real HTTP server. */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Chat, ChatTested, NotificationList, PutChat } from '@/app/_contract/notifications';
import { routes } from '@/app/_contract/routes';
import { must, startWorld, type World } from '../testing/world';
import { whyUnreachable } from '../reachable';
import { Chatter } from './chatter';
import { putChat } from './chats';
import { openDesk, type Desk } from './testing/desk';
import { harmless } from './to-chat';

let desk: Desk;
let world: World;
let service: Server;
let address: string;
const texts: string[] = [];
const logged: string[] = [];
let status = 200;
const SECRET = 'T00/B00/secret-of-the-chat';

beforeAll(async () => {
  service = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      texts.push((JSON.parse(Buffer.concat(chunks).toString()) as { text: string }).text);
      response.writeHead(status, status === 302 ? { location: `${address}/elsewhere` } : {}).end('no');
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(service.address() as AddressInfo).port}/services/${SECRET}`;
  [desk, world] = await Promise.all([
    openDesk(),
    startWorld({
      engine: false,
      logTo: { write: (line) => void logged.push(line) },
      environment: { BACKSTITCH_LOG_LEVEL: 'trace' },
    }),
  ]);
}, 120_000);
afterAll(async () => {
  await Promise.all([desk.close(), world.close()]);
  service.close();
});
beforeEach(async () => {
  const { database } = desk.web;
  await database.notification.deleteMany();
  await database.humanTask.deleteMany();
  await database.chat.deleteMany();
  texts.length = 0;
  status = 200;
});

const chat = (more: Partial<PutChat> = {}): PutChat => ({
  id: randomUUID(),
  title: 'Finance',
  group: null,
  address,
  ...more,
});
/** On the desk, as old as its clock. */
async function onDesk(more: Partial<PutChat> = {}): Promise<void> {
  const { web, clock } = desk;
  const admin = { ...(await world.as('admin')).person!, via: 'session', from: null };
  const { id } = await putChat(web, admin, chat(more));
  await web.database.chat.update({ where: { id }, data: { createdAt: clock.now } });
}
const later = (seconds: number) => void (desk.clock.now = new Date(desk.clock.now.getTime() + seconds * 1_000));
const rows = () => desk.web.database.notification.findMany({ orderBy: { createdAt: 'asc' } });

test('[NTW3] [NTT1] the chat of a group is told of what asks that group, once, without what is sensitive', async () => {
  await onDesk({ group: 'finance' });
  const { taskId } = await desk.task();
  await desk.task({ candidates: ['legal'] });
  await desk.round();
  await desk.round();
  const link = `https://backstitch.example.test/approvals/${taskId.replace('/', '~2F')}`;
  expect(texts).toEqual([`May this order be shipped? · €1,290.00 · no time limit · order\n${link}`]);
});

test('[NTW3] a chat for everybody is told of everything from its making on, and not of what somebody has claimed', async () => {
  await desk.task({ openedAt: new Date(desk.clock.now.getTime() - 1) });
  await onDesk();
  await desk.task({ candidates: ['legal'], question: 'New?' });
  await desk.task({ claimedById: 'ada', claimedByName: 'Ada', claimedAt: desk.clock.now });
  await desk.round();
  expect(texts.map((text) => text.split(' ·')[0])).toEqual(['New?']);
});

test('a chat that hears of the task hears that there is a question, to whom, and not its text', async () => {
  await onDesk({ group: 'finance' });
  const { taskId } = await desk.task();
  await desk.round();
  texts.length = 0;
  const { database } = desk.web;
  const question = { taskId, id: 'q', byId: 'ada', byName: 'Ada', ofId: 'vera', ofName: 'Vera @channel' };
  await database.humanTaskQuestion.create({ data: { ...question, text: 'Is 4242 right?', askedAt: desk.clock.now } });
  await database.humanTask.update({ where: { taskId }, data: { eventCount: 1 } });
  await desk.round();
  await desk.round();
  expect(texts).toHaveLength(1);
  expect(texts[0]).toMatch(/^A question to Vera @\u2060channel: May this order be shipped\?/);
  expect(texts[0]).not.toContain('4242');
});

test('a chat hears that a question is answered, and by whom, and neither text; not of answers before the chat', async () => {
  const { database } = desk.web;
  const { taskId } = await desk.task();
  const question = {
    taskId,
    byId: 'ada',
    byName: 'Ada',
    ofId: 'vera',
    ofName: 'Vera @channel',
    text: 'Is 4242 right?',
  };
  const before = new Date(desk.clock.now.getTime() - 60_000);
  const old = { askedAt: before, answeredAt: before, answer: 'Yes, 4242.' };
  await database.humanTaskQuestion.create({ data: { ...question, id: 'old', ...old } });
  await onDesk({ group: 'finance' });
  await desk.round();
  texts.length = 0;
  const { now } = desk.clock;
  await database.humanTaskQuestion.create({
    data: { ...question, id: 'q', askedAt: now, answeredAt: now, answer: 'Yes, 4242.' },
  });
  await database.humanTask.update({ where: { taskId }, data: { eventCount: 1 } });
  await desk.round();
  await desk.round();
  expect(texts).toHaveLength(1);
  expect(texts[0]).toMatch(/^Vera @\u2060channel has answered a question: May this order be shipped\?/);
  expect(texts[0]).not.toContain('4242');
});

test('[CHA3] it is tried again, drops what was decided, says many at once, and gives up when it is gone', async () => {
  await onDesk();
  status = 503;
  const first = await desk.task({ question: 'First?' });
  await desk.round();
  expect(texts.splice(0)).toHaveLength(1);
  expect(await rows()).toMatchObject([{ attempts: 1, lastError: `${new URL(address).host} answered 503.` }]);
  await desk.web.database.humanTask.update({
    where: { taskId: first.taskId },
    data: { settledAt: desk.clock.now, outcome: 'approved', decidedBy: 'Ada' },
  });
  status = 200;
  later(30);
  await desk.round();
  expect(texts).toEqual([]);
  for (let each = 1; each <= 6; each++) await desk.task({ question: `Number ${each}?` });
  await desk.round();
  expect(texts.splice(0).map((text) => text.split('\n')[0])).toEqual(['6 approvals wait']);
  status = 410;
  later(1);
  await desk.task({ question: 'Last?' });
  await desk.round();
  expect((await rows()).at(-1)).toMatchObject({ attempts: 1, nextAt: null, sentAt: null });
});

test('[NTT2] texts of data call nobody and format nothing', () => {
  expect(harmless('<!channel> *all* [x](https://evil.example) @here & `code`')).toBe(
    '&lt;!channel&gt; ∗all∗ ［x］(https://evil.example) @\u2060here &amp; ˋcodeˋ'
  );
});

test('[CHA2] private networks can be forbidden, the metadata of a cloud is never reached, no redirect is followed', async () => {
  const { config } = desk.web;
  const strict = new Chatter({ ...config, environment: { BACKSTITCH_PRIVATE_CONNECTIONS: 'off' } });
  const sealed = async (url: string) => {
    await onDesk({ address: url });
    return desk.web.database.chat.findFirstOrThrow({ where: { host: new URL(url).host } });
  };
  const denied = { ok: false, kind: 'never' };
  // [RCB1] A name is refused when it is called, a number when it is saved.
  for (const url of ['http://169.254.169.254/latest', 'http://[::ffff:169.254.169.254]/'])
    await expect(onDesk({ address: url })).rejects.toMatchObject({ problems: [{ at: '/address' }] });
  expect(
    whyUnreachable({ config: { environment: { BACKSTITCH_PRIVATE_CONNECTIONS: 'off' } } }, new URL(address))
  ).toMatch(/no private addresses/);
  expect(whyUnreachable(desk.web, new URL(address))).toBeNull();
  expect(whyUnreachable(desk.web, new URL('https://hooks.example.com/x'))).toBeNull();
  expect(await strict.send(await sealed(address), 'x')).toMatchObject(denied);
  strict.close();
  // One of before, and one whose name means another address now.
  for (const url of ['http://169.254.169.254/latest', 'http://[::ffff:169.254.169.254]/'])
    expect(await desk.web.chatter.post(new URL(url), {}, 'x')).toMatchObject(denied);
  expect(texts).toEqual([]);
  status = 302;
  expect(await desk.web.chatter.send(await sealed(address), 'x')).toMatchObject(denied);
  expect(texts).toHaveLength(1);
});

test('[CHA1] an address is stored encrypted and never told; an administrator tests it, changes it and removes it', async () => {
  const admin = await world.as('admin');
  const made = chat();
  const { body } = await must(admin.post<Chat>(routes.putChat(), made));
  expect(body).toMatchObject({ title: 'Finance', host: new URL(address).host, problem: null });
  expect((await must(admin.post<ChatTested>(routes.testChat(made.id), {}))).body.ok).toBe(true);
  expect(texts).toHaveLength(1);
  // Its address stays as it is.
  await must(admin.post(routes.putChat(), { ...made, title: 'Money', address: '' }));
  status = 404;
  expect((await must(admin.post<ChatTested>(routes.testChat(made.id), {}))).body).toEqual({
    ok: false,
    message: `${new URL(address).host} answered 404.`,
  });
  const list = (await must(admin.get<NotificationList>(routes.notifications()))).body;
  expect(list.chats).toMatchObject([{ title: 'Money' }]);
  const trail = await world.web.database.auditEntry.findMany();
  const stored = await world.web.database.chat.findMany();
  for (const text of [JSON.stringify([list, trail, stored, body]), logged.join('')]) expect(text).not.toContain(SECRET);
  for (const wrong of ['', 'ftp://x', 'https://user:pass@x.example/', 'nonsense'])
    expect((await admin.post(routes.putChat(), { ...chat(), address: wrong })).error?.problems?.[0]?.at).toBe(
      '/address'
    );
  await must(admin.post(routes.removeChat(made.id), {}));
  expect((await admin.post(routes.testChat(made.id), {})).error?.code).toBe('chatNotFound');
});
