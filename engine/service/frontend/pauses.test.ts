/**
 * PauseWorkflowExecution and UnpauseWorkflowExecution: the rules of the run are [RPA1] to [RPA6] of history/paused.ts.
 *
 * [PAU1] Descriptions and lists say that a run is paused, since when, by whom and why.
 * [PAU2] Queries are answered, updates refused, signals kept.
 * [PAU3] A paused run stays paused through a takeover, and costs no memory.
 * [PAU6] A request whose answer was lost is answered as before, also after the run has closed. A reset gives a run that
 *        is not paused ([RPA7]), also from the task during which the pause was requested.
 * [PAU4] Who may not operate on a run may not pause it; both requests are in the audit log.
 * [PAU5] The official client can send both, and the official replayer accepts the history.
 */
import { status } from '@grpc/grpc-js';
import { Client, Connection } from '@temporalio/client';
import { pino } from 'pino';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { provesHistories } from '../../history/testing/proof';
import { processCaller } from '../../permissions/caller';
import { PAUSED_STATUS, STATUS } from '../../run-name';
import { settle } from '../../sim/virtual-clock';
import { MemoryStore } from '../../store/memory';
import { ActivityExecutor } from '../../worker/activities/executor';
import { bundleWorkflows } from '../../worker/bundle/bundle';
import { createEmbeddedWorker } from '../../worker/embedded-worker';
import { Authority } from '../doors/keys';
import { openGrpcDoor } from '../doors/grpc';
import { startTestEngine } from '../testing/test-engine';
import { DAY_MS, signals, steps, untilSignal, World } from '../testing/world';

const workflowsPath = fileURLToPath(new URL('../../worker/testing/workflows/basics.ts', import.meta.url));
const official = { workflowsPath };
provesHistories('scripted');

let world: World;
async function begin(options = {}): Promise<void> {
  world = await new World({ waits: untilSignal, flow: steps(1) }, undefined, options).begin();
}
const pause = (more: object = {}) =>
  world.call('PauseWorkflowExecution', { workflowId: 'w', reason: 'the shop is closed', ...more });
const unpause = (more: object = {}) => world.call('UnpauseWorkflowExecution', { workflowId: 'w', ...more });
async function listed(query: string): Promise<(number | null | undefined)[]> {
  await settle();
  const { executions } = await world.call<{ executions: { status?: number | null }[] }>('ListWorkflowExecutions', {
    query,
  });
  return executions.map((info) => info.status);
}

