/** [E] How accounts begin and end: the first account, invitations, new passwords, deactivation; over real HTTP. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EntryLinkView, MadeLink, PeopleList, Person } from '@/app/_contract/people';
import { routes as to } from '@/app/_contract/routes';
import { eventually, must, PASSWORD, startWorld, Visitor, type World } from '../testing/world';
import { ACCOUNT_LIMIT } from './sign-in';

const TOKEN = 'a-token-that-the-launcher-printed';
let world: World;
let admin: Visitor;
beforeAll(async () => {
  world = await startWorld({ environment: { BACKSTITCH_FIRST_ACCOUNT_TOKEN: TOKEN } });
}, 120_000);
afterAll(() => world.close());
beforeEach(() => world.provide());

let addresses = 0;
/** Each visitor has another address, so that limits of one test do not affect another. */
const visitor = (headers: Record<string, string> = {}) =>
  new Visitor(world.origin, { 'x-test-client': `10.1.0.${++addresses}`, ...headers });
const tokenOf = ({ url }: MadeLink) => url.split('#')[1] ?? '';
const viewer = [{ role: 'viewer' as const, flow: null }];
const people = async () => (await must(admin.get<PeopleList>(to.people()))).body;
const invite = async (email: string, more: object = {}) =>
  (await must(admin.post<MadeLink>(to.invite(), { email, grants: viewer, ...more }))).body;
const join = async (email: string, more: object = {}) => {
  const link = await invite(email, more);
  const guest = visitor();
  await must(guest.post(to.useLink(), { token: tokenOf(link), name: email.split('@')[0], password: PASSWORD }));
  await must(guest.signIn(email));
  return guest;
};

test('[EN1] the first account can be made only on this machine or with the printed token', async () => {
  const eve = { name: 'Eve', email: 'eve@example.test', password: PASSWORD };
  const ways: [Record<string, string>, object, number][] = [
    [{ 'x-test-client': '203.0.113.9' }, eve, 403],
    [{ 'x-test-client': '203.0.113.9' }, { ...eve, token: 'a guess of hers' }, 403],
    // Behind a proxy on this machine that is not configured, every caller looks local.
    [{ 'x-test-client': '127.0.0.1', 'x-forwarded-for': '203.0.113.9' }, eve, 403],
    [{ 'x-test-client': '127.0.0.1', forwarded: 'for=203.0.113.9' }, eve, 403],
    [{ 'x-test-client': '127.0.0.1', via: '1.1 proxy' }, eve, 403],
    [{ 'x-test-client': '192.168.127.0' }, eve, 403],
  ];
  for (const [headers, account, status] of ways) {
    const answer = await new Visitor(world.origin, headers).post(to.firstAccount(), account);
    expect(answer, JSON.stringify(headers)).toMatchObject({ status, error: { code: 'notHere' } });
  }
  expect((await world.stranger.get(to.firstAccount())).body).toEqual({ exists: false });
  expect(await world.web.database.user.count()).toBe(0);

  const far = new Visitor(world.origin, { 'x-test-client': '203.0.113.9' });
  const ada = { name: 'Ada', email: 'ada@example.test', password: PASSWORD, token: TOKEN };
  const { person } = (await must(far.post<{ person: Person }>(to.firstAccount(), ada))).body;
  expect(person.grants).toEqual([{ role: 'admin', flow: null }]);
  // The token was valid only for the first account.
  expect((await far.post(to.firstAccount(), { ...ada, email: 'b@example.test' })).error?.code).toBe('signUpClosed');
  const row = await world.web.database.auditEntry.findFirst({ where: { operation: 'people.createFirstAccount' } });
  expect(row).toMatchObject({ via: 'one-time token', fromAddress: '203.0.113.9' });
  admin = visitor();
  await must(admin.signIn('ada@example.test'));
});

test('[EN2] an invitation is opened once, by its token, and creates an account with its roles and groups', async () => {
  await must(admin.post(to.putGroup(), { name: 'finance', members: [], grants: [{ role: 'approver', flow: 'till' }] }));
  const link = await invite('bo@example.test', { name: 'Bo', groups: ['finance'] });
  expect(new URL(link.url).hash).toBe(`#${tokenOf(link)}`);
  expect((await people()).invitations).toMatchObject([
    { email: 'bo@example.test', kind: 'invite', groups: ['finance'] },
  ]);
  const guest = visitor();
  const seen = (await must(guest.post<EntryLinkView>(to.lookAtLink(), { token: tokenOf(link) }))).body;
  expect(seen).toMatchObject({ kind: 'invite', email: 'bo@example.test', name: 'Bo', createdBy: 'Ada' });
  const use = () => guest.post(to.useLink(), { token: tokenOf(link), password: PASSWORD });
  const answers = await Promise.all([use(), use(), use()]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410]);
  await must(guest.signIn('bo@example.test'));
  expect(guest.person).toMatchObject({
    name: 'Bo',
    groups: ['finance'],
    grants: expect.arrayContaining([
      { role: 'viewer', flow: null },
      { role: 'approver', flow: 'till' },
    ]) as unknown,
  });
  expect((await people()).invitations).toEqual([]);
  // Neither the token nor the password is stored in clear text.
  const stored = JSON.stringify([
    await world.web.database.entryLink.findMany(),
    await world.web.database.auditEntry.findMany(),
    await world.web.database.account.findMany(),
  ]);
  expect(stored).not.toContain(tokenOf(link));
  expect(stored).not.toContain(PASSWORD);
});

