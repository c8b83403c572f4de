/** What needs somebody, with the real engine and database. The rules are in list.ts and change.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttentionGroup, AttentionList } from '@/app/_contract/attention';
import type { Batch } from '@/app/_contract/batches';
import { routes as to } from '@/app/_contract/routes';
import type { RunsPage } from '@/app/_contract/runs';
import { Prisma } from '@/prisma/client/client';
import type { RunAddress } from '../runs/address';
import { retryingFlow } from '../testing/till';
import { eventually, must, startWorld, type Visitor, type World } from '../testing/world';

const retrying = retryingFlow('till');
/** Fails at its step, in all of its versions. */
const failing = (note: string) => ({
  ...retrying,
  name: 'fails',
  title: 'Fails',
  description: note,
  steps: retrying.steps.map((step) =>
    'options' in step ? { ...step, options: { startToCloseTimeout: '1m', retry: { maximumAttempts: 1 } } } : step
  ),
});

let world: World;
let admin: Visitor;
beforeAll(async () => {
  world = await startWorld();
  admin = await world.as('admin');
  await must(admin.post(to.publish(), { document: retrying }));
  await must(admin.post(to.publish(), { document: failing('one') }));
  await start('fails');
  await eventually(() => groupOf('fails'));
  await must(admin.post(to.publish(), { document: failing('two'), base: 1 }));
  await Promise.all([start('fails'), start('fails'), start(retrying.name)]);
  await world.startTill({ take: '/lose-answer' });
  await eventually(async () => {
    expect((await groupOf('fails')).count).toBe(3);
    await groupOf(retrying.name);
    await groupOf('till');
  });
}, 120_000);
afterAll(() => world.close());

const start = async (flow: string): Promise<RunAddress> =>
  (await must(admin.post<RunAddress>(to.startRun(flow), { requestId: randomUUID(), input: {} }))).body;
const listed = async (visitor: Visitor = admin): Promise<AttentionGroup[]> =>
  (await must(visitor.get<AttentionList>(to.attention(7)))).body.groups;
async function groupOf(flow: string, visitor: Visitor = admin): Promise<AttentionGroup> {
  const found = (await listed(visitor)).filter((group) => group.flow === flow);
  expect(found).toHaveLength(1);
  return found[0]!;
}
const say = async (url: string, flow: string, body: object) => {
  const { key } = await groupOf(flow);
  return must(admin.post(url, { requestId: randomUUID(), flow, key, ...body }));
};

test('[ATT1] runs of all versions of a flow are grouped by step and error, the most urgent first', async () => {
  const groups = await listed();
  expect(groups.map(({ kind }) => kind)).toEqual(['asks', 'retries', 'failed']);
  expect(groups[2]).toMatchObject({
    flow: 'fails',
    title: 'Fails',
    step: 'look',
    stepTitle: 'Look at the shelf',
    error: 'HttpStatus Jammed',
    count: 3,
    firstVersion: 1,
    owner: null,
    acknowledged: null,
    snoozed: null,
    notes: [],
    fresh: null,
  });
  expect(groups[2]!.text).toContain('answered 500');
  expect(groups[1]).toMatchObject({ flow: retrying.name, step: 'look', error: 'HttpStatus Jammed', count: 1 });
  // Its input has a sensitive field.
  expect(groups[0]).toMatchObject({ flow: 'till', kind: 'asks', count: 1, text: '' });
});

test('the list of runs shows exactly the runs of a group', async () => {
  for (const { search, count } of await listed()) {
    const { body } = await must(admin.get<RunsPage>(to.runs(search ?? '')));
    expect(body.runs, search ?? '').toHaveLength(count);
    expect(body.total).toBe(count);
  }
});

test('[ATT2] an acknowledged group is quiet until another run comes into it', async () => {
  await say(to.acknowledgeGroup(), 'fails', { acknowledged: true });
  expect(await groupOf('fails')).toMatchObject({ acknowledged: { by: 'Ada admin' }, fresh: null });
  await start('fails');
  await eventually(async () => expect(await groupOf('fails')).toMatchObject({ count: 4, fresh: 1 }));
  await say(to.acknowledgeGroup(), 'fails', { acknowledged: false });
  expect(await groupOf('fails')).toMatchObject({ acknowledged: null, fresh: null });
});

test('[ATC2] a group is owned, snoozed and noted; each change is audited, and a note that is sent twice is one', async () => {
  const { key } = await groupOf(retrying.name);
  await say(to.ownGroup(), retrying.name, { own: true });
  await say(to.snoozeGroup(), retrying.name, { minutes: 60 });
  const note = { requestId: randomUUID(), flow: retrying.name, key, text: 'The shelf is being mended.' };
  await must(admin.post(to.noteGroup(), note));
  await must(admin.post(to.noteGroup(), note));
  const group = await groupOf(retrying.name);
  expect(group).toMatchObject({
    owner: { name: 'Ada admin' },
    snoozed: { by: 'Ada admin' },
    notes: [{ text: 'The shelf is being mended.', by: 'Ada admin' }],
  });
  expect(group.notes).toHaveLength(1);
  const trail = await world.web.database.auditEntry.findMany({
    where: { target: `${retrying.name}/${key.trim()}` },
    orderBy: { at: 'asc' },
  });
  expect(trail.map(({ operation, outcome }) => [operation, outcome])).toEqual([
    ['attention.own', 'done'],
    ['attention.snooze', 'done'],
    ['attention.note', 'done'],
    ['attention.note', 'done'],
  ]);
  await say(to.ownGroup(), retrying.name, { own: false });
  await say(to.snoozeGroup(), retrying.name, { minutes: null });
  expect(await groupOf(retrying.name)).toMatchObject({ owner: null, snoozed: null });
});

