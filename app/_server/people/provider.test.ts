/** [OIC] Signing in by an OpenID Connect provider: a real one, over real HTTP, with the whole code flow. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OwnAccount } from '@/app/_contract/account';
import type { MadeLink, PeopleList, Person, StartedWithProvider } from '@/app/_contract/people';
import { routes as to } from '@/app/_contract/routes';
import { PostOffice, textOf } from '../testing/post-office';
import { eventually, must, PASSWORD, startWorld, Visitor, type World } from '../testing/world';
import { readConfig } from '../config';
import { CLIENT, signInThere, startProvider, type Claims, type TestProvider } from './testing/provider';

/** Where people open Backstitch; the server of the test listens elsewhere. */
const WEB = 'http://127.0.0.1:39999';
const office = new PostOffice();
let provider: TestProvider;
let world: World;
let admin: Visitor;
beforeAll(async () => {
  await office.open();
  provider = await startProvider(`${WEB}${to.finishWithProvider()}`);
  world = await startWorld({
    engine: false,
    environment: {
      BACKSTITCH_WEB_URL: WEB,
      BACKSTITCH_SMTP_URL: office.url,
      BACKSTITCH_OIDC_ISSUER: provider.issuer,
      BACKSTITCH_OIDC_CLIENT_ID: CLIENT.id,
      BACKSTITCH_OIDC_CLIENT_SECRET: CLIENT.secret,
      BACKSTITCH_OIDC_NAME: 'Acme',
      BACKSTITCH_OIDC_DOMAINS: 'acme.test',
      BACKSTITCH_OIDC_ROLE: 'viewer',
    },
  });
  admin = await world.as('admin');
}, 120_000);
afterAll(async () => {
  await world.close();
  await provider.close();
  await office.close();
});
beforeEach(() => {
  Object.assign(provider, { forge: null, foreignKey: false, discovery: null });
});

let addresses = 0;
const visitor = () => new Visitor(world.origin, { 'x-test-client': `10.4.0.${++addresses}` });
const trail = async (operation: string, target: string) =>
  (await world.web.database.auditEntry.findMany({ where: { operation, target }, orderBy: { at: 'asc' } })).map(
    ({ outcome, via }) => `${outcome} ${via}`
  );
/** A person with a password, by an invitation. */
const invited = async (email: string) =>
  (await must(admin.post<MadeLink>(to.invite(), { email, name: 'Nia', grants: [{ role: 'operator', flow: null }] })))
    .body;
const withAccount = async (email: string) => {
  const { url } = await invited(email);
  await must(visitor().post(to.useLink(), { token: url.split('#')[1], password: PASSWORD }));
};

/** The whole way. `where`: the address to which the last answer leads. */
async function enter(person: Claims, back = '/runs?status=failed', who = visitor()) {
  provider.person = person;
  const { url } = (await must(who.post<StartedWithProvider>(to.startWithProvider(), { back }))).body;
  const came = await signInThere(provider, url);
  expect(came.origin).toBe(WEB);
  const answer = await who.get(`${came.pathname}${came.search}`);
  expect(answer.status).toBe(303);
  const me = await who.get<{ person: Person }>(to.me());
  return { where: answer.headers.get('location'), me: me.status === 200 ? me.body.person : null, came, who, url };
}
const refusedAs = (code: string) => `/sign-in?back=${encodeURIComponent('/runs?status=failed')}&refused=${code}`;

test('[OIC1] a person with an account for the verified address is let in, and leads to where they were going', async () => {
  await withAccount('ann@else.test');
  const ann = {
    sub: 'a-1',
    email: 'Ann@else.test',
    email_verified: true,
    name: 'Somebody else',
    roles: ['admin'],
    groups: ['admin'],
  };
  const { where, me, url, who } = await enter(ann);
  expect(where).toBe('/runs?status=failed');
  // Neither the name nor a role is taken from there.
  expect(me).toMatchObject({
    email: 'ann@else.test',
    name: 'Nia',
    grants: [{ role: 'operator', flow: null }],
    groups: [],
  });
  const asked = new URL(url).searchParams;
  expect([asked.get('code_challenge_method'), asked.get('response_type')]).toEqual(['S256', 'code']);
  expect(await trail('people.signIn', 'ann@else.test')).toEqual(['done OpenID Connect']);
  expect(await trail('people.linkProvider', 'ann@else.test')).toEqual(['done OpenID Connect']);
  const [session] = (await must(who.get<OwnAccount>(to.account()))).body.sessions;
  expect(session?.address).toBe(who.given['x-test-client']);

  // The account there is what counts from then on: the address may change.
  expect((await enter({ ...ann, email: 'ann.new@else.test', email_verified: false })).me?.email).toBe('ann@else.test');
  // Somebody else who was given the address is not that person.
  expect(await enter({ ...ann, sub: 'a-2' })).toMatchObject({ where: refusedAs('providerRefused'), me: null });
});

