/**
 * Chains of runs in the service: continue-as-new, retries and schedules.
 *
 * [CHS1] The close of a run and the start of the next one are one commit.
 * [CHS2] Requests without a run id are for the current run, also while the one before closes.
 * [CHS3] The parent hears only of the last run of a chain.
 * [CHS4] The close policy is carried out at every run of a chain.
 * [CHS5] Long polls and results follow the chain.
 * [CHS6] A start is judged by the run that is current after a close.
 * [CHS7] The next run keeps who started the chain.
 * [CHS8] The row of a run that continued does not say what its flow left behind: the next run's does.
 * [CHS9] A signal that arrives during the last task of a run reaches a run of the chain.
 * [CHS10] A schedule starts its runs at its times, also after a restart, until it is canceled or terminated.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { Command, HistoryEvent } from '../history';
import { provesHistories } from '../history/testing/proof';
import { command, payload, payloads } from '../history/testing/run';
import { temporal } from '../proto';
import { idOf, timestampMs } from '../proto-time';
import { STATUS } from '../run-name';
import type { Script } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import { SlowStore } from './testing/slow-store';
import { count, DAY_MS, signals, sleeper, untilSignal, World } from './testing/world';

provesHistories('scripted');
const { EventType: Type, WorkflowIdReusePolicy: Reuse } = temporal.api.enums.v1;
type HistoryResponse = temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse;

const startedOf = (events: readonly HistoryEvent[]) => events[0]!.workflowExecutionStartedEventAttributes!;
const lapOf = (events: readonly HistoryEvent[]): number => {
  const data = startedOf(events).input?.payloads?.[0]?.data;
  return data ? Number(Buffer.from(data).toString()) : 1;
};
/** Continues as new until its n-th run, which ends with `last`. */
const laps =
  (total: number, last: Command = command.complete('round')): Script =>
  (events) => {
    const lap = lapOf(events);
    return [lap < total ? command.continueAsNew({ input: payloads(lap + 1) }) : last];
  };

let world: World<SlowStore>;
afterEach(() => world.role.stop());
async function begin(scripts: Record<string, Script>, more = {}): Promise<void> {
  world = await new World(scripts, new SlowStore(), more).begin();
}
const runsOf = (workflowId: string) => [...world.store.runs.values()].filter((run) => run.workflowId === workflowId);
const statuses = (workflowId: string) => runsOf(workflowId).map(({ status }) => status);
const { continuedAsNew, completed, terminated, running, canceled } = STATUS;

