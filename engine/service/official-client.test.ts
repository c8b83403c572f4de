/** The official client over gRPC, with the real worker and a real PostgreSQL. */
import {
  Client,
  Connection,
  QueryNotRegisteredError,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { MemoryStore } from '../store/memory';
import type { Store } from '../store/port';
import { PostgresStore } from '../store/postgres/store';
import { createTestDatabase, type TestDatabase } from '../store/postgres/testing/database';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { Authority } from './doors/keys';
import { openGrpcDoor, type GrpcDoor } from './doors/grpc';
import type { EngineRole } from './start-engine';
import { startTestEngine } from './testing/test-engine';

const workflowsPath = fileURLToPath(new URL('../worker/testing/workflows/basics.ts', import.meta.url));
const taskQueue = 'backstitch';
provesHistories({ workflowsPath });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const stores: [string, () => Store][] = [
  ['memory', () => new MemoryStore()],
  ['postgres', () => new PostgresStore({ url: database.url })],
];

describe.each(stores)('official client, %s store', (_name, openStore) => {
  let worker: EmbeddedWorker;
  let engine: EngineRole;
  let door: GrpcDoor;
  let connection: Connection;
  let client: Client;
  beforeAll(async () => {
    const bundle = await bundleWorkflows({ entry: workflowsPath });
    worker = createEmbeddedWorker({
      bundles: { find: (type) => (bundle.workflowTypes.includes(type) ? bundle : undefined), onChange: () => () => {} },
    });
    const activityWorker = new ActivityExecutor({
      activities: { work: (name: string) => `did ${name}`, fail: () => Promise.reject(new Error('no luck')) },
    });
    engine = await startTestEngine({ store: openStore(), workflowWorker: worker, activityWorker });
    door = await openGrpcDoor({
      service: engine.service,
      authority: new Authority({ keys: [] }),
      address: '127.0.0.1:0',
    });
    connection = await Connection.connect({ address: door.address });
    client = new Client({ connection });
  });
  afterAll(async () => {
    await connection.close();
    await door.close();
    await engine.stop();
    await worker.close();
  });

  it('[C1] starts a run, waits for its result and describes it', async () => {
    const handle = await client.workflow.start('sequence', {
      workflowId: 'c1',
      taskQueue,
      args: [['a', 'b', 'c']],
      memo: { why: 'test' },
    });
    expect(await handle.result()).toEqual(['did a', 'did b', 'did c']);
    const description = await handle.describe();
    expect(description).toMatchObject({
      status: { name: 'COMPLETED' },
      type: 'sequence',
      taskQueue,
      memo: { why: 'test' },
    });
  });

  it('[C30] makes, describes, triggers, backfills, pauses, updates, lists and deletes a schedule', async () => {
    const handle = await client.schedule.create({
      scheduleId: 'nightly',
      spec: { calendars: [{ hour: 3, dayOfWeek: 'MONDAY' }], timezone: 'Europe/Berlin' },
      action: { type: 'startWorkflow', workflowType: 'sequence', taskQueue, args: [['a']] },
      policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL },
      memo: { why: 'test' },
    });
    const before = await handle.describe();
    expect(before).toMatchObject({
      memo: { why: 'test' },
      action: { type: 'startWorkflow', workflowType: 'sequence', args: [['a']] },
      policies: { overlap: 'ALLOW_ALL', catchupWindow: 365 * 86_400_000 },
      info: { numActionsTaken: 0 },
    });
    expect(before.spec.calendars?.[0]).toMatchObject({ hour: [{ start: 3, end: 3, step: 1 }] });
    expect(before.info.nextActionTimes).toHaveLength(10);
    await expect(client.schedule.create({ ...before, scheduleId: 'nightly' } as never)).rejects.toThrow(
      ScheduleAlreadyRunning
    );
    await handle.trigger();
    const day = 86_400_000;
    const [first] = before.info.nextActionTimes;
    await handle.backfill({ start: first!, end: new Date(first!.getTime() + 14 * day), overlap: 'ALLOW_ALL' });
    await expect
      .poll(async () => (await handle.describe()).info.recentActions.map(({ action }) => action.workflow.workflowId))
      .toHaveLength(4);
    await handle.pause('holiday');
    expect((await handle.describe()).state).toMatchObject({ paused: true, note: 'holiday' });
    await handle.unpause('back');
    await handle.update(({ spec: _, ...schedule }) => ({ ...schedule, spec: { intervals: [{ every: '1 day' }] } }));
    expect((await handle.describe()).spec.intervals).toMatchObject([{ every: day }]);
    const listed = [];
    for await (const each of client.schedule.list({ query: 'TemporalSchedulePaused = false' })) listed.push(each);
    expect(listed.map(({ scheduleId, state }) => [scheduleId, state.paused])).toEqual([['nightly', false]]);
    await handle.delete();
    await expect(handle.describe()).rejects.toThrow(ScheduleNotFoundError);
  });

  it('[C2] sends a signal, a query, an update, and an update that the validator refuses', async () => {
    const handle = await client.workflow.start('counter', { workflowId: 'c2', taskQueue });
    await handle.signal('add', 3);
    expect(await handle.query('total')).toBe(3);
    expect(await handle.executeUpdate('setLimit', { args: [5] })).toBe(5);
    await expect(handle.executeUpdate('setLimit', { args: [-1] })).rejects.toBeInstanceOf(WorkflowUpdateFailedError);
    await expect(handle.query('nothing')).rejects.toBeInstanceOf(QueryNotRegisteredError);
    await handle.signal('add', 2);
    expect(await handle.result()).toBe(5);
    expect(await handle.query('total')).toBe(5);
  });

  it('[C3] cancels with undo and terminates at once; a closed run refuses both', async () => {
    const cancelled = await client.workflow.start('undoWhenCancelled', { workflowId: 'c3', taskQueue });
    await cancelled.cancel();
    await expect(cancelled.result()).rejects.toBeInstanceOf(WorkflowFailedError);
    expect((await cancelled.describe()).status.name).toBe('CANCELLED');
    const killed = await client.workflow.start('counter', { workflowId: 'c3-killed', taskQueue });
    await killed.terminate('enough');
    expect((await killed.describe()).status.name).toBe('TERMINATED');
    await expect(killed.signal('add', 1)).rejects.toBeInstanceOf(WorkflowNotFoundError);
    await expect(killed.terminate()).rejects.toBeInstanceOf(WorkflowNotFoundError);
  });

  it('[C4] cannot start a running id twice; signalWithStart finds the running one', async () => {
    const first = await client.workflow.start('counter', { workflowId: 'c4', taskQueue });
    await expect(client.workflow.start('counter', { workflowId: 'c4', taskQueue })).rejects.toBeInstanceOf(
      WorkflowExecutionAlreadyStartedError
    );
    const second = await client.workflow.signalWithStart('counter', {
      workflowId: 'c4',
      taskQueue,
      signal: 'add',
      signalArgs: [10],
    });
    expect(second.signaledRunId).toBe(first.firstExecutionRunId);
    expect(await first.result()).toBe(10);
    await expect(
      client.workflow.start('counter', { workflowId: 'c4', taskQueue, workflowIdReusePolicy: 'REJECT_DUPLICATE' })
    ).rejects.toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
  });

  it('[C5] lists and counts by a filter; an error in a filter quotes the wrong word', async () => {
    const run = await client.workflow.start('attributes', { workflowId: 'c5', taskQueue });
    await run.result();
    const found = [];
    for await (const info of client.workflow.list({
      query: "SagaPhase = 'unwinding' AND ExecutionStatus = 'Completed'",
    }))
      found.push(info);
    expect(found.map((info) => info.workflowId)).toEqual(['c5']);
    expect(found[0]?.searchAttributes).toMatchObject({ SagaPhase: ['unwinding'] });
    expect((await client.workflow.count("WorkflowId = 'c5'")).count).toBe(1);
    await expect(client.workflow.count("Unknown = 'x'")).rejects.toMatchObject({
      cause: { details: expect.stringContaining("'Unknown' is not a search attribute") as string },
    });
  });

  it('[C6] receives the whole chain of causes when an activity fails for good', async () => {
    const handle = await client.workflow.start('failing', { workflowId: 'c6', taskQueue });
    const failure = await handle.result().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(WorkflowFailedError);
    expect((failure as WorkflowFailedError).cause).toMatchObject({ type: 'CardDeclined', message: 'declined' });
  });

  it('[C7] receives the name of what is missing, of an unsupported method, and of a wrong field', async () => {
    await expect(connection.workflowService.createWorkflowRule({})).rejects.toMatchObject({
      code: 12,
      details: expect.stringContaining('CreateWorkflowRule') as string,
    });
    await expect(
      connection.workflowService.startWorkflowExecution({ namespace: 'default', workflowId: 'x' })
    ).rejects.toMatchObject({
      code: 3,
      details: expect.stringContaining('workflow_type.name') as string,
    });
    await expect(connection.workflowService.describeNamespace({ namespace: 'nowhere' })).rejects.toMatchObject({
      code: 5,
    });
    await expect(
      connection.workflowService.pollWorkflowTaskQueue({ taskQueue: { name: taskQueue } })
    ).rejects.toMatchObject({ code: 9 });
  });

  it('[C9] reads a history in pages, forwards and backwards, each event once', async () => {
    const run = await client.workflow.start('sequence', { workflowId: 'c9', taskQueue, args: [['a', 'b']] });
    await run.result();
    const whole = (await run.fetchHistory()).events?.map(({ eventId }) => Number(eventId)) ?? [];
    expect(whole).toEqual(whole.map((_, index) => index + 1));
    for (const read of ['getWorkflowExecutionHistory', 'getWorkflowExecutionHistoryReverse'] as const) {
      const seen: number[] = [];
      let pages = 0;
      let nextPageToken: Uint8Array | undefined;
      do {
        const request = { namespace: 'default', execution: { workflowId: 'c9' }, maximumPageSize: 4, nextPageToken };
        const page = await connection.workflowService[read](request);
        expect(page.history?.events?.length).toBeLessThanOrEqual(4);
        seen.push(...(page.history?.events?.map(({ eventId }) => Number(eventId)) ?? []));
        nextPageToken = page.nextPageToken;
        pages++;
      } while (nextPageToken.length > 0);
      expect(seen).toEqual(read.endsWith('Reverse') ? [...whole].reverse() : whole);
      expect(pages).toBe(Math.ceil(whole.length / 4));
    }
  });

  it('[C10] follows a history to its close, or waits for the close alone', async () => {
    const run = await client.workflow.start('counter', { workflowId: 'c10', taskQueue });
    const read = (more: object) =>
      connection.workflowService.getWorkflowExecutionHistory({
        namespace: 'default',
        execution: { workflowId: 'c10' },
        waitNewEvent: true,
        ...more,
      });
    const close = read({ historyEventFilterType: 2 });
    const followed: (string | null | undefined)[] = [];
    const follow = async () => {
      let nextPageToken: Uint8Array | undefined;
      do {
        const page = await read({ nextPageToken });
        followed.push(...(page.history?.events?.map((event) => event.attributes) ?? []));
        nextPageToken = page.nextPageToken;
      } while (nextPageToken.length > 0);
    };
    const following = follow();
    for (let signal = 0; signal < 5; signal++) await run.signal('add', 2);
    await following;
    const { events } = await run.fetchHistory();
    expect(followed).toEqual(events?.map(({ attributes }) => attributes));
    expect((await close).history?.events?.map(({ attributes }) => attributes)).toEqual(followed.slice(-1));
  });

  it('[C11] starts with everything that the client can send, and reads it back', async () => {
    const handle = await client.workflow.start('counter', {
      workflowId: 'c11',
      taskQueue,
      staticSummary: 'A till',
      staticDetails: 'of the shop in the harbour',
      priority: { priorityKey: 2, fairnessKey: 'harbour', fairnessWeight: 1.5 },
      typedSearchAttributes: [{ key: defineSearchAttributeKey('SagaStanding', 'INT'), value: 2 }],
      startDelay: 1,
      workflowExecutionTimeout: '1 hour',
      retry: { maximumAttempts: 1 },
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
    const described = await handle.describe();
    expect(await described.staticSummary()).toBe('A till');
    expect(await described.staticDetails()).toBe('of the shop in the harbour');
    expect(described.priority).toEqual({ priorityKey: 2, fairnessKey: 'harbour', fairnessWeight: 1.5 });
    expect(described.typedSearchAttributes.get(defineSearchAttributeKey('SagaStanding', 'INT'))).toBe(2);
    const twice = client.workflow.signalWithStart('counter', {
      workflowId: 'c11',
      taskQueue,
      signal: 'add',
      signalArgs: [10],
      workflowIdConflictPolicy: 'TERMINATE_EXISTING',
    });
    const next = await twice;
    expect(next.signaledRunId).not.toBe(handle.firstExecutionRunId);
    expect(await next.result()).toBe(10);
    await expect(
      client.workflow.start('counter', { workflowId: 'c11', taskQueue, cronSchedule: '* * * * * *' })
    ).rejects.toMatchObject({ cause: { code: 3, details: expect.stringContaining('cron_schedule') as string } });
  });

  it('[C12] follows a chain to its last run, and asks the current run', async () => {
    const handle = await client.workflow.start('rounds', { workflowId: 'c12', taskQueue, args: [1] });
    expect(await handle.result()).toBe('stopped in round 3');
    const first = client.workflow.getHandle('c12', handle.firstExecutionRunId);
    expect((await first.describe()).status.name).toBe('CONTINUED_AS_NEW');
    const alone = client.workflow.getHandle('c12', handle.firstExecutionRunId, { followRuns: false });
    await expect(alone.result()).rejects.toThrow(/continued as new/i);
    const statuses: string[] = [];
    for await (const { status } of client.workflow.list({ query: "WorkflowId = 'c12'" })) statuses.push(status.name);
    expect(statuses).toEqual(['COMPLETED', 'CONTINUED_AS_NEW', 'CONTINUED_AS_NEW']);

    const stopped = await client.workflow.start('rounds', { workflowId: 'c13', taskQueue, args: [1] });
    await expect.poll(async () => (await stopped.describe()).runId).not.toBe(stopped.firstExecutionRunId);
    await stopped.signal('enough');
    expect(await stopped.result()).toBe('stopped in round 2');
  });

  it('[C8] needs a key that may decide for raw decisions', async () => {
    const handle = await client.workflow.start('counter', { workflowId: 'c8', taskQueue });
    await expect(handle.executeUpdate('__decide', { args: [{}] })).rejects.toMatchObject({ cause: { code: 7 } });
    await handle.terminate();
  });
});
