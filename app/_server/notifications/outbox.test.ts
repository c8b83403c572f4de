/**
 * Who is told what, and that it is sent: the rules are in whom.ts, collect.ts, send.ts, to-person.ts and remove-old.ts. A real PostgreSQL, a
 * real SMTP server, and a clock that does not go on by itself.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { headerOf, textOf } from '../testing/post-office';
import { openDatabase } from '../database';
import { collect } from './collect';
import { removeOld } from './remove-old';
import { sendDue } from './send';
import { openDesk, type Desk } from './testing/desk';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
}, 60_000);
afterAll(() => desk.close());
beforeEach(async () => {
  const { database } = desk.web;
  await database.notification.deleteMany();
  await database.humanTask.deleteMany();
  await database.delegation.deleteMany();
  await database.user.deleteMany();
  await desk.person('ada', { groups: ['finance'] });
  await desk.person('bob', { groups: ['finance'] });
  await desk.person('carl');
  await desk.person('vera', { role: 'viewer', groups: ['finance'] });
  Object.assign(desk.office, { refusal: null, losesAnswers: false, hold: () => Promise.resolve() });
  desk.office.unknown.clear();
  desk.office.letters.length = 0;
});

const later = (seconds: number) => void (desk.clock.now = new Date(desk.clock.now.getTime() + seconds * 1_000));
/** 'ada: Subject' of what came since the last time. */
const came = () =>
  desk.office.letters
    .splice(0)
    .map((letter) => `${letter.to.join().split('@')[0]}: ${headerOf(letter, 'subject')}`)
    .sort();
const SHIP = 'May this order be shipped?';
const rows = (where = {}) => desk.web.database.notification.findMany({ where, orderBy: { createdAt: 'asc' } });

test('[NTW1] [NTC2] whoever may decide gets one mail with the way to the task, however often it is looked at', async () => {
  const { taskId } = await desk.task();
  await desk.round();
  const [letter] = desk.office.letters;
  expect(textOf(letter!)).toContain(`https://backstitch.example.test/approvals/${taskId.replace('/', '~2F')}`);
  expect(came()).toEqual([`ada: ${SHIP}`, `bob: ${SHIP}`]);
  await Promise.all([collect(desk.web, desk.clock.now), collect(desk.web, desk.clock.now)]);
  await desk.web.database.humanTask.updateMany({ data: { told: null } });
  await desk.round();
  expect(came()).toEqual([]);
  expect(await rows()).toHaveLength(2);
});

test('[NTW1] [NTC1] who is asked later is told later: by a group, for somebody who is away, by a task that is given', async () => {
  const { database } = desk.web;
  const task = await desk.task();
  await desk.round();
  came();
  await desk.person('dora', { groups: ['finance'] });
  await desk.round();
  expect(came()).toEqual([`dora: ${SHIP}`]);

  const away = { id: randomUUID(), fromId: 'ada', fromName: 'Ada', toId: 'carl', toName: 'Carl' };
  const time = { startsAt: desk.clock.now, endsAt: new Date(desk.clock.now.getTime() + 3_600_000) };
  await database.delegation.create({ data: { ...away, ...time } });
  await desk.round();
  expect(textOf(desk.office.letters[0]!)).toContain('You are asked to decide this for Ada, who is away.');
  expect(came()).toEqual([`carl: ${SHIP}`]);

  const given = { claimedById: 'bob', claimedByName: 'Bob', claimedAt: desk.clock.now, assignedBy: 'Olga' };
  await database.humanTask.update({ where: { taskId: task.taskId }, data: given });
  await desk.round();
  expect(textOf(desk.office.letters[0]!)).toContain('Olga gave you this to decide.');
  expect(came()).toEqual([`bob: Given to you: ${SHIP}`]);

  // An escalation asks somebody else.
  const escalated = { candidates: ['carl@example.test'], claimedById: null, claimedByName: null, assignedBy: null };
  await database.humanTask.update({ where: { taskId: task.taskId }, data: escalated });
  await database.delegation.deleteMany();
  await desk.person('emil', { email: 'carl2@example.test' });
  await database.humanTask.update({ where: { taskId: task.taskId }, data: { candidates: ['carl2@example.test'] } });
  await desk.round();
  expect(came()).toEqual([`carl2: ${SHIP}`]);
});