describe('continue-as-new', () => {
  it('[CHS1] closes a run and starts the next one in one commit', async () => {
    await begin({ laps: laps(3) });
    const { runId } = await world.start('c', 'laps', { memo: { fields: { a: payload(1) } } });
    await settle();
    expect(statuses('c')).toEqual([continuedAsNew, running]);
    world.store.failNextCommit('lostBeforeApply');
    await world.clock.advance(10_000);
    expect(statuses('c')).toEqual([continuedAsNew, continuedAsNew, completed]);
    const [first, second, third] = runsOf('c');
    expect([first?.runId, second?.firstRunId, third?.firstRunId]).toEqual([runId, runId, runId]);
    const { events } = await world.stored('c');
    expect(startedOf(events)).toMatchObject({
      continuedExecutionRunId: second!.runId,
      firstExecutionRunId: runId,
      originalExecutionRunId: third!.runId,
      initiator: temporal.api.enums.v1.ContinueAsNewInitiator.CONTINUE_AS_NEW_INITIATOR_WORKFLOW,
      attempt: 1,
    });
    expect([first, second, third].map((run) => run!.wakeAt)).toEqual([null, null, null]);
    const { executions } = await world.call<temporal.api.workflowservice.v1.IListWorkflowExecutionsResponse>(
      'ListWorkflowExecutions',
      { query: "WorkflowId = 'c' AND ExecutionStatus = 'ContinuedAsNew'" }
    );
    expect(executions?.map(({ execution }) => execution?.runId)).toEqual([second!.runId, runId]);
  });

  it('[CHS1] a run that continues with its very first task is stored before the next one', async () => {
    await begin({ laps: laps(2) });
    const open = world.store.holdNextCommit();
    const starting = world.start('c', 'laps');
    await settle();
    expect(world.store.runs.size).toBe(0);
    open('through');
    await starting;
    await world.clock.advance(5_000);
    expect(statuses('c')).toEqual([continuedAsNew, completed]);
  });

  it('[CHS1] goes on after a takeover between two runs', async () => {
    await begin({ laps: laps(4) });
    await world.start('c', 'laps');
    for (let lap = 0; lap < 4; lap++) {
      await world.takeOver();
      await world.clock.advance(1_100);
    }
    expect(statuses('c')).toEqual([continuedAsNew, continuedAsNew, continuedAsNew, completed]);
  });

  it.each([
    ['SignalWorkflowExecution', { signalName: 'go' }, completed],
    ['RequestCancelWorkflowExecution', {}, canceled],
    ['TerminateWorkflowExecution', {}, terminated],
  ])('[CHS2] %s reaches the current run while the one before closes', async (method, more, status) => {
    await begin({
      first: (events) =>
        lapOf(events) === 2
          ? waiting(events)
          : signals(events) > 0
            ? [command.continueAsNew({ input: payloads(2) })]
            : [],
    });
    await world.start('c', 'first', { input: payloads(1) });
    await settle();
    const open = world.store.holdNextCommit();
    const go = world.signal('c');
    await settle();
    const request = world.call(method, { workflowExecution: { workflowId: 'c' }, ...more });
    await settle();
    expect(statuses('c')).toEqual([running]);
    open('through');
    await Promise.all([go, request]);
    await world.clock.advance(5_000);
    expect(statuses('c')).toEqual([continuedAsNew, status]);
  });

  it('[CHS2] a request with the id of a run that has continued is for that run, which has closed', async () => {
    await begin({ laps: laps(2, command.complete()), other: sleeper });
    const { runId } = await world.start('c', 'laps');
    await settle();
    const workflowExecution = { workflowId: 'c', runId };
    const signaling = world.call('SignalWorkflowExecution', { workflowExecution, signalName: 'go' });
    await expect(signaling).rejects.toThrow(/already completed/);
    await world.call('TerminateWorkflowExecution', { workflowExecution, firstExecutionRunId: runId });
    expect(statuses('c')).toEqual([continuedAsNew, terminated]);
  });

  it('[CHS3] its parent hears once, of the last run', async () => {
    const ENDED = Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED;
    await begin({
      parent: (events) => {
        if (count(events, Type.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED) === 0)
          return [command.startChild('c', { workflowType: { name: 'laps' } })];
        return count(events, ENDED) > 0 ? [command.complete()] : [];
      },
      laps: laps(3),
    });
    await world.start('p', 'parent');
    await world.clock.advance(10_000);
    const { events } = await world.stored('p');
    const [ended, ...more] = events.filter(({ eventType }) => eventType === ENDED);
    expect(more).toEqual([]);
    const last = runsOf('c').at(-1)!;
    expect(ended?.childWorkflowExecutionCompletedEventAttributes?.workflowExecution?.runId).toBe(last.runId);
    expect(runsOf('c').every(({ wakeAt }) => wakeAt === null)).toBe(true);
  });

  it('[CHS4] closes the children of the run by their policy', async () => {
    await begin({
      parent: (events) => {
        if (lapOf(events) === 2) return waiting(events);
        if (signals(events) > 0) return [command.continueAsNew({ input: payloads(2) })];
        if (count(events, Type.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED) > 0) return [];
        return [command.startChild('ended'), command.startChild('left', { parentClosePolicy: 2 })];
      },
      child: waiting,
    });
    await world.start('p', 'parent', { input: payloads(1) });
    await settle();
    await world.signal('p');
    await settle();
    expect([statuses('p'), statuses('ended'), statuses('left')]).toEqual([
      [continuedAsNew, running],
      [terminated],
      [running],
    ]);
    expect((await world.describe('p')).pendingChildren).toEqual([]);
  });

  it('[CHS5] a long poll for the close names the next run, up to the last', async () => {
    await begin({ laps: laps(3) });
    let { runId } = await world.start('c', 'laps');
    for (const last of [false, false, true]) {
      const poll = world.call<HistoryResponse>('GetWorkflowExecutionHistory', {
        execution: { workflowId: 'c', runId },
        waitNewEvent: true,
        historyEventFilterType: 2,
      });
      await world.clock.advance(1_500);
      const [close] = (await poll).history!.events!;
      expect(count([close!], Type.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW)).toBe(last ? 0 : 1);
      runId = close?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? '';
    }
  });

  it.each([
    ['is refused while a run is open', {}, /already running/],
    ['ends the open one', { workflowIdConflictPolicy: 3 }, null],
  ])('[CHS6] a start %s, also while the run before closes', async (_what, policy, refusal) => {
    await begin({ laps: laps(2, command.complete()) });
    const open = world.store.holdNextCommit();
    const first = world.start('c', 'laps');
    open('through');
    await first;
    const second = world.start('c', 'laps', policy).then(
      () => null,
      (error: Error) => error.message
    );
    await settle();
    if (refusal) expect(await second).toMatch(refusal);
    else expect(await second).toBeNull();
    await world.clock.advance(5_000);
    expect(statuses('c').filter((status) => status === completed)).toHaveLength(1);
    expect(statuses('c')).not.toContain(running);
  });

  it('[CHS6] a start that came while the run was open is judged by the run that follows it', async () => {
    await begin({
      first: (events) =>
        lapOf(events) === 2 ? [] : signals(events) > 0 ? [command.continueAsNew({ input: payloads(2) })] : [],
    });
    await world.start('c', 'first', { input: payloads(1) });
    await settle();
    let open!: () => void;
    world.workflows.gate = new Promise((resolve) => (open = resolve));
    const signaling = world.signal('c');
    await settle();
    const second = world.start('c', 'first').catch((error: Error) => error.message);
    await settle();
    open();
    await signaling;
    expect(await second).toMatch(new RegExp(`already running.*RunId: ${runsOf('c')[1]?.runId}`));
    expect(statuses('c')).toEqual([continuedAsNew, running]);
  });

  it('[CHS6] the reuse policy sees how the chain ended', async () => {
    await begin({ laps: laps(2, command.fail('no')) });
    await world.start('c', 'laps');
    await world.clock.advance(5_000);
    const workflowIdReusePolicy = Reuse.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY;
    expect((await world.start('c', 'laps', { workflowIdReusePolicy })).started).toBe(true);
  });

  it('[CHS7] the next run keeps who started the chain, whatever memo the code gives it', async () => {
    const memo = { fields: { own: payload('memo') } };
    await begin({
      laps: (events) => (lapOf(events) === 1 ? [command.continueAsNew({ input: payloads(2), memo })] : []),
    });
    await world.start('c', 'laps', { input: payloads(1) });
    await settle();
    const { memo: next } = startedOf((await world.stored('c')).events);
    expect(Object.keys(next?.fields ?? {}).sort()).toEqual(['BackstitchStartedBy', 'BackstitchStarterId', 'own']);
  });

  it.each([
    ['flow', {}],
    ['other', { SagaPhase: 'needs-hand', SagaStanding: 2 }],
  ])('[CHS8] the row of a run of type %s that continued', async (type, expected) => {
    const left = command.upsert({ SagaPhase: 'needs-hand', SagaStanding: 2 });
    const script: Script = (events) =>
      lapOf(events) === 1 ? [left, command.continueAsNew({ input: payloads(2) })] : [];
    const effectCounter = {
      knows: (name: string) => name === 'flow',
      count: () => Promise.resolve({ phase: null, standing: 0 }),
    };
    await begin({ flow: script, other: script }, { effectCounter });
    await world.start('c', type, { input: payloads(1) });
    await settle();
    const { searchAttributes } = world.store.visibility.get(runsOf('c')[0]!.runKey)!;
    expect(searchAttributes).toEqual(expected);
  });

  it('[CHS9] a signal during the last task of a run is not lost', async () => {
    await begin({
      laps: (events) =>
        lapOf(events) === 1
          ? [command.continueAsNew({ input: payloads(2 + signals(events)) })]
          : [command.complete(lapOf(events) + signals(events))],
    });
    let open!: () => void;
    world.workflows.gate = new Promise((resolve) => (open = resolve));
    const starting = world.start('c', 'laps', { input: payloads(1) });
    await world.clock.advance(1_000);
    await starting;
    await world.signal('c');
    open();
    await world.clock.advance(5_000);
    expect(statuses('c')).toEqual([continuedAsNew, completed]);
    const { events } = await world.stored('c');
    const result = events.at(-1)?.workflowExecutionCompletedEventAttributes?.result?.payloads?.[0]?.data;
    expect(Buffer.from(result!).toString()).toBe('3');
  });
});

