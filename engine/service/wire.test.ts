/** Answers of the WorkflowService over gRPC to bad requests, and to methods that the official client does not wrap. */
import { STATUS } from '../run-name';
import { localCaller } from '../permissions/caller';
import { Client, credentials, status } from '@grpc/grpc-js';
import { Connection } from '@temporalio/client';
import Long from 'long';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command } from '../history/testing/run';
import { provesHistories } from '../history/testing/proof';
import { systemClock } from '../clock';
import { grpc, temporal } from '../proto';
import { jsonPayload, ScriptedActivities, ScriptedWorkflows } from '../sim/scripted-worker';
import { MemoryStore } from '../store/memory';
import type { LeasedStore } from '../store/port';
import { Authority } from './doors/keys';
import { openGrpcDoor, type GrpcDoor } from './doors/grpc';
import type { EngineRole } from './start-engine';
import { startTestEngine } from './testing/test-engine';

provesHistories('scripted');

const { WorkflowExecutionStatus: Status, TaskQueueType } = temporal.api.enums.v1;
const { ServingStatus } = grpc.health.v1.HealthCheckResponse;
const namespace = 'default';
const taskQueue = { name: 'backstitch' };

/** While it is barred, this engine waits for its lease and others get it. */
class BarredStore extends MemoryStore {
  #bar: Promise<void> | null = null;

  bar(): () => void {
    let lift!: () => void;
    this.#bar = new Promise((resolve) => (lift = resolve));
    return lift;
  }
  override async acquire(holder: string): Promise<LeasedStore> {
    if (holder !== 'another engine') await this.#bar;
    return super.acquire(holder);
  }
}

let role: EngineRole;
let store: BarredStore;
let door: GrpcDoor;
let connection: Connection;
beforeAll(async () => {
  store = new BarredStore();
  const workflowWorker = new ScriptedWorkflows({ done: () => [command.complete()], open: () => [] });
  const activityWorker = new ScriptedActivities();
  role = await startTestEngine({ store, clock: systemClock, workflowWorker, activityWorker });
  door = await openGrpcDoor({ service: role.service, authority: new Authority({ keys: [] }), address: '127.0.0.1:0' });
  connection = await Connection.connect({ address: door.address });
  for (const [workflowId, type] of [
    ['done-1', 'done'],
    ['done-2', 'done'],
    ['open-1', 'open'],
    ['alien', 'unknown'],
  ] as const)
    await start(workflowId, type);
  await closeOf('done-1');
  await closeOf('done-2');
});
afterAll(async () => {
  await connection.close();
  await door.close();
  await role.stop();
});

const start = (workflowId: string, type: string, more: object = {}) =>
  connection.workflowService.startWorkflowExecution({
    namespace,
    workflowId,
    workflowType: { name: type },
    taskQueue,
    ...more,
  });
const closeOf = (workflowId: string) =>
  connection.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: { workflowId },
    waitNewEvent: true,
    historyEventFilterType: 2,
  });
type Call = keyof Connection['workflowService'] & string;
/** The next time that the engine begins or stops serving. */
const changed = () =>
  new Promise<void>((resolve) => {
    const stop = role.service.onServing(() => {
      stop();
      resolve();
    });
  });
/** Any call by name, as an untyped client could make it. */
const call = (method: string, request: object): Promise<unknown> =>
  (connection.workflowService[method as Call] as unknown as (request: object) => Promise<unknown>)(request);
const refusal = (code: status, words: string | RegExp) => ({
  code,
  details: (typeof words === 'string' ? expect.stringContaining(words) : expect.stringMatching(words)) as string,
});
const open = { workflowId: 'open-1' };