test('[NTW1] a due time that passes is told once, and again if a later one passes too', async () => {
  const { database } = desk.web;
  const { taskId } = await desk.task({ candidates: ['ada'], dueAt: new Date(desk.clock.now.getTime() + 60_000) });
  await desk.round();
  came();
  later(61);
  await desk.round();
  expect(came()).toEqual([`ada: Overdue: ${SHIP}`]);
  await database.humanTask.update({ where: { taskId }, data: { dueAt: new Date(desk.clock.now.getTime() + 60_000) } });
  await desk.round();
  expect(came()).toEqual([]);
  later(61);
  await desk.round();
  expect(came()).toEqual([`ada: Overdue: ${SHIP}`]);
});

test('[NTW4] a reminder of the run is mailed once to whoever was told of the task, and not to whoever is asked since', async () => {
  const { database } = desk.web;
  const { taskId } = await desk.task({ candidates: ['ada'] });
  await desk.round();
  expect(came()).toEqual([`ada: ${SHIP}`]);
  const happens = async (seq: number, kind: string, candidates: string[]) => {
    await database.humanTaskEvent.create({ data: { taskId, seq, kind, at: desk.clock.now } });
    await database.humanTask.update({ where: { taskId }, data: { eventCount: seq, candidates } });
  };
  await happens(1, 'reminded', ['ada']);
  await happens(2, 'escalated', ['ada', 'bob']);
  await desk.round();
  expect(came().sort()).toEqual([`ada: Reminder: ${SHIP}`, `bob: ${SHIP}`]);
  await desk.round();
  expect(came()).toEqual([]);
  // Of several that came while nobody listened, the newest is told.
  await happens(3, 'reminded', ['ada', 'bob']);
  await happens(4, 'reminded', ['ada', 'bob']);
  await desk.round();
  expect(came().sort()).toEqual([`ada: Reminder: ${SHIP}`, `bob: Reminder: ${SHIP}`]);
});

/** Bob asks: the row as the run tells it. */
async function question(taskId: string, ofId: string, text = 'Which budget?', seq = 1): Promise<string> {
  const { database } = desk.web;
  const id = randomUUID();
  const who = { byId: 'bob', byName: 'Bob', ofId, ofName: ofId };
  await database.humanTaskQuestion.create({ data: { taskId, id, text, ...who, askedAt: desk.clock.now } });
  await database.humanTask.update({ where: { taskId }, data: { eventCount: seq } });
  return id;
}
async function answered(taskId: string, id: string, seq?: number): Promise<void> {
  const { database } = desk.web;
  await database.humanTaskQuestion.update({
    where: { taskId_id: { taskId, id } },
    data: { answer: 'Ours.', answeredAt: desk.clock.now },
  });
  if (seq !== undefined) await database.humanTask.update({ where: { taskId }, data: { eventCount: seq } });
}

test('[NTW5] whoever is asked a question is told once for each, with its text and a link; not if it was answered before', async () => {
  const { taskId } = await desk.task({ candidates: ['bob'] });
  await desk.round();
  expect(came()).toEqual([`bob: ${SHIP}`]);
  // May see the approval, and decides nothing.
  const first = await question(taskId, 'vera');
  await desk.round();
  const text = textOf(desk.office.letters[0]!);
  expect(text).toContain('Bob asks you about this approval, which others decide:');
  expect(text).toContain('Which budget?');
  expect(text).toContain(`https://backstitch.example.test/approvals/${taskId.replace('/', '~2F')}`);
  expect(came()).toEqual([`vera: A question to you: ${SHIP}`]);
  await desk.round();
  expect(came()).toEqual([]);
  await answered(taskId, first);
  const second = await question(taskId, 'vera', 'And when?', 3);
  await collect(desk.web, desk.clock.now);
  await answered(taskId, second);
  await desk.round();
  expect(came().filter((each) => !each.startsWith('bob'))).toEqual([]);
  expect(await rows({ kind: 'question' })).toMatchObject([
    { dropped: null },
    { dropped: 'It was answered or withdrawn.' },
  ]);
  // Somebody who may not see it any more, or is gone, is told nothing.
  await question(taskId, 'nobody', 'Who?', 5);
  await desk.web.database.roleGrant.deleteMany({ where: { personId: 'vera' } });
  await question(taskId, 'vera', 'Still?', 6);
  await desk.round();
  expect(came().filter((each) => !each.startsWith('bob'))).toEqual([]);
});

