/** Runs that ask other runs, with the official workflow library; the official replayer accepts their histories. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePayload } from '../flow/values/payload';
import { provesHistories } from '../history/testing/proof';
import { payload, payloads } from '../history/testing/run';
import { localCaller } from '../permissions/caller';
import type { temporal } from '../proto';
import { timestampMs } from '../proto-time';
import { STATUS } from '../run-name';
import { MemoryStore } from '../store/memory';
import type { Store } from '../store/port';
import { PostgresStore } from '../store/postgres/store';
import { createTestDatabase, type TestDatabase } from '../store/postgres/testing/database';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows, type WorkflowBundle } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import type { EngineRole } from './start-engine';
import { startTestEngine } from './testing/test-engine';

const workflowsPath = fileURLToPath(new URL('../worker/testing/workflows/between.ts', import.meta.url));
provesHistories({ workflowsPath });

type Described = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse;
type HistoryResponse = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse;

let store: Store;
let bundle: WorkflowBundle;
let worker: EmbeddedWorker;
let engine: EngineRole;
let database: TestDatabase;
beforeAll(async () => {
  bundle = await bundleWorkflows({ entry: workflowsPath });
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const stores: [string, () => Store][] = [
  ['memory', () => new MemoryStore()],
  ['postgres', () => new PostgresStore({ url: database.url })],
];

async function begin(): Promise<void> {
  worker = createEmbeddedWorker({
    bundles: { find: (type) => (bundle.workflowTypes.includes(type) ? bundle : undefined), onChange: () => () => {} },
  });
  const activityWorker = new ActivityExecutor({ activities: {} });
  engine = await startTestEngine({ store, workflowWorker: worker, activityWorker });
}
async function end(): Promise<void> {
  await engine.stop();
  await worker.close();
}
const call = <T>(method: string, request: object): Promise<T> =>
  engine.service.call(method, { namespace: 'default', ...request }, localCaller()) as Promise<T>;
const start = (workflowId: string, type: string, ...args: unknown[]): Promise<{ runId: string }> =>
  startWith({}, workflowId, type, ...args);
const startWith = (more: object, workflowId: string, type: string, ...args: unknown[]): Promise<{ runId: string }> =>
  call('StartWorkflowExecution', {
    ...more,
    workflowId,
    workflowType: { name: type },
    taskQueue: { name: 'backstitch' },
    input: { payloads: args.flatMap((value) => payloads(value).payloads!) },
  });
/** The result of the last run of a chain, once it has one. */
async function result(workflowId: string, runId = ''): Promise<unknown> {
  const request = { execution: { workflowId, runId }, waitNewEvent: true, historyEventFilterType: 2 };
  const { history } = await call<HistoryResponse>('GetWorkflowExecutionHistory', request);
  const [event] = history?.events ?? [];
  const next = event?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  if (next) return result(workflowId, next);
  const [payload] = event?.workflowExecutionCompletedEventAttributes?.result?.payloads ?? [];
  return payload && decodePayload(payload);
}

