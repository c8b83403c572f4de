/** Guests decide by a link: the rules are in links.ts and decide.ts. Runs on a real engine. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FailureCode } from '@/app/_contract/errors';
import type { DecideAsGuest, InviteGuest } from '@/app/_contract/guests';
import { provesHistories } from '@/engine/history/testing/proof';
import { eventsFromHistory } from '@/engine/run-view/events-from-history';
import { approvalDecisions, readRecords } from '@/engine/run-view/records';
import type { HumanTask } from '@/prisma/client/client';
import { publishFlow } from '../flows/publish';
import { decideTask } from '../inbox/decide';
import { votesOfTask } from '../inbox/decisions';
import type { Actor } from '../people/actor';
import { startRun } from '../runs/start';
import { PEOPLE, startTestWeb, type TestWeb } from '../testing/test-web';
import { flowSources, TRIP } from '../testing/trip';
import { decideAsGuest, lookAsGuest } from './decide';
import { inviteGuest, listGuests, revokeGuest } from './links';

const TOGETHER = {
  ...TRIP,
  name: 'group-trip',
  title: 'Group trip',
  steps: [
    { ...TRIP.steps[0], candidates: ['ada@example.com', 'Bob@example.com', 'carl@example.com'], howMany: 2 },
    ...TRIP.steps.slice(1),
  ],
};
provesHistories(await flowSources([TRIP, TOGETHER]));

let here: TestWeb;
const { ada, bob, carl, olga, dan, vera } = PEOPLE;
const otto: Actor = { ...olga, id: 'otto', name: 'Otto', email: 'otto@example.com' };
beforeAll(async () => {
  here = await startTestWeb();
  const { database } = here.web;
  await database.personGroup.create({ data: { name: 'finance' } });
  for (const { id, name, email, grants, groups } of [ada, bob, carl, olga, otto])
    await database.user.create({
      data: {
        id,
        name,
        email,
        grants: { create: grants.map(({ role, flow }) => ({ role, flow })) },
        memberships: { create: groups.map((groupName) => ({ groupName })) },
      },
    });
  await publishFlow(here.web, dan, { document: TOGETHER });
}, 120_000);
afterAll(() => here.close());

const refused = (code: FailureCode) => expect.objectContaining({ name: 'Refusal', code });
const headers = new Headers();
const invitation = (more: Partial<InviteGuest> = {}): InviteGuest => ({
  requestId: randomUUID(),
  email: 'gus@guest.example',
  name: 'Gus Guest',
  decidesFor: 'finance',
  days: 3,
  mail: false,
  ...more,
});
const invite = (task: HumanTask, more: Partial<InviteGuest> = {}, by = otto) =>
  inviteGuest(here.web, by, task.taskId, invitation(more));
const tokenIn = ({ url }: { url: string }) => {
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/guest#/);
  return url.split('#')[1]!;
};
const decide = (token: string, { dataHash }: HumanTask, more: Partial<DecideAsGuest> = {}) =>
  decideAsGuest(here.web, headers, { token, dataHash, decision: 'approve', comment: '', ...more });
const look = (token: string) => lookAsGuest(here.web, headers, token);
const ask = async () => (await here.ask({ card: '4242424242424242' })).task;
async function askTogether(): Promise<HumanTask> {
  const input = { who: 'Grace', amount: 900 };
  const { workflowId } = await startRun(here.web, olga, TOGETHER.name, { requestId: randomUUID(), input });
  const find = () => here.web.database.humanTask.findFirst({ where: { workflowId } });
  await expect.poll(find, { timeout: 20_000, interval: 20 }).toBeTruthy();
  return (await find())!;
}
const NAME = 'Gus Guest <gus@guest.example>, invited by Otto';

test('[GST1] [GSD2] [GSD4] a guest decides once, under their name and that of who invites, in history, task and audit trail', async () => {
  const { run, task } = await here.ask();
  const token = tokenIn(await invite(task));
  const receipt = await decide(token, task);
  expect(receipt).toMatchObject({ outcome: 'approved', decision: 'approve', by: NAME });
  // The same again has the same answer, another one has none.
  expect(await decide(token, task)).toEqual(receipt);
  await expect(decide(token, task, { decision: 'reject', comment: 'no' })).rejects.toEqual(refused('alreadyDecided'));

  const history = await here.web.temporal.workflow.getHandle(run.workflowId).fetchHistory();
  const [taken] = approvalDecisions(readRecords(eventsFromHistory(history)));
  expect(taken!.decision.actor).toEqual({
    id: 'guest:gus@guest.example',
    name: NAME,
    groups: ['finance', 'gus@guest.example'],
  });
  const row = await here.web.database.humanTask.findUniqueOrThrow({ where: { taskId: task.taskId } });
  expect(row).toMatchObject({ outcome: 'approved', decidedBy: NAME, decidedById: 'guest:gus@guest.example' });
  const audit = (await here.auditOf(task.taskId)).filter(({ operation }) => operation === 'inbox.decide');
  expect(audit[0]).toMatchObject({ actorName: NAME, outcome: 'done', details: { invitedBy: 'Otto' } });
  expect(await look(token)).toMatchObject({ task: null, over: `Already decided by ${NAME}: approved.` });
});

test('[GSD1] looking shows what the task shows, and decides nothing', async () => {
  const task = await ask();
  const token = tokenIn(await invite(task));
  const seen = await look(token);
  expect(seen).toMatchObject({
    name: 'Gus Guest',
    by: 'Otto',
    over: null,
    task: { question: 'May this trip be booked?', data: { who: 'Grace', amount: 900, card: '••••••' } },
  });
  expect(JSON.stringify(seen)).not.toContain('4242');
  expect(Object.keys(seen.task!).sort()).toEqual(
    ['data', 'dataHash', 'decisions', 'dueAtMs', 'question', 'schema', 'title'].sort()
  );
  const row = await here.web.database.humanTask.findUniqueOrThrow({ where: { taskId: task.taskId } });
  expect(row.settledAt).toBe(null);
});

test('[GST1] a link that was revoked, replaced, has expired, or is not ours opens nothing', async () => {
  const task = await ask();
  const first = await invite(task);
  const second = await invite(task);
  await expect(look(tokenIn(first))).rejects.toEqual(refused('guestLinkOver'));
  expect((await look(tokenIn(second))).over).toBe(null);
  const [id, signature] = tokenIn(second).split('.') as [string, string];
  for (const token of [`${id}.x`, `${first.guest.id}.${signature}`, id, '.', `${id}.${signature}x`, `x.${signature}`])
    await expect(look(token)).rejects.toEqual(refused('guestLinkOver'));
  await revokeGuest(here.web, otto, task.taskId, second.guest.id);
  await expect(decide(tokenIn(second), task)).rejects.toEqual(refused('guestLinkOver'));
  const third = await invite(task);
  await here.web.database.guestLink.update({ where: { id: third.guest.id }, data: { expiresAt: new Date(0) } });
  await expect(decide(tokenIn(third), task)).rejects.toEqual(refused('guestLinkOver'));
  const { guests } = await listGuests(here.web, otto, task.taskId);
  expect(guests.map(({ state }) => state)).toEqual(['expired', 'revoked', 'revoked']);
  await expect(revokeGuest(here.web, otto, task.taskId, randomUUID())).rejects.toEqual(refused('guestNotFound'));
});

test('[GST1] the same request is one link', async () => {
  const task = await ask();
  const requestId = randomUUID();
  const [one, two] = [await invite(task, { requestId }), await invite(task, { requestId })];
  expect(two).toEqual(one);
  await expect(invite(task, { requestId, email: 'eve@guest.example' })).rejects.toEqual(refused('requestReused'));
  expect((await listGuests(here.web, otto, task.taskId)).guests).toHaveLength(1);
});

test('[GST2] who may not assign invites nobody, the starter neither; the link ends when the right of who invited ends', async () => {
  const task = await ask();
  for (const actor of [ada, vera]) await expect(invite(task, {}, actor)).rejects.toEqual(refused('notAllowed'));
  await expect(invite(task, {}, olga)).rejects.toEqual(refused('refused'));
  const token = tokenIn(await invite(task));
  const { database } = here.web;
  await database.user.update({ where: { id: 'otto' }, data: { deactivatedAt: new Date() } });
  await expect(decide(token, task)).rejects.toEqual(refused('guestLinkOver'));
  await database.user.update({ where: { id: 'otto' }, data: { deactivatedAt: null } });
  await database.roleGrant.updateMany({ where: { personId: 'otto' }, data: { role: 'viewer' } });
  await expect(decide(token, task)).rejects.toEqual(refused('guestLinkOver'));
  await database.roleGrant.updateMany({ where: { personId: 'otto' }, data: { role: 'operator' } });
  expect((await decide(token, task)).outcome).toBe('approved');
});

test('[GST2] who may not decide the task invites nobody, and nobody is invited to a task that asks nobody', async () => {
  const task = await ask();
  const { database } = here.web;
  const where = { taskId: task.taskId };
  await database.humanTask.update({ where, data: { excluded: ['Otto@example.com'] } });
  await expect(invite(task)).rejects.toEqual(refused('refused'));
  await database.humanTask.update({ where, data: { excluded: [], candidates: [], fromData: true } });
  await expect(invite(task, { decidesFor: null })).rejects.toEqual(refused('refused'));
  expect((await listGuests(here.web, otto, task.taskId)).guests).toEqual([]);
});

test('[GST3] nobody with an account is a guest, and a guest decides in the place of a candidate', async () => {
  const task = await ask();
  const at = (field: string) =>
    expect.objectContaining({ code: 'inputInvalid', problems: [expect.objectContaining({ at: field })] });
  await expect(invite(task, { email: 'ada@example.com' })).rejects.toEqual(at('/email'));
  for (const decidesFor of [null, 'legal'])
    await expect(invite(task, { decidesFor })).rejects.toEqual(at('/decidesFor'));
  await expect(invite(task, { mail: true })).rejects.toEqual(refused('refused'));
  // An account that was made since.
  const token = tokenIn(await invite(task, { email: 'new@guest.example' }));
  await here.web.database.user.create({ data: { id: 'new', name: 'New', email: 'New@guest.example' } });
  await expect(decide(token, task)).rejects.toEqual(refused('guestLinkOver'));
});

test('[GSD3] the rules of the approval hold: comments, the data that was shown, a claim, what others decided', async () => {
  const task = await ask();
  const token = tokenIn(await invite(task));
  await expect(decide(token, task, { decision: 'reject' })).rejects.toEqual(refused('commentRequired'));
  await expect(decide(token, task, { decision: 'maybe' })).rejects.toEqual(refused('badRequest'));
  await expect(decide(token, { ...task, dataHash: 'x' })).rejects.toEqual(refused('dataChanged'));
  const { database } = here.web;
  const where = { taskId: task.taskId };
  await database.humanTask.update({ where, data: { claimedById: 'ada', claimedByName: 'Ada' } });
  await expect(decide(token, task)).rejects.toEqual(refused('claimedByOther'));
  await database.humanTask.update({ where, data: { claimedById: null } });
  // What was refused used nothing up.
  expect((await decide(token, task, { decision: 'reject', comment: 'Too far' })).outcome).toBe('rejected');

  const other = await ask();
  const late = tokenIn(await invite(other));
  const own = { decisionId: randomUUID(), decision: 'approve', comment: '', dataHash: other.dataHash };
  await decideTask(here.web, ada, other.taskId, own);
  await expect(decide(late, other)).rejects.toEqual(refused('alreadyDecided'));
  expect((await look(late)).over).toBe('Already decided by Ada: approved.');
});

test('[GSD3] where several people decide, a guest has the one voice of the person in whose place they are', async () => {
  const task = await askTogether();
  const token = tokenIn(await invite(task, { decidesFor: 'Bob@example.com' }));
  expect(await decide(token, task)).toMatchObject({ outcome: 'voted' });
  const votes = async () =>
    votesOfTask(await here.web.database.humanTask.findUniqueOrThrow({ where: { taskId: task.taskId } }));
  expect(await votes()).toMatchObject([{ byId: 'guest:gus@guest.example', forId: 'bob', by: NAME }]);
  expect((await look(token)).over).toBe('You have decided. Others are asked too.');
  const vote = (actor: Actor) =>
    decideTask(here.web, actor, task.taskId, {
      decisionId: randomUUID(),
      decision: 'approve',
      comment: '',
      dataHash: task.dataHash,
    });
  await expect(vote(bob)).rejects.toEqual(refused('alreadyDecided'));
  // Nobody else in Bob's place, and not the same guest in the place of somebody else.
  const eve = tokenIn(await invite(task, { email: 'eve@guest.example', decidesFor: 'Bob@example.com' }));
  await expect(decide(eve, task)).rejects.toEqual(refused('alreadyDecided'));
  const again = tokenIn(await invite(task, { decidesFor: 'carl@example.com' }));
  await expect(decide(again, task, { comment: 'again' })).resolves.toMatchObject({ outcome: 'voted' });
  expect(await votes()).toHaveLength(1);
  expect((await vote(ada)).outcome).toBe('approved');
  expect(await votes()).toHaveLength(2);
});

test('[GSD1] from one address of the network only so many tokens can be tried', async () => {
  const from = new Headers({ 'x-backstitch-client': '10.7.7.7' });
  const tries = await Promise.allSettled(Array.from({ length: 31 }, () => lookAsGuest(here.web, from, 'x.y')));
  const codes = tries.map((each) => (each.status === 'rejected' ? (each.reason as { code: string }).code : ''));
  expect(codes.filter((code) => code === 'tooManyTries')).toHaveLength(1);
});