test('[NTW5] gathered mails name open questions again, if there is anything new; who does not want them gets none', async () => {
  const { database } = desk.web;
  const settings = { mode: 'hourly', at: '08:00', zone: 'UTC', off: [] as string[] };
  await database.notificationSetting.create({ data: { personId: 'carl', ...settings } });
  const one = await desk.task({ candidates: ['bob'] });
  await question(one.taskId, 'carl');
  await desk.round();
  later(3_700);
  await desk.round();
  came();
  const two = await desk.task({ candidates: ['carl'] });
  await desk.round();
  later(3_700);
  await desk.round();
  const text = textOf(desk.office.letters.find(({ to }) => to[0]?.startsWith('carl'))!);
  expect(text).toContain('1 question waits for your answer');
  expect(text).toContain('Bob: Which budget?');
  expect(came()).toEqual(['carl: 1 approval waits for you, 1 question waits for your answer']);
  await database.notificationSetting.update({
    where: { personId: 'carl' },
    data: { mode: 'atOnce', off: ['question'] },
  });
  await question(two.taskId, 'carl', 'And this?', 1);
  await desk.round();
  expect(came()).toEqual([]);
});

test('[NTW6] whoever asked is told once of each answer, with both texts; not by their own one, nor when it is decided', async () => {
  const { database } = desk.web;
  const { taskId } = await desk.task({ candidates: ['bob'] });
  const first = await question(taskId, 'vera');
  await desk.round();
  came();
  await answered(taskId, first, 2);
  await desk.round();
  const text = textOf(desk.office.letters[0]!);
  expect(text).toContain('vera has answered your question about this approval.');
  expect(text).toContain('Your question: Which budget?\nAnswer: Ours.');
  expect(text).toContain(`https://backstitch.example.test/approvals/${taskId.replace('/', '~2F')}`);
  expect(came()).toEqual([`bob: Your question is answered: ${SHIP}`]);
  // Looked at again, it is the same answer.
  await database.humanTask.updateMany({ data: { told: null } });
  await desk.round();
  expect(came()).toEqual([]);
  // A second question of the same person; one to oneself, which no door lets through.
  const second = await question(taskId, 'vera', 'And when?', 3);
  await answered(taskId, second, 4);
  await answered(taskId, await question(taskId, 'bob', 'Who am I?', 5), 6);
  await desk.round();
  expect(came()).toEqual([`bob: Your question is answered: ${SHIP}`]);
  // Decided between the answer and its mail.
  await answered(taskId, await question(taskId, 'vera', 'Sure?', 7), 8);
  await collect(desk.web, desk.clock.now);
  await database.humanTask.update({
    where: { taskId },
    data: { settledAt: desk.clock.now, outcome: 'approved', decidedBy: 'Ada' },
  });
  await desk.round();
  expect(came()).toEqual([]);
  expect((await rows({ kind: 'answered' })).map(({ dropped }) => dropped)).toEqual([
    null,
    null,
    'Already decided by Ada: approved.',
  ]);
});

test('[NTW6] gathered mails name an answer once; who does not want them, or may not see the task any more, gets none', async () => {
  const { database } = desk.web;
  const settings = { mode: 'hourly', at: '08:00', zone: 'UTC', off: [] as string[] };
  await database.notificationSetting.create({ data: { personId: 'bob', ...settings } });
  const { taskId } = await desk.task({ candidates: ['ada'] });
  await answered(taskId, await question(taskId, 'vera'), 2);
  await desk.round();
  later(3_700);
  await desk.round();
  const bobs = () => desk.office.letters.find(({ to }) => to[0]?.startsWith('bob'));
  expect(textOf(bobs()!)).toContain('vera: Ours.');
  expect(came()).toContain('bob: 1 question of yours is answered');
  later(3_700);
  await desk.round();
  expect(came()).toEqual([]);
  await database.notificationSetting.update({
    where: { personId: 'bob' },
    data: { mode: 'atOnce', off: ['answered'] },
  });
  await answered(taskId, await question(taskId, 'vera', 'And when?', 3), 4);
  await desk.round();
  await database.notificationSetting.deleteMany();
  await database.roleGrant.deleteMany({ where: { personId: 'bob' } });
  await answered(taskId, await question(taskId, 'vera', 'Really?', 5), 6);
  await desk.round();
  expect(came().filter((each) => each.startsWith('bob'))).toEqual([]);
});

