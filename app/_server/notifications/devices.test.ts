/**
 * Browsers are told by push, through the same outbox. A real HTTP server takes what a push service would take, and decrypts it as
 * a browser does (RFC 8291).
 *
 * [PSH1-2] as in pusher.ts, [DVC1-2] in devices.ts, [NTD1-2] in to-device.ts.
 */
import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  randomUUID,
  verify,
  type ECDH,
} from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DeviceTested, NotificationList, OwnDevices } from '@/app/_contract/notifications';
import { pages, routes } from '@/app/_contract/routes';
import { must, startWorld, Visitor, type World } from '../testing/world';
import { Pusher, type PushMessage } from './pusher';
import { openDesk, type Desk } from './testing/desk';

let desk: Desk;
let world: World;
let service: Server;
let origin: string;
let status = 201;
/** By the path of the browser's endpoint. */
const browsers = new Map<string, { ecdh: ECDH; auth: Buffer }>();
const got: { path: string; message: PushMessage; headers: IncomingHttpHeaders }[] = [];

beforeAll(async () => {
  service = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      if (status === 201) got.push({ path, message: decrypted(path, Buffer.concat(chunks)), headers: request.headers });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const environment = { BACKSTITCH_HTTP_ALLOW: origin };
  [desk, world] = await Promise.all([openDesk(environment), startWorld({ engine: false, environment })]);
  await desk.person('ada', { groups: ['finance'] });
  await desk.person('bob', { groups: ['finance'] });
}, 120_000);
afterAll(async () => {
  await Promise.all([desk.close(), world.close()]);
  service.close();
});
beforeEach(async () => {
  const { database } = desk.web;
  await database.notification.deleteMany();
  await database.humanTask.deleteMany();
  await database.pushDevice.deleteMany();
  await database.notificationSetting.deleteMany();
  desk.office.letters.length = 0;
  got.length = 0;
  status = 201;
});

/** What a browser gives when it subscribes. */
function browser() {
  const path = `/push/${randomUUID()}`;
  const ecdh = createECDH('prime256v1');
  const key = ecdh.generateKeys();
  const auth = randomBytes(16);
  browsers.set(path, { ecdh, auth });
  const keys = { p256dh: key.toString('base64url'), auth: auth.toString('base64url') };
  return { path, body: { id: randomUUID(), endpoint: `${origin}${path}`, keys } };
}
function decrypted(path: string, body: Buffer): PushMessage {
  const { ecdh, auth } = browsers.get(path)!;
  const salt = body.subarray(0, 16);
  const sender = body.subarray(21, 21 + body.readUInt8(20));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), sender]);
  const shared = hkdfSync('sha256', ecdh.computeSecret(sender), auth, info, 32);
  const key = hkdfSync('sha256', Buffer.from(shared), salt, 'Content-Encoding: aes128gcm\0', 16);
  const nonce = hkdfSync('sha256', Buffer.from(shared), salt, 'Content-Encoding: nonce\0', 12);
  const sealed = body.subarray(21 + sender.length);
  const decipher = createDecipheriv('aes-128-gcm', Buffer.from(key), Buffer.from(nonce));
  decipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  return JSON.parse(padded.subarray(0, padded.lastIndexOf(2)).toString()) as PushMessage;
}
/** Of this person, on the desk. */
async function device(personId: string) {
  const { path, body } = browser();
  const { database } = desk.web;
  const session = { id: randomUUID(), token: randomUUID(), userId: personId, expiresAt: new Date('2027-01-01') };
  await database.session.create({ data: session });
  const { endpoint, keys, id } = body;
  await database.pushDevice.create({ data: { id, personId, sessionId: session.id, endpoint, ...keys } });
  return { id, path, sessionId: session.id };
}
const told = (path: string) => got.filter((each) => each.path === path).map(({ message }) => message.title);

test('[NTD1] [NTD2] each browser of who is asked is told once, with a link, and nothing sensitive, also without a mail server', async () => {
  const [phone, laptop, bobs] = [await device('ada'), await device('ada'), await device('bob')];
  const task = await desk.task();
  await desk.round({ ...desk.web.mail, configured: false });
  await desk.round({ ...desk.web.mail, configured: false });
  for (const { path } of [phone, laptop, bobs]) expect(told(path)).toEqual(['An approval waits for you']);
  const [first] = got;
  expect(first?.message.url).toBe(`https://backstitch.example.test${pages.task(task.taskId)}`);
  expect(first?.message.body).toContain('€1,290.00');
  expect(JSON.stringify(got)).not.toContain('4242');
  expect(desk.office.letters).toEqual([]);
});

