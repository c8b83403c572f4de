/** What may be answered and what must survive while a commit is pending, and after it has failed late. */
import { STATUS } from '../run-name';
import { localCaller } from '../permissions/caller';
import { status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { command } from '../history/testing/run';
import { eventsOf, provesHistories } from '../history/testing/proof';
import { temporal } from '../proto';
import { ScriptedActivities, type Script } from '../sim/scripted-worker';
import { settle, VirtualClock } from '../sim/virtual-clock';
import type { EngineRole } from './start-engine';
import { SlowStore } from './testing/slow-store';
import { startTestEngine } from './testing/test-engine';
import { UpdatingWorkflows } from './testing/updating-workflows';

provesHistories('scripted');

const { EventType } = temporal.api.enums.v1;
const operator = localCaller();
const ACCEPTED = 2;
const COMPLETED = 3;

const happened = (events: Parameters<Script>[0], type: number) => events.some(({ eventType }) => eventType === type);
const untilSignal: Script = (events) =>
  happened(events, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED) ? [command.complete('done')] : [];
const store = () => world.store;
let world: { store: SlowStore; clock: VirtualClock; role: EngineRole };
afterEach(() => world.role.stop());

async function begin(script: Script): Promise<void> {
  const slow = new SlowStore();
  const clock = new VirtualClock();
  const workflowWorker = new UpdatingWorkflows({ type: script });
  const role = await startTestEngine({ store: slow, clock, workflowWorker, activityWorker: new ScriptedActivities() });
  world = { store: slow, clock, role };
}
const call = <T>(method: string, request: object): Promise<T> =>
  world.role.service.call(method, { namespace: 'default', ...request }, operator) as Promise<T>;
const startRequest = { workflowId: 'w', workflowType: { name: 'type' }, taskQueue: { name: 'backstitch' } };
const start = (more: object = {}) =>
  call<{ runId: string; started: boolean }>('StartWorkflowExecution', { ...startRequest, ...more });
const workflowExecution = { workflowId: 'w' };
const signal = () => call('SignalWorkflowExecution', { workflowExecution, signalName: 'go' });
const describeRun = () =>
  call<temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse>('DescribeWorkflowExecution', {
    execution: workflowExecution,
  });
const updateRun = (updateId: string, name: string, lifecycleStage: number) =>
  call<{ stage: number }>('UpdateWorkflowExecution', {
    workflowExecution,
    request: { meta: { updateId }, input: { name } },
    waitPolicy: { lifecycleStage },
  });
const poll = (updateId: string, lifecycleStage: number) =>
  call<{ stage: number; outcome: unknown }>('PollWorkflowExecutionUpdate', {
    updateRef: { workflowExecution, updateId },
    waitPolicy: { lifecycleStage },
  });
const openRuns = () => [...store().runs.values()].filter((run) => run.status === STATUS.running);
/** The state of a call now. */
function outcomeOf(request: Promise<unknown>): { state: 'waits' | 'answered' | 'refused'; code?: number } {
  const seen: ReturnType<typeof outcomeOf> = { state: 'waits' };
  request.then(
    () => (seen.state = 'answered'),
    (error: { code: number }) => Object.assign(seen, { state: 'refused', code: error.code })
  );
  return seen;
}

describe('while a commit is pending', () => {
  it('[SLC1] a close is not reported before it is durable, and never if its commit fails', async () => {
    await begin(untilSignal);
    await start();
    await settle();
    const end = store().holdNextCommit();
    const signalled = outcomeOf(signal());
    await settle();
    const described = outcomeOf(describeRun());
    const again = outcomeOf(signal());
    await settle();
    expect([described.state, again.state]).toEqual(['waits', 'waits']);
    end('broken');
    await settle();
    expect([signalled, described, again].map(({ code }) => code)).toEqual(Array(3).fill(status.UNAVAILABLE));
    expect((await describeRun()).workflowExecutionInfo?.status).toBe(STATUS.running);
  });

  it('[SLC2] a close whose commit fails leaves one open run of the id, even with starts meanwhile', async () => {
    await begin(untilSignal);
    await start();
    await settle();
    const end = store().holdNextCommit();
    void signal().catch(() => {});
    await settle();
    const started = outcomeOf(start());
    const refused = outcomeOf(start({ workflowIdReusePolicy: 3 }));
    await settle();
    end('broken');
    await settle();
    expect([started.code, refused.code]).not.toContain(undefined);
    await world.clock.advance(5_000);
    expect(openRuns()).toHaveLength(1);
  });

  it('[SLC3] a start waits for the close of the earlier run and then creates the next run', async () => {
    await begin(untilSignal);
    await start();
    await settle();
    const end = store().holdNextCommit();
    void signal();
    await settle();
    const second = start();
    await settle();
    end('through');
    await settle();
    expect((await second).started).toBe(true);
    expect([...store().runs.values()].map((run) => run.status)).toEqual([2, 1]);
  });

  it('[SLC4] the outcome of an update is not reported before it is durable', async () => {
    await begin(() => []);
    await start();
    await settle();
    const end = store().holdNextCommit();
    const caller = outcomeOf(updateRun('u', 'both', COMPLETED));
    await settle();
    const polled = outcomeOf(poll('u', COMPLETED));
    await settle();
    expect([caller.state, polled.state]).toEqual(['waits', 'waits']);
    end('broken');
    await settle();
    expect([caller.code, polled.code]).toEqual([status.UNAVAILABLE, status.UNAVAILABLE]);
  });

  it('[SLC5] a poll for a stage that was reached returns that stage at once', async () => {
    await begin(() => []);
    await start();
    await settle();
    await updateRun('u', 'accepts', ACCEPTED);
    expect(await poll('u', 0)).toMatchObject({ stage: ACCEPTED, outcome: null });
    expect(await poll('u', ACCEPTED)).toMatchObject({ stage: ACCEPTED, outcome: null });
  });
});

describe('repeated requests and limits', () => {
  it('[SLC7] signalWithStart that is repeated after the close returns the same run, without an error', async () => {
    await begin(untilSignal);
    const request = { ...startRequest, signalName: 'go', requestId: 'once' };
    const first = await call<{ runId: string }>('SignalWithStartWorkflowExecution', request);
    await settle();
    expect(openRuns()).toHaveLength(0);
    expect((await call<{ runId: string }>('SignalWithStartWorkflowExecution', request)).runId).toBe(first.runId);
  });

  it('[SLC10] a stored request with a lost answer takes effect once, however often it is repeated', async () => {
    await begin(() => []);
    const unknown = { code: status.UNAVAILABLE, message: expect.stringContaining('Send it again') as string };
    const request = { requestId: 'once' };
    store().failNextCommit('lostAfterApply');
    await expect(start(request)).rejects.toMatchObject(unknown);
    await settle();
    const { runId } = await start(request);
    expect(runId).toBe((await start(request)).runId);
    const send = () => call('SignalWorkflowExecution', { workflowExecution, signalName: 'go', requestId: 's' });
    store().failNextCommit('lostAfterApply');
    await expect(send()).rejects.toMatchObject(unknown);
    await settle();
    await send();
    await send();
    expect(store().runs.size).toBe(1);
    const events = eventsOf([...store().history.values()].flat());
    expect(events.filter((event) => event.workflowExecutionSignaledEventAttributes)).toHaveLength(1);
  });

  it('[SLC9] an accepted signal or cancel that is repeated after the close is accepted; a new signal is refused, a new cancel does nothing', async () => {
    await begin(untilSignal);
    await start();
    const again = (requestId: string) =>
      call('SignalWorkflowExecution', { workflowExecution, signalName: 'go', requestId });
    const cancel = (requestId: string) => call('RequestCancelWorkflowExecution', { workflowExecution, requestId });
    await cancel('c');
    await again('s');
    await settle();
    expect(openRuns()).toHaveLength(0);
    const { commits } = store();
    await again('s');
    await cancel('c');
    expect(store().commits).toBe(commits);
    await expect(again('new')).rejects.toMatchObject({
      code: status.NOT_FOUND,
      message: 'workflow execution already completed',
    });
    await cancel('new');
    expect(store().commits).toBe(commits);
  });

  // service/frontend/workflow_handler.go of a Temporal server
  it('[SLC8] a page size below 1 means the default', async () => {
    await begin(untilSignal);
    await start();
    type Page = { history?: { events?: unknown[] }; executions?: unknown[] };
    const history = { execution: workflowExecution, maximumPageSize: -1 };
    for (const method of ['GetWorkflowExecutionHistory', 'GetWorkflowExecutionHistoryReverse'])
      expect(((await call(method, history)) as Page).history?.events?.length).toBeGreaterThan(0);
    for (const method of ['ListWorkflowExecutions', 'ListOpenWorkflowExecutions'])
      expect(((await call(method, { pageSize: -1, maximumPageSize: -1 })) as Page).executions).toHaveLength(1);
  });
});
