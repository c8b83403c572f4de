/** The rules are in paused.ts. */
import { describe, expect, it } from 'vitest';
import { type temporal } from '../proto';
import { toDuration } from '../proto-time';
import { STATUS } from '../run-name';
import * as history from './index';
import { answers, command, TestRun } from './testing/run';

type Attributes = temporal.api.command.v1.IScheduleActivityTaskCommandAttributes;

class PausedRun extends TestRun {
  pause(requestId = 'p'): void {
    const request = { identity: 'ada', reason: 'why', requestId };
    this.commit(history.pauseRun(this.state, request, this.now));
  }
  unpause(requestId = ''): void {
    const request = { identity: 'bob', reason: 'go', requestId };
    this.commit(history.unpauseRun(this.state, request, this.epoch, this.now));
  }
  dispatched(): string[] {
    return this.effects.flatMap((effect) =>
      effect.kind === 'dispatchActivity'
        ? [`${this.state.activities.get(effect.scheduledEventId)?.activityId}/${effect.attempt}`]
        : []
    );
  }
  isAsked = () => this.effects.some(({ kind }) => kind === 'workflowTask');
}
function withActivity(more: Attributes = {}): PausedRun {
  const run = new PausedRun();
  run.task(command.schedule('a', more));
  return run;
}

