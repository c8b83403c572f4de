import { describe, expect, it } from 'vitest';
import { STATUS } from '../run-name';
import { temporal } from '../proto';
import { RequestError, type StartRun, startRun } from './index';
import { durationMs, timestampMs, toDuration } from '../proto-time';
import { command, payload, payloads, TestRun } from './testing/run';

const { RetryState } = temporal.api.enums.v1;
const nextOf = (run: TestRun): StartRun => {
  const effect = run.effects.find(({ kind }) => kind === 'newRun');
  if (effect?.kind !== 'newRun') throw new Error('no new run');
  return effect.start;
};

describe('start', () => {
  it('[E1] the Started event has all fields that a server sets', () => {
    const run = new TestRun({ attributes: { workflowExecutionTimeout: toDuration(9_000), retryPolicy: {} } });
    const started = run.events[0]!.workflowExecutionStartedEventAttributes!;
    expect(started).toMatchObject({
      workflowId: 'w',
      originalExecutionRunId: 'r',
      firstExecutionRunId: 'r',
      attempt: 1,
    });
    // The run lasts at most as long as the chain, and a task as the run.
    expect(durationMs(started.workflowRunTimeout)).toBe(9_000);
    expect(durationMs(started.workflowTaskTimeout)).toBe(9_000);
    expect(timestampMs(started.workflowExecutionExpirationTime)).toBe(run.now + 9_000);
    expect(durationMs(started.retryPolicy!.initialInterval)).toBe(1_000);
    expect(run.effects.map(({ kind }) => kind)).toEqual(['visibility', 'workflowTask']);
  });

  it('[E2] with a signal, Signaled follows Started, before the first task', () => {
    const signal = { signalName: 'go', input: null, header: null, identity: '', requestId: 's' };
    expect(new TestRun({ start: { signal } }).types()).toEqual([
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_TASK_SCHEDULED',
    ]);
  });

  it.each([
    ['workflowType.name', { workflowType: null }],
    ['taskQueue.name', { taskQueue: null }],
    ['input', { input: payloads('x'.repeat(3_000_000)) }],
    ['retryPolicy', { retryPolicy: { maximumAttempts: -1 } }],
    ['workflowRunTimeout', { workflowRunTimeout: toDuration(-5) }],
  ])('[E3] a wrong %s is named', (field, attributes) => {
    try {
      new TestRun({ attributes });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(RequestError);
      expect((error as RequestError).detail.field).toBe(field);
    }
  });

  it('[E4] search attributes and memo exist from the start, and upserts change them', () => {
    const run = new TestRun({
      attributes: {
        searchAttributes: { indexedFields: { Kind: payload('a'), Old: payload(['x']) } },
        memo: { fields: { m: payload(1) } },
      },
    });
    expect(run.state.searchAttributes).toEqual({ Kind: 'a', Old: 'x' });
    run.task(command.upsert({ Kind: 'b', Old: [], Many: ['p', 'q'], Count: 3 }), command.memo({ n: 2 }));
    expect(run.state.searchAttributes).toEqual({ Kind: 'b', Many: ['p', 'q'], Count: 3 });
    expect(Object.keys(run.state.memo)).toEqual(['m', 'n']);
    expect(run.effects.filter(({ kind }) => kind === 'visibility')).toHaveLength(2);
  });
});

describe('close', () => {
  it.each([
    ['completed', 2, command.complete()],
    ['failed', 3, command.fail('no')],
    ['canceled', 4, command.cancel()],
  ])('[E5] %s', (_, status, last) => {
    const run = new TestRun();
    run.task(command.schedule('a'), last);
    expect(run.state).toMatchObject({ status, closeTimeMs: run.now });
    expect(run.effects).toContainEqual({ kind: 'closed', status });
    expect(run.effects).toContainEqual({
      kind: 'cancelActivity',
      scheduledEventId: 5,
      attempt: 1,
      reason: 'WORKFLOW_CLOSED',
    });
    expect(run.untilDeadline()).toBeNull();
    expect(run.check()).toEqual([]);
  });

  it('[E6] every request to a closed run is refused', () => {
    const run = new TestRun();
    run.terminate();
    for (const act of [() => run.signal(), () => run.requestCancel(), () => run.terminate(), () => run.admit('u')]) {
      expect(act).toThrow(/already completed/);
    }
  });

  it('[E7] terminate drops the open task and keeps the events that it buffered', () => {
    const run = new TestRun();
    run.open();
    run.signal();
    run.terminate();
    expect(run.types(3)).toEqual(['WORKFLOW_EXECUTION_SIGNALED', 'WORKFLOW_EXECUTION_TERMINATED']);
    expect(run.check()).toEqual([]);
  });

  it('[E8] a cancel request is recorded once, whoever repeats it', () => {
    const run = new TestRun();
    run.requestCancel('one');
    run.requestCancel('one');
    run.requestCancel('two');
    expect(run.types(3)).toEqual(['WORKFLOW_EXECUTION_CANCEL_REQUESTED']);
    expect(run.last().workflowExecutionCancelRequestedEventAttributes).toMatchObject({
      cause: 'why',
      identity: 'client',
    });
  });

  it('[E9] the run timeout closes the run', () => {
    const run = new TestRun({ attributes: { workflowRunTimeout: toDuration(5_000) } });
    expect(run.untilDeadline()).toBe(5_000);
    run.after(5_000);
    expect(run.state.status).toBe(STATUS.timedOut);
    expect(run.last().workflowExecutionTimedOutEventAttributes).toMatchObject({
      retryState: RetryState.RETRY_STATE_RETRY_POLICY_NOT_SET,
      newExecutionRunId: '',
    });
  });
});