test('[OIC2] an invitation is accepted by its verified address, with its roles; a domain gives its default role', async () => {
  await invited('bob@else.test');
  const bob = await enter({ sub: 'b-1', email: 'bob@else.test', email_verified: true, name: 'Bob' });
  expect(bob.me).toMatchObject({ name: 'Nia (bob@else.test)', grants: [{ role: 'operator', flow: null }] });
  expect(await trail('people.accept', 'bob@else.test')).toEqual(['done OpenID Connect']);
  expect((await must(bob.who.get<OwnAccount>(to.account()))).body.password).toBe(false);
  const carl = await enter({
    sub: 'c-1',
    email: 'carl@acme.test',
    email_verified: true,
    name: 'Ca\u200brl',
    roles: ['admin'],
  });
  // A name with an invisible character is not taken.
  expect(carl.me).toMatchObject({ name: 'carl@acme.test', grants: [{ role: 'viewer', flow: null }] });
  const listed = (await must(admin.get<PeopleList>(to.people()))).body.people.find(({ id }) => id === carl.me?.id);
  expect(listed?.lastSeenMs).toBeGreaterThan(0);
  for (const email of ['eve@acme.test.evil.test', 'eve@notacme.test'])
    expect((await enter({ sub: email, email, email_verified: true })).me).toBeNull();
});

test('[OIC3] strangers, unverified addresses and deactivated people are refused with the reason, which is recorded', async () => {
  await withAccount('dora@else.test');
  const dora = { sub: 'd-1', email: 'dora@else.test', email_verified: true };
  for (const email_verified of [false, undefined])
    expect(await enter({ ...dora, email_verified })).toMatchObject({ where: refusedAs('emailUnverified'), me: null });
  expect(await enter({ sub: 'd-2' })).toMatchObject({ where: refusedAs('emailUnverified'), me: null });
  const stranger = { sub: 'e-1', email: 'eve@else.test', email_verified: true, name: 'Ada admin' };
  expect(await enter(stranger)).toMatchObject({ where: refusedAs('notInvited'), me: null });
  expect(await enter(dora)).toMatchObject({ me: { email: 'dora@else.test' } });
  const id = (await world.web.database.user.findUniqueOrThrow({ where: { email: 'dora@else.test' } })).id;
  await must(admin.post(to.deactivate(id), { reason: 'left' }));
  expect(await enter(dora)).toMatchObject({ where: refusedAs('deactivated'), me: null });
  expect(await trail('people.signIn', 'dora@else.test')).toEqual(
    ['emailUnverified', 'emailUnverified', 'done', 'deactivated'].map((outcome) => `${outcome} OpenID Connect`)
  );
  const rows = await world.web.database.auditEntry.findMany({ where: { target: 'eve@else.test' } });
  expect(rows).toMatchObject([{ outcome: 'notInvited', actorName: 'eve@else.test' }]);
  expect(await world.web.database.user.count({ where: { email: { contains: 'eve@' } } })).toBe(0);
});

test('[OIC4] an ID token of another issuer, for another audience, forged, old or for another sign-in is refused', async () => {
  await withAccount('fay@else.test');
  const fay = { sub: 'f-1', email: 'fay@else.test', email_verified: true };
  const forgeries: NonNullable<TestProvider['forge']>[] = [
    (claims) => ({ ...claims, iss: 'https://evil.test' }),
    (claims) => ({ ...claims, aud: 'another-client' }),
    (claims) => ({ ...claims, nonce: 'of another sign-in' }),
    (claims) => ({ ...claims, exp: 1_700_000_000 }),
    ({ nonce: _nonce, ...claims }) => claims,
  ];
  for (const forge of forgeries) {
    provider.forge = forge;
    expect(await enter(fay)).toMatchObject({ where: refusedAs('providerRefused'), me: null });
  }
  Object.assign(provider, { forge: null, foreignKey: true });
  expect(await enter(fay)).toMatchObject({ where: refusedAs('providerRefused'), me: null });
  provider.foreignKey = false;
  expect(await enter(fay)).toMatchObject({ me: { email: 'fay@else.test' } });
});

