/**
 * Answers that are those of a Temporal server; the file of temporalio/temporal v1.29.1 that decides is named at each.
 */
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { durationMs, timestampMs } from '../../proto-time';
import { command } from '../../history/testing/run';
import { provesHistories } from '../../history/testing/proof';
import type { temporal } from '../../proto';
import { jsonPayload, type Script } from '../../sim/scripted-worker';
import { settle } from '../../sim/virtual-clock';
import { signals, untilSignal, World } from '../testing/world';

provesHistories('scripted');

let world: World;
afterEach(() => world.role.stop());
const begin = async (scripts: Record<string, Script> = { flow: untilSignal }) => {
  world = await new World(scripts).begin();
};
const invalid = (words: string) => ({
  code: status.INVALID_ARGUMENT,
  message: expect.stringContaining(words) as string,
});
type History = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse;
const eventsOf = async (workflowId: string) =>
  (await world.call<History>('GetWorkflowExecutionHistory', { execution: { workflowId } })).history?.events ?? [];
const signalWithStart = (more: object = {}) =>
  world.call<{ runId: string; started: boolean }>('SignalWithStartWorkflowExecution', {
    workflowId: 'w',
    workflowType: { name: 'flow' },
    taskQueue: { name: 'backstitch' },
    signalName: 'go',
    ...more,
  });
const [FAIL, USE_EXISTING, TERMINATE_EXISTING] = [1, 2, 3];
const [REJECT_DUPLICATE, TERMINATE_IF_RUNNING] = [3, 4];

describe('id policies', () => {
  // service/frontend/workflow_handler.go, validateWorkflowIdReusePolicy
  it('[ATS1] a reuse policy and a conflict policy that contradict each other are refused', async () => {
    await begin();
    const both = (workflowIdReusePolicy: number, workflowIdConflictPolicy: number) => ({
      workflowIdReusePolicy,
      workflowIdConflictPolicy,
    });
    for (const conflict of [FAIL, USE_EXISTING, TERMINATE_EXISTING]) {
      const refusal = invalid('workflow_id_reuse_policy: TERMINATE_IF_RUNNING');
      await expect(world.start('w', 'flow', both(TERMINATE_IF_RUNNING, conflict))).rejects.toMatchObject(refusal);
    }
    const refusal = invalid('workflow_id_reuse_policy: REJECT_DUPLICATE');
    await expect(world.start('w', 'flow', both(REJECT_DUPLICATE, TERMINATE_EXISTING))).rejects.toMatchObject(refusal);
    await world.start('w', 'flow', both(REJECT_DUPLICATE, USE_EXISTING));
    expect(world.store.runs.size).toBe(1);
  });

  // service/frontend/workflow_handler.go and service/history/api/signalwithstartworkflow
  it('[ATS2] SignalWithStart follows the conflict policy: FAIL is refused, TERMINATE_EXISTING starts another run', async () => {
    await begin({ flow: () => [] });
    const first = await signalWithStart();
    expect(await signalWithStart({ workflowIdConflictPolicy: USE_EXISTING })).toMatchObject({
      runId: first.runId,
      started: false,
    });
    await expect(signalWithStart({ workflowIdConflictPolicy: FAIL })).rejects.toMatchObject(
      invalid('workflow_id_conflict_policy')
    );
    for (const policy of [
      { workflowIdConflictPolicy: TERMINATE_EXISTING },
      { workflowIdReusePolicy: TERMINATE_IF_RUNNING },
    ]) {
      const { runId, started } = await signalWithStart(policy);
      expect(started).toBe(true);
      expect((await world.describe('w')).workflowExecutionInfo?.execution?.runId).toBe(runId);
      expect(signals(await eventsOf('w'))).toBe(1);
    }
    await settle();
    expect([...world.store.runs.values()].map((run) => run.status)).toEqual([5, 5, 1]);
  });

  // service/history/api/startworkflow/api.go, respondToRetriedRequest
  it('[ATS3] a repeated start is answered as the first one, with the run and a link to its first event', async () => {
    await begin();
    const answer = await world.start('w', 'flow', { requestId: 'r' });
    const { runId } = answer;
    expect(answer).toMatchObject({
      started: true,
      firstExecutionRunId: runId,
      link: { workflowEvent: { namespace: 'default', workflowId: 'w', runId, eventRef: { eventType: 1 } } },
    });
    expect(await world.start('w', 'flow', { requestId: 'r' })).toEqual(answer);
    expect((await world.describe('w')).workflowExtendedInfo?.requestIdInfos).toHaveProperty('r');
  });

  // service/history/api/workflow_id_dedup.go, terminateWorkflowAction
  it('[ATS4] a run that another one replaces is terminated in the words of the server', async () => {
    await begin();
    const { runId: replaced } = await world.start('w', 'flow');
    const { runId } = await world.start('w', 'flow', { workflowIdConflictPolicy: TERMINATE_EXISTING });
    const read = { execution: { workflowId: 'w', runId: replaced } };
    const { history } = await world.call<History>('GetWorkflowExecutionHistory', read);
    expect(history?.events?.at(-1)?.workflowExecutionTerminatedEventAttributes).toMatchObject({
      reason: 'TerminateIfRunning WorkflowIdReusePolicy',
      identity: 'history-service',
      details: { payloads: [{ data: Buffer.from(`"terminated by new runID: ${runId}"`) }] },
    });
  });
});

