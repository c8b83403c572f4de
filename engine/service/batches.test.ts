/**
 * The rules are in batches.ts. For requests (frontend/batches.ts): StartBatchOperation, StopBatchOperation,
 * DescribeBatchOperation, ListBatchOperations.
 *
 * [BAT10] By `backstitch.v1`, a batch pauses and resumes runs, and resets them to a step (RPV1), each of them once.
 * [BAT7] What a Temporal server refuses is refused.
 * [BAT8] The official client can send each of them.
 */
import { status } from '@grpc/grpc-js';
import { Connection } from '@temporalio/client';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { command, payloads } from '../history/testing/run';
import { processCaller, type Caller } from '../permissions/caller';
import type { Grant } from '../permissions/permissions';
import { temporal } from '../proto';
import { STATUS } from '../run-name';
import type { Script } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import { StoreUnavailableError } from '../store/port';
import { PostgresStore } from '../store/postgres/store';
import { createTestDatabase } from '../store/postgres/testing/database';
import type { Progress } from './batches';
import { Authority } from './doors/keys';
import { openGrpcDoor } from './doors/grpc';
import { count, signals, steps, World } from './testing/world';

provesHistories('scripted');

const { EventType: Type } = temporal.api.enums.v1;
type Described = temporal.api.workflowservice.v1.IDescribeBatchOperationResponse;
const [RUNNING, COMPLETED, FAILED] = [1, 2, 3];
const waits: Script = () => [];
const done: Script = () => [command.complete()];

let world: World;
afterEach(() => world.role.stop());
const callerWith = (...grants: Grant[]) => processCaller('ops', grants);
const admin = callerWith({ role: 'admin', flow: null });

async function begin(scripts: Record<string, Script> = { waits, done }, options = {}, store?: never): Promise<void> {
  world = await new World(scripts, store, options).begin();
}
const ask = <T>(method: string, request: object, caller: Caller = admin) =>
  world.role.service.call(method, { namespace: 'default', ...request }, caller) as Promise<T>;
const start = (request: object, caller = admin) =>
  ask('StartBatchOperation', { jobId: 'job', reason: 'why', ...request }, caller);
const described = (jobId = 'job') => ask<Described>('DescribeBatchOperation', { jobId });
async function counts(): Promise<number[]> {
  const { state, totalOperationCount, completeOperationCount, failureOperationCount } = await described();
  return [state!, ...[totalOperationCount, completeOperationCount, failureOperationCount].map(Number)];
}
async function startMany(total: number, type = 'waits'): Promise<void> {
  for (let index = 0; index < total; index++) await world.start(`${type}-${index}`, type);
  await settle();
}
const statuses = () => [...world.store.runs.values()].map((run) => run.status);
const ofWaits = "WorkflowType = 'waits'";
const asked = { namespace: 'default', jobId: 'job', pageSize: 0 };
const resultsOf = async (outcome: string, jobId = 'job') =>
  (await world.role.batches.results({ ...asked, jobId, outcome, pageToken: '' })).results;
const own = (request: object, caller = admin) =>
  world.role.batches.start(
    {
      namespace: 'default',
      jobId: 'job',
      reason: 'why',
      identity: 'ops',
      visibilityQuery: '',
      runs: [],
      kind: '',
      step: '',
      withoutSignals: false,
      withoutUpdates: false,
      ...request,
    },
    caller
  );
const SIGNAL = { signalOperation: { signal: 'go', input: payloads(7) } };
async function signalCounts(total: number): Promise<number[]> {
  const counted = [];
  for (let index = 0; index < total; index++) counted.push(signals((await world.stored(`waits-${index}`)).events));
  return counted;
}

