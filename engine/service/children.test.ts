/**
 * Children. What a Temporal server does is in service/history/transfer_queue_active_task_executor.go (v1.29.1):
 * processStartChildExecution, processCloseExecution, applyParentClosePolicy; and in
 * service/history/api/recordchildworkflowcompleted/api.go.
 */
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { Command, HistoryEvent } from '../history';
import { provesHistories } from '../history/testing/proof';
import { command, payload } from '../history/testing/run';
import { temporal } from '../proto';
import { idOf, toDuration } from '../proto-time';
import { STATUS } from '../run-name';
import type { Script } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import { SlowStore } from './testing/slow-store';
import { count, DAY_MS, signals, sleeper, untilSignal, World } from './testing/world';

provesHistories('scripted');
const { EventType: Type, ParentClosePolicy: Policy, WorkflowIdReusePolicy: Reuse } = temporal.api.enums.v1;

const ENDS = [
  Type.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED,
  Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED,
  Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED,
  Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
  Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED,
  Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED,
];
const INITIATED = Type.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED;
const STARTED = Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED;
const ended = (events: readonly HistoryEvent[]) => events.filter(({ eventType }) => ENDS.includes(eventType!));
const typesOf = (events: readonly HistoryEvent[]) => events.map(({ eventType }) => Type[eventType!].slice(11));

/** Starts them, waits for all of them, and ends. */
const waits =
  (...children: Command[]): Script =>
  (events) => {
    if (count(events, INITIATED) === 0) return children;
    return ended(events).length === children.length ? [command.complete(ended(events).length)] : [];
  };
/** Starts them, and ends as `end` says once it is signaled. */
const leaves =
  (end: () => Command, ...children: Command[]): Script =>
  (events) => {
    if (count(events, INITIATED) === 0) return children;
    return signals(events) > 0 ? [end()] : [];
  };
const untilCancel: Script = (events) =>
  count(events, Type.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED) > 0 ? [command.cancel()] : [];
const done: Script = () => [command.complete('well')];

let world: World<SlowStore>;
afterEach(() => world.role.stop());
async function begin(
  scripts: Record<string, Script>,
  more: ConstructorParameters<typeof World>[2] = {}
): Promise<void> {
  world = await new World(scripts, new SlowStore(), more).begin();
}
const events = async (workflowId: string) => (await world.stored(workflowId)).events;
const statusOf = async (workflowId: string) => (await world.stored(workflowId)).run.status;
const exists = (workflowId: string) => [...world.store.runs.values()].some((run) => run.workflowId === workflowId);

