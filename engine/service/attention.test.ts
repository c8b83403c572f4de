/** What lists know of runs whose steps fail; the rules are in attention.ts. */
import type Long from 'long';
import type { FlowManifest } from '../flow/manifest';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Command } from '../history';
import { command, failure, payloads } from '../history/testing/run';
import { provesHistories } from '../history/testing/proof';
import { toDuration } from '../proto-time';
import { temporal } from '../proto';
import { closingFailureOf, stepOfExpression } from '../run-view/closing-failure';
import { eventsFromHistory } from '../run-view/events-from-history';
import { completed, ScriptedActivities, type Script } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import { MemoryStore } from '../store/memory';
import type { VisibilityRecord } from '../visibility/record';
import { count, World } from './testing/world';

const { EventType } = temporal.api.enums.v1;
provesHistories('scripted');

const step = (id: string) => ({
  id,
  title: id,
  kind: 'action',
  activity: 'log',
  input: { message: 'x' },
  effect: 'none',
});
const LOOPS = {
  format: 1,
  name: 'loops',
  title: 'Loops',
  input: { type: 'object', properties: { parcels: { type: 'array', items: { type: 'string' } } } },
  steps: [
    {
      id: 'parcels',
      title: 'Parcels',
      kind: 'each',
      items: { $expr: 'input.parcels ?? []' },
      as: 'parcel',
      concurrency: 1,
      onFailure: 'stop',
      steps: [step('label'), step('send')],
    },
    {
      id: 'way',
      title: 'Way',
      kind: 'choice',
      branches: [{ id: 'near', title: 'Near', when: 'true', steps: [step('walk')] }],
    },
  ],
};

let world: World;
afterEach(() => world.role.stop());

const listed = (workflowId: string): VisibilityRecord['searchAttributes'] =>
  [...world.store.visibility.values()].filter((record) => record.workflowId === workflowId).at(-1)!.searchAttributes;
const failing = (cause: temporal.api.failure.v1.IFailure): Command => ({
  commandType: temporal.api.enums.v1.CommandType.COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION,
  failWorkflowExecutionCommandAttributes: { failure: cause },
});
const fails =
  (cause: temporal.api.failure.v1.IFailure): Script =>
  () => [failing(cause)];
const ofActivity = (activityId: string, cause: temporal.api.failure.v1.IFailure) => ({
  message: 'Activity task failed',
  activityFailureInfo: { activityId, activityType: { name: 'shop.pay' }, scheduledEventId: null, startedEventId: null },
  cause,
});
const answered = (status: number, error?: string) =>
  failure(`POST /pay answered ${status}`, {
    type: 'HttpStatus',
    details: payloads({ status, ...(error && { error }) }),
  });

