/** The rules are in nobody.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FailureCode } from '@/app/_contract/errors';
import { provesHistories } from '@/engine/history/testing/proof';
import type { HumanTask } from '@/prisma/client/client';
import type { Actor } from '../people/actor';
import { publishFlow } from '../flows/publish';
import { startRun } from '../runs/start';
import { PEOPLE, startTestWeb, type TestWeb } from '../testing/test-web';
import { flowSource } from '../testing/trip';
import { eventually } from '../testing/world';
import { assignTask, listCandidates } from './claim';
import { decideTask } from './decide';
import { getTask } from './get';
import { countWaiting, listInbox } from './list';
import { reconcileTasks } from './reconcile';

/** Two approvals by two pairs of eyes; the data names the people of both. */
const LEAVE = {
  format: 1,
  name: 'leave',
  title: 'Leave',
  input: {
    type: 'object',
    properties: { manager: { type: 'string' }, staff: { type: 'array', items: { type: 'string' } } },
  },
  steps: [
    { id: 'manager', kind: 'approval', title: 'Manager', question: 'Yes?', candidatesFrom: 'input.manager', data: {} },
    {
      id: 'staff',
      kind: 'approval',
      title: 'Staff',
      question: 'Yes?',
      candidatesFrom: 'input.staff',
      data: {},
      notWhoDecided: [{ $expr: 'manager' }],
    },
  ],
};
provesHistories(await flowSource(LEAVE));

let here: TestWeb;
const { ada, bob, carl, olga } = PEOPLE;
beforeAll(async () => {
  here = await startTestWeb();
  const { database } = here.web;
  await database.personGroup.create({ data: { name: 'finance' } });
  for (const { id, name, email, grants, groups } of [ada, bob, carl])
    await database.user.create({
      data: {
        id,
        name,
        email,
        grants: { create: grants.map(({ role, flow }) => ({ role, flow })) },
        memberships: { create: groups.map((groupName) => ({ groupName })) },
      },
    });
  await publishFlow(here.web, PEOPLE.dan, { document: LEAVE });
}, 120_000);
afterAll(() => here.close());

const refused = (code: FailureCode) => expect.objectContaining({ name: 'Refusal', code });
async function begin(input: Record<string, unknown>): Promise<string> {
  const { workflowId } = await startRun(here.web, olga, 'leave', { requestId: randomUUID(), input });
  return workflowId;
}
const taskOf = (workflowId: string, nodeId: string): Promise<HumanTask> =>
  eventually(async () => {
    const task = await here.web.database.humanTask.findFirst({ where: { workflowId, nodeId, settledAt: null } });
    if (!task) throw new Error('not asked yet');
    return task;
  });
const decide = (actor: Actor, { taskId, dataHash }: HumanTask) =>
  decideTask(here.web, actor, taskId, { decisionId: randomUUID(), decision: 'approve', comment: '', dataHash });
const nobodyIn = async ({ taskId }: HumanTask) => (await getTask(here.web, olga, taskId)).nobody;
const assign = ({ taskId }: HumanTask, to: string) => assignTask(here.web, olga, taskId, { from: null, to });

test('[NOB1] [NOB2] [NOB3] data that names nobody: everybody is refused, an operator sees it and assigns somebody', async () => {
  const task = await taskOf(await begin({}), 'manager');
  expect(await nobodyIn(task)).toMatch(/names nobody/);
  await expect(decide(ada, task)).rejects.toEqual(refused('notCandidate'));
  const waiting = await countWaiting(here.web, ada);
  expect(await listCandidates(here.web, olga, task.taskId)).toMatchObject({
    asksAnew: true,
    people: [{ name: 'Ada' }, { name: 'Bob' }, { name: 'Carl' }],
  });
  await assign(task, 'ada');
  expect(await nobodyIn(task)).toBeNull();
  expect(await countWaiting(here.web, ada)).toBe(waiting + 1);
  await expect(decide(bob, task)).rejects.toEqual(refused('notCandidate'));
  // Somebody may decide it now, so it is given to those only.
  await expect(assignTask(here.web, olga, task.taskId, { from: 'ada', to: 'bob' })).rejects.toEqual(
    refused('notCandidate')
  );
  await expect(decide(ada, task)).resolves.toMatchObject({ outcome: 'approved', by: 'Ada' });
  expect(await here.auditOf(task.taskId)).toMatchObject([
    { operation: 'inbox.assign', actorName: 'Olga', details: { to: 'Ada', asked: 'ada@example.com' } },
    { operation: 'inbox.decide', actorName: 'Ada', outcome: 'done' },
  ]);
});

test('[NOB2] a name that no account has is shown, and somebody takes its place', async () => {
  const task = await taskOf(await begin({ manager: 'Ghost@Example.com' }), 'manager');
  expect(await nobodyIn(task)).toBe('No account has the address or the group ‘ghost@example.com’.');
  await assign(task, 'carl');
  const { candidates, fromData } = await here.web.database.humanTask.findUniqueOrThrow({
    where: { taskId: task.taskId },
  });
  expect([candidates, fromData]).toEqual([['carl@example.com'], true]);
  await expect(decide(carl, task)).resolves.toMatchObject({ by: 'Carl' });
});

test('[NOB1] whoever decided before may not decide again, and cannot be assigned', async () => {
  const workflowId = await begin({ manager: 'ada@example.com', staff: ['ADA@example.com'] });
  await decide(ada, await taskOf(workflowId, 'manager'));
  const task = await taskOf(workflowId, 'staff');
  expect(task).toMatchObject({ candidates: ['ada@example.com'], excluded: ['ada'] });
  await expect(decide(ada, task)).rejects.toEqual(refused('notCandidate'));
  expect(
    (await listInbox(here.web, ada, { view: 'mine', limit: 100 })).tasks.map(({ taskId }) => taskId)
  ).not.toContain(task.taskId);
  expect(await nobodyIn(task)).toMatch(/the flow excludes them/);
  await expect(assign(task, 'ada')).rejects.toEqual(refused('notCandidate'));
  await assign(task, 'bob');
  await expect(decide(bob, task)).resolves.toMatchObject({ by: 'Bob' });
});

test('[NOB3] a row that missed the answer of its run follows the run', async () => {
  const task = await taskOf(await begin({}), 'manager');
  await assign(task, 'bob');
  await here.web.database.humanTask.update({ where: { taskId: task.taskId }, data: { candidates: [] } });
  await reconcileTasks(here.web, task.workflowId);
  const { candidates } = await here.web.database.humanTask.findUniqueOrThrow({ where: { taskId: task.taskId } });
  expect(candidates).toEqual(['bob@example.com']);
});
