/** The rules are in claim.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FailureCode } from '@/app/_contract/errors';
import { provesHistories } from '@/engine/history/testing/proof';
import type { HumanTask } from '@/prisma/client/client';
import type { Actor } from '../people/actor';
import { deactivate } from '../people/deactivate';
import { PEOPLE, startTestWeb, type TestWeb } from '../testing/test-web';
import { tripSource } from '../testing/trip';
import { assignTask, claimTask, listCandidates, releaseTask } from './claim';
import { decideTask } from './decide';
import { getTask } from './get';

provesHistories(await tripSource());

let here: TestWeb;
const { ada, bob, carl, olga, vera } = PEOPLE;
const boss: Actor = {
  ...ada,
  id: 'boss',
  name: 'Boss',
  email: 'boss@example.com',
  grants: [{ role: 'admin', flow: null }],
};
beforeAll(async () => {
  here = await startTestWeb();
  const { database } = here.web;
  await database.personGroup.create({ data: { name: 'finance' } });
  for (const { id, name, email, grants, groups } of [ada, bob, carl, vera, boss])
    await database.user.create({
      data: {
        id,
        name,
        email,
        grants: { create: grants.map(({ role, flow }) => ({ role, flow })) },
        memberships: { create: groups.map((groupName) => ({ groupName })) },
      },
    });
}, 120_000);
afterAll(() => here.close());

const refused = (code: FailureCode, message?: RegExp) =>
  expect.objectContaining({
    name: 'Refusal',
    code,
    ...(message ? { message: expect.stringMatching(message) as string } : {}),
  });
const ask = async () => (await here.ask()).task;
const rowOf = ({ taskId }: HumanTask) => here.web.database.humanTask.findUniqueOrThrow({ where: { taskId } });
const claim = (actor: Actor, { taskId }: HumanTask, from: string | null = null) =>
  claimTask(here.web, actor, taskId, { from });
const decide = (actor: Actor, { taskId, dataHash }: HumanTask) =>
  decideTask(here.web, actor, taskId, { decisionId: randomUUID(), decision: 'approve', comment: '', dataHash });

test('[CLM1] of two who claim at once one has it, and the other is told who', async () => {
  const task = await ask();
  const answers = await Promise.allSettled([claim(ada, task), claim(bob, task)]);
  const owner = (await rowOf(task)).claimedByName ?? '';
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const lost = answers.find((answer) => answer.status === 'rejected');
  expect(lost?.reason).toEqual(refused('claimedByOther', new RegExp(`^${owner} has claimed this\\.`)));
});

test('[CLM1] sent twice, a claim has the effect of one; everybody sees whose it is', async () => {
  const task = await ask();
  await Promise.all([claim(ada, task), claim(ada, task)]);
  const { claimedAt } = await rowOf(task);
  await expect(claim(ada, task)).resolves.toMatchObject({ claim: { id: 'ada', name: 'Ada', own: true } });
  expect((await rowOf(task)).claimedAt).toEqual(claimedAt);
  const seenBy = async (actor: Actor) => (await getTask(here.web, actor, task.taskId)).task.claim;
  expect(await seenBy(ada)).toMatchObject({ name: 'Ada', own: true });
  expect(await seenBy(vera)).toMatchObject({ name: 'Ada', own: false });
});

test('[CLM2] another candidate decides a claimed task only after taking it over, and both are audited', async () => {
  const task = await ask();
  await claim(ada, task);
  await expect(decide(bob, task)).rejects.toEqual(
    refused('claimedByOther', /^Ada has claimed this\. Nothing was decided/)
  );
  expect(await rowOf(task)).toMatchObject({ settledAt: null, claimedById: 'ada' });
  // Whom they saw counts: somebody else has it meanwhile.
  await expect(claim(bob, task)).rejects.toEqual(refused('claimedByOther'));
  await expect(claim(bob, task, 'carl')).rejects.toEqual(refused('claimedByOther'));
  await claim(bob, task, 'ada');
  await expect(decide(ada, task)).rejects.toEqual(refused('claimedByOther', /^Bob/));
  await expect(decide(bob, task)).resolves.toMatchObject({ outcome: 'approved', by: 'Bob' });
  expect(await here.auditOf(task.taskId)).toMatchObject([
    { operation: 'inbox.claim', actorName: 'Ada', outcome: 'done', details: {} },
    { operation: 'inbox.claim', actorName: 'Bob', outcome: 'claimedByOther' },
    { operation: 'inbox.claim', actorName: 'Bob', outcome: 'claimedByOther' },
    { operation: 'inbox.claim', actorName: 'Bob', outcome: 'done', details: { takenOverFrom: 'Ada' } },
    { operation: 'inbox.decide', actorName: 'Bob', outcome: 'done' },
  ]);
});

test('[CLM2] its owner releases a task, nobody else does', async () => {
  const task = await ask();
  await claim(ada, task);
  await expect(releaseTask(here.web, bob, task.taskId)).rejects.toEqual(refused('claimedByOther', /^Ada/));
  await expect(releaseTask(here.web, ada, task.taskId)).resolves.toMatchObject({ claim: null });
  await expect(releaseTask(here.web, ada, task.taskId)).resolves.toMatchObject({ claim: null });
  await expect(decide(bob, task)).resolves.toMatchObject({ by: 'Bob' });
});

test('[CLM3] who may not decide a task cannot claim it', async () => {
  const task = await ask();
  await expect(claim(carl, task)).rejects.toEqual(refused('notCandidate'));
  await expect(claim(vera, task)).rejects.toEqual(refused('notAllowed'));
  await expect(claim(olga, task)).rejects.toEqual(refused('notAllowed'));
  expect(await here.auditOf(task.taskId)).toEqual([]);
});

test('[CLM3] an operator gives a task to one of those who may decide, or to nobody', async () => {
  const task = await ask();
  const assign = (actor: Actor, from: string | null, to: string | null) =>
    assignTask(here.web, actor, task.taskId, { from, to });
  expect(await listCandidates(here.web, olga, task.taskId)).toEqual({
    asksAnew: false,
    people: [
      { id: 'ada', name: 'Ada' },
      { id: 'bob', name: 'Bob' },
      { id: 'boss', name: 'Boss' },
    ],
  });
  await expect(assign(ada, null, 'bob')).rejects.toEqual(refused('notAllowed'));
  await expect(listCandidates(here.web, ada, task.taskId)).rejects.toEqual(refused('notAllowed'));
  await expect(assign(olga, null, 'carl')).rejects.toEqual(refused('notCandidate', /^Carl may not decide/));
  await expect(assign(olga, null, 'nobody')).rejects.toEqual(refused('personNotFound'));
  await assign(olga, null, 'bob');
  await expect(assign(olga, null, 'ada')).rejects.toEqual(refused('claimedByOther', /^Bob/));
  await assign(olga, 'bob', 'ada');
  await assign(olga, 'ada', null);
  expect(await rowOf(task)).toMatchObject({ claimedById: null, claimedAt: null });
  expect((await here.auditOf(task.taskId)).filter(({ outcome }) => outcome === 'done')).toMatchObject([
    { operation: 'inbox.assign', actorName: 'Olga', details: { from: null, to: 'Bob' } },
    { operation: 'inbox.assign', details: { from: 'Bob', to: 'Ada' } },
    { operation: 'inbox.assign', details: { from: 'Ada', to: null } },
  ]);
});

test('[CLM4] what a deactivated person had waits for anybody again; what they decided stays on record', async () => {
  const [open, decided] = [await ask(), await ask()];
  for (const task of [open, decided]) await claim(bob, task);
  await decide(bob, decided);
  await deactivate(here.web, boss, 'bob', { reason: 'left', revokeKeys: false });
  expect(await rowOf(open)).toMatchObject({ claimedById: null, claimedByName: null, claimedAt: null });
  expect(await rowOf(decided)).toMatchObject({ claimedById: 'bob', decidedBy: 'Bob' });
  await expect(assignTask(here.web, olga, open.taskId, { from: null, to: 'bob' })).rejects.toEqual(
    refused('personNotFound')
  );
});

test('a settled task, or one that does not exist, is nobody’s to claim', async () => {
  const task = await ask();
  await decide(ada, task);
  for (const change of [claim(bob, task), releaseTask(here.web, bob, task.taskId)])
    await expect(change).rejects.toEqual(refused('alreadyDecided', /^Already decided by Ada/));
  await expect(claimTask(here.web, ada, 'nothing', { from: null })).rejects.toEqual(refused('taskNotFound'));
  await expect(claimTask(here.web, ada, "' OR 1=1 --", { from: null })).rejects.toEqual(refused('taskNotFound'));
});
