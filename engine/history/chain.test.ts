/** Rules CHN1 to CHN7: chain.ts. Rules CAN1 to CAN4: commands/continue-as-new-workflow-execution.ts. */
import { describe, expect, it } from 'vitest';
import { temporal } from '../proto';
import { durationMs, toDuration, timestampMs } from '../proto-time';
import { STATUS } from '../run-name';
import type { StartRun, Transition } from './index';
import { command, failure, payload, payloads, TestRun } from './testing/run';

const {
  ContinueAsNewInitiator: Initiator,
  EventType,
  RetryState,
  WorkflowTaskFailedCause: Cause,
} = temporal.api.enums.v1;
const { CONTINUE_AS_NEW_INITIATOR_CRON_SCHEDULE: CRON, CONTINUE_AS_NEW_INITIATOR_RETRY: RETRY } = Initiator;

const nextOf = ({ effects }: Transition): StartRun | null => {
  for (const effect of effects) if (effect.kind === 'newRun') return effect.start;
  return null;
};
const MINUTE_MS = 60_000;
const minutely = { cronSchedule: '* * * * *' };
/** A second that is no minute. */
const NOW = 1_000_000;

describe('the next run of a chain', () => {
  it('[CHN1] a failure is retried by the policy first, then follows the schedule', () => {
    const retryPolicy = { initialInterval: toDuration(5_000), maximumAttempts: 2 };
    const run = new TestRun({ attributes: { ...minutely, retryPolicy, lastCompletionResult: payloads('before') } });
    const retry = nextOf(run.task(command.fail('no')))!;
    expect(retry.attributes).toMatchObject({ attempt: 2, initiator: RETRY, continuedFailure: failure('no') });
    expect(retry.attributes.lastCompletionResult).toBeNull();
    expect(retry.firstWorkflowTaskAt).toBe(NOW + 5_000);

    const last = new TestRun({ attributes: { ...retry.attributes, lastCompletionResult: payloads('before') } });
    last.now += 61_000;
    const scheduled = nextOf(last.task(command.fail('again')))!;
    expect(scheduled.attributes).toMatchObject({
      attempt: 1,
      initiator: CRON,
      continuedFailure: failure('again'),
      lastCompletionResult: payloads('before'),
    });
    expect(last.last().workflowExecutionFailedEventAttributes).toMatchObject({
      retryState: RetryState.RETRY_STATE_MAXIMUM_ATTEMPTS_REACHED,
      newExecutionRunId: scheduled.runId,
    });
    expect(last.check()).toEqual([]);
  });

  it('[CHN1] a completion follows the schedule, with the result', () => {
    const run = new TestRun({ attributes: minutely });
    const next = nextOf(run.task(command.complete('well')))!;
    expect(next.attributes).toMatchObject({ initiator: CRON, lastCompletionResult: payloads('well'), attempt: 1 });
    expect(next.attributes.continuedFailure).toBeNull();
    expect(next.firstWorkflowTaskAt % MINUTE_MS).toBe(0);
    expect(run.last().workflowExecutionCompletedEventAttributes?.newExecutionRunId).toBe(next.runId);
  });

  it('[CHN1] the run timeout is followed by both, the execution timeout by neither', () => {
    const run = new TestRun({ attributes: { ...minutely, workflowRunTimeout: toDuration(2_000) } });
    const next = nextOf(run.after(2_000))!;
    expect(next.attributes).toMatchObject({ initiator: CRON, continuedFailure: { message: 'workflow timeout' } });
    expect(run.state.status).toBe(STATUS.timedOut);
    const all = new TestRun({ attributes: { ...minutely, workflowExecutionTimeout: toDuration(2_000) } });
    expect(nextOf(all.after(2_000))).toBeNull();
    expect(all.last().workflowExecutionTimedOutEventAttributes).toMatchObject({
      retryState: RetryState.RETRY_STATE_TIMEOUT,
      newExecutionRunId: '',
    });
  });

  it.each([
    ['cancel', (run: TestRun) => run.task(command.cancel())],
    ['terminate', (run: TestRun) => run.terminate()],
  ])('[CHN1] nothing follows a %s', (_how, close) => {
    expect(nextOf(close(new TestRun({ attributes: minutely })))).toBeNull();
  });

  it('[CHN2] its run id follows from that of the run before', () => {
    const ids = ['r', 'r', 'other'].map((runId) => {
      const run = new TestRun({ start: { runId, firstRunId: 'r' } });
      return nextOf(run.task(command.continueAsNew()))!.runId;
    });
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(2);
  });

  it.each([
    ['at once', 0, 0, 1_000],
    ['after 300 ms', 300, 0, 700],
    ['after 300 ms, to wait 100', 300, 100, 700],
    ['after 300 ms, to wait 800', 300, 800, 800],
    ['after a second', 1_000, 0, 0],
  ])('[CHN3] it begins at least a second after the run before: %s', (_when, livedMs, backoffMs, delayMs) => {
    const run = new TestRun();
    run.now += livedMs;
    const next = nextOf(run.task(command.continueAsNew({ backoffStartInterval: toDuration(backoffMs) })))!;
    expect(next.firstWorkflowTaskAt - run.now).toBe(delayMs);
  });

  it('[CHN4] the chain keeps its execution timeout, parent, priority and links', () => {
    const kept = {
      workflowExecutionTimeout: toDuration(600_000),
      parentWorkflowNamespace: 'default',
      parentWorkflowExecution: { workflowId: 'p', runId: 'pr' },
      rootWorkflowExecution: { workflowId: 'root', runId: 'rr' },
      priority: { priorityKey: 2 },
    };
    const links = [{ workflowEvent: { workflowId: 'from' } }];
    const run = new TestRun({ attributes: { ...kept, identity: 'who' }, start: { links } });
    run.now += 5_000;
    const next = nextOf(run.task(command.continueAsNew()))!;
    expect(next).toMatchObject({ firstRunId: 'r', workflowId: 'w', links });
    expect(next.attributes).toMatchObject({ ...kept, continuedExecutionRunId: 'r', identity: '' });
    expect(next.attributes.originalExecutionRunId).toBe(next.runId);
    const following = new TestRun({ start: next, attributes: next.attributes });
    expect(timestampMs(following.state.started.workflowExecutionExpirationTime)).toBe(NOW + 600_000);
    expect(following.state.started.firstExecutionRunId).toBe('r');
  });
});