describe('search attributes', () => {
  const put = (name: string, value: unknown) => ({
    searchAttributes: { indexedFields: { [name]: jsonPayload(value) } },
  });

  // common/searchattribute/validator.go and encode_value.go
  it.each([
    ['Color', 'red', 'search_attributes.Color: is not a search attribute'],
    ['WorkflowId', 'w', 'search_attributes.WorkflowId: is written by the server'],
    ['TemporalReportedProblems', ['x'], 'search_attributes.TemporalReportedProblems: is written by the server'],
    ['SagaStanding', 'many', 'search_attributes.SagaStanding: has a value that is not of its type Int'],
    ['SagaStanding', 1.5, 'not of its type Int'],
    ['SagaPhase', 7, 'not of its type Keyword'],
    ['BuildIds', 'v3.0', 'not of its type KeywordList'],
    ['SagaPhase', 'x'.repeat(3_000), 'at most 2048'],
  ])('[ATS5] %s of %j is refused, and starts nothing', async (name, value, words) => {
    await begin();
    await expect(world.start('w', 'flow', put(name, value))).rejects.toMatchObject(invalid(words));
    await expect(signalWithStart(put(name, value))).rejects.toMatchObject(invalid(words));
    expect(world.store.runs.size).toBe(0);
  });

  it('[ATS6] a value is returned with its registered type, whatever type was sent', async () => {
    await begin();
    const sent = jsonPayload('paid');
    const indexedFields = { SagaPhase: { ...sent, metadata: { ...sent.metadata, type: Buffer.from('Datetime') } } };
    await world.start('w', 'flow', { searchAttributes: { indexedFields } });
    const [started] = await eventsOf('w');
    for (const attributes of [
      started?.workflowExecutionStartedEventAttributes?.searchAttributes,
      (await world.describe('w')).workflowExecutionInfo?.searchAttributes,
    ])
      expect(Buffer.from(attributes?.indexedFields?.SagaPhase?.metadata?.type ?? []).toString()).toBe('Keyword');
  });

  // service/history/api/respondworkflowtaskcompleted: the task fails with BadSearchAttributes
  it('[ATS7] a workflow that writes a wrong one fails its task, and the list is not spoiled', async () => {
    await begin({ flow: () => [command.upsert({ SagaStanding: 'many' }), command.complete()] });
    await world.start('w', 'flow');
    await settle();
    const { workflowExecutionInfo, pendingWorkflowTask } = await world.describe('w');
    expect(workflowExecutionInfo?.searchAttributes?.indexedFields).not.toHaveProperty('SagaStanding');
    expect(pendingWorkflowTask?.attempt).toBeGreaterThan(1);
    expect(JSON.stringify(await eventsOf('w'))).toContain('SagaStanding has a value that is not of its type Int');
  });
});

