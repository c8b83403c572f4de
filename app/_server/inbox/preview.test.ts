/** The rules are in preview.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { provesHistories } from '@/engine/history/testing/proof';
import type { HumanTask } from '@/prisma/client/client';
import type { Actor } from '../people/actor';
import { pauseRun } from '../runs/pause';
import { PEOPLE, startTestWeb, type TestWeb } from '../testing/test-web';
import { tripSource } from '../testing/trip';
import { claimTask } from './claim';
import { decideTask } from './decide';
import { previewDecisions } from './preview';

provesHistories(await tripSource());

let here: TestWeb;
beforeAll(async () => {
  here = await startTestWeb();
}, 120_000);
afterAll(() => here.close());

const { ada, bob, carl, olga } = PEOPLE;
const preview = (
  actor: Actor,
  tasks: { taskId: string; dataHash: string }[],
  decision: 'approve' | 'reject' = 'approve'
) =>
  previewDecisions(here.web, actor, { decision, tasks: tasks.map(({ taskId, dataHash }) => ({ taskId, dataHash })) });
const ask = async () => (await here.ask()).task;
const update = ({ taskId }: HumanTask, data: object) => here.web.database.humanTask.update({ where: { taskId }, data });

test('[BPV1] each task says what would follow, or why the decision would not count; nothing is decided', async () => {
  const [plain, claimed, settled, late, changed, run] = [
    await ask(),
    await ask(),
    await ask(),
    await ask(),
    await ask(),
    await here.ask(),
  ];
  await claimTask(here.web, bob, claimed.taskId, { from: null });
  await decideTask(here.web, bob, settled.taskId, {
    decisionId: randomUUID(),
    decision: 'approve',
    comment: '',
    dataHash: settled.dataHash,
  });
  await update(late, { endsAt: new Date(Date.now() - 1_000) });
  await pauseRun(here.web, olga, run.run, { requestId: randomUUID(), reason: 'The bank is closed.' });
  const asked = [
    plain,
    claimed,
    settled,
    late,
    { ...changed, dataHash: 'old' },
    run.task,
    { taskId: 'nothing', dataHash: 'h' },
  ];
  const { tasks } = await preview(ada, asked);
  expect(tasks.map(({ taskId, excepted }) => [taskId, excepted])).toEqual([
    [plain.taskId, null],
    [claimed.taskId, 'Bob has claimed this.'],
    [settled.taskId, 'Already decided by Bob: approved.'],
    [late.taskId, 'The time to decide it is over.'],
    [changed.taskId, 'The data has changed since the list was read.'],
    [run.task.taskId, 'The run is paused.'],
    ['nothing', 'There is no such task.'],
  ]);
  expect(tasks[0]?.consequence).toMatchObject({ kind: 'goesOn', then: 'Then it waits: Invoice.' });
  expect((await preview(ada, [plain], 'reject')).tasks[0]?.consequence).toMatchObject({ kind: 'fails' });
  const row = await here.web.database.humanTask.findUniqueOrThrow({ where: { taskId: plain.taskId } });
  expect([row.settledAt, await here.auditOf(plain.taskId)]).toEqual([null, []]);
});

test('[BPV1] who is not asked, or may decide nothing, learns nothing more', async () => {
  const task = await ask();
  expect((await preview(carl, [task])).tasks).toEqual([
    { taskId: task.taskId, excepted: 'Only finance, Bob@example.com may decide this.', consequence: null },
  ]);
  await expect(preview(olga, [task])).rejects.toMatchObject({ code: 'notAllowed' });
  const elsewhere: Actor = { ...ada, grants: [{ role: 'approver', flow: 'another' }] };
  expect((await preview(elsewhere, [task])).tasks[0]?.excepted).toBe('There is no such task.');
});