test('[EN3] a withdrawn, replaced, expired or unknown link is always refused in the same way', async () => {
  const withdrawn = await invite('c1@example.test');
  await must(admin.post(to.withdrawInvitation(withdrawn.id), {}));
  const replaced = await invite('c2@example.test');
  await invite('c2@example.test');
  const late = await invite('c3@example.test');
  await world.web.database.entryLink.update({ where: { id: late.id }, data: { expiresAt: new Date(Date.now() - 1) } });
  const refusals = await Promise.all(
    [tokenOf(withdrawn), tokenOf(replaced), tokenOf(late), 'x'.repeat(43)].map((token) =>
      visitor().post(to.lookAtLink(), { token })
    )
  );
  expect(new Set(refusals.map(({ error }) => JSON.stringify(error))).size).toBe(1);
  expect(refusals[0]).toMatchObject({ status: 410, error: { code: 'linkUsed' } });
  expect((await admin.post(to.invite(), { email: 'BO@example.test', grants: viewer })).error?.problems?.[0]?.at).toBe(
    '/email'
  );
  expect((await admin.post(to.invite(), { email: 'd@example.test', grants: viewer, groups: ['nobody'] })).status).toBe(
    422
  );
  expect((await admin.post(to.invite(), { email: 'd@example.test', grants: [] })).status).toBe(422);
});

test('[EN4] a changed role takes effect with the next request, and the page is notified at once', async () => {
  const guest = await join('dora@example.test');
  const socket = guest.socket();
  const told: string[] = [];
  socket.on('invalidate', ({ topics }) => told.push(...topics));
  socket.connect();
  await new Promise((resolve) => socket.once('connect', () => resolve(null)));
  const id = guest.person?.id ?? '';
  expect((await guest.post(to.putGroup(), { name: 'x', members: [], grants: [] })).status).toBe(403);
  await must(admin.post(to.setRoles(id), { grants: [{ role: 'admin', flow: null }], groups: ['finance'] }));
  await must(guest.get(to.people()));
  await eventually(() => expect(told).toContain('people'));
  await must(admin.post(to.setRoles(id), { grants: [], groups: [] }));
  expect((await guest.get(to.runs())).error?.message).toBe('You have no role, so you may not view this.');
  expect((await guest.get<{ person: Person }>(to.me())).body.person).toMatchObject({ grants: [], groups: [] });
  // Without a role there is nothing to watch, so the socket is refused.
  await eventually(() => expect(socket.connected).toBe(false));
  socket.disconnect();
});

test('[EN5] a deactivated person is signed out at once and cannot sign in until reactivated', async () => {
  const guest = await join('emil@example.test');
  const socket = guest.socket();
  socket.connect();
  await new Promise((resolve) => socket.once('connect', () => resolve(null)));
  const out = new Promise((resolve) => socket.once('signedOut', () => resolve('signed out')));
  const id = guest.person?.id ?? '';
  await must(admin.post(to.deactivate(id), { reason: 'left the company' }));
  expect(await out).toBe('signed out');
  expect((await guest.get(to.me())).status).toBe(401);
  expect(await guest.signIn('emil@example.test')).toMatchObject({ status: 403, error: { code: 'deactivated' } });
  expect((await guest.get(to.me())).status).toBe(401);
  // Only a person with the right password receives that message.
  expect((await guest.signIn('emil@example.test', 'a wrong one')).error?.code).toBe('wrongCredentials');
  const row = await world.web.database.auditEntry.findFirst({ where: { operation: 'people.deactivate' } });
  expect(row).toMatchObject({ actorName: 'Ada', target: 'emil@example.test', outcome: 'done', via: 'session' });
  expect(row?.details).toMatchObject({ reason: 'left the company' });
  await must(admin.post(to.reactivate(id), {}));
  await must(guest.signIn('emil@example.test'));
  socket.disconnect();
});