test('[NTC4] while very many wait to be sent no more are found; they are found later', async () => {
  const { database } = desk.web;
  await database.$executeRaw`
    INSERT INTO app.notification (id, fact, kind, task_id, next_at)
    SELECT gen_random_uuid(), 'much ' || n, 'asked', 'gone', now() + interval '1 day' FROM generate_series(1, 20000) n`;
  await desk.task();
  expect(await collect(desk.web, desk.clock.now)).toBe(0);
  expect(await rows({ taskId: { not: 'gone' } })).toEqual([]);
  await database.notification.deleteMany({ where: { fact: 'much 1' } });
  expect(await collect(desk.web, desk.clock.now)).toBe(1);
  expect(await rows({ taskId: { not: 'gone' } })).toHaveLength(2);
});

test('[NTW2] a claimed task asks its owner alone; where several people decide, those whose turn it is', async () => {
  await desk.task({ claimedById: 'ada', claimedByName: 'Ada', claimedAt: desk.clock.now });
  await desk.round();
  expect(came()).toEqual([`ada: ${SHIP}`]);
  const sequence = { howMany: 'inSequence', candidates: ['carl', 'ada'], asked: ['carl'] };
  const { taskId } = await desk.task(sequence);
  await desk.round();
  expect(came()).toEqual([`carl: ${SHIP}`]);
  const vote = { decision: 'approve', comment: '', by: 'Carl', byId: 'carl', for: ['carl'], atMs: 1 };
  const voted = { votes: [vote], voteCount: 1, asked: ['ada'] };
  await desk.web.database.humanTask.update({ where: { taskId }, data: voted });
  await desk.round();
  expect(came()).toEqual([`ada: ${SHIP}`]);
});

test('[NTS3] what was decided, or asks somebody else, before its mail went out is not mailed', async () => {
  const { database } = desk.web;
  const decided = await desk.task();
  const claimed = await desk.task();
  await collect(desk.web, desk.clock.now);
  const settled = { settledAt: desk.clock.now, outcome: 'approved', decidedBy: 'Bob' };
  await database.humanTask.update({ where: { taskId: decided.taskId }, data: settled });
  const owned = { claimedById: 'ada', claimedByName: 'Ada', claimedAt: desk.clock.now };
  await database.humanTask.update({ where: { taskId: claimed.taskId }, data: owned });
  await sendDue(desk.web, 'mail', () => desk.clock.now);
  expect(came()).toEqual([`ada: ${SHIP}`]);
  expect((await rows({ sentAt: null })).map(({ personId, dropped }) => `${personId}: ${dropped}`).sort()).toEqual([
    'ada: Already decided by Bob: approved.',
    'bob: Already decided by Bob: approved.',
    'bob: It does not ask this person any more.',
  ]);
});

test('[NTC3] what waited before this release is told to nobody, but to whoever is asked anew', async () => {
  await desk.task({ told: 'before' });
  await desk.round();
  expect(came()).toEqual([]);
  await desk.person('dora', { groups: ['finance'] });
  await desk.round();
  expect(came()).toEqual([`dora: ${SHIP}`]);
});

test('[NTS1] [NTS4] a mail is tried again ever more seldom, always under the same Message-ID', async () => {
  await desk.task({ candidates: ['ada'] });
  desk.office.refusal = { responseCode: 451 };
  await desk.round();
  const [row] = await rows();
  expect(row).toMatchObject({ attempts: 1, sentAt: null, message: row!.id });
  expect(row!.lastError).toBe('The mail server does not take this mail now (EMESSAGE, 451).');
  expect(row!.nextAt!.getTime() - desk.clock.now.getTime()).toBe(30_000);
  await desk.round();
  expect((await rows())[0]!.attempts).toBe(1);
  later(30);
  await desk.round();
  const [second] = await rows();
  expect(second!.nextAt!.getTime() - desk.clock.now.getTime()).toBe(60_000);

  // It takes the letter, and its answer is lost: it is sent again, and can be recognised.
  Object.assign(desk.office, { refusal: null, losesAnswers: true });
  later(60);
  await desk.round();
  desk.office.losesAnswers = false;
  later(3_600);
  await desk.round();
  const ids = desk.office.letters.map((letter) => headerOf(letter, 'message-id'));
  expect(ids).toEqual(Array(2).fill(`<${row!.id}@backstitch.example.test>`));
  expect(await rows()).toMatchObject([{ attempts: 4, nextAt: null, lastError: null, sentAt: desk.clock.now }]);
});

