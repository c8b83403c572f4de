/**
 * Messages between runs: signals and cancels. What a Temporal server does with each is in
 * service/history/transfer_queue_active_task_executor.go (v1.29.1), processSignalExecution and processCancelExecution.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { HistoryEvent } from '../history';
import { provesHistories } from '../history/testing/proof';
import { command } from '../history/testing/run';
import { temporal } from '../proto';
import { idOf } from '../proto-time';
import type { Script } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import { SlowStore } from './testing/slow-store';
import { count, DAY_MS, signals, untilSignal, World } from './testing/world';

provesHistories('scripted');
const { EventType: Type } = temporal.api.enums.v1;

const INITIATED = [
  Type.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
  Type.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED,
];
const ENDS = [
  Type.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED,
  Type.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
  Type.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED,
  Type.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_FAILED,
];
const all = (events: readonly HistoryEvent[], types: readonly number[]) =>
  types.reduce((sum, type) => sum + count(events, type), 0);

/** Asks once, waits for every answer, then ends with the number of signals that it got itself. */
const asks =
  (...commands: (() => ReturnType<typeof command.signalRun>)[]): Script =>
  (events) => {
    if (all(events, INITIATED) === 0) return commands.map((make) => make());
    return all(events, ENDS) === commands.length ? [command.complete(signals(events))] : [];
  };
const untilCancel: Script = (events) =>
  count(events, Type.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED) > 0 ? [command.cancel()] : [];

let world: World<SlowStore>;
afterEach(() => world.role.stop());
async function begin(scripts: Record<string, Script>): Promise<void> {
  world = await new World(scripts, new SlowStore()).begin();
}
const last = (events: readonly HistoryEvent[]) => events.at(-1)!;
const ended = (events: readonly HistoryEvent[]) => events.filter(({ eventType }) => ENDS.includes(eventType!));