describe('a schedule', () => {
  const everyTen = { cronSchedule: '*/10 * * * *' };
  const executionTimes = async (workflowId: string) => {
    const times: string[] = [];
    for (const { runId } of runsOf(workflowId)) {
      const { workflowExecutionInfo: info } =
        await world.call<temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse>(
          'DescribeWorkflowExecution',
          { execution: { workflowId, runId } }
        );
      times.push(new Date(timestampMs(info?.executionTime)).toISOString().slice(11, 19));
    }
    return times;
  };

  it('[CHS10] starts its runs at its times; each has the last result', async () => {
    await begin({
      counts: (events) => {
        const last = startedOf(events).lastCompletionResult?.payloads?.[0]?.data;
        return [command.complete(last ? Number(Buffer.from(last).toString()) + 1 : 1)];
      },
    });
    await world.start('c', 'counts', everyTen);
    expect((await world.describe('c')).pendingWorkflowTask).toBeNull();
    await world.clock.advance(35 * 60_000);
    const times = await executionTimes('c');
    expect(times.length).toBeGreaterThanOrEqual(4);
    expect(times.every((time) => time.endsWith('0:00'))).toBe(true);
    expect(new Set(times).size).toBe(times.length);
    const before = runsOf('c').length;
    await world.takeOver();
    await world.clock.advance(10 * 60_000);
    expect(runsOf('c')).toHaveLength(before + 1);
    await world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'c' } });
    await world.clock.advance(DAY_MS);
    expect(runsOf('c')).toHaveLength(before + 1);
    expect(statuses('c').slice(-2)).toEqual([completed, terminated]);
  });

  it('[CHS10] of a child: the parent hears when the chain ends', async () => {
    await begin({
      parent: (events) => {
        if (count(events, Type.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED) === 0)
          return [command.startChild('c', { ...everyTen, workflowType: { name: 'done' } })];
        return count(events, Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED) > 0 ? [command.complete()] : [];
      },
      done: () => [command.complete()],
    });
    await world.start('p', 'parent');
    await world.clock.advance(25 * 60_000);
    expect(statuses('c')).toEqual([completed, completed, running]);
    expect(statuses('p')).toEqual([running]);
    await world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'c' } });
    await settle();
    expect(statuses('p')).toEqual([completed]);
    const first = (await world.stored('p')).events.find(({ childWorkflowExecutionStartedEventAttributes: e }) => e);
    expect(idOf(first?.childWorkflowExecutionStartedEventAttributes?.initiatedEventId)).toBe(5);
  });

  it.each([
    ['cron_schedule', { cronSchedule: 'sometimes' }],
    ['workflow_start_delay', { ...everyTen, workflowStartDelay: { seconds: 1 } }],
  ])('[CHS10] a start with a bad %s is refused', async (field, more) => {
    await begin({ done: () => [command.complete()] });
    await expect(world.start('c', 'done', more)).rejects.toThrow(new RegExp(`^${field}: `));
  });
});

/** Until it is signaled or canceled. */
function waiting(events: readonly HistoryEvent[]): Command[] {
  const cancels = count(events, Type.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED);
  return cancels > 0 ? [command.cancel()] : (untilSignal as (all: readonly HistoryEvent[]) => Command[])(events);
}
