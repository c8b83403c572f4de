/** [ML] Links by mail, through a real SMTP server: they are delivered and work, and no log contains a secret. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EntryLinkView, MadeLink, PeopleList } from '@/app/_contract/people';
import { routes as to } from '@/app/_contract/routes';
import { headersOf, PostOffice, textOf, type Letter } from './testing/post-office';
import { eventually, must, PASSWORD, startWorld, Visitor, type World } from './testing/world';

const office = new PostOffice();
const { letters, password: MAIL_PASSWORD } = office;
const logged: string[] = [];
let world: World;
let admin: Visitor;

beforeAll(async () => {
  await office.open();
  world = await startWorld({
    engine: false,
    logTo: { write: (line) => void logged.push(line) },
    environment: {
      BACKSTITCH_SMTP_URL: office.url,
      BACKSTITCH_SMTP_FROM: 'Backstitch <no-reply@example.test>',
      BACKSTITCH_LOG_LEVEL: 'trace',
    },
  });
  admin = await world.as('admin');
}, 120_000);
afterAll(async () => {
  await world.close();
  await office.close();
});
beforeEach(() => {
  world.provide();
  letters.length = 0;
  office.refusal = null;
});

const invite = (email: string, more: object = {}) =>
  must(admin.post<MadeLink>(to.invite(), { email, grants: [{ role: 'viewer', flow: null }], mail: true, ...more }));
const only = (): Letter => {
  expect(letters).toHaveLength(1);
  return letters[0]!;
};
/** The token of the link in the letter. */
function tokenIn(letter: Letter): string {
  const [url] = /https?:\S+/.exec(textOf(letter)) ?? [''];
  expect(url.startsWith(`${world.origin}/join#`)).toBe(true);
  return url.split('#')[1] ?? '';
}

test('[ML1] an invitation is delivered, its link works once, and the person who opens it is signed in', async () => {
  expect((await must(admin.get<PeopleList>(to.people()))).body.mail).toBe(true);
  const { body } = await invite('bob@example.test', { name: 'Bob' });
  expect(body.mailed).toEqual({ ok: true, message: 'Sent to bob@example.test.' });
  const letter = only();
  expect(letter).toMatchObject({ from: 'no-reply@example.test', to: ['bob@example.test'] });
  expect(headersOf(letter)).toMatch(/^Subject: Ada admin invites you to Backstitch$/m);
  expect(textOf(letter)).toMatch(/once, until \d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC/);

  const token = tokenIn(letter);
  expect(body.url.endsWith(`#${token}`)).toBe(true);
  const guest = new Visitor(world.origin, { 'x-test-client': '10.9.0.1' });
  expect((await must(guest.post<EntryLinkView>(to.lookAtLink(), { token }))).body).toMatchObject({
    kind: 'invite',
    email: 'bob@example.test',
    createdBy: 'Ada admin',
  });
  await must(guest.post(to.useLink(), { token, name: 'Bob', password: PASSWORD }));
  expect((await guest.signIn('bob@example.test')).status).toBe(200);
  expect((await guest.post(to.useLink(), { token, name: 'Eve', password: PASSWORD })).error?.code).toBe('linkUsed');
});

test('[ML2] a link for a new password is delivered too', async () => {
  const { people } = (await must(admin.get<PeopleList>(to.people()))).body;
  const bob = people.find(({ email }) => email === 'bob@example.test');
  await must(admin.post<MadeLink>(to.resetPassword(bob?.id ?? ''), { mail: true }));
  expect(headersOf(only())).toMatch(/^Subject: Choose a new password for Backstitch$/m);
  const guest = new Visitor(world.origin, { 'x-test-client': '10.9.0.2' });
  await must(guest.post(to.useLink(), { token: tokenIn(only()), name: '', password: 'another horse battery' }));
  expect((await guest.signIn('bob@example.test', 'another horse battery')).status).toBe(200);
});

test('[ML3] if the mail server refuses a letter, the page says so and shows the link to copy', async () => {
  office.refusal = { responseCode: 550 };
  const { body } = await invite('carl@example.test');
  expect(body.mailed?.ok).toBe(false);
  expect(body.mailed?.message).toMatch(/^The mail server did not accept the mail \(\w+\)\. Copy the link instead\.$/);
  const guest = new Visitor(world.origin, { 'x-test-client': '10.9.0.3' });
  await must(guest.post(to.lookAtLink(), { token: body.url.split('#')[1] ?? '' }));
});