describe('other requests', () => {
  // service/history/api/signalworkflow/api.go: no task is created during the delay
  it('[ATS8] a run with a start delay has an execution time and no pending task; a signal does not begin it', async () => {
    await begin();
    await world.start('w', 'flow', { workflowStartDelay: { seconds: 60 } });
    await world.signal('w');
    await settle();
    const { workflowExecutionInfo: info, pendingWorkflowTask } = await world.describe('w');
    expect(pendingWorkflowTask).toBeNull();
    expect(timestampMs(info?.executionTime) - timestampMs(info?.startTime)).toBe(60_000);
    const query = `ExecutionTime > '${new Date(timestampMs(info?.startTime)).toISOString()}'`;
    type List = temporal.api.workflowservice.v1.IListWorkflowExecutionsResponse;
    const listed = (await world.call<List>('ListWorkflowExecutions', { query })).executions;
    expect(listed?.map(({ executionTime }) => executionTime)).toEqual([info?.executionTime]);
    await world.clock.advance(60_000);
    expect((await world.describe('w')).workflowExecutionInfo?.status).toBe(2);
  });

  // service/history/api/signalwithstartworkflow/signal_with_start_workflow.go
  it('[ATS9] SignalWithStart ends the start delay', async () => {
    await begin();
    await world.start('w', 'flow', { workflowStartDelay: { seconds: 60 } });
    await signalWithStart();
    await settle();
    expect((await world.describe('w')).workflowExecutionInfo?.status).toBe(2);
  });

  // service/matching: a task waits for a poller of its own queue
  it('[ATS10] an activity for another task queue does not run in the embedded worker', async () => {
    const elsewhere = { taskQueue: { name: 'elsewhere' } };
    await begin({
      flow: (events) => (events.length > 3 ? [] : [command.schedule('here'), command.schedule('there', elsewhere)]),
    });
    await world.start('w', 'flow');
    await settle();
    expect(world.activities.started.map(({ activityId }) => activityId)).toEqual(['here']);
    const queue = { taskQueue: { name: 'elsewhere' }, taskQueueType: 2, reportStats: true };
    const { stats, pollers } = await world.call<temporal.api.workflowservice.v1.IDescribeTaskQueueResponse>(
      'DescribeTaskQueue',
      queue
    );
    expect([Number(stats?.approximateBacklogCount), pollers]).toEqual([1, []]);
    await world.clock.advance(90_000);
    const later = await world.call<typeof queue & { stats: typeof stats }>('DescribeTaskQueue', queue);
    expect(durationMs(later.stats?.approximateBacklogAge)).toBe(90_000);
  });

  // service/frontend/workflow_handler.go, prepareUpdateWorkflowRequest
  it('[ATS11] an update that waits for ADMITTED is refused; one without an id gets one', async () => {
    await begin({ flow: () => [] });
    await world.start('w', 'flow');
    const update = { workflowExecution: { workflowId: 'w' }, request: { meta: {}, input: { name: 'set' } } };
    const admitted = world.call('UpdateWorkflowExecution', { ...update, waitPolicy: { lifecycleStage: 1 } });
    await expect(admitted).rejects.toMatchObject({ code: status.PERMISSION_DENIED });
    const answer = await world.call<temporal.api.workflowservice.v1.IUpdateWorkflowExecutionResponse>(
      'UpdateWorkflowExecution',
      update
    );
    expect(answer.updateRef?.updateId).toMatch(/^[0-9a-f-]{36}$/);
  });

  // service/history/api/requestcancelworkflow/api.go
  it('[ATS12] the id of the first run of a chain names its current run, whatever the run id says', async () => {
    await begin();
    const { runId } = await world.start('w', 'flow');
    const other = '00000000-0000-4000-8000-000000000000';
    const cancel = (firstExecutionRunId: string) =>
      world.call('RequestCancelWorkflowExecution', {
        workflowExecution: { workflowId: 'w', runId: other },
        firstExecutionRunId,
      });
    await expect(cancel(other)).rejects.toMatchObject({ code: status.NOT_FOUND });
    await cancel(runId);
    expect((await world.describe('w')).workflowExtendedInfo?.cancelRequested).toBe(true);
  });

  // service/history/api/getworkflowexecutionhistory/api.go
  it('[ATS13] a token of a history is refused for another run than its own', async () => {
    await begin();
    const { runId } = await world.start('w', 'flow');
    await settle();
    const first = { execution: { workflowId: 'w' }, maximumPageSize: 1, waitNewEvent: true };
    const { nextPageToken } = await world.call<History>('GetWorkflowExecutionHistory', first);
    const next = (of: string) =>
      world.call('GetWorkflowExecutionHistory', { ...first, nextPageToken, execution: { workflowId: 'w', runId: of } });
    await expect(next('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject(invalid('next_page_token'));
    await world.signal('w');
    await next(runId);
  });

  // service/frontend/workflow_handler.go, TerminateWorkflowExecution
  it('[ATS14] what asks without a reason is recorded as a user at the frontend', async () => {
    await begin();
    await world.start('w', 'flow');
    await world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'w' } });
    expect((await eventsOf('w')).at(-1)?.workflowExecutionTerminatedEventAttributes?.reason).toBe(
      'terminated by user via frontend'
    );
  });

  // service/frontend/namespace_handler.go
  it('[ATS15] namespaces are listed in pages, each once; one is described by its name or by its id', async () => {
    await begin();
    const day = { seconds: 86_400 };
    for (const name of ['b', 'a', 'c'])
      await world.call('RegisterNamespace', { namespace: name, workflowExecutionRetentionPeriod: day });
    const seen: (string | null | undefined)[] = [];
    let nextPageToken: Uint8Array | null | undefined;
    do {
      const page = await world.call<temporal.api.workflowservice.v1.IListNamespacesResponse>('ListNamespaces', {
        pageSize: 2,
        nextPageToken,
      });
      seen.push(...(page.namespaces ?? []).map(({ namespaceInfo }) => namespaceInfo?.name));
      nextPageToken = page.nextPageToken;
    } while (nextPageToken?.length);
    expect(seen).toEqual(['a', 'b', 'c', 'default']);
    type Described = temporal.api.workflowservice.v1.IDescribeNamespaceResponse;
    const { namespaceInfo } = await world.call<Described>('DescribeNamespace', { namespace: 'a' });
    const byId = (more: object) => world.call<Described>('DescribeNamespace', { id: namespaceInfo?.id, ...more });
    expect((await byId({ namespace: '' })).namespaceInfo?.name).toBe('a');
    await expect(byId({ namespace: 'a' })).rejects.toMatchObject(invalid('id: '));
    await expect(byId({ namespace: '', id: 'nowhere' })).rejects.toMatchObject({ code: status.NOT_FOUND });
  });

  // service/matching/matching_engine.go, DescribeTaskQueue
  it('[ATS16] a task queue is described for one type, or enhanced for several', async () => {
    await begin({});
    await world.start('w', 'unserved');
    type Described = temporal.api.workflowservice.v1.IDescribeTaskQueueResponse;
    const describe = (more: object) =>
      world.call<Described>('DescribeTaskQueue', { taskQueue: { name: 'backstitch' }, ...more });
    expect((await describe({ includeTaskQueueStatus: true })).taskQueueStatus?.backlogCountHint?.toNumber()).toBe(1);
    const enhanced = { apiMode: 1, reportStats: true, reportPollers: true };
    const types = (await describe(enhanced)).versionsInfo?.['']?.typesInfo;
    expect(Object.keys(types ?? {})).toEqual(['1', '2']);
    expect(types?.['1']).toMatchObject({ pollers: [{ identity: 'backstitch-worker' }] });
    expect(types?.['1']?.stats?.approximateBacklogCount?.toNumber()).toBe(1);
    const reachability = async (more: object) =>
      (await describe({ ...enhanced, ...more })).versionsInfo?.['']?.taskReachability ?? 0;
    expect([await reachability({ reportTaskReachability: true }), await reachability({})]).toEqual([1, 0]);
    await expect(describe({ ...enhanced, taskQueue: { name: 'q', kind: 2 } })).rejects.toMatchObject(
      invalid('task_queue.kind')
    );
  });

  // service/frontend/workflow_handler.go, GetSearchAttributes and GetClusterInfo
  it('[ATS17] the search attributes include those of the system; the cluster names the clients that it supports', async () => {
    await begin();
    const { keys } = await world.call<temporal.api.workflowservice.v1.IGetSearchAttributesResponse>(
      'GetSearchAttributes',
      {}
    );
    expect(keys).toMatchObject({ WorkflowId: 2, ExecutionStatus: 2, StartTime: 6, HistoryLength: 3, SagaPhase: 2 });
    expect(await world.call('GetClusterInfo', {})).toMatchObject({
      supportedClients: { 'temporal-typescript': '<2.0.0' },
      clusterName: 'backstitch',
    });
  });

  // service/frontend/operator_handler.go, ListClusters
  it('[ATS18] the list of clusters has this one', async () => {
    await begin();
    const { clusterId } = await world.call<temporal.api.workflowservice.v1.IGetClusterInfoResponse>(
      'GetClusterInfo',
      {}
    );
    const { clusters } = await world.call<temporal.api.operatorservice.v1.IListClustersResponse>('ListClusters', {});
    expect(clusters).toMatchObject([
      { clusterName: 'backstitch', clusterId, historyShardCount: 1, isConnectionEnabled: true },
    ]);
    expect(clusters?.map(({ initialFailoverVersion }) => Number(initialFailoverVersion))).toEqual([1]);
    await expect(world.call('ListClusters', { nextPageToken: Buffer.from('2') })).rejects.toMatchObject(
      invalid('next_page_token')
    );
  });
});
