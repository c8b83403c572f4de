/** [KEEP1] [KEEP2] [KEEP7] [KEEP8] of retention.ts, [KEEP3] of rows-of-gone.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Expired, FlowRetention, KeptNamespace, RetentionList } from '@/app/_contract/retention';
import { routes } from '@/app/_contract/routes';
import type { RunDetail } from '@/app/_contract/runs';
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
  expect(await read()).toEqual({ namespaces: [{ namespace, days: null }], flows: [], mustEnd: false });
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
  const remove = () =>
    temporal.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId, runId } });
  // The engine refuses what this process has not asked about: an open run of a flow, and an effect that remains.
  await expect(remove()).rejects.toThrow(/the run is open/);
  await temporal.workflowService.terminateWorkflowExecution({ namespace, workflowExecution: { workflowId } });
  await eventually(() => expect(remove()).rejects.toThrow(/nobody has acknowledged/));
  await world.web.versions.settleEffect({ ...own, found: 'remains' });
  await eventually(remove);
  await eventually(async () => {
    await removeRowsOfGone(world.web, Date.now() + 2 * 60 * 60_000);
    expect(await database.humanTask.count({ where: { workflowId } })).toBe(0);
    expect(await database.effectSettlement.count({ where: { workflowId } })).toBe(0);
  });
});

test('[KEEP5] [KEEP6] [KEEP7] [KEEP8] a closed run says when it is deleted; it is kept, and deleted now once nothing of it is left', async () => {
  const admin = await world.as('admin');
  const operator = await world.as('operator');
  const { workflowId, runId } = await world.startTill();
  const detail = async () => (await must(admin.get<RunDetail>(routes.run(workflowId, runId)))).body;
  const reason = 'the auditors ask for it';
  const post = (visitor: typeof admin, url: string, body: object) =>
    visitor.post(url, { requestId: randomUUID(), ...body });
  const keep = (isKept: boolean) => post(operator, routes.keepRun(workflowId, runId), { isKept, reason });
  const remove = (visitor = admin) => post(visitor, routes.deleteRun(workflowId, runId), { reason });
  expect((await detail()).retention).toBeNull();
  // An open run is never deleted.
  expect((await keep(true)).error?.message).toContain('is still open');
  expect((await remove()).error?.message).toContain('is still open');
  await must(post(admin, routes.terminate(workflowId, runId), { reason }));

  const ofFlow = async () => (await must(operator.get<FlowRetention>(routes.flowRetention('till')))).body;
  expect(await ofFlow()).toEqual({ days: null, isOwn: false, next: null });
  await must(admin.post(routes.setFlowRetention(), { flow: 'till', own: { days: 90 } }));
  expect(await ofFlow()).toMatchObject({ days: 90, isOwn: true });
  const { summary, retention } = await detail();
  expect(retention).toMatchObject({ deletesAtMs: summary.closeMs! + 90 * 86_400_000, isHeld: true, kept: null });
  expect((await must(admin.get<RetentionList>(routes.retention()))).body.flows).toEqual([{ flow: 'till', days: 90 }]);
  // An effect remains that nobody has acknowledged.
  expect((await remove()).error?.message).toContain('nobody has acknowledged');
  await must(
    post(admin, routes.settle(workflowId, runId), {
      activityId: 'take',
      found: 'remains',
      reason: 'the customer has it',
    })
  );
  await eventually(async () => expect((await detail()).retention?.isHeld).toBe(false));

  // [KEEP8] Other tests leave runs of which nothing holds the first.
  const { next } = await ofFlow();
  expect(next).toMatchObject({ atMs: expect.any(Number) as number });
  expect(next!.atMs).toBeLessThanOrEqual(summary.closeMs! + 90 * 86_400_000);

  await must(keep(true));
  expect((await detail()).retention?.kept).toMatchObject({ by: operator.person!.name, reason });
  expect((await remove()).error?.message).toContain('keeps this run: the auditors ask for it');
  await must(keep(false));
  expect((await detail()).retention?.kept).toBeNull();
  expect((await remove(operator)).error?.code).toBe('notAllowed');
  await must(remove());
  await eventually(async () => {
    const { error } = await admin.get(routes.run(workflowId, runId));
    expect(error?.code).toBe('runNotFound');
  });
  const rows = await world.web.database.auditEntry.findMany({
    where: { target: `${workflowId}/${runId}`, operation: { in: ['runs.keep', 'runs.delete'] }, outcome: 'done' },
    orderBy: { at: 'asc' },
  });
  expect(rows.map(({ operation }) => operation)).toEqual(['runs.keep', 'runs.keep', 'runs.delete']);
  await must(admin.post(routes.setFlowRetention(), { flow: 'till', own: null }));
  expect((await must(admin.get<RetentionList>(routes.retention()))).body.flows).toEqual([]);
  for (const own of [{ days: 0 }, { days: 1.5 }, { days: 40_000 }, 'ever'])
    expect((await admin.post(routes.setFlowRetention(), { flow: 'till', own })).status).toBe(422);
});