describe('a paused run', () => {
  it('[RPA1] begins no workflow task; the one after the pause has all that happened', () => {
    const run = new PausedRun();
    run.task(command.timer('t', 5_000));
    run.pause();
    run.signal('one');
    expect([run.isAsked(), run.open()]).toEqual([false, null]);
    run.after(5_000);
    run.requestCancel();
    expect([run.isAsked(), run.open(), run.untilDeadline()]).toEqual([false, null, null]);
    run.unpause();
    expect(run.isAsked()).toBe(true);
    run.task(command.complete());
    expect(run.types(6)).toEqual([
      'WORKFLOW_EXECUTION_PAUSED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'TIMER_FIRED',
      'WORKFLOW_EXECUTION_CANCEL_REQUESTED',
      'WORKFLOW_EXECUTION_UNPAUSED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
      'WORKFLOW_EXECUTION_COMPLETED',
    ]);
  });

  it('[RPA1] takes the answer of the task that was under way, whose activities wait and whose messages are sent', () => {
    const run = new PausedRun();
    run.open();
    run.pause();
    run.answer([command.schedule('a'), command.startChild('c')]);
    expect(run.dispatched()).toEqual([]);
    expect(run.effects.map(({ kind }) => kind)).toContain('send');
    expect(run.types().at(-1)).toBe('WORKFLOW_EXECUTION_PAUSED');
    expect(run.open()).toBeNull();
    run.after(1_000);
    run.takeover();
    expect(run.dispatched()).toEqual([]);
    run.unpause();
    expect(run.dispatched()).toEqual(['a/1']);
    expect(run.activity('a').startedTimeMs).toBe(run.now);
  });

  it('[RPA1] a task that was under way and fails is tried again after the pause', () => {
    const run = new PausedRun();
    run.open();
    run.pause();
    run.failTask();
    run.after(3_600_000);
    expect(run.open()).toBeNull();
    run.unpause();
    expect(run.open()).toMatchObject({ attempt: 1 });
  });

  it('[RPA1] does not close with what it did not hear: its pause', () => {
    const run = new PausedRun();
    run.open();
    run.pause();
    expect(() => run.answer([command.complete()])).toThrow(expect.objectContaining({ detail: { cause: 1 } }) as Error);
  });

  it('[RPA1] begins no attempt whose time comes, nor the one that a crash cut off', () => {
    const run = withActivity();
    run.failActivity(run.ref('a'));
    run.pause();
    expect(run.untilDeadline()).toBeNull();
    run.after(60_000);
    run.takeover();
    expect(run.dispatched()).toEqual([]);
    run.unpause();
    expect(run.dispatched()).toEqual(['a/2']);
    run.pause('again');
    run.takeover();
    run.after(60_000);
    expect([run.dispatched(), run.activity('a').attempt]).toEqual([[], 3]);
  });

  it('[RPA2] keeps the result of an attempt that was under way', () => {
    const run = withActivity();
    run.pause();
    run.completeActivity(run.ref('a'));
    expect([run.state.activities.size, run.isAsked()]).toEqual([0, false]);
    run.unpause();
    expect(run.isAsked()).toBe(true);
  });

  it('[RPA3] its deadlines run', () => {
    const running = withActivity({ startToCloseTimeout: toDuration(5_000), retryPolicy: { maximumAttempts: 1 } });
    running.pause();
    expect(running.untilDeadline()).toBe(5_000);
    running.after(5_000);
    expect(running.last().activityTaskTimedOutEventAttributes).toBeTruthy();

    const waiting = withActivity({ scheduleToCloseTimeout: toDuration(60_000) });
    waiting.failActivity(waiting.ref('a'));
    waiting.pause();
    expect(waiting.untilDeadline()).toBe(60_000);
    waiting.after(60_000);
    expect(waiting.last().activityTaskTimedOutEventAttributes).toBeTruthy();

    const run = new PausedRun({ attributes: { workflowRunTimeout: toDuration(9_000) } });
    run.task();
    run.pause();
    run.after(9_000);
    expect(run.state.status).toBe(STATUS.timedOut);
  });

  it('[RPA4] refuses updates; one that was admitted before waits', () => {
    const run = new PausedRun();
    run.task();
    run.admit('before');
    run.pause();
    expect(() => run.admit('after')).toThrow('Workflow is paused. Cannot update the workflow.');
    // Asked again, it is still the same.
    run.admit('before');
    run.unpause();
    run.open();
    run.answer([command.message('before/accept')], [answers.accept('before')]);
    expect(run.state.updates.get('before')?.acceptedEventId).toBeGreaterThan(0);
  });

  it('[RPA5] after the pause attempts that are due begin, others wait, and a paused activity stays so', () => {
    const run = new PausedRun();
    const wait = { retryPolicy: { initialInterval: toDuration(60_000) } };
    run.task(command.schedule('due'), command.schedule('later', wait), command.schedule('paused'));
    for (const id of ['due', 'later', 'paused']) run.failActivity(run.ref(id));
    run.commit(history.pauseActivities(run.state, { id: 'paused' }, { identity: '', reason: '' }, run.now));
    run.pause();
    run.after(5_000);
    run.unpause();
    expect(run.dispatched()).toEqual(['due/2']);
    expect([run.isAsked(), run.untilDeadline()]).toEqual([false, 10_000]);
    run.after(55_000);
    expect(run.dispatched()).toContain('later/2');
    expect(run.activity('paused').pause).not.toBeNull();
  });

  it('[RPA5] an activity that is released or reset in a paused run waits for the end of both', () => {
    const run = withActivity();
    run.failActivity(run.ref('a'));
    run.pause();
    const asked = { keepPaused: false, resetHeartbeat: false, restoreOptions: false, delayMs: () => 0 };
    run.commit(history.resetActivities(run.state, 'all', asked, run.epoch, run.now));
    expect(run.dispatched()).toEqual([]);
    run.unpause();
    expect(run.dispatched()).toEqual(['a/2']);
  });

  it('[RPA6] a repeated request has no effect; any other one is refused', () => {
    const run = withActivity();
    expect(() => run.unpause()).toThrow('workflow is not paused.');
    run.pause('p');
    const events = run.events.length;
    run.pause('p');
    expect(run.events).toHaveLength(events);
    expect(() => run.pause('other')).toThrow('workflow is already paused.');
    expect(() => run.pause('')).toThrow('workflow is already paused.');
    run.unpause('u');
    run.pause('second');
    const later = run.events.length;
    run.pause('p');
    run.unpause('u');
    expect([run.events.length, run.state.pause?.requestId]).toEqual([later, 'second']);
    expect([...run.rebuilt().pauseRequestIds]).toEqual(['p', 'second']);
    expect([...run.rebuilt().unpauseRequestIds]).toEqual(['u']);
    // Whoever names both by one id ends the pause all the same.
    run.unpause('second');
    expect(run.state.pause).toBe(null);
    run.pause('third');
    run.terminate();
    run.pause('p');
    run.unpause('u');
    expect(() => run.unpause()).toThrow('workflow execution already completed');
    expect(() => run.pause('new')).toThrow('workflow execution already completed');
  });

  it('[RPA6] is the same after a crash, also while the pause waits for the end of a task', () => {
    const run = withActivity();
    const pause = { atMs: run.now, identity: 'ada', reason: 'why', requestId: 'p' };
    run.signal();
    run.open();
    run.pause();
    expect(run.rebuilt().pause).toEqual(pause);
    run.takeover();
    expect([run.state.pause, run.open()]).toEqual([pause, null]);
    expect(history.pauseInfo(run.state)).toEqual(['property:status=Paused', 'Workflow:w', 'Reason:why']);
    run.unpause();
    expect([run.rebuilt().pause, history.pauseInfo(run.state)]).toEqual([null, null]);
  });
});
