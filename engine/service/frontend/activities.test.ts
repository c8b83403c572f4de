/**
 * PauseActivity, UnpauseActivity, ResetActivity and UpdateActivityOptions: activities.ts. The rules of the activities are
 * [ACO1] to [ACO6] of history/activity-operations.ts.
 *
 * [OPA1] The description of a run says which of its activities are paused, since when, by whom and why; lists find it.
 * [OPA2] What was done to activities survives a crash; an attempt that was sent counts as sent.
 * [OPA3] Requests that a Temporal server refuses are refused, and what it would ignore too.
 * [OPA4] Who may not operate on a run may not operate on its activities; every change is in the audit log.
 * [OPA5] The official client can send each of them.
 */
import { status } from '@grpc/grpc-js';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { durationMs, toDuration } from '../../proto-time';
import { provesHistories } from '../../history/testing/proof';
import { processCaller } from '../../permissions/caller';
import type { temporal } from '../../proto';
import { settle } from '../../sim/virtual-clock';
import { Authority } from '../doors/keys';
import { openGrpcDoor } from '../doors/grpc';
import { steps, World } from '../testing/world';

provesHistories('scripted');

let world: World;
afterEach(() => world.role.stop());
const FAILED = { kind: 'failed', failure: { message: 'no', applicationFailureInfo: { type: 'Down' } } } as const;

async function begin(more: Parameters<typeof steps>[1] = {}, options = {}): Promise<void> {
  world = await new World({ flow: steps(1, more) }, undefined, options).begin();
  await world.start('w', 'flow');
  await settle();
}
const ask = <T = object>(method: string, more: object = { id: 'step-1' }) =>
  world.call<T>(method, { execution: { workflowId: 'w' }, ...more });
async function pending(): Promise<temporal.api.workflow.v1.IPendingActivityInfo> {
  const [activity] = (await world.describe('w')).pendingActivities ?? [];
  return activity!;
}
async function listed(query: string): Promise<number> {
  await settle();
  const { executions } = await world.call<{ executions: unknown[] }>('ListWorkflowExecutions', { query });
  return executions.length;
}
const [SCHEDULED, STARTED, PAUSED, PAUSE_REQUESTED] = [1, 2, 4, 5];

