/** The rule is in follow.ts. A run on a real engine. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { provesHistories } from '@/engine/history/testing/proof';
import { PEOPLE, startTestWeb, type TestWeb } from '../testing/test-web';
import { tripSource } from '../testing/trip';
import { decideTask } from '../inbox/decide';
import { follow, followNow } from './follow';

provesHistories(await tripSource());

let here: TestWeb;
beforeAll(async () => {
  here = await startTestWeb();
}, 120_000);
afterAll(() => here.close());

test('[NTF1] whoever decided is told what became of it once, when the run has ended', async () => {
  const { database, temporal } = here.web;
  const web = { ...here.web, mail: { ...here.web.mail, configured: true } };
  const { run, task } = await here.ask();
  const { taskId, dataHash } = task;
  await decideTask(web, PEOPLE.ada, taskId, { decisionId: randomUUID(), decision: 'approve', comment: '', dataHash });
  const followAt = async () => (await database.humanTask.findUniqueOrThrow({ where: { taskId } })).followAt;
  const told = () => database.notification.findMany({ where: { taskId } });
  expect(await follow(web)).toBe(0);
  await followNow(web, run.workflowId);
  expect(await follow(web, new Date(Date.now() + 1))).toBe(1);
  expect(await told()).toEqual([]);
  expect((await followAt())!.getTime()).toBeGreaterThan(Date.now() + 50_000);

  const handle = temporal.workflow.getHandle(run.workflowId);
  await handle.signal('invoice', { number: '7' });
  await handle.result();
  // The engine says by itself that the run has ended.
  await expect.poll(async () => (await followAt())!.getTime() <= Date.now(), { timeout: 20_000 }).toBe(true);
  expect(await follow(web)).toBe(1);
  expect(await follow(web)).toBe(0);
  expect(await told()).toMatchObject([
    { kind: 'followed', personId: 'ada', content: { run: 'WorkflowExecutionCompleted', undone: [] }, sentAt: null },
  ]);
  expect(await followAt()).toBe(null);
});