describe('bad requests', () => {
  const retention = (seconds: number) => ({ workflowExecutionRetentionPeriod: { seconds: Long.fromNumber(seconds) } });
  const whole = { workflowId: 'x', workflowType: { name: 't' }, taskQueue };
  const token = (text: string) => ({ nextPageToken: Buffer.from(text) });
  const past = { seconds: Long.fromNumber(-1) };
  const refused: [method: string, words: string, request: object][] = [
    ['startWorkflowExecution', 'workflow_id: is not set', {}],
    ['startWorkflowExecution', 'workflow_id: has 1001 characters', { workflowId: 'x'.repeat(1_001) }],
    ['startWorkflowExecution', 'workflow_type.name: is not set', { workflowId: 'x' }],
    ['startWorkflowExecution', 'task_queue.name: is not set', { ...whole, taskQueue: null }],
    ['startWorkflowExecution', 'workflow_run_timeout: is negative', { ...whole, workflowRunTimeout: past }],
    ['signalWorkflowExecution', 'signal_name: is not set', { workflowExecution: open }],
    ['signalWorkflowExecution', 'workflow_execution.workflow_id: is not set', { signalName: 's' }],
    ['signalWithStartWorkflowExecution', 'signal_name: is not set', {}],
    ['queryWorkflow', 'query.query_type: is not set', { execution: open }],
    ['updateWorkflowExecution', 'request.meta: is not set', { workflowExecution: open }],
    ['updateWorkflowExecution', 'request.input.name: is not set', { workflowExecution: open, request: { meta: {} } }],
    ['describeWorkflowExecution', 'execution.run_id: is not a UUID', { execution: { ...open, runId: 'first' } }],
    ['pollWorkflowExecutionUpdate', 'update_ref.update_id: is not set', {}],
    ['describeWorkflowExecution', 'execution.workflow_id: is not set', {}],
    ['describeWorkflowExecution', 'namespace: is not set', { namespace: '', execution: open }],
    ['getWorkflowExecutionHistory', 'next_page_token: is not a token', { execution: open, ...token('made up') }],
    ['listWorkflowExecutions', 'next_page_token: is not a token', token('{}')],
    ['listWorkflowExecutions', "query: 'Nothing' is not a search attribute", { query: 'Nothing = 1' }],
    ['listClosedWorkflowExecutions', 'status_filter.status: is not set', { statusFilter: {} }],
    ['listClosedWorkflowExecutions', 'status_filter.status: is Running', { statusFilter: { status: STATUS.running } }],
    ['describeTaskQueue', 'task_queue.name: is not set', {}],
    ['registerNamespace', 'namespace: is not set', { namespace: '' }],
    [
      'registerNamespace',
      'workflow_execution_retention_period: is less than a day',
      { namespace: 'n', ...retention(60) },
    ],
  ];
  it.each(refused)('[Q1] %s is INVALID_ARGUMENT: %s', async (method, words, request) => {
    await expect(call(method, { namespace, ...request })).rejects.toMatchObject(
      refusal(status.INVALID_ARGUMENT, words)
    );
  });

  it('[Q2] for an unknown namespace or run are NOT_FOUND, with its name', async () => {
    const nowhere = call('listWorkflowExecutions', { namespace: 'nowhere' });
    await expect(nowhere).rejects.toMatchObject(refusal(status.NOT_FOUND, 'Namespace nowhere is not found'));
    const nobody = call('describeWorkflowExecution', { namespace, execution: { workflowId: 'nobody' } });
    await expect(nobody).rejects.toMatchObject(refusal(status.NOT_FOUND, 'workflow ID "nobody"'));
  });

  it('[Q3] for a closed run are refused: signal, termination and update; a cancellation succeeds and does nothing', async () => {
    const workflowExecution = { workflowId: 'done-1' };
    const late: [string, object][] = [
      ['signalWorkflowExecution', { signalName: 's' }],
      ['terminateWorkflowExecution', {}],
      ['updateWorkflowExecution', { request: { meta: { updateId: 'u' }, input: { name: 'n' } } }],
    ];
    for (const [method, more] of late) {
      await expect(call(method, { namespace, workflowExecution, ...more })).rejects.toMatchObject(
        refusal(status.NOT_FOUND, 'workflow execution already completed')
      );
    }
    const { nextEventId } = [...store.runs.values()].find(({ workflowId }) => workflowId === 'done-1')!;
    await call('requestCancelWorkflowExecution', { namespace, workflowExecution });
    const after = [...store.runs.values()].find(({ workflowId }) => workflowId === 'done-1')!;
    expect(after.nextEventId).toBe(nextEventId);
  });

  it('[Q4] with a payload over the limit are refused with both numbers, and change nothing', async () => {
    const payloads = [jsonPayload('x'.repeat(2 * 1024 * 1024))];
    const words = /limit maxPayloadBytes: .* has? ?v?e? ?\d+ bytes, at most 2097152/;
    const before = store.commits;
    const large: [string, object][] = [
      ['startWorkflowExecution', { workflowId: 'x', workflowType: { name: 'open' }, taskQueue, input: { payloads } }],
      ['signalWorkflowExecution', { workflowExecution: open, signalName: 's', input: { payloads } }],
      [
        'updateWorkflowExecution',
        { workflowExecution: open, request: { meta: { updateId: 'u' }, input: { name: 'n', args: { payloads } } } },
      ],
      ['queryWorkflow', { execution: open, query: { queryType: 'q', queryArgs: { payloads } } }],
    ];
    for (const [method, more] of large) {
      await expect(call(method, { namespace, ...more })).rejects.toMatchObject(refusal(status.INVALID_ARGUMENT, words));
    }
    expect(store.commits).toBe(before);
  });

  it('[Q5] for a method that is not supported are refused with the name of the method', async () => {
    const absent = ['updateWorkerConfig', 'respondActivityTaskCompleted', 'startNexusOperationExecution'];
    for (const method of absent) {
      const name = method.charAt(0).toUpperCase() + method.slice(1);
      await expect(call(method, { namespace })).rejects.toMatchObject(
        refusal(status.UNIMPLEMENTED, `${name} is not implemented by this engine yet`)
      );
    }
    await expect(role.service.call('Nothing', {}, localCaller())).rejects.toThrow('Nothing is not implemented');
    await expect(role.service.call('toString', {}, localCaller())).rejects.toThrow('toString is not implemented');
  });

  it('[Q14] for an unknown service or method are UNIMPLEMENTED, with its name', async () => {
    const later = connection.operatorService.removeRemoteCluster({});
    await expect(later).rejects.toMatchObject(refusal(status.UNIMPLEMENTED, 'RemoveRemoteCluster is not implemented'));
    const client = new Client(door.address, credentials.createInsecure());
    const unknown = new Promise((_, reject) =>
      client.makeUnaryRequest(
        '/temporal.api.testservice.v1.TestService/GetCurrentTime',
        () => Buffer.alloc(0),
        (bytes) => bytes,
        {},
        reject
      )
    );
    await expect(unknown).rejects.toMatchObject(refusal(status.UNIMPLEMENTED, 'TestService/GetCurrentTime'));
  });

  it('[Q6] from other workers to poll the queue of the embedded worker are refused', async () => {
    for (const method of ['pollWorkflowTaskQueue', 'pollActivityTaskQueue']) {
      await expect(call(method, { namespace, taskQueue })).rejects.toMatchObject(
        refusal(status.FAILED_PRECONDITION, 'belongs to the embedded worker')
      );
    }
  });
});