describe('a signal or a cancel to another run', () => {
  it('[BTW1] arrives once, with the run that sent it; the sender hears of it', async () => {
    await begin({ target: untilSignal, asker: asks(() => command.signalRun('t')) });
    await world.start('t', 'target');
    const { runId } = await world.start('a', 'asker');
    await settle();
    const target = await world.stored('t');
    const signaled = target.events.find(({ eventType }) => eventType === Type.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED);
    expect(signaled?.workflowExecutionSignaledEventAttributes).toMatchObject({
      signalName: 'go',
      identity: 'history-service',
      externalWorkflowExecution: { workflowId: 'a', runId },
    });
    expect(last(target.events).eventType).toBe(Type.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
    const { events } = await world.stored('a');
    expect(ended(events).map(({ eventType }) => eventType)).toEqual([
      Type.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_SIGNALED,
    ]);
    expect(last(events).eventType).toBe(Type.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
  });

  it('[BTW2] a cancel names the run and the event that asked; a closed run has nothing to cancel, which is success', async () => {
    await begin({ target: untilCancel, asker: asks(() => command.cancelRun('t', { reason: 'enough' })) });
    await world.start('t', 'target');
    const { runId } = await world.start('a', 'asker');
    await settle();
    const asked = (await world.stored('t')).events.find(
      ({ eventType }) => eventType === Type.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED
    )?.workflowExecutionCancelRequestedEventAttributes;
    expect(asked).toMatchObject({ cause: 'enough', externalWorkflowExecution: { workflowId: 'a', runId } });
    expect(idOf(asked?.externalInitiatedEventId)).toBe(5);
    await world.start('late', 'asker');
    await settle();
    for (const id of ['a', 'late'])
      expect(ended((await world.stored(id)).events)[0]?.eventType).toBe(
        Type.EVENT_TYPE_EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED
      );
  });

  it.each([
    ['to a run that does not exist', () => 'nobody'],
    ['to itself, as on a Temporal server', () => 'a'],
    ['to a run that has closed', () => 'closed'],
    ['only to its child, to a run that is none', () => 'open'],
  ])('[BTW3] a signal %s fails with EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND', async (what, target) => {
    const childWorkflowOnly = what.startsWith('only');
    await begin({
      done: () => [command.complete()],
      open: untilSignal,
      asker: asks(() => command.signalRun(target(), { childWorkflowOnly })),
    });
    await world.start('closed', 'done');
    await world.start('open', 'open');
    await settle();
    await world.start('a', 'asker');
    await settle();
    const { events } = await world.stored('a');
    expect(ended(events)).toMatchObject([
      {
        signalExternalWorkflowExecutionFailedEventAttributes: { cause: 1, workflowExecution: { workflowId: target() } },
      },
    ]);
    expect(signals((await world.stored('open')).events)).toBe(0);
  });

  it('[BTW4] a cancel of itself fails, and of a run that does not exist', async () => {
    await begin({
      asker: asks(
        () => command.cancelRun('a'),
        () => command.cancelRun('nobody')
      ),
    });
    await world.start('a', 'asker');
    await settle();
    const failed = { requestCancelExternalWorkflowExecutionFailedEventAttributes: { cause: 1 } };
    expect(ended((await world.stored('a')).events)).toMatchObject([failed, failed]);
  });

  it('[BTW5] a run that takes no more signals: the sender hears SIGNAL_COUNT_LIMIT_EXCEEDED and goes on', async () => {
    await begin({ target: () => [], asker: asks(() => command.signalRun('t')) });
    await world.start('t', 'target');
    await settle();
    for (const run of world.role.engine.runs.values())
      run.state.rules = { ...run.state.rules, limits: { ...run.state.rules.limits, maxSignals: 0 } };
    await world.start('a', 'asker');
    await settle();
    expect(ended((await world.stored('a')).events)).toMatchObject([
      { signalExternalWorkflowExecutionFailedEventAttributes: { cause: 3 } },
    ]);
  });

  it('[BTW6] what arrives while a task is in flight waits in the buffer, without its limit', async () => {
    await begin({ target: untilSignal, asker: asks(() => command.signalRun('t')) });
    let open!: () => void;
    world.workflows.gate = new Promise((resolve) => (open = resolve));
    const started = world.start('t', 'target');
    await world.clock.advance(1_000);
    await started;
    const [target] = [...world.role.engine.runs.values()];
    target!.state.rules = { ...target!.state.rules, limits: { ...target!.state.rules.limits, maxBufferedEvents: 0 } };
    await expect(world.signal('t')).rejects.toThrow('limit maxBufferedEvents');
    world.workflows.gate = null;
    await world.start('a', 'asker');
    await settle();
    expect(last((await world.stored('a')).events).eventType).toBe(Type.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
    open();
    await settle();
    expect(signals((await world.stored('t')).events)).toBe(1);
  });

  it('[BTW7] is pending until the commit of the other run is known; a lost commit is asked again, and heard once', async () => {
    await begin({ target: untilSignal, asker: asks(() => command.signalRun('t')) });
    await world.start('t', 'target');
    await settle();
    const decide = world.role.engine.decide.bind(world.role.engine);
    const faults = ['lostAfterApply', 'lostBeforeApply'] as const;
    let sent = 0;
    world.role.engine.decide = (run, decision) => {
      const fault = run.state.workflowId === 't' ? faults[sent++] : undefined;
      if (fault) world.store.failNextCommit(fault);
      return decide(run, decision);
    };
    await world.start('a', 'asker');
    await world.clock.advance(10_000);
    expect(sent).toBe(1);
    expect(signals((await world.stored('t')).events)).toBe(1);
    expect(last((await world.stored('a')).events).eventType).toBe(Type.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
  });

  it('[BTW8] that is pending is sent by the next engine, and keeps its run in memory until then', async () => {
    await begin({ target: untilSignal, asker: asks(() => command.signalRun('t')) });
    await world.start('t', 'target');
    await settle();
    // Nobody can read the other run now.
    const find = world.role.engine.find.bind(world.role.engine);
    world.role.engine.find = (...named) => (named[1] === 't' ? Promise.reject(new Error('away')) : find(...named));
    await world.start('a', 'asker');
    await world.clock.advance(DAY_MS);
    expect(ended((await world.stored('a')).events)).toEqual([]);
    expect([...world.role.engine.runs.values()].map(({ state }) => state.workflowId)).toContain('a');
    await world.takeOver();
    await world.clock.advance(1_000);
    expect(signals((await world.stored('t')).events)).toBe(1);
    expect(last((await world.stored('a')).events).eventType).toBe(Type.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
  });

  it('[BTW9] sent again without a run id, it is not heard by the next run of that workflow id too', async () => {
    await begin({ target: untilSignal, asker: asks(() => command.signalRun('t')) });
    await world.start('t', 'target');
    await settle();
    // The signal is stored, its answer is not.
    const decide = world.role.engine.decide.bind(world.role.engine);
    world.role.engine.decide = async (run, decision) => {
      if (run.state.workflowId === 'a') throw new Error('away');
      return decide(run, decision);
    };
    await world.start('a', 'asker');
    await settle();
    await world.start('t', 'target');
    await world.takeOver();
    await world.clock.advance(1_000);
    expect(ended((await world.stored('a')).events)).toHaveLength(1);
    expect(signals((await world.stored('t')).events)).toBe(0);
  });

  it.each([
    [
      'another namespace',
      () => command.signalRun('t', { namespace: 'other' }),
      'cannot ask anything of namespace other',
    ],
    ['no workflow id', () => command.cancelRun(''), 'workflowId is not set'],
    ['a run id that is no UUID', () => command.cancelRun('t', { runId: 'x' }), 'runId is not a UUID'],
  ])('[BTW10] with %s the workflow task fails, and says so', async (_what, make, text) => {
    await begin({ asker: () => [make()] });
    await world.start('a', 'asker');
    await settle();
    const { events } = await world.stored('a');
    expect(last(events).workflowTaskFailedEventAttributes?.failure?.message).toContain(text);
    expect(all(events, INITIATED)).toBe(0);
  });

  it('[BTW11] of a run that closes in the same task is not sent, as on a Temporal server', async () => {
    await begin({ target: untilSignal, asker: () => [command.signalRun('t'), command.complete()] });
    await world.start('t', 'target');
    await world.start('a', 'asker');
    await settle();
    expect(signals((await world.stored('t')).events)).toBe(0);
    expect((await world.stored('a')).run.wakeAt).toBeNull();
  });
});
