/** [KEEP1] [KEEP2] of retention.ts, [KEEP3] of rows-of-gone.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Expired, KeptNamespace, RetentionList } from '@/app/_contract/retention';
import { routes } from '@/app/_contract/routes';
import { eventually, must, startWorld, type World } from '../testing/world';
import { removeRowsOfGone } from './rows-of-gone';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.close());

test('[KEEP1] [KEEP2] a period is counted, set, and read back; who may not administer sees nothing of it', async () => {
  const { namespace } = world.web.config;
  const admin = await world.as('admin');
  const read = async () => (await must(admin.get<RetentionList>(routes.retention()))).body;
  expect(await read()).toEqual({ namespaces: [{ namespace, days: null }], mustEnd: false });
  const { workflowId, runId } = await world.startTill();
  await world.web.temporal.workflow.getHandle(workflowId, runId).terminate('enough');
  const { body: expired } = await must(admin.get<Expired>(routes.expired(namespace, 30)));
  expect(expired).toEqual({ runs: 0, held: 0 });
  const { body: set } = await must(admin.post<KeptNamespace>(routes.setRetention(), { namespace, days: 30 }));
  expect(set).toEqual({ namespace, days: 30 });
  expect((await read()).namespaces).toEqual([{ namespace, days: 30 }]);
  const [row] = await world.web.database.auditEntry.findMany({ where: { operation: 'namespaces.update' } });
  expect(row).toMatchObject({ target: namespace, details: { days: 30 }, outcome: 'done' });
  await must(admin.post(routes.setRetention(), { namespace, days: null }));
  expect((await read()).namespaces).toEqual([{ namespace, days: null }]);

  for (const days of [0, 1.5, -1, 36_501, 'x'])
    expect((await admin.post(routes.setRetention(), { namespace, days })).error?.code).toBe('inputInvalid');
  const designer = await world.as('designer');
  for (const asked of [
    designer.get(routes.retention()),
    designer.get(routes.expired(namespace, 1)),
    designer.post(routes.setRetention(), { namespace, days: 1 }),
  ])
    expect((await asked).error?.code).toBe('notAllowed');
});

test('[KEEP3] rows go when their run is gone, and not before', async () => {
  const { database, temporal, config } = world.web;
  const { namespace } = config;
  const { workflowId, runId } = await world.startTill();
  const finding = { found: 'remains', reason: 'seen', byId: 'x', byName: 'X' };
  const own = { namespace, workflowId, runId, activityId: 'take' };
  await database.effectSettlement.create({ data: { ...own, ...finding, at: new Date(0) } });
  const task = {
    namespace,
    workflowId,
    firstRunId: runId,
    runId,
    workflowType: 't',
    flow: 'f',
    nodeId: 'n',
    title: 'T',
    question: 'Q',
    candidates: [],
    requireComment: 'never',
    data: {},
    dataHash: 'h',
  };
  const settled = { settledAt: new Date(0), outcome: 'approved' };
  const taskId = randomUUID();
  await database.humanTask.create({ data: { ...task, ...settled, taskId } });
  const young = randomUUID();
  await database.humanTask.create({ data: { ...task, ...settled, settledAt: new Date(), taskId: young } });
  const gone = randomUUID();
  await database.humanTask.create({ data: { ...task, ...settled, taskId: gone, workflowId: `never-${gone}` } });
  expect(await removeRowsOfGone(world.web)).toBe(1);
  expect(await database.humanTask.count({ where: { taskId: { in: [taskId, young] } } })).toBe(2);
  await temporal.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId, runId } });
  await eventually(async () => {
    await removeRowsOfGone(world.web, Date.now() + 2 * 60 * 60_000);
    expect(await database.humanTask.count({ where: { workflowId } })).toBe(0);
    expect(await database.effectSettlement.count({ where: { workflowId } })).toBe(0);
  });
});
