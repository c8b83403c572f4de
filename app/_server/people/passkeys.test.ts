/** [PKY] Passkeys, over real HTTP and a real PostgreSQL. The device is testing/device.ts; a browser has its own journey. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OwnAccount } from '@/app/_contract/account';
import type { MadeLink } from '@/app/_contract/people';
import { routes as to } from '@/app/_contract/routes';
import { must, PASSWORD, startWorld, Visitor, type World } from '../testing/world';
import { passkeyHost } from './passkeys';
import { Device, type Asked } from './testing/device';

let world: World;
let admin: Visitor;
let origin: string;
beforeAll(async () => {
  world = await startWorld({ engine: false });
  admin = await world.as('admin');
  origin = world.origin.replace('127.0.0.1', 'localhost');
}, 120_000);
afterAll(() => world.close());

let addresses = 0;
const visitor = () => new Visitor(world.origin, { 'x-test-client': `10.5.0.${++addresses}` });
const account = async (who: Visitor) => (await must(who.get<OwnAccount>(to.account()))).body;
const alive = async (who: Visitor) => (await who.get(to.me())).status === 200;
const trail = async (operation: string, target: string) =>
  (await world.web.database.auditEntry.findMany({ where: { operation, target }, orderBy: { at: 'asc' } })).map(
    ({ outcome, via }) => `${outcome} ${via}`
  );
const somebody = async (email: string) => {
  const grants = [{ role: 'viewer', flow: null }];
  const { url } = (await must(admin.post<MadeLink>(to.invite(), { email, name: email, grants }))).body;
  const who = visitor();
  await must(who.post(to.useLink(), { token: url.split('#')[1], password: PASSWORD }));
  await must(who.signIn(email));
  return who;
};
const asked = async (who: Visitor) => (await must(who.post<Asked>(to.beginPasskey(), { password: PASSWORD }))).body;
const add = async (who: Visitor, device: Device, name = 'A phone') =>
  who.post<{ id: string }>(to.addPasskey(), { name, response: device.make(await asked(who)) });
const begun = async (who: Visitor) => (await must(who.post<Asked>(to.beginPasskeySignIn(), {}))).body;
const enter = async (device: Device, who = visitor()) => {
  const answer = await who.post(to.signInWithPasskey(), { response: device.sign(await begun(who)) });
  return { answer, who };
};

test('[PKY1] a passkey is added with the password, signs in by itself as both factors, is renamed and removed', async () => {
  const who = await somebody('ann@example.test');
  const device = new Device('localhost', origin);
  expect((await who.post(to.beginPasskey(), { password: 'wrong' })).error?.problems?.[0]?.at).toBe('/password');
  const { id } = (await must(add(who, device))).body;
  // What is no id names nothing.
  for (const no of ['😀', '%', 'constructor', `${id}0`])
    expect((await who.post(to.namePasskey(no), { name: 'Mine' })).error?.code).toBe('nothingHere');
  expect(await account(who)).toMatchObject({
    passkeys: [{ id, name: 'A phone', usedMs: null, synced: false }],
    passkeyHost: 'localhost',
  });
  // With a second factor too: no code is asked for.
  await world.web.database.user.update({ where: { email: 'ann@example.test' }, data: { twoFactorEnabled: true } });
  const { answer, who: there } = await enter(device);
  expect(answer).toMatchObject({ status: 200, body: { secondStep: false } });
  expect((await account(there)).email).toBe('ann@example.test');
  expect((await account(who)).passkeys[0]?.usedMs).toBeGreaterThan(0);
  expect(await trail('people.signIn', 'ann@example.test')).toEqual(['done password', 'done passkey']);

  await must(who.post(to.namePasskey(id), { name: 'The old phone' }));
  const other = await somebody('bob@example.test');
  for (const url of [to.namePasskey(id), to.removePasskey(id)])
    expect((await other.post(url, { name: 'Mine' })).error?.code).toBe('refused');
  expect((await account(who)).passkeys).toMatchObject([{ name: 'The old phone' }]);
  await must(who.post(to.removePasskey(id), {}));
  expect((await enter(device)).answer).toMatchObject({ status: 401, error: { code: 'passkeyRefused' } });
  expect((await account(who)).passkeys).toEqual([]);
});

test('[PKY2] an answer of the device works once, for what it was asked for, and only to pages of this Backstitch', async () => {
  const who = await somebody('carl@example.test');
  const device = new Device('localhost', origin);
  await must(add(who, device));
  const guest = visitor();
  const answered = device.sign(await begun(guest));
  await must(guest.post(to.signInWithPasskey(), { response: answered }));
  const again = visitor();
  expect((await again.post(to.signInWithPasskey(), { response: answered })).error?.code).toBe('passkeyRefused');
  // A challenge that was made to add a passkey signs nobody in, and one of somebody else adds none.
  const adding = await asked(who);
  expect((await again.post(to.signInWithPasskey(), { response: device.sign(adding) })).error?.code).toBe(
    'passkeyRefused'
  );
  const other = await somebody('dora@example.test');
  const made = new Device('localhost', origin).make(adding);
  expect((await other.post(to.addPasskey(), { name: 'x', response: made })).error?.code).toBe('passkeyRefused');
  // Another site, another host, nobody checked, a changed signature, a copy of the device that counts behind.
  const key = device.held;
  for (const wrong of [
    new Device('localhost', 'https://evil.test'),
    new Device('evil.test', origin),
    Object.assign(new Device('localhost', origin), { verifies: false }),
    Object.assign(new Device('localhost', origin), { held: { ...key, uses: -1 } }),
  ]) {
    wrong.held ??= key && { ...key, uses: 50 };
    expect((await enter(wrong, again)).answer.error?.code).toBe('passkeyRefused');
  }
  const changed = device.sign(await begun(again));
  const response = { ...(changed.response as object), signature: Buffer.from('forged').toString('base64url') };
  expect((await again.post(to.signInWithPasskey(), { response: { ...changed, response } })).error?.code).toBe(
    'passkeyRefused'
  );
  expect(await alive(again)).toBe(false);
  const late = await begun(again);
  await world.web.database.verification.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
  expect((await again.post(to.signInWithPasskey(), { response: device.sign(late) })).status).toBe(401);
  await must(Promise.resolve((await enter(device)).answer));
});

test('[PKY3] a deactivated person is not let in; an administrator takes the passkeys away with the second factor', async () => {
  const who = await somebody('emil@example.test');
  const device = new Device('localhost', origin);
  await must(add(who, device));
  const id = who.person?.id ?? '';
  await must(admin.post(to.deactivate(id), { reason: 'left' }));
  expect((await enter(device)).answer.error?.code).toBe('deactivated');
  await must(admin.post(to.reactivate(id), {}));
  await must(admin.post(to.removeSecondFactor(id), {}));
  expect((await enter(device)).answer.error?.code).toBe('passkeyRefused');
  expect((await trail('people.signIn', 'emil@example.test')).at(-1)).toBe('deactivated passkey');
});

test('[PKY4] passkeys need an address with a name', () => {
  const host = (url: string) => passkeyHost({ webUrl: new URL(url) })?.id ?? null;
  expect(host('http://127.0.0.1:3000')).toBe('localhost');
  expect(host('https://backstitch.example')).toBe('backstitch.example');
  expect([host('https://10.0.0.7'), host('http://[fd00::1]')]).toEqual([null, null]);
});