describe('a child', () => {
  it('[CHD1] starts with what its parent said and knows its parent and its root; the parent hears of both ends', async () => {
    const more = {
      input: { payloads: [payload(1)] },
      memo: { fields: { own: payload('memo') } },
      workflowRunTimeout: toDuration(DAY_MS),
      priority: { priorityKey: 2 },
    };
    await begin({
      parent: waits(command.startChild('c', { workflowType: { name: 'middle' }, ...more })),
      middle: waits(command.startChild('g', { workflowType: { name: 'child' } })),
      child: untilSignal,
    });
    const { runId } = await world.start('p', 'parent', {
      memo: { fields: { other: payload('no') } },
    });
    await settle();
    const [started] = await events('c');
    expect(started?.workflowExecutionStartedEventAttributes).toMatchObject({
      workflowType: { name: 'middle' },
      taskQueue: { name: 'backstitch' },
      parentWorkflowNamespace: 'default',
      parentWorkflowExecution: { workflowId: 'p', runId },
      rootWorkflowExecution: { workflowId: 'p', runId },
      priority: { priorityKey: 2 },
      attempt: 1,
    });
    expect(idOf(started?.workflowExecutionStartedEventAttributes?.parentInitiatedEventId)).toBe(5);
    const memo = started?.workflowExecutionStartedEventAttributes?.memo?.fields ?? {};
    expect(Object.keys(memo).sort()).toEqual(['BackstitchStartedBy', 'BackstitchStarterId', 'own']);
    expect((await world.describe('g')).workflowExecutionInfo).toMatchObject({
      parentExecution: { workflowId: 'c' },
      rootExecution: { workflowId: 'p', runId },
    });
    expect((await world.describe('p')).pendingChildren).toMatchObject([
      { workflowId: 'c', workflowTypeName: 'middle', parentClosePolicy: Policy.PARENT_CLOSE_POLICY_TERMINATE },
    ]);
    await world.signal('g');
    await settle();
    const own = await events('p');
    const { childWorkflowExecutionCompletedEventAttributes: completed } = ended(own)[0]!;
    const begun = own.find(({ eventType }) => eventType === STARTED);
    expect(idOf(completed?.startedEventId)).toBe(idOf(begun?.eventId));
    expect(completed?.workflowExecution).toEqual(
      begun?.childWorkflowExecutionStartedEventAttributes?.workflowExecution
    );
    expect(await Promise.all(['p', 'c', 'g'].map(statusOf))).toEqual([2, 2, 2]);
    expect([...world.store.runs.values()].map(({ wakeAt }) => wakeAt)).toEqual([null, null, null]);
  });

  it.each<[string, Script, () => Promise<unknown>]>([
    ['FAILED', () => [command.fail('no')], () => Promise.resolve()],
    [
      'CANCELED',
      untilCancel,
      () => world.call('RequestCancelWorkflowExecution', { workflowExecution: { workflowId: 'c' } }),
    ],
    [
      'TERMINATED',
      untilSignal,
      () => world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'c' } }),
    ],
    ['TIMED_OUT', untilSignal, () => world.clock.advance(DAY_MS)],
  ])('[CHD2] that ends otherwise: %s', async (end, script, act) => {
    const timeout = { workflowRunTimeout: toDuration(end === 'TIMED_OUT' ? 1_000 : 0) };
    await begin({ parent: waits(command.startChild('c', timeout)), child: script });
    await world.start('p', 'parent');
    await settle();
    await act();
    await settle();
    expect(typesOf(ended(await events('p')))).toEqual([`CHILD_WORKFLOW_EXECUTION_${end}`]);
  });

  it('[CHD3] of which another run has the workflow id: START_CHILD_WORKFLOW_EXECUTION_FAILED, by the id reuse policy', async () => {
    const reuse = (workflowIdReusePolicy: number) => ({ workflowIdReusePolicy });
    await begin({
      parent: waits(
        command.startChild('open'),
        command.startChild('closed', reuse(Reuse.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)),
        command.startChild('failed', reuse(Reuse.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY)),
        command.startChild('ended', reuse(Reuse.WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING))
      ),
      child: done,
      open: untilSignal,
      failed: () => [command.fail('no')],
    });
    for (const [id, type] of [
      ['open', 'open'],
      ['closed', 'child'],
      ['failed', 'failed'],
      ['ended', 'open'],
    ])
      await world.start(id!, type!);
    await settle();
    const { runId } = (await world.stored('ended')).run;
    await world.start('p', 'parent');
    await settle();
    const own = await events('p');
    const refused = own.filter(({ eventType }) => eventType === Type.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED);
    expect(refused.map((event) => event.startChildWorkflowExecutionFailedEventAttributes)).toMatchObject([
      { workflowId: 'open', cause: 1 },
      { workflowId: 'closed', cause: 1 },
    ]);
    expect(count(own, Type.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED)).toBe(2);
    const replaced = [...world.store.runs.values()].find((run) => run.runId === runId);
    expect(replaced?.status).toBe(STATUS.terminated);
  });

  it('[CHD4] of a chain: the parent hears once, of its last run', async () => {
    const retryPolicy = { initialInterval: toDuration(1_000), maximumAttempts: 3 };
    await begin({
      parent: waits(command.startChild('c', { retryPolicy })),
      child: (history) =>
        history[0]?.workflowExecutionStartedEventAttributes?.attempt === 3
          ? [command.complete()]
          : [command.fail('no')],
    });
    await world.start('p', 'parent');
    await world.clock.advance(10_000);
    const own = await events('p');
    expect(typesOf(ended(own))).toEqual(['CHILD_WORKFLOW_EXECUTION_COMPLETED']);
    const { run } = await world.stored('c');
    expect(ended(own)[0]?.childWorkflowExecutionCompletedEventAttributes?.workflowExecution?.runId).toBe(run.runId);
    const first = own.find(({ eventType }) => eventType === STARTED)?.childWorkflowExecutionStartedEventAttributes;
    expect(first?.workflowExecution?.runId).toBe(run.firstRunId);
  });

  it('[CHD5] starts and closes while a task of its parent is in flight: closes come last from the buffer', async () => {
    await begin({ parent: waits(command.startChild('a'), command.startChild('b')), child: done });
    // From the second task of the parent on, it is in flight while both children start and close.
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const run = world.workflows.runWorkflowTask.bind(world.workflows);
    world.workflows.runWorkflowTask = async (task) => {
      if (task.run.workflowType === 'parent' && task.previousStartedEventId > 0) await gate;
      return run(task);
    };
    await world.start('p', 'parent');
    await world.clock.advance(1_000);
    open();
    await settle();
    const own = await events('p');
    expect(typesOf(own).filter((type) => type.startsWith('CHILD'))).toEqual([
      'CHILD_WORKFLOW_EXECUTION_STARTED',
      'CHILD_WORKFLOW_EXECUTION_STARTED',
      'CHILD_WORKFLOW_EXECUTION_COMPLETED',
      'CHILD_WORKFLOW_EXECUTION_COMPLETED',
    ]);
    for (const close of ended(own)) {
      const { startedEventId } = close.childWorkflowExecutionCompletedEventAttributes!;
      expect(own[idOf(startedEventId) - 1]?.eventType).toBe(STARTED);
    }
    expect(ended(own)).toHaveLength(2);
  });

  it('[CHD14] that closes before its start was recorded gets its Started first', async () => {
    await begin({ parent: waits(command.startChild('c')), child: done });
    // The answer to its start does not come through.
    const decide = world.role.engine.decide.bind(world.role.engine);
    let tries = 0;
    world.role.engine.decide = (run, decision) =>
      run.state.workflowId === 'p' && tries++ === 0 ? Promise.reject(new Error('away')) : decide(run, decision);
    await world.start('p', 'parent');
    await settle();
    const own = await events('p');
    expect(typesOf(own).filter((type) => type.startsWith('CHILD'))).toEqual([
      'CHILD_WORKFLOW_EXECUTION_STARTED',
      'CHILD_WORKFLOW_EXECUTION_COMPLETED',
    ]);
    await world.clock.advance(10_000);
    expect(await events('p')).toEqual(own);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['completes', () => world.signal('p')],
    ['is terminated', () => world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'p' } })],
    ['times out', () => world.clock.advance(60_000)],
  ])('[CHD6] whose parent %s: its close policy is carried out', async (how, close) => {
    await begin({
      parent: leaves(
        () => command.complete(),
        command.startChild('terminated'),
        command.startChild('canceled', { parentClosePolicy: Policy.PARENT_CLOSE_POLICY_REQUEST_CANCEL }),
        command.startChild('abandoned', { parentClosePolicy: Policy.PARENT_CLOSE_POLICY_ABANDON })
      ),
      child: untilCancel,
    });
    await world.start('p', 'parent', how === 'times out' ? { workflowRunTimeout: toDuration(30_000) } : {});
    await settle();
    await close();
    await settle();
    expect(await Promise.all(['terminated', 'canceled', 'abandoned'].map(statusOf))).toEqual([
      STATUS.terminated,
      STATUS.canceled,
      STATUS.running,
    ]);
    expect((await events('terminated')).at(-1)?.workflowExecutionTerminatedEventAttributes).toMatchObject({
      reason: 'by parent close policy',
      identity: 'history-service',
    });
    expect((await world.stored('p')).run.wakeAt).toBeNull();
  });

  it.each(['TERMINATE', 'REQUEST_CANCEL', 'ABANDON'] as const)(
    '[CHD7] that was not started when its parent closed never starts, even with %s',
    async (policy) => {
      const parentClosePolicy = Policy[`PARENT_CLOSE_POLICY_${policy}`];
      await begin({ parent: () => [command.startChild('c', { parentClosePolicy }), command.complete()], child: done });
      await world.start('p', 'parent');
      await settle();
      expect(exists('c')).toBe(false);
      await world.takeOver();
      await world.clock.advance(DAY_MS);
      expect(exists('c')).toBe(false);
      expect((await world.stored('p')).run.wakeAt).toBeNull();
    }
  );

  it('[CHD8] that was made, but not recorded, when its parent closed follows the close policy', async () => {
    await begin({ parent: leaves(() => command.complete(), command.startChild('c')), child: untilSignal });
    const decide = world.role.engine.decide.bind(world.role.engine);
    let isAway = true;
    world.role.engine.decide = (run, decision) =>
      isAway && run.state.workflowId === 'p' && run.isOpen && exists('c') && run.state.signalCount === 0
        ? Promise.reject(new Error('away'))
        : decide(run, decision);
    await world.start('p', 'parent');
    await settle();
    expect(count(await events('p'), STARTED)).toBe(0);
    isAway = false;
    await world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'p' } });
    await world.clock.advance(10_000);
    expect(await statusOf('c')).toBe(STATUS.terminated);
  });

  it('[CHD9] a cancel or a signal that its parent sends before it has started waits for the start', async () => {
    await begin({
      parent: (own) => {
        if (count(own, INITIATED) === 0)
          return [command.startChild('c'), command.signalRun('c', { childWorkflowOnly: true })];
        return ended(own).length > 0 ? [command.complete()] : [];
      },
      child: untilSignal,
    });
    await world.start('p', 'parent');
    await settle();
    expect(signals(await events('c'))).toBe(1);
    expect(await statusOf('p')).toBe(STATUS.completed);
  });

  it('[CHD10] its close waits until the parent can be read; the scan does not find it again meanwhile', async () => {
    await begin({ parent: waits(command.startChild('c')), child: untilSignal });
    await world.start('p', 'parent');
    await settle();
    const find = world.role.engine.find.bind(world.role.engine);
    let asked = 0;
    world.role.engine.find = (...named) => {
      if (named[1] !== 'p') return find(...named);
      asked++;
      return Promise.reject(new Error('cannot be read'));
    };
    await world.signal('c');
    await world.clock.advance(DAY_MS);
    expect((await world.stored('c')).run.wakeAt).not.toBeNull();
    // Once in five minutes.
    expect(asked).toBeLessThan(310);
    await world.takeOver();
    await world.clock.advance(1_000);
    expect(await statusOf('p')).toBe(STATUS.completed);
    expect((await world.stored('c')).run.wakeAt).toBeNull();
  });

  it('[CHD11] a parent that only waits for a child leaves memory, and the close of the child wakes it', async () => {
    await begin({ parent: waits(command.startChild('c')), child: sleeper });
    await world.start('p', 'parent');
    await world.clock.advance(10 * 60_000);
    expect(world.role.engine.runs.size).toBe(0);
    await world.clock.advance(DAY_MS);
    expect(await statusOf('p')).toBe(STATUS.completed);
  });

  it('[CHD15] that is counted after its close rests when it is counted and its parent has heard, in either order', async () => {
    let counted!: () => void;
    const counting = new Promise<void>((resolve) => (counted = resolve));
    const effectCounter = {
      knows: (type: string) => type === 'child',
      count: async () => {
        await counting;
        return { phase: 'left-standing' as const, standing: 1 };
      },
    };
    await begin({ parent: waits(command.startChild('c')), child: untilSignal }, { effectCounter });
    await world.start('p', 'parent');
    await settle();
    await world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'c' } });
    await settle();
    expect(await statusOf('p')).toBe(STATUS.completed);
    expect((await world.stored('c')).run.wakeAt).not.toBeNull();
    counted();
    await settle();
    expect((await world.stored('c')).run.wakeAt).toBeNull();
    expect(world.store.visibility.get((await world.stored('c')).run.runKey)?.searchAttributes).toMatchObject({
      SagaPhase: 'left-standing',
    });
  });

  it('[CHD12] its start is logged for the audit with who started its parent, as a start from outside', async () => {
    const lines: Record<string, unknown>[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
    await begin({ parent: waits(command.startChild('c')), child: done }, { log });
    await world.start('p', 'parent');
    await settle();
    expect(lines.filter(({ method }) => method === 'StartChildWorkflowExecution')).toMatchObject([
      { audit: true, who: 'local, without a key', workflowId: 'c', workflowType: 'child', parent: 'p', outcome: 'ok' },
    ]);
  });

  it.each([
    ['a bad schedule', { cronSchedule: '* * * * 7' }, /cronSchedule has 7 where/],
    ['another namespace', { namespace: 'other' }, /cannot ask anything of namespace other/],
    ['an unknown search attribute', { searchAttributes: { indexedFields: { Nothing: payload(1) } } }, /Nothing/],
    ['no type', { workflowType: null }, /workflowType is not set/],
  ])('[CHD13] with %s the workflow task fails, and says so', async (_what, more, text) => {
    await begin({ parent: () => [command.startChild('c', more)], child: done });
    await world.start('p', 'parent');
    await settle();
    expect((await events('p')).at(-1)?.workflowTaskFailedEventAttributes?.failure?.message).toMatch(text);
    expect(exists('c')).toBe(false);
  });
});
