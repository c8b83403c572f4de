/** Questions about a task, over a real run. The rules are in questions.ts; those of the clock in engine/saga/questions.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { provesHistories } from '@/engine/history/testing/proof';
import type { CreateSchedule } from '@/app/_contract/schedules';
import type { HumanTask } from '@/prisma/client/client';
import { publishFlow } from '../flows/publish';
import type { Actor } from '../people/actor';
import { startRun } from '../runs/start';
import { createSchedule, triggerSchedule } from '../schedules/change';
import { PEOPLE, startTestWeb, type TestWeb } from '../testing/test-web';
import { eventually } from '../testing/world';
import { flowSources, TRIP } from '../testing/trip';
import { decideTask } from './decide';
import { getTask } from './get';
import { listInbox } from './list';
import { answerQuestion, askQuestion, listAskable, withdrawQuestion } from './questions';

const [approve, ...rest] = TRIP.steps;
const DUE = {
  ...TRIP,
  name: 'due-trip',
  title: 'Due trip',
  steps: [{ ...approve, due: '1h', timeout: '2h' }, ...rest],
};
const PARENT = {
  format: 1,
  name: 'due-trips',
  title: 'Due trips',
  input: TRIP.input,
  steps: [
    {
      id: 'trip',
      kind: 'child',
      title: 'Trip',
      flow: DUE.name,
      input: { who: { $expr: 'input.who' }, amount: { $expr: 'input.amount' } },
    },
  ],
};
provesHistories(await flowSources([TRIP, DUE, PARENT]));

let here: TestWeb;
const { ada, bob, carl, dan, olga, vera } = PEOPLE;
beforeAll(async () => {
  here = await startTestWeb();
  await here.web.database.personGroup.create({ data: { name: 'finance' } });
  for (const { id, name, email, grants, groups } of [ada, bob, olga, vera])
    await here.web.database.user.create({
      data: {
        id,
        name,
        email,
        grants: { create: grants.map(({ role, flow }) => ({ role, flow })) },
        memberships: { create: groups.map((groupName) => ({ groupName })) },
      },
    });
  await publishFlow(here.web, dan, { document: DUE });
  await publishFlow(here.web, dan, { document: PARENT });
}, 120_000);
afterAll(() => here.close());

async function start(): Promise<HumanTask> {
  const input = { who: 'Grace', amount: 900 };
  const { workflowId } = await startRun(here.web, olga, DUE.name, { requestId: randomUUID(), input });
  return eventually(() => here.web.database.humanTask.findFirstOrThrow({ where: { workflowId } }));
}
const ask = (actor: Actor, { taskId }: HumanTask, of: string | null = null, questionId = randomUUID()) =>
  askQuestion(here.web, actor, taskId, { questionId, text: 'Which budget?', of });
const rowOf = ({ taskId }: HumanTask) => here.web.database.humanTask.findUniqueOrThrow({ where: { taskId } });
const seenBy = (actor: Actor, { taskId }: HumanTask) => getTask(here.web, actor, taskId);
const askedOf = async (actor: Actor, { taskId }: HumanTask) =>
  (await listInbox(here.web, actor, { view: 'waiting', limit: 10 })).askedOfMe.filter((each) => each.taskId === taskId);

test('[TQS1] [TQS2] it is asked of who started the run, who answers; the due time moves by the time between', async () => {
  const task = await start();
  const before = await rowOf(task);
  expect(await seenBy(ada, task)).toMatchObject({ mayAsk: true, starter: { id: 'olga' }, questions: [] });
  expect(await seenBy(olga, task)).toMatchObject({ mayAsk: false, starter: null });
  const questionId = randomUUID();
  await ask(ada, task, null, questionId);
  // Its answer was lost, and it is sent again.
  await ask(ada, task, null, questionId);
  expect(await rowOf(task)).toMatchObject({ dueAt: null, endsAt: null });
  expect(await askedOf(olga, task)).toMatchObject([{ text: 'Which budget?', by: 'Ada' }]);
  expect((await seenBy(olga, task)).questions).toMatchObject([{ mayAnswer: true, mayWithdraw: false }]);
  expect((await seenBy(ada, task)).task.stoppedSinceMs).not.toBeNull();

  await expect(answerQuestion(here.web, ada, task.taskId, questionId, 'Mine.')).rejects.toMatchObject({
    code: 'notCandidate',
  });
  await answerQuestion(here.web, olga, task.taskId, questionId, 'Ours.');
  const after = await rowOf(task);
  const movedMs = after.dueAt!.getTime() - before.dueAt!.getTime();
  expect([movedMs > 0, after.endsAt!.getTime() - before.endsAt!.getTime(), after.stoppedSince]).toEqual([
    true,
    movedMs,
    null,
  ]);
  expect((await seenBy(vera, task)).questions).toMatchObject([
    { by: 'Ada', of: 'Olga', answer: 'Ours.', mayAnswer: false, mayWithdraw: false },
  ]);
  expect(await askedOf(olga, task)).toEqual([]);
  const audit = await here.auditOf(task.taskId);
  expect(audit.map(({ operation, actorName }) => [operation, actorName])).toEqual([
    ['inbox.askQuestion', 'Ada'],
    ['inbox.askQuestion', 'Ada'],
    ['inbox.answerQuestion', 'Olga'],
  ]);
  // [TQS3]
  expect(JSON.stringify(audit)).not.toContain('Which budget');
});

test('[TQS1] whoever may not decide may not ask; whoever asked may withdraw it', async () => {
  const task = await start();
  await expect(ask(carl, task)).rejects.toMatchObject({ code: 'notCandidate' });
  await expect(ask(olga, task)).rejects.toMatchObject({ code: 'notAllowed' });
  await expect(ask(ada, task, 'ada')).rejects.toMatchObject({ code: 'refused' });
  await expect(ask(ada, task, 'nobody')).rejects.toMatchObject({ code: 'personNotFound' });
  const { questionId } = await ask(bob, task, 'vera');
  expect(await askedOf(vera, task)).toHaveLength(1);
  await expect(withdrawQuestion(here.web, ada, task.taskId, questionId)).rejects.toMatchObject({
    code: 'notCandidate',
  });
  await withdrawQuestion(here.web, bob, task.taskId, questionId);
  expect(await askedOf(vera, task)).toEqual([]);
  expect((await rowOf(task)).dueAt).not.toBeNull();
  await expect(answerQuestion(here.web, vera, task.taskId, questionId, 'Late.')).rejects.toMatchObject({
    code: 'alreadyDecided',
  });
});

test('[TQS2] [TQS4] a person who is named answers; whoever asks sees whom they may ask, and why they must choose', async () => {
  const task = await start();
  const { people } = await listAskable(here.web, ada, task.taskId);
  expect(people.map(({ name }) => name)).toEqual(['Bob', 'Olga', 'Vera']);
  await expect(listAskable(here.web, vera, task.taskId)).rejects.toMatchObject({ code: 'notAllowed' });
  const { questionId } = await ask(ada, task, 'vera');
  await expect(answerQuestion(here.web, olga, task.taskId, questionId, 'Me.')).rejects.toMatchObject({
    code: 'notCandidate',
  });
  await answerQuestion(here.web, vera, task.taskId, questionId, 'Ours.');

  const startedBy = async (actor: Actor) => {
    const input = { who: 'Grace', amount: 900 };
    const { workflowId } = await startRun(here.web, actor, DUE.name, { requestId: randomUUID(), input });
    return eventually(() => here.web.database.humanTask.findFirstOrThrow({ where: { workflowId } }));
  };
  for (const [actor, why] of [
    [{ ...olga, id: 'key-1', name: "Key 'ci'" }, "Key 'ci' started this run, and has no account here."],
    [{ ...olga, name: "Olga (webhook 'shop')" }, 'A webhook started this run.'],
  ] as const) {
    const other = await startedBy(actor);
    expect(await seenBy(ada, other)).toMatchObject({ starter: null, starterMissing: `${why} Choose whom to ask.` });
    await expect(ask(ada, other)).rejects.toMatchObject({
      code: 'personNotFound',
      message: expect.stringContaining(why),
    });
    expect((await rowOf(other)).stoppedSince).toBeNull();
    await ask(ada, other, 'vera');
  }
  expect(await seenBy(ada, task)).toMatchObject({ starter: { id: 'olga' }, starterMissing: null });
});

test('[TQS4] nobody started what a schedule started, nor what such a run started: whom to ask is chosen, and who is named answers', async () => {
  const input = { who: 'Grace', amount: 900 };
  const when: CreateSchedule['when'] = { kind: 'monthly', day: 'last', times: ['09:00'], zone: 'Europe/Berlin' };
  const more = {
    overlap: 'skip',
    catchupMinutes: 60,
    jitterSeconds: 0,
    remaining: null,
    pausesOnFailure: false,
  } as const;
  for (const flow of [DUE.name, PARENT.name]) {
    const id = `monthly-${flow}`;
    const settings = { flow, when, input, note: '', ...more };
    await createSchedule(here.web, olga, { ...settings, id, requestId: randomUUID() });
    const before = await here.web.database.humanTask.count();
    await triggerSchedule(here.web, olga, id, { requestId: randomUUID() });
    await eventually(async () => expect(await here.web.database.humanTask.count()).toBe(before + 1));
    const task = await here.web.database.humanTask.findFirstOrThrow({ orderBy: { openedAt: 'desc' } });
    expect(task.flow).toBe(DUE.name);
    const why = 'A schedule started this run. Choose whom to ask.';
    expect(await seenBy(ada, task)).toMatchObject({ mayAsk: true, starter: null, starterMissing: why });
    await expect(ask(ada, task)).rejects.toMatchObject({
      code: 'personNotFound',
      message: `${why} Nothing was asked.`,
    });
    expect((await rowOf(task)).stoppedSince).toBeNull();
    // Olga, whose the schedule is, can be chosen by her name.
    const { questionId } = await ask(ada, task, 'olga');
    expect(await askedOf(olga, task)).toMatchObject([{ text: 'Which budget?', by: 'Ada' }]);
    await answerQuestion(here.web, olga, task.taskId, questionId, 'Ours.');
    expect((await seenBy(ada, task)).questions).toMatchObject([{ of: 'Olga', answer: 'Ours.' }]);
  }
});

test('[TQS1] a task of a flow that was published before says that nothing can be asked; a decided one too', async () => {
  const task = await start();
  await here.web.database.humanTask.update({ where: { taskId: task.taskId }, data: { mayAsk: false } });
  expect((await seenBy(ada, task)).mayAsk).toBe(false);
  await expect(ask(ada, task)).rejects.toMatchObject({ code: 'refused', message: /published before/ });
  await here.web.database.humanTask.update({ where: { taskId: task.taskId }, data: { mayAsk: true } });
  const { questionId } = await ask(ada, task);
  const request = { decisionId: randomUUID(), decision: 'approve', comment: '', dataHash: task.dataHash };
  await decideTask(here.web, ada, task.taskId, request);
  await expect(ask(ada, task)).rejects.toMatchObject({ code: 'alreadyDecided' });
  await expect(answerQuestion(here.web, olga, task.taskId, questionId, 'Late.')).rejects.toMatchObject({
    code: 'alreadyDecided',
  });
  expect(await askedOf(olga, task)).toEqual([]);
  expect((await seenBy(ada, task)).questions).toMatchObject([{ answer: null, mayWithdraw: false }]);
});