test('[NTD2] what was decided meanwhile, and kinds that nobody wants, are not sent; mails that are gathered change nothing', async () => {
  const { database } = desk.web;
  const phone = await device('ada');
  await desk.task({ settledAt: desk.clock.now, outcome: 'approved' });
  const wish = { personId: 'ada', mode: 'daily', at: '08:00', zone: 'UTC', off: ['overdue'] };
  await database.notificationSetting.create({ data: wish });
  await desk.task({ dueAt: new Date(desk.clock.now.getTime() - 1_000) });
  await desk.round();
  expect(told(phone.path)).toEqual(['An approval waits for you']);
});

test('a browser of whoever is asked a question is told, without its text', async () => {
  const { database } = desk.web;
  const phone = await device('ada');
  const { taskId } = await desk.task({ candidates: ['bob'], eventCount: 1 });
  const question = { taskId, id: 'q', byId: 'bob', byName: 'Bob', ofId: 'ada', ofName: 'Ada' };
  await database.humanTaskQuestion.create({ data: { ...question, text: 'Is 4242 right?', askedAt: desk.clock.now } });
  await desk.round();
  await desk.round();
  expect(got.at(-1)?.message.url).toBe(`https://backstitch.example.test${pages.task(taskId)}`);
  expect(told(phone.path)).toEqual(['You are asked about an approval']);
  expect(JSON.stringify(got)).not.toContain('4242');
});

test('a browser of whoever asked is told of the answer, without its text; one that is added later is not', async () => {
  const { database } = desk.web;
  const phone = await device('bob');
  const { taskId } = await desk.task({ candidates: ['bob'], eventCount: 1 });
  const question = { taskId, id: 'q', byId: 'bob', byName: 'Bob', ofId: 'ada', ofName: 'Ada', text: 'Which?' };
  await database.humanTaskQuestion.create({ data: { ...question, askedAt: desk.clock.now } });
  await desk.round();
  await database.humanTaskQuestion.updateMany({ data: { answer: 'The 4242.', answeredAt: new Date() } });
  await database.humanTask.update({ where: { taskId }, data: { eventCount: 2 } });
  await desk.round();
  expect(got.at(-1)?.message.url).toBe(`https://backstitch.example.test${pages.task(taskId)}`);
  expect(told(phone.path)).toEqual(['An approval waits for you', 'Your question is answered']);
  expect(JSON.stringify(got)).not.toContain('4242');
  const later = await device('bob');
  await database.pushDevice.update({ where: { id: later.id }, data: { createdAt: new Date(Date.now() + 60_000) } });
  await desk.round();
  expect(told(later.path)).toEqual(['An approval waits for you']);
});

test('[DVC2] whoever turns a browser on is told of what waits already, as one message if it is much', async () => {
  for (let count = 0; count < 7; count++) await desk.task();
  await desk.round();
  const phone = await device('ada');
  await desk.round();
  expect(told(phone.path)).toEqual(['7 approvals wait for you']);
  await desk.task();
  await desk.round();
  expect(told(phone.path)).toEqual(['7 approvals wait for you', 'An approval waits for you']);
});

test('[DVC1] a browser whose session ended is told nothing more, though it waited; one that its maker forgot is turned off', async () => {
  const { database } = desk.web;
  const [phone, laptop] = [await device('ada'), await device('ada')];
  status = 503;
  await desk.task();
  await desk.round();
  await database.session.delete({ where: { id: phone.sessionId } });
  status = 410;
  desk.clock.now = new Date(desk.clock.now.getTime() + 60_000);
  await desk.round();
  expect((await database.pushDevice.findMany()).map(({ id, goneAt }) => [id, goneAt !== null])).toEqual([
    [laptop.id, true],
  ]);
  const rows = await database.notification.findMany({
    where: { deviceId: { not: null } },
    orderBy: { dropped: 'asc' },
  });
  expect(rows.map(({ dropped, nextAt, lastError }) => [dropped, nextAt, lastError?.replace(/:\d+/, '')])).toEqual([
    ['This browser is not told any more.', null, '127.0.0.1 answered 503.'],
    [null, null, '127.0.0.1 knows this browser no more.'],
  ]);
  status = 201;
  await desk.task();
  await desk.round();
  expect(got).toEqual([]);
});