describe('a run that was asked to stop', () => {
  const asked = (polled: readonly string[]) => {
    const run = new TestRun({ polled });
    run.open();
    run.requestCancel();
    run.failTask(Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND);
    return nextOf(run.task(command.continueAsNew()))!;
  };

  it('[CHN6] the next run has the request, with who asked and why, and begins no earlier', () => {
    const next = asked([]);
    const following = new TestRun({ start: next, attributes: next.attributes });
    expect(following.events.map(({ eventType }) => EventType[eventType!])).toEqual([
      'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
      'EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED',
    ]);
    expect(following.last().workflowExecutionCancelRequestedEventAttributes).toMatchObject({
      cause: 'why',
      identity: 'client',
    });
    expect(following.state.firstWorkflowTaskAtMs).toBe(NOW + 1_000);
    expect(following.rebuilt().cancelRequest).toMatchObject({ cause: 'why' });
    // It is passed on once more, and a second request changes nothing.
    following.requestCancel('again');
    following.after(1_000);
    expect(nextOf(following.task(command.continueAsNew()))?.cancelRequest).toMatchObject({ cause: 'why' });
    expect(following.check()).toEqual([]);
  });

  it('[CHN6] a run that is polled passes nothing on, as on a Temporal server', () => {
    expect(asked(['backstitch']).cancelRequest).toBeUndefined();
  });

  it('[CHN6] neither a retry nor a schedule passes it on', () => {
    const run = new TestRun({ attributes: minutely });
    run.requestCancel();
    run.after(MINUTE_MS);
    expect(nextOf(run.task(command.complete('well')))?.cancelRequest).toBeUndefined();
  });
});

describe('a signal that is sent again', () => {
  const signalled = (run: TestRun) => run.events.filter((each) => each.workflowExecutionSignaledEventAttributes).length;
  const following = ({ state }: TestRun, next: StartRun) => {
    expect(next.runId).not.toBe(state.runId);
    return new TestRun({ start: next, attributes: next.attributes });
  };

  it('[CHN7] is not taken by a later run of the chain, after a rebuild either; another one is', () => {
    let run = new TestRun();
    run.signal('remark', 's-1');
    for (let later = 1; later <= 2; later++) {
      run.after(2_000);
      run = following(run, nextOf(run.task(command.continueAsNew()))!);
      run.signal('remark', 's-1');
      expect(signalled(run)).toBe(0);
      expect([...run.rebuilt().signalRequestIds]).toEqual(['s-1']);
    }
    run.signal('remark', 's-2');
    run.signal('remark', 's-2');
    expect(signalled(run)).toBe(1);
    expect(run.check()).toEqual([]);
  });

  it('[CHN7] a chain knows the newest 32, whoever of its runs had them', () => {
    const run = new TestRun();
    for (let each = 0; each < 30; each++) run.signal('remark', `a-${each}`);
    run.after(2_000);
    const second = following(run, nextOf(run.task(command.continueAsNew()))!);
    for (let each = 0; each < 10; each++) second.signal('remark', `b-${each}`);
    second.after(2_000);
    const third = nextOf(second.task(command.continueAsNew()))!;
    expect(third.signalsBefore).toHaveLength(32);
    expect(third.signalsBefore).toEqual([
      ...Array.from({ length: 22 }, (_, each) => `a-${each + 8}`),
      ...Array.from({ length: 10 }, (_, each) => `b-${each}`),
    ]);
  });
});