test('[OIC5] an answer of the provider works once, in the browser that began, for ten minutes', async () => {
  await withAccount('gus@else.test');
  const gus = { sub: 'g-1', email: 'gus@else.test', email_verified: true };
  const { came, who } = await enter(gus);
  const replay = async (other: Visitor) => (await other.get(`${came.pathname}${came.search}`)).headers.get('location');
  const over = '/sign-in?back=%2F&refused=providerRefused';
  await must(who.post(to.signOut(), {}));
  expect([await replay(who), await replay(visitor())]).toEqual([over, over]);
  // Somebody is given the address of a sign-in that another person began: it would make them that person.
  const thief = visitor();
  provider.person = gus;
  const { url } = (await must(thief.post<StartedWithProvider>(to.startWithProvider(), { back: '/' }))).body;
  const sent = await signInThere(provider, url);
  const victim = visitor();
  expect((await victim.get(`${sent.pathname}${sent.search}`)).headers.get('location')).toBe(over);
  expect((await victim.get(to.me())).status).toBe(401);
  for (const query of ['', '?state=unknown&code=x', '?error=access_denied'])
    expect((await who.get(`${to.finishWithProvider()}${query}`)).headers.get('location')).toBe(over);
  // An address of another site is no way back.
  expect((await enter(gus, 'https://evil.test/')).where).toBe('/');
  const late = (await must(who.post<StartedWithProvider>(to.startWithProvider(), { back: '/' }))).body.url;
  await world.web.database.verification.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
  const came2 = await signInThere(provider, late);
  expect((await who.get(`${came2.pathname}${came2.search}`)).headers.get('location')).toBe(over);
});

