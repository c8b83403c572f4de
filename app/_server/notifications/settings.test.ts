/** What a person wants to be told, when, and how it ends: the rules are in settings.ts and send.ts. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { NotificationSettings, OwnNotifications } from '@/app/_contract/notifications';
import { pages, routes } from '@/app/_contract/routes';
import { headerOf, textOf } from '../testing/post-office';
import { must, startWorld, Visitor, type World } from '../testing/world';
import { sendAt, unsubscribeToken } from './settings';
import { openDesk, type Desk } from './testing/desk';

let desk: Desk;
let world: World;
beforeAll(async () => {
  [desk, world] = await Promise.all([openDesk(), startWorld({ engine: false })]);
}, 120_000);
afterAll(() => Promise.all([desk.close(), world.close()]));
beforeEach(async () => {
  const { database } = desk.web;
  await database.notification.deleteMany();
  await database.humanTask.deleteMany();
  await database.user.deleteMany();
  await desk.person('ada');
  desk.clock.now = new Date('2026-11-30T09:20:00Z');
  desk.office.letters.length = 0;
});

const settings = (more: Partial<NotificationSettings> = {}): NotificationSettings => ({
  mode: 'atOnce',
  at: '08:00',
  zone: 'Europe/Berlin',
  off: [],
  ...more,
});
const wish = (more: Partial<NotificationSettings>) =>
  desk.web.database.notificationSetting.create({ data: { personId: 'ada', ...settings(more) } });
const at = (time: string) => void (desk.clock.now = new Date(time));
const subjects = () => desk.office.letters.splice(0).map((letter) => headerOf(letter, 'subject'));

test.each([
  ['2026-11-30T06:59:00Z', '2026-11-30T07:00:00.000Z'],
  ['2026-11-30T07:00:00Z', '2026-12-01T07:00:00.000Z'],
  ['2026-11-30T23:30:00Z', '2026-12-01T07:00:00.000Z'],
  // The clocks go forward, and back.
  ['2026-03-28T20:00:00Z', '2026-03-29T06:00:00.000Z'],
  ['2026-10-24T20:00:00Z', '2026-10-25T07:00:00.000Z'],
])('[NST3] at %s, the next daily mail of eight o’clock in Berlin is sent at %s', (now, next) => {
  expect(sendAt(settings({ mode: 'daily' }), 'asked', new Date(now))!.toISOString()).toBe(next);
});

test('[NST3] hourly mails come with the hour; of an unwanted kind, and with none, nothing comes', () => {
  const now = new Date('2026-11-30T09:20:00Z');
  expect(sendAt(settings({ mode: 'hourly' }), 'asked', now)!.toISOString()).toBe('2026-11-30T10:00:00.000Z');
  expect(sendAt(settings({ off: ['asked'] }), 'asked', now)).toBe(null);
  expect(sendAt(settings({ mode: 'none' }), 'overdue', now)).toBe(null);
  expect(sendAt(settings(), 'overdue', now)).toBe(now);
});

test('[NTS7] a digest lists all that waits, by due date, in the zone of the person, and only if there is anything new', async () => {
  await wish({ mode: 'daily' });
  const dueAt = new Date('2026-12-24T08:00:00Z');
  await desk.task({ question: 'No limit', candidates: [] });
  await desk.task({ question: 'By Christmas', candidates: [], dueAt });
  await desk.round();
  expect(subjects()).toEqual([]);
  at('2026-12-01T07:00:00Z');
  await desk.round();
  expect(textOf(desk.office.letters[0]!)).toMatch(/- By Christmas\n.*due 24 Dec 2026, 09:00 CET.*\n.*\n- No limit\n/);
  expect(subjects()).toEqual(['2 approvals wait for you']);
  at('2026-12-02T07:00:00Z');
  await desk.round();
  expect(subjects()).toEqual([]);
  const decided = await desk.task({ question: 'Decided meanwhile', candidates: [] });
  await desk.task({ question: 'New', candidates: [] });
  await desk.round();
  const settled = { settledAt: desk.clock.now, outcome: 'approved' };
  await desk.web.database.humanTask.update({ where: { taskId: decided.taskId }, data: settled });
  at('2026-12-03T07:00:00Z');
  await desk.round();
  const [digest] = desk.office.letters;
  expect([...textOf(digest!).matchAll(/^- (.*)$/gm)].map(([, title]) => title)).toEqual([
    'By Christmas',
    'No limit',
    'New',
  ]);
});

test('[NST1] what a person does not want is not sent, also if it was tried in vain before', async () => {
  await desk.task({ candidates: [] });
  desk.office.refusal = { responseCode: 451 };
  await desk.round();
  desk.office.refusal = null;
  await wish({ off: ['asked'] });
  desk.clock.now = new Date(desk.clock.now.getTime() + 60_000);
  await desk.round();
  expect(subjects()).toEqual([]);
  expect(await desk.web.database.notification.findMany()).toMatchObject([
    { nextAt: null, sentAt: null, dropped: 'The person does not want to be told of it.' },
  ]);
});

test('[NST1] a change moves what waits, is audited, and has its problems by field', async () => {
  const visitor = await world.as('approver');
  const id = visitor.person!.id;
  const own = async () => (await must(visitor.get<OwnNotifications>(routes.ownNotifications()))).body;
  expect(await own()).toMatchObject({ mode: 'atOnce', chosen: false, mail: false });
  const row = { id: '00000000-0000-4000-8000-000000000001', fact: 'f', kind: 'asked', taskId: 't', personId: id };
  await world.web.database.notification.create({ data: { ...row, nextAt: new Date(8.64e14) } });
  const waiting = () => world.web.database.notification.findUniqueOrThrow({ where: { fact: 'f' } });
  const hour = settings({ mode: 'hourly' });
  expect((await must(visitor.post<OwnNotifications>(routes.ownNotifications(), hour))).body).toMatchObject(hour);
  expect((await waiting()).nextAt!.getTime()).toBeLessThanOrEqual(Date.now() + 3_600_000);
  await must(visitor.post(routes.ownNotifications(), settings({ off: ['asked'] })));
  expect(await waiting()).toMatchObject({ nextAt: null, dropped: 'The person does not want to be told of it.' });
  expect(await own()).toEqual({ ...settings({ off: ['asked'] }), chosen: true, mail: false });
  const wrong = { ...settings(), mode: 'weekly', at: '25:00', zone: 'Europe/Atlantis', off: ['spam'] };
  const refused = await visitor.post(routes.ownNotifications(), wrong);
  expect(refused.error?.problems?.map(({ at: field }) => field)).toEqual(['/mode', '/at', '/zone', '/off/0']);
});

test('[NST2] one request of a mail program turns all mails off; looking at the link, or another token, changes nothing', async () => {
  const person = (await world.as('approver')).person!;
  const token = unsubscribeToken(world.web, person.id);
  const program = new Visitor(world.origin, { 'x-test-client': '10.8.0.1' });
  const mode = async () =>
    (await world.web.database.notificationSetting.findUnique({ where: { personId: person.id } }))?.mode;
  await must((await world.as('approver')).post(routes.ownNotifications(), settings()));
  const looked = await program.get(routes.unsubscribe(token));
  expect([looked.status, looked.headers.get('location')]).toEqual([303, pages.unsubscribe(token)]);
  expect(await mode()).toBe('atOnce');
  const other = unsubscribeToken({ config: { ...world.web.config, authSecret: 'of another one' } }, person.id);
  const changed = `${Buffer.from('person-admin').toString('base64url')}.${token.split('.')[1]}`;
  for (const wrong of [other, changed, 'x', '.', token.slice(0, -1)])
    expect((await program.post(routes.unsubscribe(wrong), {})).error?.code).toBe('linkBroken');
  expect(await mode()).toBe('atOnce');

  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const oneClick = () =>
    program.call(routes.unsubscribe(token), { method: 'POST', body: 'List-Unsubscribe=One-Click', headers: form });
  expect((await oneClick()).body).toEqual({ email: person.email });
  expect((await oneClick()).status).toBe(200);
  expect(await mode()).toBe('none');
  const entry = { operation: 'people.unsubscribe', actorId: person.id, via: 'link of a mail' };
  expect(await world.web.database.auditEntry.count({ where: entry })).toBe(2);
});

test('[NST2] every mail has the way out, for mail programs and for people', async () => {
  await desk.task({ candidates: [] });
  await desk.round();
  const [letter] = desk.office.letters;
  const token = unsubscribeToken(desk.web, 'ada');
  expect(headerOf(letter!, 'list-unsubscribe')).toBe(`<https://backstitch.example.test${routes.unsubscribe(token)}>`);
  expect(headerOf(letter!, 'list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
  expect(textOf(letter!)).toContain(`https://backstitch.example.test${pages.unsubscribe(token)}`);
  expect(textOf(letter!, 'text/html')).toContain('https://backstitch.example.test/account#notifications');
});
