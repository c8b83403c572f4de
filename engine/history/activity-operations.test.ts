/** The rules are in activity-operations.ts. */
import { describe, expect, it } from 'vitest';
import { temporal } from '../proto';
import { durationMs, toDuration } from '../proto-time';
import * as history from './index';
import { command, failure, TestRun } from './testing/run';

const { TimeoutType } = temporal.api.enums.v1;
const { RetryPolicy } = temporal.api.common.v1;
type Attributes = temporal.api.command.v1.IScheduleActivityTaskCommandAttributes;

class Operated extends TestRun {
  constructor(more: Attributes = {}) {
    super();
    this.task(command.schedule('a', more));
  }
  pause(selection: history.ActivitySelection = { id: 'a' }): void {
    this.commit(history.pauseActivities(this.state, selection, { identity: 'ada', reason: 'why' }, this.now));
  }
  unpause(more: { resetAttempts?: boolean; resetHeartbeat?: boolean; jitterMs?: number } = {}): void {
    const release = {
      resetAttempts: more.resetAttempts ?? false,
      resetHeartbeat: more.resetHeartbeat ?? false,
      delayMs: () => more.jitterMs ?? 0,
    };
    this.commit(history.unpauseActivities(this.state, 'all', release, this.epoch, this.now));
  }
  reset(more: { keepPaused?: boolean; resetHeartbeat?: boolean; restoreOptions?: boolean; jitterMs?: number } = {}) {
    const { keepPaused = false, resetHeartbeat = false, restoreOptions = false, jitterMs = 0 } = more;
    const asked = { keepPaused, resetHeartbeat, restoreOptions, delayMs: () => jitterMs };
    this.commit(history.resetActivities(this.state, 'all', asked, this.epoch, this.now));
  }
  change(options: Partial<history.ActivityOptions> | null): history.ActivityOptions {
    const answer = history.changeActivityOptions(this.state, 'all', options, this.epoch, this.now);
    this.commit(answer.transition);
    return answer.options;
  }
  dispatched(): number[] {
    return this.effects.flatMap((effect) => (effect.kind === 'dispatchActivity' ? [effect.attempt] : []));
  }
  /** Another engine reads the same. */
  expectKept(): void {
    const rebuilt = this.rebuilt();
    expect([...rebuilt.activities.values()].map(kept)).toEqual([...this.state.activities.values()].map(kept));
    expect(rebuilt.pausedActivities).toBe(this.state.pausedActivities);
  }
}
const wire = (options: history.ActivityOptions | null) =>
  options && {
    ...options,
    retryPolicy: options.retryPolicy && RetryPolicy.toObject(RetryPolicy.fromObject(options.retryPolicy)),
  };
const kept = ({ attempts: _, lastFailure, ...activity }: history.ActivityState) => ({
  ...activity,
  ...wire(activity),
  originalOptions: wire(activity.originalOptions),
  lastFailure: lastFailure?.message,
  heartbeatDetails: activity.heartbeatDetails !== null,
});
const allTimeouts = {
  scheduleToCloseTimeout: toDuration(60_000),
  startToCloseTimeout: toDuration(10_000),
  heartbeatTimeout: toDuration(5_000),
};