describe('a failed run', () => {
  it.each([
    ['of a step', ofActivity('pay', answered(503)), 'pay', 'HttpStatus 503'],
    ['of a step in a loop', ofActivity('pay~2.1', answered(503)), 'pay', 'HttpStatus 503'],
    ['of an undo', ofActivity('pay:undo', failure('no', { type: 'Broken' })), 'pay:undo', 'Broken'],
    ['with a code of the service', ofActivity('pay', answered(402, 'CardDeclined')), 'pay', 'HttpStatus CardDeclined'],
    [
      'with a reason of the service',
      ofActivity(
        'pay',
        failure('x', { type: 'NotApplied', details: payloads({ error: 'NotApplied', reason: 'No', status: 402 }) })
      ),
      'pay',
      'NotApplied No',
    ],
    ['with what a service said at length', ofActivity('pay', answered(500, 'no way, Sir')), 'pay', 'HttpStatus 500'],
    [
      'of what takes too long',
      ofActivity('pay', { message: 'x', timeoutFailureInfo: { timeoutType: 1 } }),
      'pay',
      'Timeout StartToClose',
    ],
    [
      'inside the report of what remains',
      { ...failure('left', { type: 'LeftStanding' }), cause: ofActivity('pay', answered(503)) },
      'pay',
      'HttpStatus 503',
    ],
    ['of a workflow that is no flow', ofActivity('17', answered(503)), 'shop.pay', 'HttpStatus 503'],
    [
      'of an expression of a step',
      failure('x', { type: 'ExpressionError', details: payloads({ nodeId: 'pay', after: false }) }),
      'pay',
      'ExpressionError',
    ],
    [
      'of an expression after a step',
      failure('x', { type: 'ExpressionError', details: payloads({ nodeId: 'pay', after: true }) }),
      undefined,
      'ExpressionError',
    ],
    ['that names no step', failure('late', { type: 'DeadlineExceeded' }), undefined, 'DeadlineExceeded'],
    ['with a name that no filter can have', failure('x', { type: 'A\\B\nC' }), undefined, 'A B C'],
  ])('[ATN1] [ATN3] %s', async (_, cause, step, error) => {
    world = await new World({ failing: fails(cause) }).begin();
    await world.start('w', 'failing');
    await settle();
    const { SagaErrorText, ...rest } = listed('w');
    expect(rest).toEqual({
      ...(step === undefined ? {} : { SagaFailedAt: step }),
      SagaError: [error],
      SagaAttention: [`failed ${step ?? '-'} ${error}`],
    });
    expect(SagaErrorText).toBeTypeOf('string');
  });

  it.each([
    ['before the first step of a loop', { nodeId: 'parcels', after: false }, 'label'],
    ['after a step of a loop', { nodeId: 'label', after: true }, 'send'],
    ['before any step', { nodeId: '', after: true }, 'parcels'],
    ['that cannot be told', { nodeId: 'way', after: true }, undefined],
  ])('[ATN9] an expression %s is of the step that the page of the run names', async (_, detail, step) => {
    const manifest = { document: LOOPS } as unknown as FlowManifest;
    const of = failure('x', { type: 'ExpressionError', details: payloads(detail) });
    const stepOf = (_revision: string, at: typeof detail) => stepOfExpression(at, manifest.document.steps)?.id ?? null;
    const declared = () => ({ input: {}, signals: {}, updates: {}, stepOfExpression: stepOf });
    world = await new World({ failing: fails(of) }, new MemoryStore(), { declared }).begin();
    await world.start('w', 'failing', { input: payloads({}) });
    await settle();
    expect(listed('w').SagaFailedAt).toBe(step);
    const { events } = await world.stored('w');
    expect(closingFailureOf(eventsFromHistory({ events }), manifest)?.nodeId ?? undefined).toBe(step);
  });

  it('[ATN1] names the step that ran the child which failed, not the step inside it', async () => {
    const parent: Script = (events) => {
      const failed = events.find((event) => event.childWorkflowExecutionFailedEventAttributes);
      if (failed) {
        const { initiatedEventId, failure: cause } = failed.childWorkflowExecutionFailedEventAttributes!;
        // What comes from the thread of the workflows is a copy, and has no methods.
        const copied = { initiatedEventId: { ...initiatedEventId } as Long };
        return [failing({ message: 'child', childWorkflowExecutionFailureInfo: copied, cause })];
      }
      if (count(events, EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED) > 0) return [];
      const summary = payloads('ship~3').payloads![0]!;
      return [{ ...command.startChild('c'), userMetadata: { summary } }];
    };
    world = await new World({ parent, child: fails(ofActivity('label', answered(500))) }).begin();
    await world.start('w', 'parent');
    await settle();
    expect(listed('c')).toMatchObject({ SagaFailedAt: 'label' });
    expect(listed('w')).toMatchObject({ SagaFailedAt: 'ship', SagaError: ['HttpStatus 500'] });
  });

  it('[ATN1] that a next run follows is not listed; one that took too long is', async () => {
    const retryPolicy = { maximumAttempts: 2, initialInterval: toDuration(60_000) };
    world = await new World({ failing: fails(failure('no')), waits: () => [] }).begin();
    await world.start('w', 'failing', { retryPolicy });
    await world.start('late', 'waits', { workflowExecutionTimeout: toDuration(5_000) });
    await settle();
    const [first] = [...world.store.visibility.values()].filter((record) => record.workflowId === 'w');
    expect(first!.searchAttributes).toEqual({});
    await world.clock.advance(61_000);
    expect(listed('w')).toMatchObject({ SagaAttention: ['failed - Error'] });
    expect(listed('late')).toMatchObject({ SagaAttention: ['failed - RunTimeout'] });
  });
});

it('[ATN5] the row of a run that failed before is written again once', async () => {
  const count = vi.fn();
  const effectCounter = { knows: () => true, count };
  world = await new World({ failing: fails(answered(503)) }, new MemoryStore(), { effectCounter }).begin();
  await world.start('w', 'failing');
  await settle();
  const { run, events } = await world.stored('w');
  const [key, row] = [...world.store.visibility].at(-1)!;
  world.store.visibility.set(key, { ...row, searchAttributes: {} });
  world.store.runs.set(key, { ...run, wakeAt: 0 });
  await world.takeOver();
  await world.clock.advance(1_000);
  expect(listed('w')).toMatchObject({ SagaError: ['HttpStatus 503'] });
  const after = await world.stored('w');
  expect([after.run.wakeAt, after.events.length]).toEqual([null, events.length]);
  expect(count).not.toHaveBeenCalled();
});