test('[PSH1] messages are signed with a key that is the same in every web process', async () => {
  const phone = await device('ada');
  await desk.task();
  await desk.round();
  const {
    authorization = '',
    ttl,
    'content-encoding': encoding,
  } = got.find(({ path }) => path === phone.path)!.headers;
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  const other = new Pusher(desk.web.config);
  expect(key).toBe(other.publicKey);
  other.close();
  const raw = Buffer.from(key, 'base64url');
  const [x, y] = [raw.subarray(1, 33), raw.subarray(33)].map((part) => part.toString('base64url'));
  const jwk = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const [head, claims = '', signature = ''] = token.split('.');
  const signed = Buffer.from(`${head}.${claims}`);
  expect(verify('sha256', signed, { key: jwk, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))).toBe(
    true
  );
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    aud: origin,
    sub: 'https://backstitch.example.test',
  });
  expect([encoding, ttl]).toEqual(['aes128gcm', '43200']);
});

test('[PSH2] only public addresses are called, and those that the operator allows', async () => {
  const pusher = new Pusher({ ...desk.web.config, environment: {} });
  for (const endpoint of [
    origin,
    'https://127.0.0.1/x',
    'https://10.0.0.8/x',
    'https://169.254.169.254/',
    'https://[::1]/',
    'http://push.example.com/',
  ])
    expect(pusher.whyNot(endpoint), endpoint).not.toBe(null);
  expect(pusher.whyNot('https://fcm.googleapis.com/fcm/send/x')).toBe(null);
  const { body } = browser();
  const { keys, ...rest } = body;
  expect(await pusher.send({ ...rest, ...keys }, { title: 't', body: 'b', url: 'u', tag: 'x' })).toMatchObject({
    ok: false,
    kind: 'never',
  });
  pusher.close();
  const ada = await world.as('viewer');
  const refused = await ada.post(routes.devices(), { ...body, endpoint: 'https://10.0.0.8/x' });
  expect(refused).toMatchObject({ status: 422, error: { problems: [{ at: '/endpoint' }] } });
});

test('[DVC1] a person turns a browser on, tests it and removes it; another one who signs in there takes it over; signing out ends it', async () => {
  const email = (await world.as('viewer')).person!.email;
  const ada = new Visitor(world.origin);
  await must(ada.signIn(email));
  const bob = await world.as('approver');
  const { path, body } = browser();
  await must(ada.post(routes.devices(), body));
  const devices = async (who: Visitor) => (await must(who.get<OwnDevices>(routes.devices()))).body;
  expect((await devices(ada)).devices).toMatchObject([{ id: body.id, endpoint: body.endpoint, isGone: false }]);
  expect((await devices(ada)).publicKey).toHaveLength(87);
  expect((await must(ada.post<DeviceTested>(routes.testDevice(body.id), {}))).body.ok).toBe(true);
  expect(told(path)).toEqual(['Backstitch']);
  // Not of this person.
  expect((await bob.post(routes.testDevice(body.id), {})).status).toBe(409);
  expect((await bob.post(routes.removeDevice(body.id), {})).status).toBe(409);

  await must(bob.post(routes.devices(), { ...body, id: randomUUID() }));
  expect((await devices(ada)).devices).toEqual([]);
  expect((await devices(bob)).devices).toHaveLength(1);
  await must(ada.post(routes.devices(), body));
  expect((await devices(bob)).devices).toEqual([]);
  await must(ada.post(routes.signOut(), {}));
  expect(await world.web.database.pushDevice.count()).toBe(0);

  for (const bad of [
    { keys: { ...body.keys, auth: 'abc' } },
    { keys: { ...body.keys, p256dh: '!' } },
    { endpoint: 'no' },
    { endpoint: `https://a.test/${'x'.repeat(2_000)}` },
  ])
    expect((await bob.post(routes.devices(), { ...body, ...bad })).status).toBe(422);
});

test('[DVC1] what could not be sent names the browser and its person to an administrator', async () => {
  const { database } = world.web;
  const person = (await world.as('approver')).person!;
  const session = await database.session.findFirstOrThrow({ where: { userId: person.id } });
  const { body } = browser();
  const { keys, ...rest } = body;
  await database.pushDevice.create({ data: { ...rest, ...keys, personId: person.id, sessionId: session.id } });
  const row = { id: randomUUID(), fact: 'x', kind: 'asked', taskId: 't', deviceId: body.id, lastError: 'It is away.' };
  await database.notification.create({ data: row });
  const { body: list } = await must((await world.as('admin')).get<NotificationList>(routes.notifications()));
  expect(list.rows).toMatchObject([{ to: `${person.name} (a browser of ${person.email})`, lastError: 'It is away.' }]);
});
