/** Decisions that are taken back, over a real run. The rules are in take-back.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FailureCode } from '@/app/_contract/errors';
import type { DecideTask } from '@/app/_contract/inbox';
import { provesHistories } from '@/engine/history/testing/proof';
import type { HumanTask } from '@/prisma/client/client';
import { publishFlow } from '../flows/publish';
import { decideAsGuest } from '../guests/decide';
import { inviteGuest } from '../guests/links';
import type { Actor } from '../people/actor';
import { cancelRun } from '../runs/cancel';
import { pauseRun } from '../runs/pause';
import { resumeRun } from '../runs/resume';
import { startRun } from '../runs/start';
import { PEOPLE, startTestWeb, type TestWeb } from '../testing/test-web';
import { eventually } from '../testing/world';
import { flowSources, TRIP } from '../testing/trip';
import { claimTask } from './claim';
import { decideTask } from './decide';
import { getTask } from './get';
import { listInbox } from './list';
import { takeBackTask } from './take-back';

const [approve, ...rest] = TRIP.steps;
const windowed = (name: string, more: object) => ({
  ...TRIP,
  name,
  title: name,
  steps: [{ ...approve, takeBack: '1h', ...more }, ...rest],
});
const LONG = windowed('long-window', {});
const SHORT = windowed('short-window', { takeBack: '1s' });
const TWO = windowed('two-people', { howMany: 2 });
provesHistories(await flowSources([TRIP, LONG, SHORT, TWO]));

let here: TestWeb;
const { ada, bob, dan, olga } = PEOPLE;
beforeAll(async () => {
  here = await startTestWeb();
  await here.web.database.personGroup.create({ data: { name: 'finance' } });
  for (const { id, name, email, grants, groups } of [ada, bob, olga])
    await here.web.database.user.create({
      data: {
        id,
        name,
        email,
        grants: { create: grants.map(({ role, flow }) => ({ role, flow })) },
        memberships: { create: groups.map((groupName) => ({ groupName })) },
      },
    });
  for (const document of [LONG, SHORT, TWO]) await publishFlow(here.web, dan, { document });
}, 120_000);
afterAll(() => here.close());

const refused = (code: FailureCode) => expect.objectContaining({ name: 'Refusal', code });
async function ask(flow = LONG.name): Promise<HumanTask> {
  const input = { who: 'Grace', amount: 900 };
  const { workflowId } = await startRun(here.web, olga, flow, { requestId: randomUUID(), input });
  return eventually(() => here.web.database.humanTask.findFirstOrThrow({ where: { workflowId } }));
}
function decide(actor: Actor, { taskId, dataHash }: HumanTask, change: Partial<DecideTask> = {}) {
  const request = { decisionId: randomUUID(), decision: 'approve', comment: 'No.', dataHash, ...change };
  return decideTask(here.web, actor, taskId, request);
}
const back = (actor: Actor, { taskId }: HumanTask, requestId = randomUUID()) =>
  takeBackTask(here.web, actor, taskId, { requestId });
const rowOf = ({ taskId }: HumanTask) => here.web.database.humanTask.findUniqueOrThrow({ where: { taskId } });
const seenBy = async (actor: Actor, { taskId }: HumanTask) => (await getTask(here.web, actor, taskId)).task;
const runOf = async ({ workflowId }: HumanTask) => {
  const { raw } = await here.web.temporal.workflow.getHandle(workflowId).describe();
  return { workflowId, runId: raw.workflowExecutionInfo?.execution?.runId ?? '' };
};

test('[TKB1] [TKB2] whoever decided takes it back: the task waits for the same people, and history, audit and page say it', async () => {
  const task = await ask();
  await claimTask(here.web, ada, task.taskId, { from: null });
  const receipt = await decide(ada, task);
  expect(receipt.goesOnAtMs! - receipt.atMs).toBeGreaterThan(3_500_000);
  const seen = await seenBy(ada, task);
  expect(seen).toMatchObject({ takeBackUntilMs: receipt.goesOnAtMs, settled: { goesOnAtMs: receipt.goesOnAtMs } });
  expect((await seenBy(bob, task)).takeBackUntilMs).toBeNull();
  await expect(back(bob, task)).rejects.toMatchObject({ code: 'notCandidate' });
  const requestId = randomUUID();
  const first = await back(ada, task, requestId);
  // Its answer was lost: the same request is one, and has the same answer.
  expect(await back(ada, task, requestId)).toEqual(first);
  expect(await rowOf(task)).toMatchObject({ settledAt: null, decidedById: null, takeBacks: 1, claimedById: 'ada' });
  const { tasks } = await listInbox(here.web, ada, { view: 'mine', limit: 100 });
  expect(tasks.find(({ taskId }) => taskId === task.taskId)).toMatchObject({
    mine: true,
    events: [{ kind: 'takenBack', by: 'Ada', decision: 'approve' }],
  });
  await expect(back(ada, task)).rejects.toEqual(refused('notCandidate'));
  await claimTask(here.web, bob, task.taskId, { from: 'ada' });
  expect(await decide(bob, task, { decision: 'reject' })).toMatchObject({ outcome: 'rejected', by: 'Bob' });
  const taken = (await here.auditOf(task.taskId)).filter(({ operation }) => operation === 'inbox.takeBack');
  expect(taken.map(({ actorName, outcome }) => [actorName, outcome])).toEqual([
    ['Bob', 'notCandidate'],
    ['Ada', 'done'],
    ['Ada', 'done'],
    ['Ada', 'notCandidate'],
  ]);
  await here.web.temporal.workflow.getHandle(task.workflowId).cancel();
});

test('[TKB1] after its time it is final: the run has gone on, and the row says so', async () => {
  const task = await ask(SHORT.name);
  const { goesOnAtMs } = await decide(ada, task);
  await expect.poll(async () => (await rowOf(task)).goesOnAt, { timeout: 15_000 }).toBeNull();
  expect(Date.now()).toBeGreaterThanOrEqual(goesOnAtMs!);
  expect(await rowOf(task)).toMatchObject({ outcome: 'approved', decidedBy: 'Ada', decidedById: 'ada' });
  expect((await seenBy(ada, task)).takeBackUntilMs).toBeNull();
  await expect(back(ada, task)).rejects.toMatchObject({ code: 'refused', message: /gone on/ });
});

test('[TKB3] the same decision sent again after it was taken back decides nothing', async () => {
  const task = await ask();
  const decisionId = randomUUID();
  await decide(ada, task, { decisionId });
  await back(ada, task);
  await expect(decide(ada, task, { decisionId })).rejects.toMatchObject({ code: 'refused', message: /taken back/ });
  expect(await rowOf(task)).toMatchObject({ settledAt: null, takeBacks: 1 });
  expect(await decide(ada, task)).toMatchObject({ outcome: 'approved' });
});

test('[TKB1] a vote is taken back while others are asked, and after they have decided', async () => {
  const task = await ask(TWO.name);
  expect(await decide(ada, task)).toMatchObject({ outcome: 'voted' });
  expect((await seenBy(ada, task)).takeBackUntilMs).toBeGreaterThan(Date.now());
  await back(ada, task);
  expect(await rowOf(task)).toMatchObject({ voteCount: 0, votes: [] });
  await decide(ada, task);
  expect(await decide(bob, task)).toMatchObject({ outcome: 'approved' });
  await back(ada, task);
  expect(await rowOf(task)).toMatchObject({ settledAt: null, voteCount: 1, takeBacks: 2 });
  expect(await seenBy(ada, task)).toMatchObject({ mine: true, votes: [{ by: 'Bob' }], takeBackUntilMs: null });
  expect(await decide(ada, task, { decision: 'reject' })).toMatchObject({ outcome: 'rejected' });
});

test('[TKB4] while the run is paused nothing is taken back', async () => {
  const task = await ask();
  await decide(ada, task);
  const run = await runOf(task);
  await pauseRun(here.web, olga, run, { requestId: randomUUID(), reason: 'Wait.' });
  await expect(back(ada, task)).rejects.toMatchObject({ name: 'Refusal' });
  await resumeRun(here.web, olga, run, { requestId: randomUUID(), reason: '' });
  expect(await back(ada, task)).toMatchObject({ taskId: task.taskId });
});

test('[TKB5] a stop within the time: the task says that it was withdrawn', async () => {
  const task = await ask();
  await decide(ada, task);
  await cancelRun(here.web, olga, await runOf(task), { requestId: randomUUID(), reason: 'Not now.' });
  await expect.poll(async () => (await rowOf(task)).outcome, { timeout: 15_000 }).toBe('cancelled');
  expect(await rowOf(task)).toMatchObject({ goesOnAt: null, decidedBy: null });
  expect((await seenBy(ada, task)).takeBackUntilMs).toBeNull();
});

test('[TKB1] what a guest decided is final, and the run waits all the same', async () => {
  const task = await ask();
  const otto: Actor = { ...olga, id: 'otto', name: 'Otto', email: 'otto@example.com' };
  const { id, name, email } = otto;
  await here.web.database.user.create({
    data: { id, name, email, grants: { create: [{ role: 'operator', flow: null }] } },
  });
  const guest = { requestId: randomUUID(), email: 'gus@guest.example', name: 'Gus', decidesFor: 'finance', days: 1 };
  const { url } = await inviteGuest(here.web, otto, task.taskId, { ...guest, mail: false });
  const token = url.split('#')[1]!;
  const { dataHash } = task;
  await decideAsGuest(here.web, new Headers(), { token, dataHash, decision: 'approve', comment: '' });
  expect((await rowOf(task)).goesOnAt).not.toBeNull();
  for (const actor of [ada, bob]) await expect(back(actor, task)).rejects.toEqual(refused('notCandidate'));
});