describe('an open run', () => {
  const twoSteps: Script = (events) =>
    count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) === 0
      ? [command.schedule('pay'), command.schedule('ship:undo')]
      : count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) === 2
        ? [command.complete()]
        : [];
  let outcomes: Record<string, temporal.api.failure.v1.IFailure | undefined>;
  async function begin(): Promise<void> {
    outcomes = { pay: answered(503), 'ship:undo': failure('away', { type: 'Away' }) };
    const activities = new ScriptedActivities(({ activityId }) => {
      const cause = outcomes[activityId];
      return cause ? { kind: 'failed', failure: cause } : completed('done');
    });
    world = await new World({ twoSteps }, new MemoryStore(), {}, activities).begin();
  }

  it('[ATN2] [ATN3] has the steps that are tried again, with their errors, until they are not', async () => {
    await begin();
    const since = new Date(world.clock.now()).toISOString();
    await world.start('w', 'twoSteps');
    await settle();
    expect(listed('w')).toEqual({
      SagaRetriesAt: ['pay', 'ship:undo'],
      SagaError: ['HttpStatus 503', 'Away'],
      SagaAttention: ['retries pay HttpStatus 503', 'retries ship:undo Away'],
      SagaAttentionSince: since,
      SagaErrorText: 'POST /pay answered 503 · away',
    });
    outcomes = { pay: answered(500) };
    await world.clock.advance(1_500);
    expect(listed('w')).toMatchObject({ SagaRetriesAt: ['pay'], SagaError: ['HttpStatus 500'] });
    outcomes = {};
    await world.clock.advance(60_000);
    expect(listed('w')).toEqual({});
  });

  it('[ATN2] is written when something changes, not at every attempt', async () => {
    await begin();
    const writes = vi.spyOn(world.store.visibility, 'set');
    await world.start('w', 'twoSteps');
    await settle();
    const before = writes.mock.calls.length;
    await world.clock.advance(30_000);
    expect(world.activities.started.length).toBeGreaterThan(8);
    expect(writes.mock.calls.length).toBe(before);
  });

  it('[ATN2] is read again by the next engine, which removes it when the step goes well', async () => {
    await begin();
    outcomes = { pay: answered(503) };
    await world.start('w', 'twoSteps');
    await settle();
    await world.takeOver();
    await world.clock.advance(5_000);
    expect(listed('w')).toMatchObject({ SagaRetriesAt: ['pay'] });
    outcomes = {};
    await world.clock.advance(60_000);
    expect(listed('w')).toEqual({});
  });

  it('[ATN2] that is stopped has none any more', async () => {
    await begin();
    await world.start('w', 'twoSteps');
    await settle();
    await world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'w' } });
    await settle();
    expect(listed('w')).toEqual({});
  });
});

describe('[ATN7] a run', () => {
  it('that asks has the step that failed last, also after a takeover, until it asks no more', async () => {
    const asks: Script = (events) => {
      const [failed, signaled] = [
        EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
      ];
      if (count(events, signaled) > 0) return [command.upsert({ SagaPhase: 'unwinding' })];
      if (count(events, failed) > 0) return [command.upsert({ SagaPhase: 'needs-hand' })];
      return count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) > 0
        ? []
        : [command.schedule('pay~2:undo', { retryPolicy: { maximumAttempts: 1 } })];
    };
    const activities = new ScriptedActivities(() => ({ kind: 'failed', failure: answered(402, 'CardDeclined') }));
    world = await new World({ asks }, new MemoryStore(), {}, activities).begin();
    await world.start('w', 'asks');
    await settle();
    const marked = { SagaPhase: 'needs-hand', SagaAttention: ['asks pay:undo HttpStatus CardDeclined'] };
    expect(listed('w')).toMatchObject(marked);
    await world.takeOver();
    await world.call('PauseWorkflowExecution', { workflowId: 'w' });
    await settle();
    expect(listed('w')).toMatchObject(marked);
    await world.call('UnpauseWorkflowExecution', { workflowId: 'w' });
    await world.call('SignalWorkflowExecution', { workflowExecution: { workflowId: 'w' }, signalName: 'go' });
    await settle();
    expect(listed('w')).toEqual({ SagaPhase: 'unwinding' });
  });

  it('that failed and says what remains has the first step of it; a report that cannot be read names none', async () => {
    const entry = (activityId: string, state: string) => ({ nodeId: activityId, activityId, state });
    const report = { entries: [entry('hold', 'undone'), entry('pay~2', 'undoFailed'), entry('ship', 'standing')] };
    const left = (details: unknown) => ({
      ...failure('left', { type: 'LeftStanding', details: payloads(details) }),
      cause: ofActivity('label', answered(503)),
    });
    world = await new World({ failing: fails(left(report)), odd: fails(left({ entries: 7 })) }).begin();
    await world.start('w', 'failing');
    await world.start('odd', 'odd');
    await settle();
    expect(listed('w')).toMatchObject({ SagaAttention: ['failed label HttpStatus 503', 'remains pay '] });
    expect(listed('odd')).toMatchObject({ SagaAttention: ['failed label HttpStatus 503'] });
  });
});