test('[EN6] the last administrator can neither be deactivated nor lose the role, in any way', async () => {
  const ada = admin.person?.id ?? '';
  expect((await admin.post(to.deactivate(ada), {})).status).toBe(409);
  expect((await admin.post(to.setRoles(ada), { grants: viewer, groups: [] })).error?.code).toBe('lastAdmin');
  // Also through a group, and by two requests at once.
  await must(admin.post(to.putGroup(), { name: 'owners', members: [ada], grants: [{ role: 'admin', flow: null }] }));
  await must(admin.post(to.setRoles(ada), { grants: [], groups: ['owners'] }));
  expect((await admin.post(to.removeGroup('owners'), {})).error?.code).toBe('lastAdmin');
  expect((await admin.post(to.putGroup(), { name: 'owners', members: [], grants: [] })).error?.code).toBe('lastAdmin');
  const oneFlow = [{ role: 'admin', flow: 'till' }];
  expect((await admin.post(to.setRoles(ada), { grants: oneFlow, groups: [] })).error?.code).toBe('lastAdmin');
  await must(admin.post(to.setRoles(ada), { grants: [{ role: 'admin', flow: null }], groups: [] }));
  const second = await join('fay@example.test', { grants: [{ role: 'admin', flow: null }] });
  const both = await Promise.all([
    admin.post(to.setRoles(second.person?.id ?? ''), { grants: viewer, groups: [] }),
    second.post(to.setRoles(ada), { grants: viewer, groups: [] }),
  ]);
  expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
  // The remaining administrator restores the roles for later tests.
  const left = both[0].status === 200 ? admin : second;
  await must(left.post(to.setRoles(ada), { grants: [{ role: 'admin', flow: null }], groups: [] }));
});

test('[EN7] a link sets a new password once; that ends every session and the old password', async () => {
  const guest = await join('gus@example.test');
  const elsewhere = visitor();
  await must(elsewhere.signIn('gus@example.test'));
  const link = (await must(admin.post<MadeLink>(to.resetPassword(guest.person?.id ?? ''), {}))).body;
  expect((await guest.get(to.me())).status).toBe(200);
  const fresh = 'another good password';
  await must(visitor().post(to.useLink(), { token: tokenOf(link), password: fresh }));
  expect([(await guest.get(to.me())).status, (await elsewhere.get(to.me())).status]).toEqual([401, 401]);
  expect((await guest.signIn('gus@example.test')).error?.code).toBe('wrongCredentials');
  await must(guest.signIn('gus@example.test', fresh));
  expect((await visitor().post(to.useLink(), { token: tokenOf(link), password: fresh })).status).toBe(410);
});

test('[EN8] guesses from many addresses are limited for each account, without locking out its owner', async () => {
  const guest = await join('hal@example.test');
  const home = guest.person && `10.1.0.${addresses}`;
  const guess = (email: string) =>
    Promise.all(Array.from({ length: ACCOUNT_LIMIT.max }, (_, at) => visitor().signIn(email, `guess ${at}`)));
  const codes = (await guess('hal@example.test')).map(({ error }) => error?.code);
  expect(new Set(codes)).toEqual(new Set(['wrongCredentials']));
  // The right password is refused too; otherwise a guesser would learn that it is right.
  const stopped = await visitor().signIn('hal@example.test');
  expect(stopped).toMatchObject({ status: 429, error: { code: 'tooManyTries' } });
  expect(stopped.error?.message).toMatch(/this account. Wait \d+ s/);
  // Sign-in still works from an earlier address, and for another account from a new address.
  await must(new Visitor(world.origin, { 'x-test-client': home ?? '' }).signIn('hal@example.test'));
  await must(visitor().signIn('gus@example.test', 'another good password'));
  // An account that does not exist has the same limit.
  await guess('nobody@example.test');
  expect((await visitor().signIn('nobody@example.test', 'guess')).error?.code).toBe('tooManyTries');
}, 60_000);

test('[EN9] every form refuses a name with an invisible character, and accepts names of all scripts', async () => {
  const { url } = await invite('named@example.test');
  const token = url.split('#')[1] ?? '';
  for (const name of ['Ada\u202eBob', 'Ad\u200ba', 'Ada\nBob', 'Ada\u0007']) {
    const refusals = [
      await admin.post(to.invite(), { email: 'n@example.test', name, grants: viewer }),
      await visitor().post(to.useLink(), { token, name, password: PASSWORD }),
      await admin.post(to.keys(), { name, grants: viewer, days: null }),
    ];
    for (const { status, error } of refusals) {
      expect([status, error?.problems?.[0]?.at], JSON.stringify(name)).toEqual([422, '/name']);
    }
  }
  for (const name of ['Zoë Ångström', 'مریم می\u200cخواهم', 'नेहा', '李小龍', 'Ada 👩\u200d🔧'])
    await invite(`n-${[...name].length}@example.test`, { name });
});