test('[ML4] a name or an address in an invitation cannot add headers or recipients', async () => {
  const { database } = world.web;
  await database.user.update({
    where: { id: admin.person?.id ?? '' },
    data: { name: 'Ada\r\nBcc: eve@example.test\r\nX-Evil: 1' },
  });
  await invite('dora@example.test');
  const letter = only();
  expect(letter.to).toEqual(['dora@example.test']);
  expect(headersOf(letter)).not.toMatch(/^(Bcc|X-Evil):/m);
  for (const email of ['eve@example.test, frank@example.test', 'eve@example.test>\r\nRCPT TO:<frank@example.test']) {
    const refused = await admin.post(to.invite(), { email, grants: [], mail: true });
    expect([refused.status, refused.error?.problems?.[0]?.at]).toEqual([422, '/email']);
  }
  expect(letters).toHaveLength(1);
});

test('[ML5] no log contains a token, a link or the mail password, even when a letter was refused', async () => {
  expect(logged.some((line) => line.includes('a mail was not sent'))).toBe(true);
  const { url } = (await invite('gina@example.test')).body;
  const all = logged.join('');
  for (const secret of [MAIL_PASSWORD, encodeURIComponent(MAIL_PASSWORD), url.split('#')[1] ?? '', '/join#', PASSWORD])
    expect(all.includes(secret), secret.slice(0, 8)).toBe(false);
  // The audit trail, which others can read, does not contain it either.
  const trail = JSON.stringify(await world.web.database.auditEntry.findMany());
  expect(trail.includes('/join#')).toBe(false);
});

test('[ML6] who forgot the password gets a link by mail; the answer does not say whether there is an account', async () => {
  const asking = (address: string) => new Visitor(world.origin, { 'x-test-client': address });
  const ask = (email: string, address = '10.9.1.1') => asking(address).post(to.forgotPassword(), { email });
  const { database } = world.web;
  await database.user.update({ where: { email: 'bob@example.test' }, data: { deactivatedAt: new Date() } });
  const answers = [await ask('ADMIN@example.test'), await ask('nobody@example.test'), await ask('bob@example.test')];
  expect(answers.map(({ status, body }) => [status, body])).toEqual(Array(3).fill([200, { ok: true }]));
  await eventually(async () => expect(letters).toHaveLength(1));
  expect(only().to).toEqual(['admin@example.test']);
  const token = tokenIn(only());
  await eventually(async () =>
    expect(await database.auditEntry.findMany({ where: { operation: 'people.forgotPassword' } })).toMatchObject([
      { target: 'admin@example.test', fromAddress: '10.9.1.1', outcome: 'done' },
    ])
  );

  // Its owner is not flooded, from however many addresses; the password of now works on.
  for (let each = 2; each < 8; each++) await ask('admin@example.test', `10.9.1.${each}`);
  await eventually(async () =>
    expect(logged.some((line) => line.includes('too many links for a new password'))).toBe(true)
  );
  await eventually(async () => expect(letters).toHaveLength(3));
  expect((await asking('10.9.2.1').signIn('admin@example.test')).status).toBe(200);

  // Of several links the newest works, once.
  const newest = tokenIn(letters.at(-1)!);
  const guest = asking('10.9.2.2');
  expect((await guest.post(to.useLink(), { token, password: 'another horse battery' })).error?.code).toBe('linkUsed');
  await must(guest.post(to.useLink(), { token: newest, password: 'another horse battery' }));
  expect((await guest.signIn('admin@example.test', 'another horse battery')).status).toBe(200);

  const flood = await Promise.all(Array.from({ length: 11 }, () => ask('nobody@example.test', '10.9.3.1')));
  expect(flood.at(-1)?.error?.code).toBe('tooManyTries');
  expect((await ask('no address')).error?.problems?.[0]?.at).toBe('/email');
  for (const secret of [token, newest]) expect(logged.join('')).not.toContain(secret);
});