it('[ATN6] an open run has the steps at which it waits, until it does not', async () => {
  const step = (name: string) => ({ userMetadata: { summary: payloads(name).payloads![0]! } });
  const waits: Script = (events) => {
    const [opened, fired] = [EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, EventType.EVENT_TYPE_TIMER_FIRED];
    if (count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) === 0)
      return [
        command.schedule('approve~2:open'),
        { ...command.timer('1', 60_000), ...step('cool-off') },
        { ...command.timer('2', 5_000), ...step('short') },
        { ...command.timer('3', 3_600_000), ...step('Deadline of the run') },
      ];
    const closes = count(events, opened) === 1 && count(events, fired) === 2;
    if (closes && count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) === 1)
      return [command.schedule('approve~2:close')];
    return count(events, opened) === 2 ? [command.complete()] : [];
  };
  const activities = new ScriptedActivities(() => completed('done'));
  world = await new World({ waits }, new MemoryStore(), {}, activities).begin();
  await world.start('w', 'waits');
  await settle();
  expect(listed('w')).toEqual({ SagaWaitsAt: ['approve', 'cool-off'] });
  await world.takeOver();
  await world.clock.advance(30_000);
  expect(listed('w')).toEqual({ SagaWaitsAt: ['approve', 'cool-off'] });
  const writes = vi.spyOn(world.store.visibility, 'set');
  await world.clock.advance(60_000);
  expect(listed('w')).toEqual({});
  expect(writes.mock.calls.length).toBeLessThanOrEqual(3);
});

it('[ATN4] what an error says is not listed for a flow with sensitive values', async () => {
  const declared = (type: string) => ({ input: {}, signals: {}, updates: {}, sensitive: type === 'secret' });
  const scripts = { secret: fails(answered(503)), open: fails(answered(503)) };
  world = await new World(scripts, new MemoryStore(), { declared }).begin();
  await world.start('s', 'secret', { input: payloads({}) });
  await world.start('o', 'open', { input: payloads({}) });
  await settle();
  expect(listed('s')).toEqual({ SagaError: ['HttpStatus 503'], SagaAttention: ['failed - HttpStatus 503'] });
  expect(listed('o')).toMatchObject({ SagaErrorText: 'POST /pay answered 503' });
});

it('[ATN3] lists find what is stored, and no workflow writes it', async () => {
  const forged: Script = () => [command.upsert({ SagaFailedAt: 'pay' }), command.complete()];
  world = await new World({ failing: fails(ofActivity('pay', answered(503))), forged }).begin();
  await world.start('w', 'failing');
  await world.start('f', 'forged');
  await settle();
  const found = async (query: string) => {
    const { executions } = await world.call<temporal.api.workflowservice.v1.IListWorkflowExecutionsResponse>(
      'ListWorkflowExecutions',
      { query }
    );
    return executions?.map(({ execution }) => execution?.workflowId);
  };
  expect(await found("SagaFailedAt = 'pay' AND SagaError = 'HttpStatus 503'")).toEqual(['w']);
  expect(await found("SagaAttention = 'failed pay HttpStatus 503'")).toEqual(['w']);
  expect(await found("SagaErrorText = '503'")).toEqual(['w']);
  expect(await found("SagaRetriesAt = 'pay'")).toEqual([]);
  expect((await world.describe('f')).pendingWorkflowTask?.attempt).toBeGreaterThan(1);
});