describe('older list methods', () => {
  const ids = (list: { executions?: temporal.api.workflow.v1.IWorkflowExecutionInfo[] | null }) =>
    list.executions?.map(({ execution }) => execution?.workflowId).sort();

  it('[Q7] list open and closed runs by id, by type and by status', async () => {
    const { workflowService } = connection;
    expect(ids(await workflowService.listOpenWorkflowExecutions({ namespace }))).toEqual(['alien', 'open-1']);
    const typed = { namespace, typeFilter: { name: 'open' } };
    expect(ids(await workflowService.listOpenWorkflowExecutions(typed))).toEqual(['open-1']);
    expect(ids(await workflowService.listClosedWorkflowExecutions({ namespace }))).toEqual(['done-1', 'done-2']);
    const byId = { namespace, executionFilter: { workflowId: 'done-2' } };
    expect(ids(await workflowService.listClosedWorkflowExecutions(byId))).toEqual(['done-2']);
    const failed = { namespace, statusFilter: { status: Status.WORKFLOW_EXECUTION_STATUS_FAILED } };
    expect(ids(await workflowService.listClosedWorkflowExecutions(failed))).toEqual([]);
  });

  it('[Q8] list by start time for open runs and close time for closed ones, in pages', async () => {
    const { workflowService } = connection;
    const future = { earliestTime: { seconds: Long.fromNumber(Math.floor(Date.now() / 1_000) + 60) } };
    expect(ids(await workflowService.listOpenWorkflowExecutions({ namespace, startTimeFilter: future }))).toEqual([]);
    expect(ids(await workflowService.listClosedWorkflowExecutions({ namespace, startTimeFilter: future }))).toEqual([]);
    const backwards = { earliestTime: future.earliestTime, latestTime: { seconds: Long.fromNumber(1) } };
    await expect(call('listOpenWorkflowExecutions', { namespace, startTimeFilter: backwards })).rejects.toMatchObject(
      refusal(status.INVALID_ARGUMENT, 'earliest_time is after latest_time')
    );
    const first = await workflowService.listClosedWorkflowExecutions({ namespace, maximumPageSize: 1 });
    const { nextPageToken } = first;
    const second = await workflowService.listClosedWorkflowExecutions({ namespace, maximumPageSize: 1, nextPageToken });
    expect([ids(first), ids(second)].flat().sort()).toEqual(['done-1', 'done-2']);
  });
});