describe('a batch', () => {
  it('[BAT1] goes on after a takeover, and nothing takes effect twice', async () => {
    await begin();
    await startMany(45);
    await start({ visibilityQuery: ofWaits, ...SIGNAL });
    await settle();
    expect(await counts()).toEqual([RUNNING, 45, 20, 0]);
    const key = 'default\0job';
    const stored = world.store.batches.get(key)!;
    const progress = stored.progress as Progress;
    // The engine ended after it had asked and before it stored that.
    world.store.batches.set(key, { ...stored, progress: { ...progress, next: null, done: 0 } });
    await world.takeOver();
    await world.clock.advance(60_000);
    expect(await counts()).toEqual([COMPLETED, 45, 45, 0]);
    expect(new Set(await signalCounts(45))).toEqual(new Set([1]));
  });

  it('[BAT1] counts what it asked before a takeover, although it does not match any more', async () => {
    await begin();
    await startMany(45);
    const written = vi.spyOn(world.store.batches, 'set');
    await start({ visibilityQuery: ofWaits, terminationOperation: {} });
    await settle();
    expect(await counts()).toEqual([RUNNING, 45, 20, 0]);
    expect(statuses().filter((each) => each === STATUS.terminated)).toHaveLength(20);
    // The engine ended after it had asked and before it stored that.
    const before = structuredClone(written.mock.calls.at(-2)![1]);
    world.store.batches.set('default\0job', before);
    await world.takeOver();
    await world.clock.advance(60_000);
    expect(await counts()).toEqual([COMPLETED, 45, 45, 0]);
  });

  it('[BAT2] acts on the runs that match, and not on those that start later', async () => {
    await begin();
    await startMany(30);
    await startMany(3, 'done');
    await start({ visibilityQuery: ofWaits, terminationOperation: {} });
    await settle();
    await world.start('waits-late', 'waits');
    await world.clock.advance(60_000);
    expect(statuses().filter((each) => each === STATUS.terminated)).toHaveLength(30);
    expect((await world.stored('waits-late')).run.status).toBe(STATUS.running);
    const { events } = await world.stored('waits-0');
    expect(events.at(-1)?.workflowExecutionTerminatedEventAttributes).toMatchObject({ reason: 'why', identity: 'ops' });
  });

  it('[BAT3] asks as often as it says, and at most 50 times a second', async () => {
    await begin();
    await startMany(60);
    await start({ visibilityQuery: ofWaits, maxOperationsPerSecond: 2, ...SIGNAL });
    await settle();
    await world.clock.advance(5_000);
    const asked = (await counts())[2]!;
    expect(asked).toBeGreaterThanOrEqual(10);
    expect(asked).toBeLessThanOrEqual(12);
    await ask('StopBatchOperation', { jobId: 'job', reason: 'slow' });
    await start({ jobId: 'fast', visibilityQuery: ofWaits, maxOperationsPerSecond: 5_000, ...SIGNAL });
    await settle();
    expect(Number((await described('fast')).completeOperationCount)).toBeLessThanOrEqual(20);
  });

  it('[BAT4] counts what was refused, keeps the words, and takes what is gone as done', async () => {
    await begin();
    await startMany(2);
    await startMany(1, 'done');
    const executions = ['waits-0', 'done-0', 'nobody', 'waits-1'].map((workflowId) => ({ workflowId }));
    await start({ executions: [...executions, { workflowId: 'waits-1', runId: 'no-uuid' }], ...SIGNAL });
    await world.clock.advance(10_000);
    expect(await counts()).toEqual([COMPLETED, 5, 4, 1]);
    expect((world.store.batches.get('default\0job')!.progress as Progress).failures).toEqual(
      [{ workflowId: 'waits-1', runId: 'no-uuid', problem: 'execution.run_id: is not a UUID' }].map((failure) => ({
        ...failure,
        problem: expect.stringContaining('is not a UUID') as string,
      }))
    );
    expect(await signalCounts(2)).toEqual([1, 1]);
  });

  it('[BAT9] keeps what became of each run, in order, also after a takeover', async () => {
    await begin();
    await startMany(25);
    await startMany(1, 'done');
    const named = ['done-0', ...Array.from({ length: 24 }, (_, index) => `waits-${index}`)];
    const executions = named.map((workflowId) => ({ workflowId }));
    await start({ executions: [...executions, { workflowId: 'waits-24', runId: 'no-uuid' }], ...SIGNAL });
    await settle();
    expect(await resultsOf('waiting')).toHaveLength(6);
    // The engine ended after it had asked and before it stored that: both are of one write.
    await world.takeOver();
    await world.clock.advance(10_000);
    const all = await resultsOf('');
    expect(all.map(({ workflowId }) => workflowId)).toEqual([...named, 'waits-24']);
    expect(await resultsOf('nothing')).toMatchObject([{ workflowId: 'done-0', problem: expect.any(String) as string }]);
    expect(await resultsOf('refused')).toMatchObject([{ workflowId: 'waits-24', runId: 'no-uuid' }]);
    expect(await resultsOf('done')).toHaveLength(24);
    expect(await resultsOf('waiting')).toEqual([]);
    const first = await world.role.batches.results({ ...asked, outcome: 'done', pageSize: 20, pageToken: '' });
    const second = await world.role.batches.results({
      ...asked,
      outcome: 'done',
      pageSize: 20,
      pageToken: first.nextPageToken,
    });
    expect([first.results.length, second.results.length, second.nextPageToken]).toEqual([20, 4, '']);
  });

  it('[BAT9] runs that a stopped batch did not reach are listed; a damaged token and an unknown outcome are refused', async () => {
    await begin();
    await startMany(45);
    await start({ visibilityQuery: ofWaits, maxOperationsPerSecond: 5, ...SIGNAL });
    await settle();
    await ask('StopBatchOperation', { jobId: 'job', reason: 'enough' });
    await world.clock.advance(60_000);
    const reached = (await resultsOf('')).length;
    expect(reached).toBeGreaterThan(0);
    expect((await resultsOf('waiting')).length + reached).toBe(45);
    const wrong = (change: object) => world.role.batches.results({ ...asked, outcome: '', pageToken: '', ...change });
    await expect(wrong({ pageToken: '{}' })).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(wrong({ outcome: 'lost' })).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(wrong({ jobId: 'other' })).rejects.toMatchObject({ code: status.NOT_FOUND });
  });

  it('[BAT9] a store that does not answer loses no result, and doubles none', async () => {
    await begin();
    await startMany(3);
    const lease = world.role.engine.store;
    const write = lease.writeBatch.bind(lease);
    let writes = 0;
    // Its third write, of the results, is carried out, and nobody hears of it.
    lease.writeBatch = async (...given) => {
      await write(...given);
      if (++writes === 3) throw new StoreUnavailableError('connection lost (simulated)');
    };
    await start({ visibilityQuery: ofWaits, ...SIGNAL });
    await world.clock.advance(60_000);
    expect(await counts()).toEqual([COMPLETED, 3, 3, 0]);
    expect((await resultsOf('')).map(({ workflowId }) => workflowId).sort()).toEqual(['waits-0', 'waits-1', 'waits-2']);
  });

  it('[BAT9] after 100,000 results only what is refused is kept', async () => {
    await begin();
    await startMany(3);
    const named = ['waits-0', 'waits-1', 'waits-2'].map((workflowId) => ({ workflowId }));
    const executions = [...named, { workflowId: 'waits-2', runId: 'no-uuid' }];
    await start({ executions, maxOperationsPerSecond: 1, ...SIGNAL });
    await settle();
    const stored = world.store.batches.get('default\0job')!;
    const progress = { ...(stored.progress as Progress), done: 100_000 };
    world.store.batches.set('default\0job', { ...stored, progress });
    await world.takeOver();
    await world.clock.advance(60_000);
    expect(await counts()).toEqual([COMPLETED, 100_003, 100_002, 1]);
    expect((await resultsOf('')).map(({ workflowId, outcome }) => [workflowId, outcome])).toEqual([
      ['waits-0', 'done'],
      ['waits-2', 'refused'],
    ]);
  });

  it('[BAT9] results are removed 30 days after their batch has ended, when another one begins', async () => {
    await begin();
    await startMany(1);
    await start({ visibilityQuery: ofWaits, ...SIGNAL });
    await world.clock.advance(10_000);
    expect(await resultsOf('')).toHaveLength(1);
    await world.clock.advance(31 * 24 * 3_600_000);
    await start({ jobId: 'later', visibilityQuery: ofWaits, ...SIGNAL });
    await world.clock.advance(10_000);
    expect(await resultsOf('')).toEqual([]);
    expect(await counts()).toEqual([COMPLETED, 1, 1, 0]);
  });

  it('[BAT10] pauses runs and resumes them, once', async () => {
    await begin({ flow: steps(1) });
    for (const id of ['flow-0', 'flow-1']) await world.start(id, 'flow');
    await settle();
    const visibilityQuery = "WorkflowType = 'flow'";
    await own({ jobId: 'pause', kind: 'pause', visibilityQuery });
    await world.clock.advance(1_000);
    const pauseOf = async (id: string) => (await world.describe(id)).workflowExtendedInfo?.pauseInfo;
    expect(await pauseOf('flow-1')).toMatchObject({ identity: 'ops', reason: 'why' });
    await own({ jobId: 'again', kind: 'pause', visibilityQuery });
    await world.clock.advance(1_000);
    expect(await resultsOf('refused', 'again')).toHaveLength(2);
    await own({ jobId: 'resume', kind: 'unpause', visibilityQuery });
    await world.takeOver();
    await world.clock.advance(10_000);
    expect(await pauseOf('flow-1')).toBeFalsy();
    expect(await resultsOf('done', 'resume')).toHaveLength(2);
  });

  it('[BAT10] resets runs to a step, once; one that has not come to it refuses', async () => {
    await begin({ flow: steps(2) });
    for (const id of ['flow-0', 'flow-1']) await world.start(id, 'flow');
    await settle();
    world.activities.finish('step-1');
    await settle();
    const current = async (id: string) => (await world.describe(id)).workflowExecutionInfo?.execution?.runId ?? '';
    const named = ['flow-0', 'flow-1'].map(async (workflowId) => ({ workflowId, runId: await current(workflowId) }));
    await own({ kind: 'resetToStep', step: 'step-2', runs: await Promise.all(named) });
    await world.clock.advance(1_000);
    const done = await resultsOf('done');
    expect(done).toHaveLength(1);
    const [{ workflowId } = { workflowId: '' }] = done;
    expect(await resultsOf('refused')).toMatchObject([{ problem: expect.stringContaining("'step-2'") as string }]);
    const made = await current(workflowId);
    expect(made).not.toBe(done[0]?.runId);
    expect(count((await world.stored(workflowId)).events, Type.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)).toBe(1);
    const stored = world.store.batches.get('default\0job')!;
    const progress = { ...(stored.progress as Progress), next: 0, done: 0, failed: 0 };
    world.store.batches.set('default\0job', { ...stored, closeTime: null, progress });
    await world.takeOver();
    await world.clock.advance(10_000);
    expect(await current(workflowId)).toBe(made);
  });

  it('[BAT10] bad requests are refused, and whoever may not do it to any run', async () => {
    await begin();
    const visibilityQuery = ofWaits;
    await expect(own({ kind: 'explode', visibilityQuery })).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(own({ kind: 'resetToStep', visibilityQuery })).rejects.toThrow('step: is not set');
    await expect(own({ kind: 'pause' })).rejects.toThrow('VisibilityQuery or Executions');
    const viewer = callerWith({ role: 'viewer', flow: null });
    await expect(own({ kind: 'pause', visibilityQuery }, viewer)).rejects.toThrow(/runs.pause is refused/);
    expect(world.store.batches.size).toBe(0);
  });

  it('[BAT4] a store that is away ends nothing: what it did not take is asked again', async () => {
    await begin();
    await startMany(3);
    world.store.failNextCommit('lostBeforeApply');
    await start({ visibilityQuery: ofWaits, ...SIGNAL });
    await world.clock.advance(60_000);
    expect(await counts()).toEqual([COMPLETED, 3, 3, 0]);
    expect(await signalCounts(3)).toEqual([1, 1, 1]);
  });

  it('[BAT5] can be stopped, once, and stays so', async () => {
    await begin();
    await startMany(60);
    await start({ visibilityQuery: ofWaits, maxOperationsPerSecond: 5, ...SIGNAL });
    await settle();
    await ask('StopBatchOperation', { jobId: 'job', reason: 'enough' });
    const stopped = await counts();
    expect(stopped[0]).toBe(FAILED);
    await world.clock.advance(600_000);
    await world.takeOver();
    await world.clock.advance(600_000);
    expect((await counts()).slice(0, 2)).toEqual([FAILED, 60]);
    expect((await counts())[2]).toBeLessThanOrEqual(10);
    await expect(ask('StopBatchOperation', { jobId: 'job', reason: 'again' })).rejects.toThrow('already completed');
  });

  it('[BAT6] needs the right to what it does; for some flows it acts on their runs only', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
    await begin({ tripBooking_v1: waits, other_v1: waits }, { log });
    await world.start('mine', 'tripBooking_v1');
    await world.start('theirs', 'other_v1');
    await settle();
    const operator = callerWith({ role: 'operator', flow: 'trip-booking' });
    const query = "WorkflowId IN ('mine', 'theirs')";
    await expect(start({ visibilityQuery: query, deletionOperation: {} }, operator)).rejects.toThrow(
      /runs.delete is refused/
    );
    const viewer = callerWith({ role: 'viewer', flow: null });
    await expect(start({ visibilityQuery: query, ...SIGNAL }, viewer)).rejects.toThrow(/runs.signal is refused/);
    await start({ visibilityQuery: query, ...SIGNAL }, operator);
    await world.clock.advance(1_000);
    expect(await counts()).toEqual([COMPLETED, 1, 1, 0]);
    await start(
      { jobId: 'named', executions: [{ workflowId: 'mine' }, { workflowId: 'theirs' }], terminationOperation: {} },
      operator
    );
    await world.clock.advance(1_000);
    const { failures } = world.store.batches.get('default\0named')!.progress as Progress;
    expect(failures).toMatchObject([
      { workflowId: 'theirs', problem: expect.stringContaining('runs.terminate') as string },
    ]);
    expect(signals((await world.stored('theirs')).events)).toBe(0);
    // Those of one chunk in the order in which they are answered.
    const audited = lines.filter(({ audit, runId }) => audit && runId !== undefined);
    audited.sort((one, other) =>
      String(one.method) + String(one.workflowId) < String(other.method) + String(other.workflowId) ? -1 : 1
    );
    expect(audited.map(({ method, workflowId, who, outcome }) => [method, workflowId, who, outcome])).toEqual([
      ['SignalWorkflowExecution', 'mine', 'ops', 'ok'],
      ['TerminateWorkflowExecution', 'mine', 'ops', 'ok'],
      ['TerminateWorkflowExecution', 'theirs', 'ops', 'PERMISSION_DENIED'],
    ]);
    expect(lines.filter(({ audit, method }) => audit && method === 'StartBatchOperation')).toHaveLength(4);
  });

  it('[BAT1] cancels, deletes and resets', async () => {
    await begin({ waits, flow: steps(2) });
    await startMany(2);
    await world.start('flow-0', 'flow');
    await settle();
    world.activities.finish('step-1');
    await settle();
    await start({ executions: [{ workflowId: 'waits-0' }], cancellationOperation: {} });
    await world.clock.advance(1_000);
    expect(count((await world.stored('waits-0')).events, Type.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED)).toBe(1);
    await start({ jobId: 'delete', executions: [{ workflowId: 'waits-1' }], deletionOperation: {} });
    await world.clock.advance(1_000);
    expect([...world.store.runs.values()].map(({ workflowId }) => workflowId)).toEqual(['waits-0', 'flow-0']);
    const before = (await world.describe('flow-0')).workflowExecutionInfo?.execution?.runId;
    const resetOperation = { options: { firstWorkflowTask: {} } };
    await start({ jobId: 'reset', executions: [{ workflowId: 'flow-0', runId: before }], resetOperation });
    await world.clock.advance(1_000);
    const after = (await world.describe('flow-0')).workflowExecutionInfo?.execution?.runId;
    expect(after).not.toBe(before);
    expect(count((await world.stored('flow-0')).events, Type.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)).toBe(0);
    // Asked again by an engine that did not store that it had asked.
    const stored = world.store.batches.get('default\0reset')!;
    const progress = { ...(stored.progress as Progress), next: 0, done: 0 };
    world.store.batches.set('default\0reset', { ...stored, closeTime: null, progress });
    await world.takeOver();
    await world.clock.advance(10_000);
    expect((await world.describe('flow-0')).workflowExecutionInfo?.execution?.runId).toBe(after);
    expect((await described('reset')).state).toBe(COMPLETED);
  });

  it('[BAT1] releases, resets and changes activities', async () => {
    await begin({ flow: steps(1) });
    for (const id of ['flow-0', 'flow-1']) await world.start(id, 'flow');
    await settle();
    await ask('PauseActivity', { execution: { workflowId: 'flow-0' }, id: 'step-1' });
    await settle();
    const everything = "WorkflowType = 'flow'";
    await start({ visibilityQuery: everything, unpauseActivitiesOperation: { type: 'work' } });
    await world.clock.advance(1_000);
    expect(await counts()).toEqual([COMPLETED, 1, 1, 0]);
    expect((await world.describe('flow-0')).pendingActivities?.[0]?.paused).toBe(false);
    await start({
      jobId: 'options',
      visibilityQuery: everything,
      updateActivityOptionsOperation: {
        matchAll: true,
        activityOptions: { heartbeatTimeout: { seconds: 9 } },
        updateMask: { paths: ['heartbeat_timeout'] },
      },
    });
    await world.clock.advance(1_000);
    for (const id of ['flow-0', 'flow-1']) {
      const [activity] = (await world.describe(id)).pendingActivities ?? [];
      expect(Number(activity?.activityOptions?.heartbeatTimeout?.seconds)).toBe(9);
    }
    await start({
      jobId: 'reset',
      visibilityQuery: everything,
      resetActivitiesOperation: { matchAll: true, restoreOriginalOptions: true },
    });
    await world.clock.advance(1_000);
    const [activity] = (await world.describe('flow-1')).pendingActivities ?? [];
    expect(Number(activity?.activityOptions?.heartbeatTimeout?.seconds)).toBe(0);
  });

  it.each<[string, object, number, string]>([
    ['no operation', { visibilityQuery: ofWaits }, status.INVALID_ARGUMENT, 'Batch operation is not set on request.'],
    ['no reason', { visibilityQuery: ofWaits, reason: '', ...SIGNAL }, status.INVALID_ARGUMENT, 'reason: is not set'],
    ['no runs', SIGNAL, status.INVALID_ARGUMENT, 'VisibilityQuery or Executions'],
    [
      'both',
      { visibilityQuery: ofWaits, executions: [{ workflowId: 'w' }], ...SIGNAL },
      status.INVALID_ARGUMENT,
      'mutually exclusive',
    ],
    [
      'too many',
      { executions: Array.from({ length: 1_001 }, () => ({ workflowId: 'w' })), ...SIGNAL },
      status.INVALID_ARGUMENT,
      'are more than 1000',
    ],
    [
      'a query that cannot be read',
      { visibilityQuery: 'Nothing = 1', ...SIGNAL },
      status.INVALID_ARGUMENT,
      "'Nothing' is not a search attribute",
    ],
    [
      'no signal',
      { visibilityQuery: ofWaits, signalOperation: {} },
      status.INVALID_ARGUMENT,
      'must provide signal name',
    ],
    [
      'no point',
      { visibilityQuery: ofWaits, resetOperation: { options: {} } },
      status.INVALID_ARGUMENT,
      'batch reset missing target',
    ],
    [
      'a build id',
      { visibilityQuery: ofWaits, resetOperation: { options: { buildId: 'v1' } } },
      status.UNIMPLEMENTED,
      'reset_operation.options.build_id',
    ],
    [
      'no activities',
      { visibilityQuery: ofWaits, unpauseActivitiesOperation: {} },
      status.INVALID_ARGUMENT,
      'Either activity type must be set',
    ],
    ['no job', { jobId: '', visibilityQuery: ofWaits, ...SIGNAL }, status.INVALID_ARGUMENT, 'job_id: is not set'],
  ])('[BAT7] %s is refused, and nothing is stored', async (_what, request, code, message) => {
    await begin();
    await expect(start(request)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
    expect(world.store.batches.size).toBe(0);
  });

  it('[BAT7] a second one at the same time, and a second one of the same id, are refused', async () => {
    await begin();
    await startMany(60);
    await start({ visibilityQuery: ofWaits, ...SIGNAL });
    await expect(start({ jobId: 'other', visibilityQuery: ofWaits, ...SIGNAL })).rejects.toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      message: 'Max concurrent batch operations is reached',
    });
    await world.clock.advance(60_000);
    await expect(start({ visibilityQuery: ofWaits, ...SIGNAL })).rejects.toMatchObject({ code: status.ALREADY_EXISTS });
    await expect(ask('StopBatchOperation', { jobId: 'none', reason: 'x' })).rejects.toMatchObject({
      code: status.NOT_FOUND,
    });
    await expect(ask('DescribeBatchOperation', { jobId: 'none' })).rejects.toMatchObject({ code: status.NOT_FOUND });
  });

  it('[BAT8] by the official client, in pages', async () => {
    await begin();
    await startMany(1);
    const authority = new Authority({
      keys: [],
      stored: { find: () => Promise.resolve(admin), onEnd: () => () => {} },
    });
    const door = await openGrpcDoor({ service: world.role.service, authority, address: '127.0.0.1:0' });
    const connection = await Connection.connect({ address: door.address, tls: false, apiKey: 'key' });
    try {
      const { workflowService } = connection;
      const namespace = 'default';
      for (const jobId of ['a', 'b']) {
        await workflowService.startBatchOperation({
          namespace,
          jobId,
          reason: 'why',
          visibilityQuery: ofWaits,
          ...SIGNAL,
        });
        await world.clock.advance(1_000);
      }
      const first = await workflowService.listBatchOperations({ namespace, pageSize: 1 });
      const second = await workflowService.listBatchOperations({ namespace, nextPageToken: first.nextPageToken });
      expect([first, second].map(({ operationInfo }) => operationInfo.map(({ jobId }) => jobId))).toEqual([
        ['b'],
        ['a'],
      ]);
      expect(await workflowService.describeBatchOperation({ namespace, jobId: 'a' })).toMatchObject({
        operationType: 3,
        state: COMPLETED,
        reason: 'why',
        identity: 'ops',
        query: ofWaits,
      });
      await expect(workflowService.stopBatchOperation({ namespace, jobId: 'a', reason: 'x' })).rejects.toMatchObject({
        code: status.NOT_FOUND,
      });
    } finally {
      await connection.close();
      await door.close();
    }
  });

  it('[BAT1] on PostgreSQL, through a takeover', async () => {
    const database = await createTestDatabase();
    try {
      await begin({ waits }, {}, new PostgresStore({ url: database.url }) as never);
      for (let index = 0; index < 25; index++) await world.start(`w-${index}`, 'waits');
      await start({ visibilityQuery: ofWaits, ...SIGNAL });
      await world.takeOver();
      await expect
        .poll(
          async () => {
            await world.clock.advance(1_000);
            return counts();
          },
          { timeout: 10_000 }
        )
        .toEqual([COMPLETED, 25, 25, 0]);
      expect(await resultsOf('done')).toHaveLength(25);
      const listed = await world.call<{ executions: unknown[] }>('ListWorkflowExecutions', {});
      expect(listed.executions).toHaveLength(25);
    } finally {
      await world.role.stop();
      await database.drop();
    }
  });
});