describe.each(stores)('runs of the official library, %s store', (_name, openStore) => {
  beforeAll(async () => {
    store = openStore();
    await begin();
  });
  afterAll(end);

  it('[BTR1] signal and cancel each other, and hear what became of it', async () => {
    await start('listener', 'listener');
    await start('sleeper', 'sleeper');
    await start('asker', 'asker', ['listener', 'nobody'], ['sleeper', 'asker', 'nobody']);
    expect(await result('asker')).toEqual([
      'tell listener: done',
      'tell listener: done',
      'tell nobody: Unable to signal external workflow because it was not found',
      'tell nobody: Unable to signal external workflow because it was not found',
      expect.stringMatching(/^cancel /),
      expect.stringMatching(/^cancel /),
      expect.stringMatching(/^cancel /),
    ]);
    expect(await result('listener')).toEqual(['hello', 'enough']);
    expect(await result('sleeper')).toBe('woken');
  });

  it('[BTR2] a signal that the code takes back before its task ends is never sent', async () => {
    await start('spared', 'listener');
    await start('regrets', 'regrets', 'spared');
    expect(await result('regrets')).toBe('Signal was cancelled before being sent');
    await call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'spared' } });
  });

  it('[BTR4] start children and hear how they end', async () => {
    await start('taken', 'listener');
    await start('parent', 'parent', 'taken');
    expect(await result('parent')).toEqual({
      sum: 'child says 3',
      failed: 'Child Workflow execution failed / ApplicationFailure no',
      timedOut: 'Child Workflow execution failed / TimeoutFailure Timed out',
      taken: 'Workflow execution already started',
      info: { parent: 'parent', root: 'parent' },
      grandchild: { parent: 'middle', root: 'parent' },
    });
    await call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'taken' } });
  });

  it.each([
    ['WAIT_CANCELLATION_COMPLETED', 'woken'],
    ['WAIT_CANCELLATION_REQUESTED', 'woken'],
    ['TRY_CANCEL', 'CancelledFailure'],
    ['ABANDON', 'CancelledFailure'],
  ])('[BTR5] cancel a child that has started, with %s', async (type, outcome) => {
    await start(`cancels ${type}`, 'cancels', type, `canceled ${type}`);
    expect(await result(`cancels ${type}`)).toBe(outcome);
    const child = { execution: { workflowId: `canceled ${type}` } };
    const { workflowExecutionInfo } = await call<Described>('DescribeWorkflowExecution', child);
    // Nobody asked an abandoned child to cancel; when its parent closed, it was terminated by its close policy.
    expect(workflowExecutionInfo?.status).toBe(type === 'ABANDON' ? STATUS.terminated : STATUS.completed);
  });

  it('[BTR6] a child that is canceled before its task ends never starts', async () => {
    await start('takes back', 'takesBack');
    expect(await result('takes back')).toBe('CancelledFailure');
  });

  it('[BTR7] continue as new: the code passes its input, the rest goes with it, and randomness is new', async () => {
    const more = {
      memo: { fields: { note: payload('kept') } },
      retryPolicy: { maximumAttempts: 4 },
    };
    await startWith(more, 'laps', 'laps', 1, 3, []);
    expect(await result('laps')).toEqual({
      memo: expect.objectContaining({ note: 'kept' }) as object,
      searchAttributes: { SagaPhase: ['needs-hand'] },
      attempts: 4,
      isLater: true,
      ids: 3,
    });
  });

  it('[BTR8] continue as another workflow, with another memo, after a wait', async () => {
    await start('becomes', 'becomes');
    expect(await result('becomes')).toEqual({ said: 'hello', now: 'other' });
    const { workflowExecutionInfo: info } = await call<Described>('DescribeWorkflowExecution', {
      execution: { workflowId: 'becomes' },
    });
    expect(timestampMs(info?.executionTime) - timestampMs(info?.startTime)).toBe(2_000);
  });

  it('[BTR9] read that continuing is suggested once their history is long', async () => {
    await start('long history', 'untilSuggested');
    expect(await result('long history')).toBe('false true');
  });

  it('[BTR10] are reset: the same up to the point, other random numbers after it, the rest comes again', async () => {
    const workflowExecution = { workflowId: 'retold' };
    const tell = (text: string) =>
      call('SignalWorkflowExecution', { workflowExecution, signalName: 'tell', input: payloads(text) });
    const { runId } = await start('retold', 'retold');
    const request = { meta: { updateId: 'u' }, input: { name: 'add', args: payloads('added') } };
    const waitPolicy = { lifecycleStage: 3 };
    await call('UpdateWorkflowExecution', { workflowExecution, request, waitPolicy });
    await tell('go on');
    await tell('enough');
    type Retold = { told: string[]; before: string; after: string };
    const first = (await result('retold')) as Retold;
    const { history } = await call<HistoryResponse>('GetWorkflowExecutionHistory', { execution: workflowExecution });
    // The first task, before anything was told.
    const point = history!.events!.find(({ workflowTaskCompletedEventAttributes: c }) => c)!.eventId;
    const reset = { workflowExecution: { workflowId: 'retold', runId }, workflowTaskFinishEventId: point };
    await call('ResetWorkflowExecution', { ...reset, requestId: 'once', reason: 'to see' });
    const second = (await result('retold')) as Retold;
    expect(first.told).toEqual(['added', 'go on', 'enough']);
    expect([...second.told].sort()).toEqual(['added', 'enough', 'go on']);
    expect(second.before).not.toBe(first.before);
    // A point after the first random number keeps it.
    const later = history!.events!.filter(({ workflowTaskCompletedEventAttributes: c }) => c)[1]!.eventId;
    await call('ResetWorkflowExecution', { ...reset, workflowTaskFinishEventId: later, requestId: 'twice' });
    const third = (await result('retold')) as Retold;
    expect(third.before).toBe(first.before);
    expect(third.after).not.toBe(first.after);
    await end();
    await begin();
    const query = { queryType: '__stack_trace' };
    await call('QueryWorkflow', { execution: workflowExecution, query }).catch(() => {});
  });

  it('[BTR3] a run that is read again by the next engine goes on where it was', async () => {
    await start('quiet', 'listener');
    await call('SignalWorkflowExecution', {
      workflowExecution: { workflowId: 'quiet' },
      signalName: 'tell',
      input: payloads('first'),
    });
    await end();
    await begin();
    await start('second asker', 'asker', ['quiet'], []);
    expect(await result('second asker')).toEqual(['tell quiet: done', 'tell quiet: done']);
    expect(await result('quiet')).toEqual(['first', 'hello', 'enough']);
  });
});
