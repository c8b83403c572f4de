/** [OWN] What people see and change of their own account. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OwnAccount } from '@/app/_contract/account';
import type { MadeKey } from '@/app/_contract/people';
import { routes as to } from '@/app/_contract/routes';
import { must, PASSWORD, startWorld, Visitor, type World } from '../testing/world';
import { preferencesOf } from './preferences';

let world: World;
let email: string;
beforeAll(async () => {
  world = await startWorld();
  email = (await world.as('operator')).person?.email ?? '';
}, 120_000);
afterAll(() => world.close());

/** Counts: each comes from an address of its own. */
let places = 0;
async function signedIn(userAgent = 'curl/8.5.0', password = PASSWORD): Promise<Visitor> {
  const visitor = new Visitor(world.origin, { 'user-agent': userAgent, 'x-test-client': `10.0.0.${++places}` });
  await must(visitor.signIn(email, password));
  return visitor;
}
const account = async (visitor: Visitor) => (await must(visitor.get<OwnAccount>(to.account()))).body;
const alive = async (visitor: Visitor) => (await visitor.get(to.me())).status === 200;
const trail = (operation: string) =>
  world.web.database.auditEntry.findMany({ where: { operation }, orderBy: { at: 'asc' } });

test('[OWN1] sessions are listed with their browser and address, this one first, and no secret of any', async () => {
  const [desk, phone] = [await signedIn('Mozilla/5.0 (X11; Linux) Firefox/140.0'), await signedIn('phone')];
  const seen = await account(phone);
  expect(seen).toMatchObject({ email, sessions: [{ current: true, userAgent: 'phone' }, {}, {}] });
  expect(seen.sessions.filter(({ current }) => current)).toHaveLength(1);
  expect(seen.sessions.map(({ userAgent }) => userAgent)).toContain('Mozilla/5.0 (X11; Linux) Firefox/140.0');
  expect(new Set(seen.sessions.map(({ address }) => address)).size).toBe(3);
  for (const visitor of [desk, phone]) {
    const token = decodeURIComponent(visitor.cookie.split('=')[1] ?? '').split('.')[0] ?? '';
    expect(token.length).toBeGreaterThan(20);
    expect(JSON.stringify(seen)).not.toContain(token);
  }
});

test('[OWN2] one session is ended, or all others; the own one and those of others never', async () => {
  const [here, there, third] = [await signedIn(), await signedIn('there'), await signedIn()];
  const { sessions } = await account(here);
  const id = sessions.find(({ userAgent }) => userAgent === 'there')?.id;
  const own = sessions.find(({ current }) => current)?.id;
  await must(here.post(to.endSessions(), { id }));
  expect([await alive(here), await alive(there), await alive(third)]).toEqual([true, false, true]);
  for (const not of [id, own, 'no-such-session'])
    expect((await here.post(to.endSessions(), { id: not })).error?.code).toBe('refused');
  const stranger = await world.as('viewer');
  const [theirs] = (await account(stranger)).sessions;
  expect((await here.post(to.endSessions(), { id: theirs?.id })).error?.code).toBe('refused');
  await must(here.post(to.endSessions(), { id: null }));
  expect([await alive(here), await alive(third), await alive(stranger)]).toEqual([true, false, true]);
  expect(await account(here)).toMatchObject({ sessions: [{ current: true }] });
  expect((await trail('people.endSession')).map(({ outcome }) => outcome).sort()).toEqual(
    ['done', 'done', 'refused', 'refused', 'refused', 'refused'].sort()
  );
});

test('[OWN3] a new password needs the one of now, ends all other sessions, and is in no log of changes', async () => {
  const [here, there] = [await signedIn(), await signedIn()];
  const change = (current: string, password: string) => here.post(to.changePassword(), { current, password });
  const at = async (current: string, password: string) => (await change(current, password)).error?.problems?.[0]?.at;
  expect(await at('not this', 'a new long one')).toBe('/current');
  expect(await at(PASSWORD, 'short')).toBe('/password');
  expect(await at(PASSWORD, PASSWORD)).toBe('/password');
  expect([await alive(here), await alive(there)]).toEqual([true, true]);

  expect((await must(change(PASSWORD, 'a new long one'))).body).toMatchObject({ ended: expect.any(Number) as number });
  expect([await alive(here), await alive(there)]).toEqual([true, false]);
  await expect(signedIn('x', PASSWORD)).rejects.toThrow();
  await signedIn('x', 'a new long one');
  const rows = await trail('people.changePassword');
  expect(rows.map(({ outcome }) => outcome)).toEqual(['inputInvalid', 'inputInvalid', 'done']);
  expect(JSON.stringify(rows)).not.toContain('a new long one');
  await must(change('a new long one', PASSWORD));
});

test('[OWN4] whoever has a session cannot guess the password with it', async () => {
  const here = await signedIn();
  const answers: (string | undefined)[] = [];
  for (let guess = 0; guess < 12; guess++)
    answers.push((await here.post(to.changePassword(), { current: `guess ${guess}`, password: PASSWORD })).error?.code);
  expect(answers.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 'inputInvalid'));
  expect(answers.at(-1)).toBe('tooManyTries');
});

test('[OWN5] a key reads and changes nothing of the account of its owner', async () => {
  const admin = await world.as('admin');
  const made = await must(
    admin.post<MadeKey>(to.keys(), { name: 'all', grants: [{ role: 'admin', flow: null }], days: 1 })
  );
  const key = new Visitor(world.origin, { authorization: `Bearer ${made.body.secret}` });
  expect((await key.get(to.me())).status).toBe(200);
  for (const answer of [
    await key.get(to.account()),
    await key.post(to.endSessions(), { id: null }),
    await key.post(to.changePassword(), { current: PASSWORD, password: 'a new long one' }),
  ])
    expect(answer).toMatchObject({ status: 401, error: { code: 'notSignedIn' } });
});

test('[PRF1] how a person wants to see things is there in another browser, and is nobody else’s', async () => {
  const desk = await signedIn();
  await must(desk.post(to.preferences(), { zone: 'utc', numbers: 'de' }));
  await must(desk.post(to.preferences(), { direction: 'sideways' }));
  const here = { zone: 'UTC', numbers: 'de', direction: 'sideways' };
  const own = (await world.as('operator')).person!;
  expect(await preferencesOf(world.web, own)).toEqual(here);
  expect(await preferencesOf(world.web, (await world.as('viewer')).person!)).toEqual({});
  for (const wrong of [{}, { zone: 'Mars/Olympus' }, { numbers: 'toString' }, { theme: null }])
    expect((await desk.post(to.preferences(), wrong)).error?.code).toBe('inputInvalid');
  expect(await preferencesOf(world.web, own)).toEqual(here);
  // [PRF2]
  await world.web.database.preferences.update({ where: { userId: own.id }, data: { direction: 'around' } });
  expect(await preferencesOf(world.web, own)).toEqual({ zone: 'UTC', numbers: 'de' });
});