test('[ATC1] bad input is refused by name, and nothing is stored', async () => {
  const rows = () => world.web.database.attentionGroup.count();
  const before = await rows();
  const body = { requestId: randomUUID(), flow: 'till', key: 'failed take X' };
  const answers = [
    await admin.post(to.ownGroup(), { ...body, key: 'nonsense take', own: true }),
    await admin.post(to.ownGroup(), { ...body, own: 'yes' }),
    await admin.post(to.snoozeGroup(), { ...body, minutes: 0 }),
    await admin.post(to.snoozeGroup(), { ...body, minutes: 10_000_000 }),
    await admin.post(to.noteGroup(), { ...body, text: '   ' }),
    await admin.post(to.noteGroup(), { ...body, text: 'a\u0000b' }),
    await admin.post(to.acknowledgeGroup(), { ...body, key: 'x'.repeat(501), acknowledged: true }),
    await admin.get('/api/attention?days=0'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([400, 422, 422, 422, 422, 422, 422, 422]);
  expect(await rows()).toBe(before);
});

test('[ATT3] a person sees the groups of their flows', async () => {
  const viewer = await world.as('viewer');
  expect((await listed(viewer)).every(({ may }) => !may.operate)).toBe(true);
});

test('an approval past its due time is a group of its own, until it is decided', async () => {
  await world.startTill({ approve: true });
  const task = await eventually(async () => {
    const found = await world.web.database.humanTask.findFirst({ where: { settledAt: null, flow: 'till' } });
    if (!found) throw new Error('the task is not there');
    return found;
  });
  const overdue = async () => (await listed()).filter(({ kind }) => kind === 'overdue');
  expect(await overdue()).toEqual([]);
  const dueAt = new Date(Date.now() - 60_000);
  await world.web.database.humanTask.update({ where: { taskId: task.taskId }, data: { dueAt } });
  expect(await overdue()).toMatchObject([
    { flow: 'till', step: 'approve', stepTitle: 'Approve it', count: 1, firstMs: dueAt.getTime(), search: null },
  ]);
  await world.web.database.humanTask.update({ where: { taskId: task.taskId }, data: { settledAt: new Date() } });
  expect(await overdue()).toEqual([]);
});

test('an approval whose data names nobody with an account is a group of its own, until somebody is asked', async () => {
  const { humanTask } = world.web.database;
  const task = await humanTask.findFirstOrThrow({ where: { flow: 'till' } });
  const nobody = async () => (await listed()).filter(({ kind }) => kind === 'nobody');
  const ask = (fromData: boolean, candidates: string[]) =>
    humanTask.update({ where: { taskId: task.taskId }, data: { settledAt: null, fromData, candidates } });
  await ask(false, []);
  expect(await nobody()).toEqual([]);
  for (const candidates of [[], ['ghost@example.com', 'no-such-group']]) {
    await ask(true, candidates);
    expect(await nobody()).toMatchObject([{ flow: 'till', step: 'approve', stepTitle: 'Approve it', count: 1 }]);
  }
  const { email } = await world.web.database.user.findFirstOrThrow({ where: { deactivatedAt: null } });
  await ask(true, ['ghost@example.com', email.toUpperCase()]);
  expect(await nobody()).toEqual([]);
  // Too few.
  await humanTask.update({ where: { taskId: task.taskId }, data: { howMany: 2 } });
  expect(await nobody()).toMatchObject([
    { flow: 'till', text: expect.stringMatching(/^Too few who may decide are left/) },
  ]);
  await humanTask.update({ where: { taskId: task.taskId }, data: { howMany: Prisma.DbNull } });
  await humanTask.update({ where: { taskId: task.taskId }, data: { settledAt: new Date() } });
});

test('[ATB1] [ATB2] the step of a group is tried again at once, by one batch, and of no other group', async () => {
  const { key } = await groupOf(retrying.name);
  const body = { requestId: randomUUID(), flow: retrying.name, key, reason: 'The shelf is mended.' };
  const started = (await must(admin.post<Batch>(to.retryGroup(), body))).body;
  expect(started).toMatchObject({ id: body.requestId, total: 1 });
  expect((await must(admin.post<Batch>(to.retryGroup(), body))).body.id).toBe(started.id);
  await eventually(async () => {
    const { body: batch } = await must(admin.get<Batch>(to.batch(started.id)));
    expect(batch).toMatchObject({ state: 'completed', total: 1, done: 1, failed: 0 });
  });
  const { example } = await groupOf(retrying.name);
  await eventually(async () => {
    const handle = world.web.temporal.workflow.getHandle(example.workflowId, example.runId);
    expect((await handle.describe()).raw.pendingActivities).toMatchObject([{ attempt: 3 }]);
  });
  const failed = await groupOf('fails');
  const refused = await admin.post(to.retryGroup(), {
    ...body,
    requestId: randomUUID(),
    flow: 'fails',
    key: failed.key,
  });
  const gone = await admin.post(to.retryGroup(), { ...body, requestId: randomUUID(), key: 'retries look Other' });
  const unsaid = await admin.post(to.retryGroup(), { ...body, requestId: randomUUID(), reason: ' ' });
  expect([refused.status, gone.status, unsaid.status]).toEqual([409, 409, 422]);
  expect((await (await world.as('viewer')).post(to.retryGroup(), body)).status).toBe(403);
});
