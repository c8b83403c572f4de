/** The rules are in nobody.ts and enough-people.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FailureCode } from '@/app/_contract/errors';
import { provesHistories } from '@/engine/history/testing/proof';
import type { HumanTask } from '@/prisma/client/client';
import type { Actor } from '../people/actor';
import { readFlow } from '@/engine/flow/read';
import { missingCandidates } from '../flows/missing-candidates';
import { publishFlow } from '../flows/publish';
import { startRun } from '../runs/start';
import { PEOPLE, startTestWeb, type TestWeb } from '../testing/test-web';
import { flowSources } from '../testing/trip';
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
/** Policies for which too few people may be left. */
const policy = (name: string, more: object) => ({
  format: 1,
  name,
  title: name,
  input: { type: 'object' },
  steps: [{ id: 'ask', kind: 'approval', title: 'Ask', question: 'Yes?', data: {}, ...more }],
});
const THREE = policy('three', { howMany: 3, candidates: ['finance', 'ada@example.com'], forbidStarter: true });
const BOSS = policy('boss', { howMany: 'inSequence', candidates: ['finance', 'ada@example.com'] });
const TURNS = policy('turns', { howMany: 'inSequence', candidates: ['finance', 'legal', 'bob@example.com'] });
provesHistories(await flowSources([LEAVE, THREE, TURNS, BOSS]));

let here: TestWeb;
const { ada, bob, carl, olga } = PEOPLE;
beforeAll(async () => {
  here = await startTestWeb();
  const { database } = here.web;
  await database.personGroup.createMany({ data: [{ name: 'finance' }, { name: 'legal' }] });
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
  await database.groupMember.create({ data: { personId: 'ada', groupName: 'legal' } });
  await Promise.all([LEAVE, THREE, TURNS, BOSS].map((document) => publishFlow(here.web, PEOPLE.dan, { document })));
}, 120_000);
afterAll(() => here.close());

const refused = (code: FailureCode) => expect.objectContaining({ name: 'Refusal', code });
async function begin(input: Record<string, unknown>, flow = 'leave'): Promise<string> {
  const { workflowId } = await startRun(here.web, olga, flow, { requestId: randomUUID(), input });
  return workflowId;
}
const taskOf = (workflowId: string, nodeId: string): Promise<HumanTask> =>
  eventually(async () => {
    const task = await here.web.database.humanTask.findFirst({ where: { workflowId, nodeId, settledAt: null } });
    if (!task) throw new Error('not asked yet');
    return task;
  });
const decide = (actor: Actor, { taskId, dataHash }: HumanTask, turn?: number) =>
  decideTask(here.web, actor, taskId, { decisionId: randomUUID(), decision: 'approve', comment: '', dataHash, turn });
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
  expect(await nobodyIn(task)).toBe(
    'Nobody who may decide is left: no account has the address or the group ‘ghost@example.com’.'
  );
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
  expect(await nobodyIn(task)).toMatch(/is left: Ada decided before/);
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

test('[ENP1] [ENP2] too few people: it is said before they have voted, who is counted once, and one more each time ends it', async () => {
  const task = await taskOf(await begin({}, 'three'), 'ask');
  const now = () => here.web.database.humanTask.findUniqueOrThrow({ where: { taskId: task.taskId } });
  expect(await nobodyIn(task)).toBe('Too few who may decide are left: 3 more must agree, and only 1 more may vote.');
  const { asksAnew, people } = await listCandidates(here.web, olga, task.taskId);
  expect([asksAnew, people.map(({ name }) => name)]).toEqual([true, ['Ada', 'Bob', 'Carl']]);
  await decide(ada, task);
  expect(await nobodyIn(task)).toBe('Nobody who may decide is left: Ada has voted.');
  await assign(task, 'bob');
  expect(await nobodyIn(task)).toMatch(/2 more must agree, and only 1 more may vote \(Ada has voted\)/);
  await assignTask(here.web, olga, task.taskId, { from: 'bob', to: 'carl' });
  expect(await nobodyIn(task)).toBeNull();
  expect((await now()).candidates).toEqual(['finance', 'ada@example.com', 'bob@example.com', 'carl@example.com']);
  await decide(carl, task);
  await expect(decide(bob, task)).resolves.toMatchObject({ outcome: 'approved' });
});

