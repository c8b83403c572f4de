/** [SFR] 'Everybody needs a second factor', at every door: real HTTP, sockets, PostgreSQL, and the engine for keys. */
import { URI } from 'otpauth';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { NewSecondFactor, OwnAccount } from '@/app/_contract/account';
import type { MadeKey, MadeLink, PeopleList, SecondFactorRule, SignedIn } from '@/app/_contract/people';
import { routes as to } from '@/app/_contract/routes';
import { eventually, must, PASSWORD, startWorld, Visitor, type World } from '../testing/world';
import { Device, type Asked } from './testing/device';

let world: World;
let admin: Visitor;
beforeAll(async () => {
  world = await startWorld();
  admin = await world.as('admin');
  await turnOnApp(admin);
}, 120_000);
afterAll(() => world.close());
beforeEach(() => must(rule(admin, false)));

let addresses = 0;
const visitor = () => new Visitor(world.origin, { 'x-test-client': `10.8.0.${++addresses}` });
const rule = (who: Visitor, forAll: boolean) => who.post<SecondFactorRule>(to.setSecondFactorRule(), { forAll });
const state = async (who: Visitor) => {
  const { status, error } = await who.get(to.me());
  return error?.code ?? status;
};
async function turnOnApp(who: Visitor): Promise<() => string> {
  const { uri } = (await must(who.post<NewSecondFactor>(to.prepareSecondFactor(), { password: PASSWORD }))).body;
  const app = URI.parse(uri);
  const code = (aheadMs: number) => app.generate({ timestamp: Date.now() + aheadMs } as never);
  await must(who.post(to.turnOnSecondFactor(), { code: code(-30_000) }));
  return () => code(0);
}
const somebody = async (email: string, role = 'operator') => {
  const { url } = (
    await must(admin.post<MadeLink>(to.invite(), { email, name: email, grants: [{ role, flow: null }] }))
  ).body;
  await must(visitor().post(to.useLink(), { token: url.split('#')[1], password: PASSWORD }));
  return enter(email);
};
/** Signs in with the password, whatever it opens. */
const enter = async (email: string) => {
  const who = visitor();
  const { body } = await must(who.post<SignedIn>(to.signIn(), { email, password: PASSWORD }));
  return Object.assign(who, { secondStep: body.secondStep });
};
async function socketOf(who: Visitor) {
  const socket = who.socket();
  const events: string[] = [];
  socket.on('signedOut', () => events.push('signedOut'));
  socket.on('disconnect', (reason) => events.push(reason));
  const outcome = await new Promise<string>((resolve) => {
    socket.once('connect', () => resolve('open'));
    socket.once('connect_error', (error) => resolve((error as { data?: { code: string } }).data?.code ?? 'closed'));
    socket.connect();
  });
  return { socket, outcome, events };
}

test('[SFR1] who has none may only set one up and sign out, also in a session of before; then everything is open', async () => {
  const ann = await somebody('ann@example.test');
  const { outcome, events, socket } = await socketOf(ann);
  expect([await state(ann), outcome]).toEqual([200, 'open']);
  await must(rule(admin, true));
  // The session of before the rule, and its open socket.
  await eventually(() => expect(events).toEqual(['signedOut', 'io server disconnect']), 5_000);
  socket.disconnect();
  const later = await enter('ann@example.test');
  for (const who of [ann, later]) {
    expect(await state(who)).toBe('secondFactorNeeded');
    expect((await socketOf(who)).outcome).toBe('secondFactorNeeded');
    for (const url of [to.account(), to.runs(), to.openApi(), '/api/v1/runs'])
      expect([url, (await who.get(url)).error?.code]).toEqual([url, 'secondFactorNeeded']);
    for (const url of [to.changePassword(), to.endSessions(), to.renewRecoveryCodes(), to.turnOffSecondFactor()])
      expect([url, (await who.post(url, { password: PASSWORD })).error?.code]).toEqual([url, 'secondFactorNeeded']);
  }
  await turnOnApp(later);
  expect(await state(later)).toBe(200);
  // Setting it up ended the other session.
  expect(await state(ann)).toBe('notSignedIn');
  const bob = await somebody('bob@example.test');
  expect(await state(bob)).toBe('secondFactorNeeded');
  await must(bob.post(to.signOut(), {}));
  expect(await state(bob)).toBe('notSignedIn');
});