test('[NTS4] an address that does not exist is not tried again by itself, and nothing of it is lost', async () => {
  await desk.task();
  desk.office.unknown.add('ada@example.test');
  await desk.round();
  expect(came()).toEqual([`bob: ${SHIP}`]);
  later(7 * 86_400);
  await desk.round();
  expect(came()).toEqual([]);
  const [failed] = await rows({ personId: 'ada' });
  expect(failed).toMatchObject({ attempts: 1, nextAt: null, sentAt: null, dropped: null });
  expect(failed!.lastError).toBe('The mail server refuses this mail or this address (EENVELOPE, 550).');
});

test('[NTS4] after thirty attempts it is left to an administrator', async () => {
  await desk.task({ candidates: ['ada'] });
  desk.office.refusal = { responseCode: 451 };
  for (let each = 0; each < 32; each++) {
    await desk.round();
    later(3_600);
  }
  expect(await rows()).toMatchObject([{ attempts: 30, nextAt: null, sentAt: null }]);
});

test('[NTS5] while the mail server is away, one mail is tried and the others wait; then all go out, each once', async () => {
  for (let each = 0; each < 3; each++) await desk.task();
  await desk.office.close();
  expect(await desk.round()).toEqual({ tried: 1, isAway: true });
  expect((await rows()).map(({ attempts }) => attempts).sort()).toEqual([0, 0, 0, 0, 0, 1]);
  expect((await rows({ attempts: 1 }))[0]!.lastError).toMatch(/^The mail server cannot be used \(/);
  await desk.office.open();
  later(30);
  expect(await desk.round()).toMatchObject({ isAway: false });
  expect(came()).toEqual([...Array(3).fill(`ada: ${SHIP}`), ...Array(3).fill(`bob: ${SHIP}`)]);
});

test('[NTS2] of two web processes one sends a message', async () => {
  await desk.task();
  await collect(desk.web, desk.clock.now);
  const other = openDatabase(desk.databaseUrl, () => {});
  desk.office.hold = () => new Promise((resolve) => setTimeout(resolve, 50));
  const now = () => desk.clock.now;
  await Promise.all([sendDue(desk.web, 'mail', now), sendDue({ ...desk.web, database: other }, 'mail', now)]);
  await other.$disconnect();
  expect(came()).toEqual([`ada: ${SHIP}`, `bob: ${SHIP}`]);
});

test('[NTS1] [NTS2] a process that dies while it sends leaves the message to another one', async () => {
  await desk.task({ candidates: ['ada'] });
  const dies = { ...desk.web.mail, send: () => Promise.reject(new Error('killed')) };
  await expect(desk.round(dies)).rejects.toThrow('killed');
  const [row] = await rows();
  expect(row).toMatchObject({ sentAt: null, message: row!.id, nextAt: desk.clock.now });
  await desk.round();
  expect(desk.office.letters.map((letter) => headerOf(letter, 'message-id'))).toEqual([
    `<${row!.id}@backstitch.example.test>`,
  ]);
});

test('[NTS6] many at once are one mail, those that are due first at the top, and stay one when it is tried again', async () => {
  const due = (hours: number) => new Date(desk.clock.now.getTime() + hours * 3_600_000);
  for (const hours of [5, 1, 3, 4, 2])
    await desk.task({ question: `Due in ${hours} hours`, candidates: ['ada'], dueAt: due(hours) });
  await desk.task({ question: 'Without a limit', candidates: ['ada'] });
  desk.office.refusal = { responseCode: 451 };
  await desk.round();
  desk.office.refusal = null;
  // After the next attempt is due: of two that are due at the same moment either may come first.
  later(31);
  await desk.task({ question: 'A later one', candidates: ['ada'] });
  await desk.round();
  const [digest] = desk.office.letters;
  expect([...textOf(digest!).matchAll(/^- (.*)$/gm)].map(([, title]) => title)).toEqual([
    ...[1, 2, 3, 4, 5].map((hours) => `Due in ${hours} hours`),
    'Without a limit',
  ]);
  expect(came()).toEqual(['ada: 6 approvals wait for you', 'ada: A later one']);
});

test('[NTO1] what was sent goes after a month, unless its task still waits', async () => {
  const open = await desk.task({ candidates: ['ada'] });
  const { taskId } = await desk.task({ candidates: ['bob'] });
  await desk.round();
  await desk.web.database.humanTask.update({ where: { taskId }, data: { settledAt: desk.clock.now } });
  const days = (count: number) => desk.clock.now.getTime() + count * 86_400_000;
  expect(await removeOld(desk.web, days(29))).toBe(0);
  expect(await removeOld(desk.web, days(31))).toBe(1);
  expect(await rows()).toMatchObject([{ taskId: open.taskId }]);
});