test('[ENP1] [NOB2] in sequence: a turn that nobody is left for is given to somebody, whose turn comes when it comes', async () => {
  const { database } = here.web;
  const task = await taskOf(await begin({}, 'turns'), 'ask');
  const legal = 'Nobody who may decide is left for ‘legal’: ';
  expect(await nobodyIn(task)).toBe(`${legal}each person votes once, and those who could are needed for others.`);
  await expect(decide(ada, task, 0)).resolves.toMatchObject({ outcome: 'voted' });
  expect(await nobodyIn(task)).toBe(`${legal}Ada has voted.`);
  await expect(assign(task, 'ada')).rejects.toEqual(refused('notCandidate'));
  await assign(task, 'carl');
  const { candidates, asked } = await database.humanTask.findUniqueOrThrow({ where: { taskId: task.taskId } });
  expect([candidates, asked]).toEqual([['finance', 'carl@example.com', 'bob@example.com'], ['carl@example.com']]);
  await decide(carl, task, 1);
  await expect(decide(bob, task, 2)).resolves.toMatchObject({ outcome: 'approved' });

  // Before the first vote: the person is asked, and has no claim, because it is not their turn.
  const other = await taskOf(await begin({}, 'turns'), 'ask');
  expect(await assign(other, 'carl')).toMatchObject({ claim: null });
  expect(await nobodyIn(other)).toBeNull();
});

test('whom the last turn names decides it too, after an early vote for the group; the row follows', async () => {
  const task = await taskOf(await begin({}, 'boss'), 'ask');
  const mine = async () => (await getTask(here.web, ada, task.taskId)).task.mine;
  await decide(ada, task, 0);
  expect([await mine(), await nobodyIn(task)]).toEqual([true, null]);
  // A second press, or a door that does not say the turn, is the same vote.
  await expect(decide(ada, task, 0)).resolves.toMatchObject({ outcome: 'voted' });
  await expect(decide(ada, task)).resolves.toMatchObject({ outcome: 'voted' });
  expect(await mine()).toBe(true);
  // A run whose code does not know the rule: an operator has to ask somebody else.
  const again = (againByName: boolean) =>
    here.web.database.humanTask.update({ where: { taskId: task.taskId }, data: { againByName } });
  await again(false);
  expect([await mine(), await nobodyIn(task)]).toEqual([
    false,
    'Nobody who may decide is left for ‘ada@example.com’: Ada has voted.',
  ]);
  await again(true);
  await expect(decide(ada, task, 1)).resolves.toMatchObject({ outcome: 'approved', by: 'Ada' });
});

test('[MCD1] who publishes is told that too few people may decide now', async () => {
  const said = async (more: object) => {
    const { document } = readFlow(policy('few', more));
    return (await missingCandidates(here.web, document!)).map(({ code, message }) => `${code} ${message}`);
  };
  expect(await said({ howMany: 2, candidates: ['finance', 'ada@example.com'] })).toEqual([
    'lint/too-few-people 2 people must agree, and only 1 may decide this now.',
  ]);
  expect(await said({ howMany: 4 })).toEqual([
    'lint/too-few-people 4 people must agree, and only 3 may decide this now.',
  ]);
  expect(await said({ howMany: 'all', candidates: ['finance', 'legal'] })).toEqual([
    'lint/too-few-people Each of them decides, and nobody may decide for ‘legal’ now: each person votes once.',
  ]);
  expect(await said({ howMany: 2, candidates: ['finance', 'bob@example.com'] })).toEqual([]);
  expect(await said({ howMany: 2, candidates: ['finance', 'ghosts'] })).toMatchObject([/unknown-candidate/]);
});
