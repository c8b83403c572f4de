/**
 * What a person says of an effect after its run had closed.
 *
 * Rules
 * [SET1] It counts in the ledger of the run's page, with who said it and why; the last word counts.
 * [SET2] An open run is not settled, nor a step of which no effect is left.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '@/app/_contract/routes';
import type { RunDetail, SettleEffect } from '@/app/_contract/runs';
import type { Followed, InboxTaskDetail } from '@/app/_contract/inbox';
import { fillIn } from '../fill-in';
import { follow, followNow } from '../notifications/follow';
import { project } from '@/engine/run-view/project';
import { eventually, must, startWorld, type World } from '../testing/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.close());

test('[SET1] [SET2] [FI1] [FI3] an effect of a killed run is settled and corrected, and the last answer is counted', async () => {
  const run = await world.startTill();
  const { workflowId, runId } = run;
  const operator = await world.as('operator');
  const handle = world.web.temporal.workflow.getHandle(workflowId, runId);
  await eventually(async () => {
    const { entries } = await handle.query<{ entries: unknown[] }>('__ledger');
    expect(entries).not.toEqual([]);
  });
  const settle = (found: SettleEffect['found'], activityId = 'take') =>
    operator.post(routes.settle(workflowId, runId), { requestId: randomUUID(), activityId, found, reason: 'counted' });
  const entry = async () => {
    const { body } = await must(operator.get<RunDetail>(routes.run(workflowId, runId)));
    const { ledger } = project({ ...body.live, settlements: body.settlements, nowMs: 0 }, body.manifest!);
    return { left: ledger.left, ...ledger.entries.find(({ activityId }) => activityId === 'take') };
  };

  expect((await settle('undone')).error?.code).toBe('refused');
  await handle.terminate('enough');
  await eventually(async () => expect(await entry()).toMatchObject({ left: 1 }));
  expect((await settle('undone', 'nothing')).error?.code).toBe('refused');

  await must(settle('undone'));
  expect(await entry()).toMatchObject({ left: 0, state: 'doneByHand', decidedBy: { reason: 'counted' } });
  await must(settle('remains'));
  const { database, config } = world.web;
  const { namespace } = config;
  const remaining = async () => {
    const { body } = await must(operator.get<RunDetail>(routes.run(workflowId, runId)));
    return body.summary.standing;
  };
  await eventually(async () => expect(await remaining()).toBe(1));
  const said = { reason: 'counted', byId: 'x', byName: 'X', counted: false };
  const key = { namespace, workflowId, runId, activityId: 'take' };
  await database.effectSettlement.update({
    where: { namespace_workflowId_runId_activityId: key },
    data: { ...said, found: 'undone' },
  });
  await database.effectSettlement.create({ data: { ...key, workflowId: 'no-such-run', ...said, found: 'undone' } });
  expect(await fillIn(world.web)).toBe(2);
  await eventually(async () => expect(await remaining()).toBe(0));
  expect(await fillIn(world.web)).toBe(0);
  await must(settle('remains'));
  expect(await entry()).toMatchObject({ left: 1, state: 'leftStanding', happened: 'yes' });
});

test('[NTF2] an effect that is settled after the end is told to whoever decided, once for each statement', async () => {
  const { workflowId, runId } = await world.startTill({ approve: true });
  const [admin, operator] = await Promise.all([world.as('admin'), world.as('operator')]);
  const web = { ...world.web, mail: { ...world.web.mail, configured: true } };
  const { database } = web;
  const { taskId, dataHash } = await eventually(() => database.humanTask.findFirstOrThrow({ where: { workflowId } }));
  await must(
    admin.post(routes.decideTask(taskId), { decisionId: randomUUID(), decision: 'approve', comment: '', dataHash })
  );
  await web.temporal.workflow.getHandle(workflowId, runId).terminate('enough');
  const told = async () => {
    const rows = await database.notification.findMany({ where: { taskId }, orderBy: { createdAt: 'asc' } });
    return rows.map(({ content }) => (content as unknown as Followed).settled);
  };
  await eventually(async () => {
    await followNow(web, workflowId);
    await follow(web, new Date(Date.now() + 1_000));
    expect(await told()).toEqual([undefined]);
  });
  const settle = (found: SettleEffect['found']) =>
    must(
      operator.post(routes.settle(workflowId, runId), {
        requestId: randomUUID(),
        activityId: 'take',
        found,
        reason: 'counted',
      })
    );
  const look = () => follow(web, new Date(Date.now() + 1_000));
  await settle('undone');
  const undone = [{ step: 'Take the money', found: 'undone' }];
  await eventually(async () => {
    await look();
    expect(await told()).toEqual([undefined, undone]);
  });
  // It is corrected.
  await settle('remains');
  await eventually(async () => {
    await look();
    expect(await told()).toEqual([undefined, undone, [{ step: 'Take the money', found: 'remains' }]]);
  });
  expect(await look()).toBe(0);
  const { followed } = (await must(admin.get<InboxTaskDetail>(routes.task(taskId)))).body;
  expect(followed).toMatchObject({ undone: [], settled: [{ found: 'remains' }] });
});
