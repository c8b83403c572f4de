/**
 * A run near its limits: it turns back while there is room, and no request from outside can end it before it has
 * unwound.
 */
import { describe, expect, it } from 'vitest';
import { STATUS } from '../run-name';
import { temporal } from '../proto';
import { RequestError } from './api';
import { command, payloads, TestRun } from './testing/run';
import * as history from './index';

const { WorkflowTaskFailedCause: Cause } = temporal.api.enums.v1;

function refusal(act: () => unknown): { code: string; message: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}
function signalOf(run: TestRun, bytes: number) {
  const request = { signalName: 'go', input: payloads('x'.repeat(bytes)), header: null, identity: 'c', requestId: '' };
  return run.commit(history.signal(run.state, request, run.now));
}
function update(run: TestRun, updateId: string, name: string) {
  const request = { meta: { updateId, identity: 'client' }, input: { name, args: payloads(1) } };
  return run.commit(history.admitUpdate(run.state, request, run.now));
}

describe('a history near its limit', () => {
  it.each([
    ['events', { maxEvents: 20 }, 1, /maxEvents: the history has 17 events, 80 % of the 20/],
    ['bytes', { maxBytes: 10_000 }, 1_000, /maxBytes: the history has \d+ bytes, 80 % of the 10000/],
  ])('[HL1] by %s: signals are refused at 80 %, and clients do not retry', (_, limits, bytes, message) => {
    const run = new TestRun({ limits });
    let refused: { code: string; message: string } | null = null;
    for (let sent = 0; sent < 100 && !refused; sent++) {
      try {
        signalOf(run, bytes);
      } catch (error) {
        refused = error as RequestError;
      }
    }
    expect(refused!.message).toMatch(message);
    expect(refused!.code).toBe('FAILED_PRECONDITION');
    expect(run.state.status).toBe(STATUS.running);
    expect(run.check()).toEqual([]);
  });

  it('[HL2] signals count before their commit is written, and while a task is open', () => {
    const run = new TestRun({ limits: { maxBytes: 10_000 } });
    run.open();
    const staged = () => history.signal(run.state, request, run.now);
    const request = {
      signalName: 'go',
      input: payloads('x'.repeat(3_000)),
      header: null,
      identity: 'c',
      requestId: '',
    };
    staged();
    staged();
    staged();
    expect(run.state.cancelRequest).not.toBeNull();
    expect(refusal(staged).message).toMatch(/limit maxBytes/);
  });

  it('[HL3] at 80 % one cancel is requested, which names the limit and leaves room to unwind', () => {
    const run = new TestRun({ limits: { maxEvents: 20 } });
    while (run.state.nextEventId <= 16) signalOf(run, 1);
    const requests = () => run.types().filter((type) => type === 'WORKFLOW_EXECUTION_CANCEL_REQUESTED').length;
    expect(requests()).toBe(1);
    const requested = run.events.find((event) => event.workflowExecutionCancelRequestedEventAttributes);
    expect(requested?.workflowExecutionCancelRequestedEventAttributes).toMatchObject({
      cause: expect.stringMatching(/limit maxEvents/) as string,
      identity: 'history-service',
    });
    run.task(command.cancel());
    expect(requests()).toBe(1);
    expect(run.state.status).toBe(STATUS.canceled);
    expect(run.check()).toEqual([]);
  });

  it('[HL4] cancel requests and decisions are accepted when signals and other updates are refused', () => {
    const run = new TestRun({ limits: { maxEvents: 20, maxSignals: 3, maxTotalUpdates: 1, maxInFlightUpdates: 1 } });
    for (let sent = 0; sent < 3; sent++) signalOf(run, 1);
    expect(refusal(() => signalOf(run, 1)).code).toBe('FAILED_PRECONDITION');
    update(run, 'u', 'declared');
    expect(refusal(() => update(run, 'v', 'declared')).code).toBe('RESOURCE_EXHAUSTED');
    update(run, 'decision', '__decide');
    expect(run.state.updates.has('decision')).toBe(true);
    run.requestCancel();
    expect(run.state.cancelRequest).not.toBeNull();
  });
});

describe('a run whose workflow tasks fail', () => {
  const fails = (run: TestRun, times: number) => {
    for (let failed = 0; failed < times; failed++) {
      run.now = Math.max(run.now, run.state.workflowTaskAtMs);
      run.open();
      run.failTask();
    }
  };

  it('[HL5] a stop ends the back-off at once, whenever it is requested', () => {
    const run = new TestRun();
    fails(run, 8);
    expect(run.state.workflowTaskAtMs - run.now).toBeGreaterThan(60_000);
    run.requestCancel('first');
    expect(run.open()).not.toBeNull();
    run.failTask();
    expect(run.state.workflowTaskAtMs - run.now).toBeGreaterThan(60_000);
    run.requestCancel('second');
    expect(run.open()).not.toBeNull();
  });

  it('[HL6] a stop ends the start delay of a run', () => {
    const run = new TestRun({ start: { firstWorkflowTaskAt: 1_000_000 + 3_600_000 } });
    expect(run.open()).toBeNull();
    run.requestCancel();
    expect(run.open()).not.toBeNull();
  });

  it('[HL7] lists report the problem from the third failure in a row until a task completes', () => {
    const run = new TestRun();
    fails(run, 2);
    expect(history.reportedProblems(run.state)).toBeNull();
    fails(run, 1);
    expect(run.effects).toContainEqual({ kind: 'visibility' });
    const problems = ['category=WorkflowTaskFailed', 'cause=WorkflowTaskFailedCauseWorkflowWorkerUnhandledFailure'];
    expect(history.reportedProblems(run.state)).toEqual(problems);
    expect(history.reportedProblems(run.rebuilt())).toEqual(problems);
    run.now = run.state.workflowTaskAtMs;
    run.task(command.timer('1', 1_000));
    expect(run.effects).toContainEqual({ kind: 'visibility' });
    expect(history.reportedProblems(run.state)).toBeNull();
  });

  it('[HL8] UnhandledCommand does not count as a failure of the run', () => {
    const run = new TestRun();
    for (let again = 0; again < 4; again++) {
      run.open();
      run.signal();
      run.failTask(Cause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND);
    }
    expect(history.reportedProblems(run.state)).toBeNull();
    expect(run.open()).not.toBeNull();
  });

  it('[HL9] signals do not cause attempts without a pause', () => {
    const run = new TestRun();
    let opened = 0;
    for (let signals = 0; signals < 50; signals++) {
      if (run.open()) {
        opened += 1;
        run.signal();
        run.failTask();
      } else run.signal();
    }
    expect(opened).toBeLessThanOrEqual(3);
  });
});

it('[HL10] the suggestion of a new run comes where an operator says, or as a Temporal server makes it', () => {
  const at = (text?: string) => history.readSuggestedAt({ BACKSTITCH_SUGGEST_NEW_RUN_EVENTS: text } as never);
  expect([at(), at(''), at('20'), at('51200')]).toEqual([4_096, 4_096, 20, 51_200]);
  for (const text of ['19', '51201', '1e3x', '40.5', '-1', 'many'])
    expect(() => at(text)).toThrow(`'${text}' is not a number of events from 20 to 51200.`);
});