describe('ContinueAsNewWorkflowExecution', () => {
  it('[CAN1] what it does not say is as in the run before', () => {
    const run = new TestRun({
      attributes: {
        workflowRunTimeout: toDuration(60_000),
        workflowTaskTimeout: toDuration(7_000),
        retryPolicy: { maximumAttempts: 3 },
        memo: { fields: { m: payload(1) } },
        searchAttributes: { indexedFields: { Kind: payload('a') } },
      },
    });
    const { attributes } = nextOf(run.task(command.continueAsNew({ input: payloads('next') })))!;
    expect(attributes).toMatchObject({ workflowType: { name: 'flow' }, taskQueue: { name: 'backstitch' }, attempt: 1 });
    expect(attributes.initiator).toBe(Initiator.CONTINUE_AS_NEW_INITIATOR_WORKFLOW);
    expect(durationMs(attributes.workflowRunTimeout)).toBe(60_000);
    expect(durationMs(attributes.workflowTaskTimeout)).toBe(7_000);
    expect([attributes.memo, attributes.searchAttributes, attributes.retryPolicy]).toEqual([
      undefined,
      null,
      undefined,
    ]);
    expect(run.state.status).toBe(STATUS.continuedAsNew);
    expect(run.check()).toEqual([]);
    expect(run.rebuilt().status).toBe(STATUS.continuedAsNew);
  });

  it('[CAN2] what it says is in the closing event and in the next run', () => {
    const asked = {
      workflowType: { name: 'other' },
      taskQueue: { name: 'queue' },
      input: payloads('in'),
      workflowRunTimeout: toDuration(90_000),
      workflowTaskTimeout: toDuration(3_000),
      memo: { fields: { m: payload(2) } },
      header: { fields: { h: payload(3) } },
      searchAttributes: { indexedFields: { Kind: payload('b') } },
      lastCompletionResult: payloads('last'),
      failure: failure('was'),
      initiator: RETRY,
    };
    const run = new TestRun({ attributes: { workflowExecutionTimeout: toDuration(80_000) } });
    const retryPolicy = { initialInterval: toDuration(2_000), maximumAttempts: 4 };
    const next = nextOf(run.task(command.continueAsNew({ ...asked, retryPolicy, cronSchedule: '@hourly' })))!;
    const { failure: continuedFailure, taskQueue: _queue, ...same } = asked;
    expect(next.attributes).toMatchObject({
      ...same,
      continuedFailure,
      retryPolicy,
      cronSchedule: '@hourly',
      attempt: 2,
      // Not longer than the execution may take.
      workflowRunTimeout: toDuration(80_000),
    });
    const closing = run.last().workflowExecutionContinuedAsNewEventAttributes;
    expect(closing).toMatchObject({ ...asked, taskQueue: { name: 'queue' }, workflowRunTimeout: toDuration(80_000) });
    expect(closing?.newExecutionRunId).toBe(next.runId);
  });

  it('[CAN3] when something happened that the workflow has not seen, it is asked again', () => {
    const run = new TestRun();
    run.open();
    run.signal();
    const refusal = () => run.answer([command.continueAsNew()]);
    expect(refusal).toThrow(
      expect.objectContaining({ detail: { cause: Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND } }) as Error
    );
    run.failTask(Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND);
    expect(run.types(2)).toEqual([
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_FAILED',
      'WORKFLOW_EXECUTION_SIGNALED',
    ]);
    run.task(command.continueAsNew());
    expect(run.check()).toEqual([]);
  });

  it.each<[string, Parameters<typeof command.continueAsNew>[0] | null, RegExp]>([
    ['no attributes', null, /has no attributes/],
    ['a long type', { workflowType: { name: 'x'.repeat(1_001) } }, /workflowType has 1001/],
    ['a reserved queue', { taskQueue: { name: '/_sys/q' } }, /reserved/],
    ['a negative timeout', { workflowRunTimeout: toDuration(-1) }, /workflowRunTimeout is negative/],
    ['a negative wait', { backoffStartInterval: toDuration(-1) }, /backoffStartInterval is negative/],
    ['a bad policy', { retryPolicy: { backoffCoefficient: 0.5 } }, /backoffCoefficient/],
    ['a bad schedule', { cronSchedule: 'often' }, /cronSchedule has 1 fields/],
    ['a version of a worker', { initialVersioningBehavior: 1 }, /initialVersioningBehavior/],
    ['a large input', { input: { payloads: [{ data: Buffer.alloc(3_000_000) }] } }, /maxPayloadBytes: the input/],
    ['a large memo', { memo: { fields: { m: { data: Buffer.alloc(3_000_000) } } } }, /maxPayloadBytes: the memo/],
    ['no JSON', { searchAttributes: { indexedFields: { A: { data: Buffer.from('{') } } } }, /A is not JSON/],
  ])('[CAN4] %s: the workflow task fails, and says so', (_what, attributes, text) => {
    const run = new TestRun();
    run.open();
    const asked = { ...command.continueAsNew(), continueAsNewWorkflowExecutionCommandAttributes: attributes };
    expect(() => run.answer([asked])).toThrow(text);
    expect(run.state.status).toBe(STATUS.running);
  });
});