describe('workflow retry', () => {
  const retryPolicy = { maximumAttempts: 2, initialInterval: toDuration(3_000), nonRetryableErrorTypes: ['Fatal'] };

  it('[E10] a failed run is followed by a run with the data of the chain', () => {
    const run = new TestRun({ attributes: { retryPolicy, input: payloads(1) } });
    run.task(command.fail('no'));
    const next = nextOf(run);
    expect(run.last().workflowExecutionFailedEventAttributes).toMatchObject({
      retryState: RetryState.RETRY_STATE_IN_PROGRESS,
      newExecutionRunId: next.runId,
    });
    expect(next).toMatchObject({ firstRunId: 'r', workflowId: 'w', firstWorkflowTaskAt: run.now + 3_000 });
    expect(next.runId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(next.attributes).toMatchObject({
      attempt: 2,
      continuedExecutionRunId: 'r',
      initiator: 2,
      continuedFailure: { message: 'no' },
    });

    const second = startRun({ ...next, runKey: 2 }, run.now, 1);
    expect(second.state.started).toMatchObject({
      attempt: 2,
      firstExecutionRunId: 'r',
      originalExecutionRunId: next.runId,
    });
    expect(second.transition.effects).toContainEqual({ kind: 'workflowTask', at: run.now + 3_000 });
  });

  it.each([
    [
      'the last attempt',
      { retryPolicy, attempt: 2 },
      command.fail('no'),
      RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED,
    ],
    [
      'a non-retryable type',
      { retryPolicy },
      command.fail('no', { type: 'Fatal' }),
      RetryState.RETRY_STATE_NON_RETRYABLE_FAILURE,
    ],
    ['no policy', {}, command.fail('no'), RetryState.RETRY_STATE_RETRY_POLICY_NOT_SET],
    [
      'the execution timeout',
      { retryPolicy, workflowExecutionTimeout: toDuration(2_000) },
      command.fail('no'),
      RetryState.RETRY_STATE_TIMEOUT,
    ],
  ])('[E11] %s ends the chain', (_, attributes, last, retryState) => {
    const run = new TestRun({ attributes });
    run.task(last);
    expect(run.last().workflowExecutionFailedEventAttributes).toMatchObject({ retryState, newExecutionRunId: '' });
    expect(run.effects.some(({ kind }) => kind === 'newRun')).toBe(false);
  });

  it('[E12] a run timeout is retried, but an execution timeout is not', () => {
    const attributes = {
      retryPolicy,
      workflowRunTimeout: toDuration(1_000),
      workflowExecutionTimeout: toDuration(6_000),
    };
    const run = new TestRun({ attributes });
    run.after(1_000);
    expect(run.last().workflowExecutionTimedOutEventAttributes).toMatchObject({ newExecutionRunId: nextOf(run).runId });
    const whole = new TestRun({ attributes: { retryPolicy, workflowExecutionTimeout: toDuration(6_000) } });
    whole.after(6_000);
    expect(whole.last().workflowExecutionTimedOutEventAttributes).toMatchObject({
      retryState: RetryState.RETRY_STATE_TIMEOUT,
    });
  });

  it('[E13] a signal does not end the back-off of a chain', () => {
    const run = new TestRun({
      start: { firstWorkflowTaskAt: 1_003_000 },
      attributes: { continuedExecutionRunId: 'before', attempt: 2 },
    });
    run.signal();
    expect(run.open()).toBeNull();
    run.after(3_000);
    expect(run.open()).not.toBeNull();
  });
});