describe('operations on activities', () => {
  it('[ACO1] a paused activity begins no attempt, whose time comes', () => {
    const run = new Operated();
    run.failActivity(run.ref('a'));
    run.pause();
    expect(run.untilDeadline()).toBeNull();
    run.after(100_000);
    expect(run.dispatched()).toEqual([]);
    expect(run.activity('a')).toMatchObject({ attempt: 2, epoch: 0, pause: { identity: 'ada', reason: 'why' } });
    run.expectKept();
  });

  it('[ACO1] an attempt that is under way ends by its own answer, and no timeout ends it', () => {
    const run = new Operated(allTimeouts);
    const ref = run.ref('a');
    run.pause();
    expect(run.effects.filter(({ kind }) => kind !== 'visibility')).toEqual([]);
    expect(run.untilDeadline()).toBeNull();
    run.after(3_600_000);
    run.heartbeat(ref, 1);
    run.completeActivity(ref);
    expect(run.last().activityTaskCompletedEventAttributes).toBeTruthy();
    expect(run.state.pausedActivities).toBe(0);
  });

  it('[ACO1] an attempt that a crash cut off is not made again before the end of the pause', () => {
    const run = new Operated(allTimeouts);
    run.pause();
    run.takeover();
    expect(run.dispatched()).toEqual([]);
    expect(run.activity('a')).toMatchObject({ attempt: 2, pause: { identity: 'ada' } });
    run.unpause();
    expect(run.dispatched()).toEqual([2]);
  });

  it('[ACO2] an attempt that fails meanwhile waits; one that the policy does not repeat closes', () => {
    const run = new Operated();
    run.pause();
    run.failActivity(run.ref('a'));
    run.after(60_000);
    expect([run.dispatched(), run.activity('a').attempt]).toEqual([[], 2]);

    const once = new Operated({ retryPolicy: { maximumAttempts: 1 } });
    once.pause();
    once.failActivity(once.ref('a'));
    expect(once.last().activityTaskFailedEventAttributes).toMatchObject({ failure: { message: 'no' } });
    expect(once.effects).toContainEqual({ kind: 'visibility' });
    const crashed = new Operated({ retryPolicy: { maximumAttempts: 1 }, startToCloseTimeout: toDuration(10_000) });
    crashed.pause();
    crashed.takeover();
    crashed.after(60_000);
    expect(crashed.state.activities.size).toBe(1);
    crashed.unpause();
    expect(crashed.dispatched()).toEqual([]);
    expect(crashed.last().activityTaskTimedOutEventAttributes).toBeTruthy();
  });

  it('[ACO2] its schedule-to-close timeout does not end the retries during a pause', () => {
    const run = new Operated({ scheduleToCloseTimeout: toDuration(500), retryPolicy: {} });
    run.pause();
    run.failActivity(run.ref('a'));
    expect(run.activity('a').attempt).toBe(2);
  });

  it('[ACO3] the end of the pause makes the next attempt due at once, or within the jitter', () => {
    const run = new Operated();
    run.failActivity(run.ref('a'));
    run.pause();
    run.unpause();
    expect(run.dispatched()).toEqual([2]);
    run.failActivity(run.ref('a'));
    run.pause();
    run.unpause({ jitterMs: 7_000 });
    expect([run.dispatched(), run.untilDeadline()]).toEqual([[], 7_000]);
    run.expectKept();
    run.after(7_000);
    expect(run.dispatched()).toEqual([3]);
  });

  it.each([
    [TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE, 61_000],
    [TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE, 11_000],
    [TimeoutType.TIMEOUT_TYPE_HEARTBEAT, 6_000],
  ])('[ACO3] timeout %i, which passed meanwhile, takes effect first', (type, ms) => {
    const run = new Operated({ ...allTimeouts, retryPolicy: { maximumAttempts: 1 } });
    if (type === TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE) run.heartbeat(run.ref('a'), 1);
    run.pause();
    run.now += ms;
    if (type === TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE) run.heartbeat(run.ref('a'), 1);
    run.unpause();
    const { failure: reason } = run.last().activityTaskTimedOutEventAttributes!;
    // The earliest one, as without a pause.
    const expected = type === TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE ? TimeoutType.TIMEOUT_TYPE_HEARTBEAT : type;
    expect(reason?.timeoutFailureInfo?.timeoutType).toBe(expected);
  });

  it('[ACO3] a waiting activity whose schedule-to-close timeout passed is not attempted again', () => {
    const run = new Operated({ scheduleToCloseTimeout: toDuration(60_000) });
    run.failActivity(run.ref('a'));
    run.pause();
    run.now += 61_000;
    run.unpause();
    expect(run.dispatched()).toEqual([]);
    expect(run.last().activityTaskTimedOutEventAttributes).toBeTruthy();
  });

  it('[ACO4] attempts are counted again by the policy, and keep their numbers', () => {
    const run = new Operated({ retryPolicy: { initialInterval: toDuration(1_000), maximumAttempts: 2 } });
    run.failActivity(run.ref('a'));
    run.pause();
    run.unpause({ resetAttempts: true });
    expect(run.dispatched()).toEqual([2]);
    run.expectKept();
    run.failActivity(run.ref('a'));
    expect(run.untilDeadline()).toBe(1_000);
    run.after(1_000);
    expect(run.dispatched()).toEqual([3]);
    run.failActivity(run.ref('a'));
    expect(run.last().activityTaskFailedEventAttributes).toBeTruthy();
    expect(run.events.at(-2)?.activityTaskStartedEventAttributes?.attempt).toBe(3);
  });

  it('[ACO5] a reset makes the next attempt due, and leaves one that is under way', () => {
    const run = new Operated({ retryPolicy: { initialInterval: toDuration(1_000), maximumAttempts: 2 } });
    const ref = run.ref('a');
    run.heartbeat(ref, 'far');
    run.reset({ resetHeartbeat: true });
    expect([run.dispatched(), run.ref('a')]).toEqual([[], ref]);
    run.expectKept();
    run.failActivity(ref);
    expect(run.activity('a')).toMatchObject({ heartbeatDetails: null, resetsHeartbeat: false });
    run.reset();
    expect(run.dispatched()).toEqual([2]);
    run.failActivity(run.ref('a'));
    run.reset({ jitterMs: 9_000 });
    expect([run.dispatched(), run.untilDeadline()]).toEqual([[], 9_000]);
  });

  it('[ACO5] a reset ends a pause unless that is kept', () => {
    const run = new Operated();
    run.failActivity(run.ref('a'));
    run.pause();
    run.reset({ keepPaused: true });
    expect([run.dispatched(), run.state.pausedActivities]).toEqual([[], 1]);
    run.reset();
    expect([run.dispatched(), run.state.pausedActivities]).toEqual([[2], 0]);
  });

  it('[ACO6] changed options hold for the attempt under way, are completed, and can be restored', () => {
    const run = new Operated({ startToCloseTimeout: toDuration(10_000), retryPolicy: { maximumAttempts: 1 } });
    run.change({ startToCloseTimeoutMs: 60_000 });
    run.expectKept();
    run.after(30_000);
    expect(run.state.activities.size).toBe(1);
    expect(run.change({ heartbeatTimeoutMs: 90_000 })).toMatchObject({ heartbeatTimeoutMs: 60_000 });
    run.expectKept();
    run.change(null);
    expect(run.last().activityTaskTimedOutEventAttributes).toBeTruthy();
  });

  it('[ACO6] the next attempt is due as the new policy says, and the rest of the policy stays', () => {
    const run = new Operated({ retryPolicy: { initialInterval: toDuration(3_600_000), maximumAttempts: 7 } });
    run.failActivity(run.ref('a'));
    run.now += 1_000;
    const { retryPolicy } = run.change({ retryPolicy: { initialInterval: toDuration(5_000) } });
    expect([durationMs(retryPolicy!.initialInterval), retryPolicy!.maximumAttempts]).toEqual([5_000, 7]);
    expect(run.untilDeadline()).toBe(4_000);
    run.expectKept();
    run.state = run.rebuilt();
    run.change({ retryPolicy: { initialInterval: toDuration(2_000) } });
    expect(run.untilDeadline()).toBe(1_000);
    run.change(null);
    expect(run.untilDeadline()).toBe(3_599_000);
    expect(run.activity('a').originalOptions).toBeNull();
  });

  it.each<[string, Partial<history.ActivityOptions>]>([
    ['activity_options', { startToCloseTimeoutMs: 0 }],
    ['activity_options.retry_policy', { retryPolicy: { backoffCoefficient: 0.5 } }],
  ])('[ACO6] %s that no schedule could have are refused, and nothing changes', (field, options) => {
    const run = new Operated();
    const before = { ...run.activity('a') };
    expect(() => run.change(options)).toThrow(expect.objectContaining({ detail: { field } }) as Error);
    expect(run.activity('a')).toEqual(before);
  });

  it('[ACO1] the types of paused activities are listed until they are released or closed', () => {
    const run = new Operated();
    run.pause({ type: 'work' });
    expect(history.pauseInfo(run.state)).toEqual(['property:activityType=work']);
    expect(run.effects).toContainEqual({ kind: 'visibility' });
    run.pause('all');
    expect(run.effects).toEqual([]);
    run.completeActivity(run.ref('a'));
    expect(history.pauseInfo(run.state)).toBeNull();
    expect(run.effects).toContainEqual({ kind: 'visibility' });
  });

  it('[ACO1] what is not pending is not found, and a closed run has nothing', () => {
    const run = new Operated();
    for (const selection of [{ id: 'b' }, { type: 'b' }]) expect(() => run.pause(selection)).toThrow(/Can't find/);
    run.failActivity(run.ref('a'), failure('end', { nonRetryable: true }));
    expect(() => run.pause('all')).toThrow(/Can't find/);
    run.terminate();
    expect(() => run.pause('all')).toThrow(/already completed/);
  });
});