describe('operations on activities', () => {
  it('[OPA1] who paused it, when and why; its state with and without an attempt', async () => {
    await begin();
    await ask('PauseActivity', { type: 'work', reason: 'the shop is closed' });
    expect(await pending()).toMatchObject({
      state: PAUSE_REQUESTED,
      paused: true,
      pauseInfo: { pauseTime: {}, manual: { identity: 'local, without a key', reason: 'the shop is closed' } },
    });
    expect(await listed("TemporalPauseInfo = 'property:activityType=work'")).toBe(1);
    world.activities.finish('step-1', FAILED);
    await settle();
    expect(await pending()).toMatchObject({ state: PAUSED, attempt: 2, lastFailure: { message: 'no' } });
    await ask('UnpauseActivity', { unpauseAll: true });
    expect(await pending()).toMatchObject({ state: STARTED, attempt: 2, paused: false, pauseInfo: null });
    expect(await listed('TemporalPauseInfo IS NULL')).toBe(1);
    expect(world.activities.started).toHaveLength(2);
  });

  it('[OPA2] a pause survives a crash; the attempt that was cut off counts as sent', async () => {
    await begin({ startToCloseTimeout: toDuration(5_000) });
    await ask('PauseActivity');
    await world.takeOver();
    await world.clock.advance(60_000);
    expect(world.activities.started).toHaveLength(1);
    expect(await pending()).toMatchObject({ state: PAUSED, attempt: 2, pauseInfo: { manual: {} } });
    await ask('ResetActivity');
    expect(await pending()).toMatchObject({ state: STARTED, attempt: 2 });
    await world.takeOver();
    expect(await pending()).toMatchObject({ attempt: 3 });
    await world.clock.advance(1_500);
    expect(world.activities.started.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  it('[OPA2] other options survive a crash, and are restored', async () => {
    await begin();
    world.activities.finish('step-1', FAILED);
    await settle();
    const retryPolicy = { initialInterval: toDuration(3_600_000), maximumInterval: toDuration(7_200_000) };
    const activityOptions = { retryPolicy, heartbeatTimeout: toDuration(4_000) };
    const paths = ['heartbeat_timeout', 'retry_policy.initial_interval', 'retryPolicy.maximumInterval'];
    const answer = await ask<temporal.api.workflowservice.v1.IUpdateActivityOptionsResponse>('UpdateActivityOptions', {
      matchAll: true,
      activityOptions,
      updateMask: { paths },
    });
    const ofPolicy = (info?: temporal.api.activity.v1.IActivityOptions | null) => [
      durationMs(info?.heartbeatTimeout),
      durationMs(info?.startToCloseTimeout),
      durationMs(info?.retryPolicy?.initialInterval),
    ];
    expect(ofPolicy(answer.activityOptions)).toEqual([4_000, 10_000, 3_600_000]);
    await world.takeOver();
    await world.clock.advance(60_000);
    expect(world.activities.started).toHaveLength(1);
    expect(ofPolicy((await pending()).activityOptions)).toEqual([4_000, 10_000, 3_600_000]);
    await ask('UpdateActivityOptions', { id: 'step-1', restoreOriginal: true });
    await settle();
    expect(world.activities.started).toHaveLength(2);
    expect(ofPolicy((await pending()).activityOptions)).toEqual([0, 10_000, 1_000]);
  });

  it('[OPA2] with jitter the next attempt begins within it', async () => {
    await begin();
    world.activities.finish('step-1', FAILED);
    await settle();
    const drawn = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    await ask('ResetActivity', { id: 'step-1', jitter: toDuration(600_000), resetHeartbeat: true });
    drawn.mockRestore();
    expect(await pending()).toMatchObject({ state: SCHEDULED, attempt: 2 });
    await world.clock.advance(299_999);
    expect(world.activities.started).toHaveLength(1);
    await world.clock.advance(1);
    expect(world.activities.started).toHaveLength(2);
  });

  const options = { activityOptions: {}, updateMask: { paths: [] } };
  it.each<[string, object, number, string]>([
    ['PauseActivity', {}, status.INVALID_ARGUMENT, 'Either Activity.Id or Activity.Type should be set on request.'],
    ['ResetActivity', { id: 'other' }, status.NOT_FOUND, "Can't find pending activity with such ID"],
    ['UnpauseActivity', { type: 'other' }, status.NOT_FOUND, "Can't find pending activity with such ID"],
    ['PauseActivity', { id: 'step-1', reason: 'x'.repeat(1_001) }, status.INVALID_ARGUMENT, 'reason: is longer'],
    ['UnpauseActivity', { unpauseAll: true, jitter: toDuration(-1) }, status.INVALID_ARGUMENT, 'jitter: is negative'],
    ['UpdateActivityOptions', { id: 'step-1' }, status.INVALID_ARGUMENT, 'ActivityOptions are not provided'],
    [
      'UpdateActivityOptions',
      { id: 'step-1', activityOptions: {} },
      status.INVALID_ARGUMENT,
      'UpdateMask is not provided',
    ],
    [
      'UpdateActivityOptions',
      { id: 'step-1', restoreOriginal: true, updateMask: { paths: ['heartbeat_timeout'] } },
      status.INVALID_ARGUMENT,
      'Both UpdateMask and RestoreOriginal are provided',
    ],
    [
      'UpdateActivityOptions',
      { id: 'step-1', ...options, updateMask: { paths: ['priority'] } },
      status.INVALID_ARGUMENT,
      "update_mask: 'priority' is no option that can be changed",
    ],
    [
      'UpdateActivityOptions',
      { id: 'step-1', activityOptions: { taskQueue: { name: 'mine' } }, updateMask: { paths: ['task_queue.name'] } },
      status.INVALID_ARGUMENT,
      "activity_options.task_queue.name: no worker serves the queue 'mine'",
    ],
    [
      'UpdateActivityOptions',
      { id: 'step-1', ...options, updateMask: { paths: ['retry_policy.maximum_attempts'] } },
      status.INVALID_ARGUMENT,
      'RetryPolicy is not provided',
    ],
  ])('[OPA3] %s %o is refused', async (method, more, code, message) => {
    await begin();
    await expect(ask(method, more)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
    expect(await pending()).toMatchObject({ paused: false, attempt: 1 });
  });

  it('[OPA3] a run that has closed has no pending activity', async () => {
    await begin();
    world.activities.finish('step-1');
    await settle();
    for (const method of ['PauseActivity', 'UnpauseActivity', 'ResetActivity', 'UpdateActivityOptions'])
      await expect(ask(method, { id: 'step-1', ...options })).rejects.toThrow('workflow execution already completed');
  });

  it('[OPA4] needs the right to operate, and is audited with the run', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
    await begin({}, { log });
    const request = { namespace: 'default', execution: { workflowId: 'w' }, id: 'step-1' };
    const viewer = processCaller('web', [{ role: 'viewer', flow: null }]);
    await expect(world.role.service.call('PauseActivity', request, viewer)).rejects.toThrow(/runs.pauseActivity/);
    const elsewhere = processCaller('web', [{ role: 'operator', flow: 'another-flow' }]);
    await expect(world.role.service.call('ResetActivity', request, elsewhere)).rejects.toThrow(/runs.resetActivity/);
    await ask('PauseActivity');
    expect(lines.filter(({ audit }) => audit)).toMatchObject([
      { method: 'StartWorkflowExecution' },
      { method: 'PauseActivity', workflowId: 'w', outcome: 'PERMISSION_DENIED' },
      { method: 'ResetActivity', workflowId: 'w', outcome: 'PERMISSION_DENIED' },
      { method: 'PauseActivity', workflowId: 'w', outcome: 'ok' },
    ]);
  });

  it('[OPA5] by the official client', async () => {
    await begin();
    const door = await openGrpcDoor({
      service: world.role.service,
      authority: new Authority({ keys: [] }),
      address: '127.0.0.1:0',
    });
    const connection = await Connection.connect({ address: door.address });
    try {
      const { workflowService } = connection;
      const named = { namespace: 'default', execution: { workflowId: 'w' }, id: 'step-1' };
      await workflowService.pauseActivity({ ...named, reason: 'why' });
      const description = () => new Client({ connection }).workflow.getHandle('w').describe();
      expect((await description()).raw.pendingActivities?.[0]?.pauseInfo?.manual?.reason).toBe('why');
      await workflowService.updateActivityOptions({
        ...named,
        activityOptions: { startToCloseTimeout: toDuration(60_000) },
        updateMask: { paths: ['start_to_close_timeout'] },
      });
      await workflowService.resetActivity({ ...named, keepPaused: true, restoreOriginalOptions: true });
      await workflowService.unpauseActivity(named);
      const [activity] = (await description()).raw.pendingActivities ?? [];
      expect(activity?.paused).toBe(false);
      expect(durationMs(activity?.activityOptions?.startToCloseTimeout)).toBe(10_000);
    } finally {
      await connection.close();
      await door.close();
    }
  });
});
