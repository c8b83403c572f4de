/** The rules are in delegate.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FailureCode } from '@/app/_contract/errors';
import type { CreateDelegation } from '@/app/_contract/inbox';
import { provesHistories } from '@/engine/history/testing/proof';
import { eventsFromHistory } from '@/engine/run-view/events-from-history';
import { approvalDecisions, readRecords } from '@/engine/run-view/records';
import type { HumanTask } from '@/prisma/client/client';
import type { Actor } from '../people/actor';
import { deactivate } from '../people/deactivate';
import { startRun } from '../runs/start';
import { PEOPLE, startTestWeb, type TestWeb } from '../testing/test-web';
import { TRIP, tripSource } from '../testing/trip';
import { eventually } from '../testing/world';
import { claimTask } from './claim';
import { decideTask } from './decide';
import { createDelegation, endDelegation, listDelegations } from './delegate';
import { getTask } from './get';
import { countWaiting, listInbox } from './list';

provesHistories(await tripSource());

let here: TestWeb;
const { ada, bob, carl, olga, vera } = PEOPLE;
const boss: Actor = {
  ...ada,
  id: 'boss',
  name: 'Boss',
  email: 'boss@example.com',
  groups: [],
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
beforeEach(() => here.web.database.delegation.deleteMany());

const refused = (code: FailureCode) => expect.objectContaining({ name: 'Refusal', code });
const ask = async () => (await here.ask()).task;
const delegate = (from: Actor, to: string, more: Partial<CreateDelegation> = {}) =>
  createDelegation(here.web, from, {
    requestId: randomUUID(),
    to,
    fromMs: Date.now() - 1_000,
    untilMs: Date.now() + 3_600_000,
    flows: [],
    ...more,
  });
const decide = (actor: Actor, { taskId, dataHash }: HumanTask, decisionId: string = randomUUID()) =>
  decideTask(here.web, actor, taskId, { decisionId, decision: 'approve', comment: '', dataHash });
const seenBy = async (actor: Actor, { taskId }: HumanTask) => (await getTask(here.web, actor, taskId)).task;

test('[DGT1] [DGT2] Carl decides for Ada, under both names, in the run, the row and the audit trail', async () => {
  const { run, task } = await here.ask();
  await expect(decide(carl, task)).rejects.toEqual(refused('notCandidate'));
  await delegate(ada, 'carl');
  expect(await seenBy(carl, task)).toMatchObject({ mine: true, whyNot: null, actingFor: 'Ada' });
  expect(await seenBy(ada, task)).toMatchObject({ mine: true, actingFor: null });
  const list = await listInbox(here.web, carl, { view: 'delegated', limit: 100 });
  expect(list.tasks.map(({ taskId }) => taskId)).toContain(task.taskId);
  expect([list.counts.delegated, await countWaiting(here.web, carl)]).toEqual([list.waiting, list.waiting]);
  expect((await listInbox(here.web, carl, { view: 'groups', limit: 100 })).counts.unassigned).toBe(0);

  const decisionId = randomUUID();
  const receipt = await decide(carl, task, decisionId);
  expect(receipt).toMatchObject({ outcome: 'approved', by: 'Carl for Ada' });
  expect(await decide(carl, task, decisionId)).toMatchObject({ by: 'Carl for Ada' });
  expect(await here.auditOf(task.taskId)).toMatchObject([
    { operation: 'inbox.decide', actorName: 'Carl', details: { decision: 'approve', actingFor: 'Ada' } },
  ]);
  const history = await here.web.temporal.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
  const [taken] = approvalDecisions(readRecords(eventsFromHistory(history)));
  expect(taken?.by).toBe('Carl for Ada');
  expect(taken?.decision.actor).toMatchObject({
    id: 'carl',
    name: 'Carl for Ada',
    actingFor: { id: 'ada', name: 'Ada' },
  });
  await expect(decide(ada, task)).rejects.toMatchObject({
    code: 'alreadyDecided',
    message: 'Already decided by Carl for Ada: approved.',
  });
});

test('[DGT1] before its start, after its end and once ended it gives no right', async () => {
  const task = await ask();
  await delegate(ada, 'carl', { fromMs: Date.now() + 60_000, untilMs: Date.now() + 120_000 });
  await expect(decide(carl, task)).rejects.toEqual(refused('notCandidate'));
  const { id } = await delegate(ada, 'carl');
  await here.web.database.delegation.update({ where: { id }, data: { endsAt: new Date(Date.now() - 1) } });
  await expect(decide(carl, task)).rejects.toEqual(refused('notCandidate'));
  const other = await delegate(ada, 'carl');
  expect((await seenBy(carl, task)).mine).toBe(true);
  await expect(endDelegation(here.web, bob, other.id)).rejects.toEqual(refused('delegationNotFound'));
  await expect(endDelegation(here.web, ada, "' OR 1=1")).rejects.toEqual(refused('delegationNotFound'));
  await endDelegation(here.web, carl, other.id);
  await expect(decide(carl, task)).rejects.toEqual(refused('notCandidate'));
});

test('[DGT1] [DGT2] it is worth what the person who is away may decide now', async () => {
  const task = await ask();
  await delegate(ada, 'carl', { flows: [TRIP.name] });
  expect((await seenBy(carl, task)).mine).toBe(true);
  await here.web.database.groupMember.deleteMany({ where: { personId: 'ada' } });
  expect((await seenBy(carl, task)).mine).toBe(false);
  await here.web.database.groupMember.create({ data: { personId: 'ada', groupName: 'finance' } });
  await here.web.database.delegation.deleteMany();
  await delegate(ada, 'carl', { flows: ['another'] });
  expect((await seenBy(carl, task)).mine).toBe(false);
  // Nor is a role passed on.
  await expect(delegate(ada, 'vera')).rejects.toEqual(refused('refused'));
  await here.web.database.delegation.updateMany({ data: { toId: 'vera', flows: [] } });
  expect((await seenBy(vera, task)).mine).toBe(false);
  await expect(decide(vera, task)).rejects.toEqual(refused('notAllowed'));
});

test('[DGT3] it is not passed on', async () => {
  const task = await ask();
  await delegate(ada, 'carl');
  await delegate(carl, 'boss');
  expect(await seenBy(carl, task)).toMatchObject({ mine: true, actingFor: 'Ada' });
  expect((await seenBy(boss, task)).mine).toBe(false);
  await expect(decide(boss, task)).rejects.toEqual(refused('notCandidate'));
});

test('[DGT4] who started the run decides it neither themselves nor for another, and nobody does it for them', async () => {
  const started = async (starter: Actor) => {
    const input = { who: 'Grace', amount: 900 };
    const actor: Actor = { ...starter, grants: [...starter.grants, { role: 'operator', flow: null }] };
    const { workflowId } = await startRun(here.web, actor, TRIP.name, { requestId: randomUUID(), input });
    return eventually(() => here.web.database.humanTask.findFirstOrThrow({ where: { workflowId } }));
  };
  await delegate(ada, 'carl');
  const [carls, adas] = [await started(carl), await started(ada)];
  for (const task of [carls, adas]) {
    expect((await seenBy(carl, task)).mine).toBe(false);
    await expect(decide(carl, task)).rejects.toEqual(refused('notCandidate'));
  }
  const { tasks } = await listInbox(here.web, carl, { view: 'delegated', limit: 100 });
  const ids = tasks.map(({ taskId }) => taskId);
  expect(ids).not.toContain(carls.taskId);
  expect(ids).not.toContain(adas.taskId);
});

test('[DGT5] who is asked themselves decides in their own name; what Ada has claimed is decided for her', async () => {
  const [own, claimed] = [await ask(), await ask()];
  await delegate(ada, 'bob');
  await expect(decide(bob, own)).resolves.toMatchObject({ by: 'Bob' });
  await delegate(ada, 'carl');
  await claimTask(here.web, ada, claimed.taskId, { from: null });
  await expect(decide(carl, claimed)).resolves.toMatchObject({ by: 'Carl for Ada' });
});

test('it is made once, for somebody who can, for a time that is to come; both see it', async () => {
  const requestId = randomUUID();
  await Promise.all([delegate(ada, 'carl', { requestId }), delegate(ada, 'carl', { requestId })]);
  expect(await listDelegations(here.web, ada)).toMatchObject({
    own: [{ id: requestId, from: 'Ada', to: 'Carl', flows: [] }],
    forMe: [],
    people: [{ name: 'Bob' }, { name: 'Boss' }, { name: 'Carl' }],
  });
  expect(await listDelegations(here.web, carl)).toMatchObject({ own: [], forMe: [{ id: requestId }] });
  await expect(delegate(bob, 'carl', { requestId })).rejects.toEqual(refused('requestReused'));
  await expect(delegate(ada, 'ada')).rejects.toEqual(refused('refused'));
  await expect(delegate(ada, 'nobody')).rejects.toEqual(refused('personNotFound'));
  await expect(delegate(ada, 'carl', { untilMs: Date.now() - 1 })).rejects.toEqual(refused('inputInvalid'));
  await expect(delegate(olga, 'carl')).rejects.toEqual(refused('notAllowed'));
});

test('[DGT1] of somebody who was deactivated nothing is left to decide for', async () => {
  const task = await ask();
  await delegate(bob, 'carl');
  expect((await seenBy(carl, task)).actingFor).toBe('Bob');
  await deactivate(here.web, boss, 'bob', { reason: 'left', revokeKeys: false });
  expect((await seenBy(carl, task)).mine).toBe(false);
});
