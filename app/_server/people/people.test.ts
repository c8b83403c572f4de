/** [P] Accounts and sessions, over real HTTP and a real PostgreSQL. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Person } from '@/app/_contract/people';
import { routes as to } from '@/app/_contract/routes';
import { eventually, must, PASSWORD, startWorld, Visitor, type World } from '../testing/world';
import { SIGN_IN_LIMIT } from './auth';

let world: World;
beforeAll(async () => {
  world = await startWorld({ engine: false });
});
afterAll(() => world.close());

const ADA = { name: 'Ada', email: 'Ada@Example.test', password: PASSWORD };
const EVE = { name: 'Eve', email: 'eve@example.test', password: PASSWORD };
const visitor = (headers: Record<string, string> = {}) => new Visitor(world.origin, headers);
const accounts = () => world.web.database.user.findMany({ orderBy: { email: 'asc' } });

test('[P1] a request that only claims to come from this machine cannot make the first account', async () => {
  const port = new URL(world.origin).port;
  // fetch sets the Host header itself; a check that trusts its own Host would accept a rebound name.
  const { demandCertainOrigin, demandOwnOrigin } = await import('../http/origin');
  const rebound = new Headers({ host: `evil.example:${port}`, origin: `http://evil.example:${port}` });
  expect(() => demandOwnOrigin(world.web.config, rebound)).not.toThrow();
  expect(() => demandCertainOrigin(world.web.config, rebound)).toThrow(/BACKSTITCH_WEB_URL/);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `192.168.1.7:${port}`, `[::1]:${port}`]) {
    const own = new Headers({ host, origin: `http://${host}` });
    expect(() => demandCertainOrigin(world.web.config, own)).not.toThrow();
  }
  const foreign = await world.stranger.post(to.firstAccount(), EVE, { origin: 'http://evil.example' });
  expect(foreign).toMatchObject({ status: 403, error: { code: 'foreignOrigin' } });
  expect(await accounts()).toEqual([]);
});

test('[P2] the first account needs a name, an address and a password of ten characters', async () => {
  const answer = await world.stranger.post(to.firstAccount(), { name: ' ', email: 'ada', password: 'short' });
  expect(answer).toMatchObject({ status: 422, error: { code: 'inputInvalid' } });
  expect(answer.error?.problems?.map(({ at }) => at)).toEqual(['/name', '/email', '/password']);
});

test('[P3] one of many simultaneous requests makes the first account, as admin; later ones are refused', async () => {
  const people = [ADA, ...Array.from({ length: 7 }, (_, at) => ({ ...EVE, email: `eve${at}@example.test` }))];
  const answers = await Promise.all(people.map((person) => visitor().post(to.firstAccount(), person)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 403)]);
  const refused = answers.find(({ status }) => status === 403);
  expect(refused?.error?.code).toBe('signUpClosed');
  const there = await accounts();
  expect(await world.web.database.roleGrant.findMany()).toMatchObject([
    { role: 'admin', flow: null, personId: there[0]?.id },
  ]);
  expect(there).toHaveLength(1);
  expect((await world.stranger.post(to.firstAccount(), EVE)).error?.code).toBe('signUpClosed');
  // The password is not stored in clear text.
  const [account] = await world.web.database.account.findMany();
  expect(account?.password).not.toContain(PASSWORD);
  const rows = await world.web.database.auditEntry.findMany({ where: { operation: 'people.createFirstAccount' } });
  expect(rows.filter(({ outcome }) => outcome === 'done')).toMatchObject([{ actorId: there[0]?.id }]);
  expect(rows.filter(({ outcome }) => outcome !== 'done' && outcome !== 'signUpClosed')).toEqual([]);
  expect(JSON.stringify(rows)).not.toContain(PASSWORD);
});

test('[P4] a wrong password and an unknown address get the same answer', async () => {
  const [known] = await accounts();
  const wrong = await visitor({ 'x-test-client': '10.0.0.1' }).signIn(known?.email ?? '', 'not this one');
  const unknown = await visitor({ 'x-test-client': '10.0.0.1' }).signIn('nobody@example.test', 'not this one');
  expect(wrong).toMatchObject({ status: 401, error: { code: 'wrongCredentials' } });
  expect(unknown.error).toEqual(wrong.error);
  expect((await visitor().post(to.signIn(), { email: 7 })).error?.problems?.map(({ at }) => at)).toEqual([
    '/email',
    '/password',
  ]);
});

test('[P5] a session belongs to its person; scripts and other sites cannot read the cookie', async () => {
  const [known] = await accounts();
  const ada = visitor();
  const answer = await must(ada.signIn(known?.email ?? ''));
  expect((await ada.get<{ person: Person }>(to.me())).body.person).toMatchObject({
    grants: [{ role: 'admin', flow: null }],
    email: known?.email,
  });
  const [cookie = ''] = answer.headers.getSetCookie();
  expect(cookie).toMatch(/^backstitch\.session_token=/);
  for (const attribute of [/; HttpOnly/i, /; SameSite=Lax/i, /; Path=\//i]) expect(cookie).toMatch(attribute);
  expect(cookie).not.toMatch(/; Domain=/i);
  expect(cookie).not.toMatch(/; Secure/i);
  expect(JSON.stringify(await world.web.database.auditEntry.findMany())).not.toContain(ada.cookie.split('=')[1]);
});

test('[P6] behind HTTPS the cookie is never sent without encryption', async () => {
  const secure = await startWorld({ engine: false, environment: { BACKSTITCH_WEB_URL: 'https://backstitch.example' } });
  const headers = { origin: 'https://backstitch.example', host: 'backstitch.example' };
  await must(secure.stranger.post(to.firstAccount(), ADA, headers));
  const answer = await must(secure.stranger.post(to.signIn(), { email: ADA.email, password: PASSWORD }, headers));
  expect(answer.headers.getSetCookie()[0]).toMatch(/^__Secure-backstitch\.session_token=.*; Secure/i);
  await secure.close();
  world.provide();
});

test('[P7] after too many attempts an address must wait, and other addresses need not', async () => {
  const eve = visitor({ 'x-test-client': '10.0.0.66' });
  for (let each = 0; each < SIGN_IN_LIMIT.max; each++)
    expect((await eve.signIn('x@example.test', 'guess')).error?.code).toBe('wrongCredentials');
  const stopped = await eve.signIn('x@example.test', 'guess');
  expect(stopped).toMatchObject({ status: 429, error: { code: 'tooManyTries' } });
  expect(stopped.error?.message).toMatch(/Wait \d+ s/);
  const [known] = await accounts();
  // The right password is refused too; otherwise the limit would show that it is right.
  expect((await eve.signIn(known?.email ?? '')).error?.code).toBe('tooManyTries');
  await must(visitor({ 'x-test-client': '10.0.0.67' }).signIn(known?.email ?? ''));
});

test('[P8] no route of the session library is open except those that this product uses', async () => {
  const [known] = await accounts();
  const ada = visitor();
  await must(ada.signIn(known?.email ?? ''));
  for (const path of [
    'sign-up/email',
    'update-user',
    'change-password',
    'delete-user',
    'revoke-sessions',
    'list-sessions',
  ]) {
    const answer = await ada.post(`/api/auth/${path}`, {
      name: 'Somebody else',
      email: 'n@example.test',
      password: PASSWORD,
    });
    expect(answer).toMatchObject({ status: 400, error: { code: 'badRequest' } });
    expect((await ada.get(`/api/auth/${path}`)).status).toBe(405);
  }
  expect(await accounts()).toHaveLength(1);
});

test('[P9] signing out ends the session for everybody who has its cookie', async () => {
  const [known] = await accounts();
  const ada = visitor();
  await must(ada.signIn(known?.email ?? ''));
  const thief = visitor({ cookie: ada.cookie });
  expect((await thief.get(to.me())).status).toBe(200);
  await must(ada.post(to.signOut(), {}));
  expect(ada.cookie).toBe('');
  expect(await thief.get(to.me())).toMatchObject({ status: 401, error: { code: 'notSignedIn' } });
  const row = await world.web.database.auditEntry.findFirst({ where: { operation: 'people.signOut' } });
  expect(row).toMatchObject({ actorName: known?.name, outcome: 'done' });
  // A repeated sign-out and one without a session change nothing.
  await must(ada.post(to.signOut(), {}));
});

test('[P10] a session in use is renewed together with the cookie; an expired session is refused', async () => {
  const [known] = await accounts();
  const ada = visitor();
  await must(ada.signIn(known?.email ?? ''));
  const sessions = world.web.database.session;
  const day = 24 * 60 * 60 * 1_000;
  const age = (expiresInMs: number) =>
    sessions.updateMany({
      data: { expiresAt: new Date(Date.now() + expiresInMs), updatedAt: new Date(Date.now() - day) },
    });

  await age(5 * day);
  const renewed = await must(ada.get(to.me()));
  expect(renewed.headers.getSetCookie().join()).toMatch(/session_token=.*Max-Age=604800/);
  await eventually(async () => {
    const left = (await sessions.findMany()).map(({ expiresAt }) => expiresAt.getTime() - Date.now());
    expect(Math.max(...left)).toBeGreaterThan(6.9 * day);
  });
  expect((await must(ada.get(to.me()))).headers.getSetCookie()).toEqual([]);

  await age(-1);
  expect(await ada.get(to.me())).toMatchObject({ status: 401, error: { code: 'notSignedIn' } });
});

test('[P11] a person is called by the name, and with the address if somebody else has the same name', async () => {
  const [known] = await accounts();
  const ada = visitor();
  await must(ada.signIn(known?.email ?? ''));
  const name = async () => (await must(ada.get<{ person: Person }>(to.me()))).body.person.name;
  expect(await name()).toBe(known?.name);
  const other = { id: 'other', name: (known?.name ?? '').toUpperCase(), email: 'other@example.test' };
  await world.web.database.user.create({ data: other });
  expect(await name()).toBe(`${known?.name} (${known?.email})`);
  await world.web.database.user.delete({ where: { id: other.id } });
});