describe('descriptions of the service', () => {
  it('[Q9] a namespace has its retention, and a registered one has its own', async () => {
    const retention = async (name: string) =>
      Number(
        (await connection.workflowService.describeNamespace({ namespace: name })).config?.workflowExecutionRetentionTtl
          ?.seconds
      );
    // Of before, never enforced: runs are kept for ever.
    expect(await retention(namespace)).toBe(0);
    const seconds = Long.fromNumber(3 * 86_400);
    await call('registerNamespace', { namespace: 'three', workflowExecutionRetentionPeriod: { seconds } });
    expect(await retention('three')).toBe(3 * 86_400);
    await expect(call('registerNamespace', { namespace: 'three' })).rejects.toMatchObject({
      code: status.ALREADY_EXISTS,
    });
  });

  it('[Q10] the system lists the capabilities that exist', async () => {
    const { serverVersion, capabilities } = await connection.workflowService.getSystemInfo({});
    expect(serverVersion).toMatch(/^\d+\.\d+\.\d+$/);
    expect(capabilities).toMatchObject({ sdkMetadata: true, encodedFailureAttributes: true, supportsSchedules: false });
  });

  it('[Q11] a task queue shows its poller and the tasks that wait without one', async () => {
    const describeQueue = (name: string, taskQueueType: number) =>
      connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name },
        taskQueueType,
        reportStats: true,
      });
    const embedded = await describeQueue('backstitch', TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW);
    expect(embedded.pollers?.map(({ identity }) => identity)).toEqual(['backstitch-worker']);
    expect(Number(embedded.stats?.approximateBacklogCount)).toBe(1);
    const other = await describeQueue('elsewhere', TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY);
    expect(other.pollers).toEqual([]);
    expect(Number(other.stats?.approximateBacklogCount)).toBe(0);
  });

  it('[Q12] health is serving while this engine has the lease, in total and for each service', async () => {
    const { healthService } = connection;
    const service = 'temporal.api.workflowservice.v1.WorkflowService';
    for (const name of ['', service]) {
      expect((await healthService.check({ service: name })).status).toBe(ServingStatus.SERVING);
    }
    await expect(healthService.check({ service: 'another' })).rejects.toMatchObject({ code: status.NOT_FOUND });
    const letIn = store.bar();
    const lost = changed();
    await store.acquire('another engine');
    await lost;
    expect((await healthService.check({})).status).toBe(ServingStatus.NOT_SERVING);
    // Not with the official client, which retries for a while.
    for (const method of ['ListWorkflowExecutions', 'ScanWorkflowExecutions', 'DescribeTaskQueue']) {
      const answer = role.service.call(method, { namespace, taskQueue }, localCaller());
      await expect(answer).rejects.toMatchObject({ code: status.UNAVAILABLE });
    }
    const regained = changed();
    letIn();
    await regained;
    expect((await healthService.check({})).status).toBe(ServingStatus.SERVING);
  });

  it('[Q13] a watcher of health receives changes, and the answer that a service is unknown', async () => {
    const { HealthCheckRequest, HealthCheckResponse } = grpc.health.v1;
    const client = new Client(door.address, credentials.createInsecure());
    const watch = (service: string) =>
      client.makeServerStreamRequest(
        '/grpc.health.v1.Health/Watch',
        (request: { service: string }) => Buffer.from(HealthCheckRequest.encode(request).finish()),
        (bytes) => HealthCheckResponse.decode(bytes).status,
        { service }
      );
    const [whole, unknown] = [watch(''), watch('another')];
    const told = (stream: typeof whole) =>
      new Promise<unknown>((resolve) => stream.once('data', (data: unknown) => resolve(data)));
    expect(await Promise.all([told(whole), told(unknown)])).toEqual([
      ServingStatus.SERVING,
      ServingStatus.SERVICE_UNKNOWN,
    ]);
    const letIn = store.bar();
    const lost = told(whole);
    await store.acquire('another engine');
    expect(await lost).toBe(ServingStatus.NOT_SERVING);
    const regained = told(whole);
    letIn();
    expect(await regained).toBe(ServingStatus.SERVING);
    for (const stream of [whole, unknown]) stream.on('error', () => {}).cancel();
    client.close();
  });
});