test('[OIC6] nothing is asked of another server; a provider that is away or is another one lets nobody in', async () => {
  const asked: string[] = [];
  const elsewhere = createServer((request, answer) => {
    asked.push(request.url ?? '');
    answer.end('{}');
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  const start = async (change: TestProvider['discovery'], issuer = provider.issuer) => {
    const fresh = await startWorld({
      engine: false,
      environment: {
        BACKSTITCH_WEB_URL: WEB,
        BACKSTITCH_OIDC_ISSUER: issuer,
        BACKSTITCH_OIDC_CLIENT_ID: CLIENT.id,
        BACKSTITCH_OIDC_CLIENT_SECRET: CLIENT.secret,
      },
    });
    provider.discovery = change;
    const who = new Visitor(fresh.origin);
    const answer = await who.post<StartedWithProvider>(to.startWithProvider(), { back: '/' });
    let where: string | null = null;
    if (answer.status === 200) {
      provider.person = { sub: 'h-1', email: 'h@else.test', email_verified: true };
      const came = await signInThere(provider, answer.body.url);
      where = (await who.get(`${came.pathname}${came.search}`)).headers.get('location');
    }
    await fresh.close();
    world.provide();
    return where ?? answer.error?.code;
  };
  const refused = '/sign-in?back=%2F&refused=providerRefused';
  expect(await start((document) => ({ ...document, token_endpoint: `${origin}/token` }))).toBe(refused);
  expect(await start((document) => ({ ...document, jwks_uri: `${origin}/jwks` }))).toBe(refused);
  expect(await start((document) => ({ ...document, issuer: 'http://127.0.0.1:1' }))).toBe('providerRefused');
  expect(await start(null, 'http://127.0.0.1:1')).toBe('providerAway');
  expect(asked).toEqual([]);
  await new Promise((resolve) => elsewhere.close(resolve));
}, 120_000);

test('[OICD1] a person disconnects the provider with the password; as the only way to sign in it stays, with the reason', async () => {
  await invited('ida@else.test');
  const ida = await enter({ sub: 'i-1', email: 'ida@else.test', email_verified: true });
  const own = async (who: Visitor) => (await must(who.get<OwnAccount>(to.account()))).body.provider;
  expect(await own(ida.who)).toMatchObject({ name: 'Acme', onlyWay: expect.stringContaining('only way') as string });
  const refused = await ida.who.post(to.disconnectProvider(), { password: PASSWORD });
  expect(refused).toMatchObject({ status: 409, error: { code: 'refused' } });
  expect(refused.error?.message).toContain('no password');
  expect(await own(ida.who)).not.toBeNull();

  await withAccount('jon@else.test');
  const jon = { sub: 'j-1', email: 'jon@else.test', email_verified: true };
  const here = (await enter(jon)).who;
  const there = (await enter(jon)).who;
  const byPassword = visitor();
  await must(byPassword.signIn('jon@else.test'));
  expect(await own(here)).toMatchObject({ name: 'Acme', onlyWay: null });
  expect((await here.post(to.disconnectProvider(), { password: 'wrong' })).error?.problems?.[0]?.at).toBe('/password');
  expect((await must(here.post<{ ended: number }>(to.disconnectProvider(), { password: PASSWORD }))).body.ended).toBe(
    1
  );
  const states = await Promise.all([here, there, byPassword].map(async (who) => (await who.get(to.me())).status));
  expect(states).toEqual([200, 401, 200]);
  expect(await own(here)).toBeNull();
  expect((await here.post(to.disconnectProvider(), { password: PASSWORD })).error?.code).toBe('refused');
  expect(await trail('people.disconnectProvider', 'jon@else.test')).toEqual(
    ['inputInvalid', 'done', 'refused'].map((outcome) => `${outcome} session`)
  );
  // Another account there can be connected now, as after a move to another directory.
  expect((await enter({ ...jon, sub: 'j-2' })).me?.email).toBe('jon@else.test');
});

test('[OICD2] whoever has no password gets one by an administrator, not by the mail for a forgotten one, and disconnects the provider then', async () => {
  const fresh = 'a password of one own';
  const email = 'kim@else.test';
  const claims = { sub: 'kim-9', email, email_verified: true };
  const account = async (who: Visitor) => (await must(who.get<OwnAccount>(to.account()))).body;
  await invited(email);
  const before = await enter(claims);
  expect((await account(before.who)).provider?.onlyWay).toContain('ask an administrator for a link');
  await must(visitor().post(to.forgotPassword(), { email }));

  const { people } = (await must(admin.get<PeopleList>(to.people()))).body;
  const { id = '' } = people.find((each) => each.email === email) ?? {};
  const link = (await must(admin.post<MadeLink>(to.resetPassword(id), {}))).body.url;
  const token = link.split('#')[1]!;
  await must(visitor().post(to.useLink(), { token, password: fresh }));
  // As after every new password.
  expect((await before.who.get(to.me())).status).toBe(401);
  const { who } = await enter(claims);
  expect(await account(who)).toMatchObject({ password: true, provider: { onlyWay: null } });
  await must(who.post(to.disconnectProvider(), { password: fresh }));
  expect((await account(who)).provider).toBeNull();
  const own = visitor();
  await must(own.signIn(email, fresh));
  expect((await own.get(to.me())).status).toBe(200);
  expect(await trail('people.choosePassword', email)).toEqual(['done reset link']);
  expect((await visitor().post(to.useLink(), { token, password: fresh })).status).toBe(410);

  // The first request for a mail was long ago. Now that there is a password, it can be forgotten.
  const letters = () => office.letters.filter((each) => each.to[0] === email);
  expect(letters()).toHaveLength(0);
  await must(visitor().post(to.forgotPassword(), { email }));
  await eventually(async () => expect(letters()).toHaveLength(1));
  expect(textOf(letters()[0]!)).not.toContain(token);
});

test('[OIC7] settings that are missing or wrong end the start with their names, never with a secret', () => {
  const base = {
    DATABASE_URL: 'postgres://x',
    BACKSTITCH_OIDC_ISSUER: 'https://id.example',
    BACKSTITCH_OIDC_CLIENT_ID: 'b',
  };
  const read = (env: Record<string, string>) => readConfig(env as unknown as NodeJS.ProcessEnv).oidc;
  expect(read({ DATABASE_URL: 'postgres://x' })).toBeNull();
  expect(read({ ...base, BACKSTITCH_OIDC_CLIENT_SECRET: 's' })).toMatchObject({ name: 'id.example', domains: [] });
  for (const wrong of [
    base,
    { ...base, BACKSTITCH_OIDC_CLIENT_SECRET: 'hunter2', BACKSTITCH_OIDC_ISSUER: 'http://id.example' },
    { ...base, BACKSTITCH_OIDC_CLIENT_SECRET: 'hunter2', BACKSTITCH_OIDC_ROLE: 'king' },
    { ...base, BACKSTITCH_OIDC_CLIENT_SECRET: 'hunter2', BACKSTITCH_OIDC_DOMAINS: 'a@b' },
    { ...base, BACKSTITCH_OIDC_CLIENT_SECRET_FILE: '/nowhere/at/all' },
  ]) {
    expect(() => read(wrong)).toThrow(/BACKSTITCH_OIDC_/);
    expect(() => read(wrong)).not.toThrow(/hunter2/);
  }
});
