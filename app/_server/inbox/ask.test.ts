/** The rules are in ask.ts. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { askTaskBodySchema, inboxQuerySchema, type AskTaskBody } from '@/app/_contract/inbox';
import { createTestDatabase, type TestDatabase } from '@/engine/store/postgres/testing/database';
import type { Prisma, PrismaClient } from '@/prisma/client/client';
import { openDatabase } from '../database';
import type { Actor } from '../people/actor';
import { askOthers } from './ask';
import { listInbox } from './list';

let server: TestDatabase;
let database: PrismaClient;
const announced: string[] = [];
beforeAll(async () => {
  server = await createTestDatabase();
  database = openDatabase(server.url, () => undefined);
}, 60_000);
afterAll(async () => {
  await database.$disconnect();
  await server.drop();
});
beforeEach(async () => {
  await database.humanTask.deleteMany();
  announced.length = 0;
});

const web = {
  get database() {
    return database;
  },
  invalidations: { announce: (topics: readonly string[]) => void announced.push(...topics) },
} as unknown as Parameters<typeof askOthers>[0];
const person = (id: string, groups: string[]): Actor => ({
  id,
  name: id,
  email: `${id}@example.com`,
  grants: [{ role: 'approver', flow: null }],
  groups,
  via: 'session',
  from: null,
});
const open = (more: Partial<Prisma.HumanTaskCreateManyInput> = {}) =>
  database.humanTask.createMany({
    data: [
      {
        taskId: 't',
        namespace: 'default',
        workflowId: 'w',
        firstRunId: 'r',
        workflowType: 'order_v1',
        flow: 'order',
        nodeId: 'ask',
        title: 'Approve',
        question: 'Yes?',
        candidates: ['finance'],
        requireComment: 'never',
        data: {},
        dataHash: 'h',
        ...more,
      },
    ],
  });
const ask = (candidates: string[], ...events: AskTaskBody['events']) =>
  askOthers(web, {
    workflowId: 'w',
    runId: 'r',
    taskId: 't',
    candidates,
    events,
  });
const escalated = (seq: number, to: string[], instead?: boolean): AskTaskBody['events'][number] => {
  return { seq, kind: 'escalated', atMs: seq * 1_000, to, ...(instead ? { instead } : {}) };
};
const reminded = (seq: number): AskTaskBody['events'][number] => ({ seq, kind: 'reminded', atMs: seq * 1_000 });
const rowOf = () => database.humanTask.findUniqueOrThrow({ where: { taskId: 't' } });
const eventsOf = async () =>
  (await database.humanTaskEvent.findMany({ orderBy: { id: 'asc' } })).map(({ seq, kind }) => `${seq} ${kind}`);
const shownTo = async (actor: Actor) =>
  (await listInbox({ database }, actor, inboxQuerySchema.parse({}))).tasks.find(({ mine }) => mine);

test('[TEV1] who is asked by an escalation finds the task, with what happened', async () => {
  await open();
  const boss = person('boss', ['bosses']);
  expect(await shownTo(boss)).toBeUndefined();
  await ask(['finance', 'bosses'], escalated(1, ['bosses']));
  expect((await shownTo(boss))?.events).toEqual([{ seq: 1, kind: 'escalated', atMs: 1_000, to: ['bosses'] }]);
  expect(announced).toEqual(['inbox']);
});

test('[TEV2] sent twice or late it changes nothing; what gathered is written once', async () => {
  await open();
  await Promise.all([ask(['b'], escalated(1, ['b'], true)), ask(['b'], escalated(1, ['b'], true))]);
  await ask(['c'], escalated(1, ['b'], true), reminded(2), escalated(3, ['c'], true));
  await ask(['b'], escalated(1, ['b'], true));
  expect((await rowOf()).candidates).toEqual(['c']);
  expect(await eventsOf()).toEqual(['1 escalated', '2 reminded', '3 escalated']);
  expect(announced).toEqual(['inbox', 'inbox']);
});

test('[TEV3] a settled task is not changed; if others are asked instead, whoever had claimed it loses it', async () => {
  await open({ claimedById: 'ada', claimedByName: 'Ada', claimedAt: new Date() });
  await ask(['finance', 'b'], escalated(1, ['b']));
  expect((await rowOf()).claimedById).toBe('ada');
  await ask(['c'], escalated(1, ['b']), escalated(2, ['c'], true));
  expect((await rowOf()).claimedById).toBeNull();
  await database.humanTask.update({ where: { taskId: 't' }, data: { settledAt: new Date(), outcome: 'approved' } });
  await ask(['d'], escalated(3, ['d'], true));
  expect((await rowOf()).candidates).toEqual(['c']);
  expect(await eventsOf()).toHaveLength(2);
});

test('[TEV4] a decision that was taken back makes the task wait again, once; not after its run has gone on', async () => {
  const back = (seq: number, takeBacks: number) =>
    askOthers(web, {
      workflowId: 'w',
      runId: 'r',
      taskId: 't',
      candidates: ['finance'],
      events: [{ seq, kind: 'takenBack', atMs: 1_000, by: 'Ada', decision: 'approve' }],
      takeBacks,
    });
  const decided = { settledAt: new Date(), outcome: 'approved', decidedBy: 'Ada', decidedById: 'ada', decisionId: 'd' };
  await open({ ...decided, goesOnAt: new Date(Date.now() + 60_000), takeBackMs: 60_000 });
  await Promise.all([back(1, 1), back(1, 1)]);
  const waits = { settledAt: null, outcome: null, decidedBy: null, decisionId: null, goesOnAt: null, takeBacks: 1 };
  expect(await rowOf()).toMatchObject(waits);
  expect(await database.humanTaskEvent.findMany()).toMatchObject([
    { kind: 'takenBack', by: 'Ada', decision: 'approve' },
  ]);
  // It was decided again before this late message.
  await database.humanTask.update({ where: { taskId: 't' }, data: { ...decided, goesOnAt: new Date() } });
  await back(1, 1);
  expect(await rowOf()).toMatchObject({ outcome: 'approved' });
  await database.humanTask.update({ where: { taskId: 't' }, data: { goesOnAt: null } });
  await back(2, 2);
  expect(await rowOf()).toMatchObject({ outcome: 'approved', decidedBy: 'Ada' });
  expect(await eventsOf()).toEqual(['1 takenBack', '2 takenBack']);
});

test('[TEV5] a question and the due time of a clock that is stopped come with their event, and never go back', async () => {
  const dueAt = new Date(100_000);
  await open({ dueAt, endsAt: dueAt });
  const asked = {
    id: 'q',
    text: 'Which budget?\u0000',
    by: 'Ada',
    byId: 'ada',
    of: 'Olga',
    ofId: 'olga',
    askedAtMs: 1_000,
  };
  const first = {
    events: [{ seq: 1, kind: 'asked', atMs: 1_000, by: 'Ada' }] as AskTaskBody['events'],
    questions: [asked],
    times: { dueAtMs: null, endsAtMs: null, stoppedSinceMs: 1_000 },
  };
  const second = {
    events: [...first.events, { seq: 2, kind: 'answered', atMs: 6_000, by: 'Olga' }] as AskTaskBody['events'],
    questions: [{ ...asked, answer: 'Ours.', answeredAtMs: 6_000 }],
    times: { dueAtMs: 105_000, endsAtMs: 105_000, stoppedSinceMs: null },
  };
  const tell = (more: typeof first | typeof second) =>
    askOthers(web, { workflowId: 'w', runId: 'r', taskId: 't', candidates: ['finance'], ...more });
  const now = async () => {
    const { dueAt, endsAt, stoppedSince } = await rowOf();
    return [dueAt, endsAt, stoppedSince].map((at) => at?.getTime() ?? null);
  };
  const questions = () => database.humanTaskQuestion.findMany();
  await Promise.all([tell(first), tell(first)]);
  expect(await now()).toEqual([null, null, 1_000]);
  expect(await questions()).toMatchObject([{ ofId: 'olga', answer: null, answeredAt: null }]);
  await tell(second);
  // Late: the row has more already.
  await tell(first);
  expect(await now()).toEqual([105_000, 105_000, null]);
  expect(await questions()).toMatchObject([{ answer: 'Ours.', answeredAt: new Date(6_000) }]);
  expect(await eventsOf()).toEqual(['1 asked', '2 answered']);
  // Of a task that is settled meanwhile nothing changes.
  await database.humanTask.update({ where: { taskId: 't' }, data: { settledAt: new Date(), outcome: 'approved' } });
  await tell({
    ...first,
    events: [{ seq: 3, kind: 'asked', atMs: 9_000, by: 'Ada' }],
    questions: [{ ...asked, id: 'r' }],
  });
  expect(await now()).toEqual([105_000, 105_000, null]);
  expect(await questions()).toHaveLength(1);
});

test('[TEV3] a task of another run is refused, and one that is gone has nobody to tell', async () => {
  await expect(ask(['b'], reminded(1))).resolves.toEqual({ taskId: 't' });
  await open({ firstRunId: 'other' });
  await expect(ask(['b'], reminded(1))).rejects.toMatchObject({ code: 'requestReused' });
  await database.humanTask.deleteMany();
  expect(await eventsOf()).toEqual([]);
});

test('[TEV2] what is no event is refused at the door', () => {
  const body = {
    namespace: 'd',
    workflowId: 'w',
    runId: 'r',
    workflowType: 't',
    taskId: 't',
    candidates: [],
    events: [],
  };
  expect(askTaskBodySchema.safeParse(body).success).toBe(true);
  for (const event of [
    { ...reminded(1), seq: 0 },
    { ...reminded(1), kind: 'deleted' },
    { ...reminded(1), atMs: -1 },
  ])
    expect(askTaskBodySchema.safeParse({ ...body, events: [event] }).success).toBe(false);
});
