import { describe, expect, it } from 'vitest';
import { Deadlines } from './deadlines';
import { idOf } from '../proto-time';
import { command, TestRun } from './testing/run';

describe('timer', () => {
  it('[T1] fires at its time, not before, and names its start', () => {
    const run = new TestRun();
    run.task(command.timer('t', 1_000));
    expect(run.untilDeadline()).toBe(1_000);
    expect(run.after(999).events).toEqual([]);
    run.after(1);
    expect(idOf(run.last().timerFiredEventAttributes!.startedEventId)).toBe(5);
    expect(run.untilDeadline()).toBeNull();
  });

  it('[T2] fires before a timer of a later time or, at equal times, of a later start', () => {
    const run = new TestRun();
    run.task(command.timer('late', 30), command.timer('b', 10), command.timer('c', 10));
    run.after(50);
    expect(run.events.slice(-3).map((event) => event.timerFiredEventAttributes!.timerId)).toEqual(['b', 'c', 'late']);
  });

  it('[T3] is stopped by a cancel, which is recorded in the history', () => {
    const run = new TestRun();
    run.task(command.timer('t', 10));
    run.signal();
    run.task(command.cancelTimer('t'));
    expect(run.last().timerCanceledEventAttributes).toMatchObject({ timerId: 't', identity: 'worker' });
    expect(run.untilDeadline()).toBeNull();
    expect(run.check()).toEqual([]);
  });

  it('[T4] cancel of a timer that fired during the task removes the firing, and the run may close', () => {
    const run = new TestRun();
    run.task(command.timer('t', 10));
    run.signal();
    run.open();
    run.after(10);
    run.answer([command.cancelTimer('t'), command.complete()]);
    expect(run.types().slice(-2)).toEqual(['TIMER_CANCELED', 'WORKFLOW_EXECUTION_COMPLETED']);
    expect(run.types()).not.toContain('TIMER_FIRED');
    expect(run.check()).toEqual([]);
  });

  it('[T5] can be started again with the same id after it closed', () => {
    const run = new TestRun();
    run.task(command.timer('t', 10));
    run.after(10);
    run.task(command.timer('t', 20));
    expect(run.untilDeadline()).toBe(20);
  });

  it('[T6] does not keep the deadlines of ten thousand quick steps', () => {
    const run = new TestRun({ limits: { maxEvents: 1_000_000 } });
    for (let i = 0; i < 2_000; i++) {
      run.task(command.schedule(`a${i}`));
      run.completeActivity(run.ref(`a${i}`));
      run.untilDeadline();
    }
    expect(run.state.deadlines.size).toBeLessThan(64);
  });

  it('[T7] the heap returns the earliest valid deadline and moves or drops stale ones', () => {
    const deadlines = new Deadlines();
    const actual = new Map<number, number | null>([
      [1, 50],
      [2, null],
      [3, 30],
    ]);
    for (const [eventId, at] of [
      [1, 10],
      [2, 5],
      [3, 30],
    ] as const)
      deadlines.push({ at, eventId, timerId: null });
    expect(deadlines.peek(({ eventId }) => actual.get(eventId)!)).toMatchObject({ eventId: 3, at: 30 });
    actual.set(3, null);
    expect(deadlines.peek(({ eventId }) => actual.get(eventId)!)).toMatchObject({ eventId: 1, at: 50 });
  });

  it('[T8] is pending under its new start while an old firing is buffered, also after a rebuild', () => {
    const run = new TestRun();
    run.task(command.timer('t', 100));
    run.signal();
    run.open();
    run.after(100);
    run.answer([command.timer('t', 500)]);
    expect(run.types().slice(-2)).toEqual(['TIMER_STARTED', 'TIMER_FIRED']);
    const again = { timerId: 't', startedEventId: run.events.length - 1, fireAtMs: run.now + 500, step: '' };
    for (const state of [run.state, run.rebuilt()]) expect([...state.timers.values()]).toEqual([again]);
    expect(run.check()).toEqual([]);
    run.takeover();
    run.after(500);
    expect(idOf(run.last().timerFiredEventAttributes?.startedEventId)).toBe(again.startedEventId);
    expect(run.check()).toEqual([]);
  });

  it('[T9] started and canceled in one task while a firing is buffered, is not pending, also after a rebuild', () => {
    const run = new TestRun();
    run.task(command.timer('t', 100));
    run.signal();
    run.open();
    run.after(100);
    run.answer([command.timer('t', 500), command.cancelTimer('t')]);
    for (const state of [run.state, run.rebuilt()]) expect(state.timers.size).toBe(0);
    expect(run.check()).toEqual([]);
  });
});

describe('signal', () => {
  it('[HT1] is deduplicated by request id, also after a takeover', () => {
    const run = new TestRun();
    run.signal('go', 'same');
    run.takeover();
    run.signal('go', 'same');
    run.signal('go', 'other');
    expect(run.state.signalCount).toBe(2);
  });

  it('[HT2] over the limit is refused with the name of the limit', () => {
    const run = new TestRun({ limits: { maxSignals: 1 } });
    run.signal();
    expect(() => run.signal()).toThrow(/maxSignals/);
  });

  it('[HT3] with an input over the payload limit is refused with the name of the field', () => {
    const run = new TestRun({ limits: { maxPayloadBytes: 60 } });
    expect(() => run.signal('x'.repeat(100))).toThrow(/maxPayloadBytes/);
  });
});