describe('a pause by request', () => {
  afterEach(() => world.role.stop());

  it('[PAU1] is described and listed, and is gone after it', async () => {
    await begin();
    await world.start('w', 'waits');
    await pause();
    expect(await world.describe('w')).toMatchObject({
      workflowExecutionInfo: { status: PAUSED_STATUS },
      workflowExtendedInfo: {
        pauseInfo: { identity: 'local, without a key', reason: 'the shop is closed', pausedTime: {} },
      },
      pendingWorkflowTask: null,
    });
    expect(await listed("ExecutionStatus = 'Paused'")).toEqual([PAUSED_STATUS]);
    expect(await listed("ExecutionStatus = 'Running'")).toEqual([PAUSED_STATUS]);
    expect(await listed("ExecutionStatus != 'Paused'")).toEqual([]);
    await unpause();
    expect((await world.describe('w')).workflowExtendedInfo?.pauseInfo).toBeNull();
    expect(await listed("ExecutionStatus = 'Paused'")).toEqual([]);
    expect(await listed('')).toEqual([STATUS.running]);
  });

  it('[PAU2] keeps signals for later, answers queries, refuses updates', async () => {
    await begin();
    await world.start('w', 'waits');
    await settle();
    await pause();
    await world.signal('w');
    await world.clock.advance(DAY_MS);
    const { events, run } = await world.stored('w');
    expect([signals(events), run.status]).toEqual([1, STATUS.running]);
    const query = { execution: { workflowId: 'w' }, query: { queryType: 'any' } };
    expect(await world.call('QueryWorkflow', query)).toHaveProperty('queryResult');
    const update = {
      workflowExecution: { workflowId: 'w' },
      request: { meta: { updateId: 'u' }, input: { name: 'set' } },
    };
    await expect(world.call('UpdateWorkflowExecution', update)).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      message: 'Workflow is paused. Cannot update the workflow.',
    });
    await unpause();
    await settle();
    expect((await world.stored('w')).run.status).toBe(STATUS.completed);
  });

  it('[PAU3] survives a takeover, leaves memory, and its attempts wait', async () => {
    await begin();
    await world.start('w', 'flow');
    await settle();
    await pause();
    await world.takeOver();
    await world.clock.advance(2 * DAY_MS);
    expect(world.role.engine.runs.size).toBe(0);
    expect(world.activities.started).toHaveLength(1);
    await world.takeOver();
    await world.clock.advance(DAY_MS);
    expect((await world.describe('w')).workflowExecutionInfo?.status).toBe(PAUSED_STATUS);
    expect(world.activities.started).toHaveLength(1);
    await unpause();
    await settle();
    expect(world.activities.started.map(({ attempt }) => attempt)).toEqual([1, 2]);
    world.activities.finish('step-1');
    await settle();
    expect((await world.stored('w')).run.status).toBe(STATUS.completed);
  });

  it('[PAU6] a repeated request is answered, and does not pause or resume again', async () => {
    await begin();
    await world.start('w', 'waits');
    await settle();
    const pausedFor = async () => (await world.describe('w')).workflowExtendedInfo?.pauseInfo?.reason ?? null;
    const [first, release] = [{ requestId: 'p', reason: 'first' }, { requestId: 'u' }];
    await pause(first);
    await unpause(release);
    await pause(first);
    expect(await pausedFor()).toBeNull();
    await pause({ requestId: 'later', reason: 'second' });
    await world.takeOver();
    expect([await unpause(release), await pausedFor()]).toEqual([{}, 'second']);
    await expect(pause({ requestId: 'other' })).rejects.toThrow('workflow is already paused.');
    await world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'w' } });
    expect([await pause(first), await unpause(release)]).toEqual([{}, {}]);
    await expect(unpause({ requestId: 'new' })).rejects.toThrow('already completed');
  });

  it('[PAU6] [RPA7] a reset of a paused run gives one that goes on', async () => {
    await begin();
    await world.start('w', 'waits');
    await settle();
    await pause();
    await world.signal('w');
    const { events } = await world.stored('w');
    const points = events
      .filter(({ workflowTaskCompletedEventAttributes: task }) => task)
      .map(({ eventId }) => eventId);
    await world.call('ResetWorkflowExecution', {
      workflowExecution: { workflowId: 'w' },
      workflowTaskFinishEventId: points.at(-1),
      requestId: 'back',
      reason: 'again',
    });
    await settle();
    expect(await world.describe('w')).toMatchObject({
      workflowExecutionInfo: { status: STATUS.completed },
      workflowExtendedInfo: { pauseInfo: null },
    });
  });

  it('[PAU4] needs the right to operate, is in the audit log, and its texts have a limit', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
    await begin({ log });
    await world.start('w', 'waits');
    const request = { namespace: 'default', workflowId: 'w' };
    for (const [role, flow] of [
      ['viewer', null],
      ['operator', 'another-flow'],
    ] as const) {
      const caller = processCaller('web', [{ role, flow }]);
      for (const method of ['PauseWorkflowExecution', 'UnpauseWorkflowExecution'])
        await expect(world.role.service.call(method, request, caller)).rejects.toThrow(/runs\.(un)?pause is refused/);
    }
    await expect(pause({ reason: 'x'.repeat(1_001) })).rejects.toThrow('reason: is longer than 1000 characters');
    await pause();
    await unpause();
    const audited = lines.filter(({ audit, workflowId }) => audit && workflowId === 'w');
    expect(audited.map(({ method, outcome }) => `${String(method)} ${String(outcome)}`)).toEqual([
      'StartWorkflowExecution ok',
      'PauseWorkflowExecution PERMISSION_DENIED',
      'UnpauseWorkflowExecution PERMISSION_DENIED',
      'PauseWorkflowExecution PERMISSION_DENIED',
      'UnpauseWorkflowExecution PERMISSION_DENIED',
      'PauseWorkflowExecution INVALID_ARGUMENT',
      'PauseWorkflowExecution ok',
      'UnpauseWorkflowExecution ok',
    ]);
  });
});

it('[PAU5] by the official client; the official replayer accepts the history', async () => {
  const bundle = await bundleWorkflows({ entry: workflowsPath });
  const worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
  const activityWorker = new ActivityExecutor({ activities: {} });
  const engine = await startTestEngine({
    store: new MemoryStore(),
    workflowWorker: worker,
    activityWorker,
    source: official,
  });
  const authority = new Authority({ keys: [] });
  const door = await openGrpcDoor({ service: engine.service, authority, address: '127.0.0.1:0' });
  const connection = await Connection.connect({ address: door.address });
  try {
    const client = new Client({ connection });
    const handle = await client.workflow.start('counter', { workflowId: 'w', taskQueue: 'backstitch' });
    await handle.query('total');
    const named = { namespace: 'default', workflowId: 'w' };
    await connection.workflowService.pauseWorkflowExecution({ ...named, reason: 'why', requestId: 'p' });
    await connection.workflowService.pauseWorkflowExecution({ ...named, reason: 'why', requestId: 'p' });
    expect((await handle.describe()).status.name).toBe('PAUSED');
    await handle.signal('add', 3);
    expect(await handle.query('total')).toBe(0);
    await connection.workflowService.unpauseWorkflowExecution(named);
    expect(await handle.query('total')).toBe(3);
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.terminate();
  } finally {
    await connection.close();
    await door.close();
    await engine.stop();
    await worker.close();
  }
});