test('[SFR1] a passkey that is added opens the session; a password alone signs in past it no more', async () => {
  await must(rule(admin, true));
  const cid = await somebody('cid@example.test');
  expect(await state(cid)).toBe('secondFactorNeeded');
  const device = new Device('localhost', world.origin.replace('127.0.0.1', 'localhost'));
  const asked = (await must(cid.post<Asked>(to.beginPasskey(), { password: PASSWORD }))).body;
  const { id } = (await must(cid.post<{ id: string }>(to.addPasskey(), { name: 'Key', response: device.make(asked) })))
    .body;
  expect(await state(cid)).toBe(200);
  expect(await state(await enter('cid@example.test'))).toBe('secondFactorNeeded');
  const withKey = visitor();
  const begun = (await must(withKey.post<Asked>(to.beginPasskeySignIn(), {}))).body;
  await must(withKey.post(to.signInWithPasskey(), { response: device.sign(begun) }));
  expect(await state(withKey)).toBe(200);
  // Without it, these sessions are led to set up another one.
  await must(withKey.post(to.removePasskey(id), {}));
  expect([await state(withKey), await state(cid)]).toEqual(['secondFactorNeeded', 'secondFactorNeeded']);
});

test('[SFR2] a session of the provider and a key are not asked', async () => {
  const dan = await somebody('dan@example.test', 'admin');
  const made = await must(
    dan.post<MadeKey>(to.keys(), { name: 'robot', grants: [{ role: 'viewer', flow: null }], days: null })
  );
  const robot = new Visitor(world.origin, { authorization: `Bearer ${made.body.secret}` });
  await must(rule(admin, true));
  expect([await state(dan), await state(robot)]).toEqual(['secondFactorNeeded', 200]);
  const { id: userId } = await world.web.database.user.findUniqueOrThrow({ where: { email: 'dan@example.test' } });
  await world.web.database.session.updateMany({ where: { userId }, data: { via: 'provider' } });
  expect(await state(dan)).toBe(200);
});

test('[SFR3] who turns it on has met it; it is said who has none, it is audited, and every administrator turns it off', async () => {
  const eve = await somebody('eve@example.test', 'admin');
  expect(await rule(eve, true)).toMatchObject({ status: 409, error: { code: 'refused' } });
  expect((await rule(await world.as('operator'), true)).error?.code).toBe('notAllowed');
  const listed = async () => (await must(admin.get<PeopleList>(to.people()))).body;
  const lacking = async (email: string) => (await listed()).people.find((each) => each.email === email)?.lacksFactor;
  expect([await lacking('eve@example.test'), await lacking('admin@example.test')]).toEqual([true, false]);
  expect((await must(rule(admin, true))).body).toMatchObject({ forAll: true, changedBy: admin.person?.name });
  expect((await listed()).secondFactorRule.forAll).toBe(true);
  await turnOnApp(eve);
  expect((await must(eve.get<OwnAccount>(to.account()))).body.secondFactorForAll).toBe(true);
  await must(rule(eve, false));
  const own = await world.web.database.auditEntry.findMany({
    where: { operation: 'people.setSecondFactorRule', actorName: { contains: 'eve@' } },
    orderBy: { at: 'asc' },
  });
  expect(own.map(({ outcome, details }) => ({ outcome, details }))).toEqual([
    { outcome: 'refused', details: { secondFactorForAll: true } },
    { outcome: 'done', details: { secondFactorForAll: false } },
  ]);
});

test('[SFR4] an administrator takes a lost one away: the person signs in with the password and sets up another', async () => {
  await must(rule(admin, true));
  const fay = await somebody('fay@example.test');
  await turnOnApp(fay);
  expect((await enter('fay@example.test')).secondStep).toBe(true);
  const { id } = await world.web.database.user.findUniqueOrThrow({ where: { email: 'fay@example.test' } });
  await must(admin.post(to.removeSecondFactor(id), {}));
  expect(await state(fay)).toBe('secondFactorNeeded');
  const again = await enter('fay@example.test');
  expect([again.secondStep, await state(again)]).toEqual([false, 'secondFactorNeeded']);
  const code = await turnOnApp(again);
  expect(await state(again)).toBe(200);
  const next = await enter('fay@example.test');
  await must(next.post(to.signInWithCode(), { kind: 'app', code: code() }));
  expect(await state(next)).toBe(200);
});
