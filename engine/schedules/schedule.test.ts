/** Rules SCH1 to SCH8: schedule.ts. */
import fc from 'fast-check';
import Long from 'long';
import { expect, test } from 'vitest';
import { temporal } from '../proto';
import { toDuration, toTimestamp } from '../proto-time';
import type { Spec } from './calendar';
import {
  advance,
  closed,
  createSchedule,
  futureTimes,
  isTooLate,
  notStarted,
  OVERLAP,
  patch,
  started,
  update,
  type Decision,
  type PendingStart,
} from './schedule';
import { canonicalSpec } from './spec';
import { ScheduleTimes } from './times';

type Definition = temporal.api.schedule.v1.ISchedule;
type Status = temporal.api.enums.v1.WorkflowExecutionStatus;
const STATUS = temporal.api.enums.v1.WorkflowExecutionStatus;
const MINUTE_MS = 60_000;
const START_MS = Date.parse('2026-01-01T00:00:00Z');
const minutely: Spec = { interval: [{ interval: toDuration(MINUTE_MS) }] };

/** A schedule and an outside that starts and closes its runs when the test says so. `now` counts in minutes. */
class Play {
  now = 0;
  readonly state;
  #times: ScheduleTimes;
  readonly started: PendingStart[] = [];
  readonly stopped: string[] = [];
  #pending: PendingStart[] = [];

  constructor(
    private definition: Definition = {},
    private spec: Spec = minutely
  ) {
    this.state = createSchedule('key', this.#whole(definition), START_MS);
    this.#times = this.#timesOf();
  }

  /** Moves time, and starts all that is to be started. */
  at(minute: number): this {
    this.now = minute;
    this.decide();
    this.start();
    return this;
  }
  decide(): Decision {
    let decision: Decision;
    do {
      decision = advance(this.state, this.#times, this.#nowMs);
      for (const effect of decision.effects)
        if (effect.kind === 'start') this.#pending.push(effect.start);
        else this.stopped.push(`${effect.kind} ${minuteOf(effect.run.workflowId)}`);
    } while (decision.wakeAtMs === this.#nowMs);
    return decision;
  }
  start(): void {
    while (this.#pending.length > 0) {
      const start = this.#pending.shift()!;
      this.started.push(start);
      started(this.state, start.requestId, `run of ${start.workflowId}`, this.#nowMs);
      this.decide();
    }
  }
  refuse(): void {
    for (const { requestId } of this.#pending.splice(0)) notStarted(this.state, requestId, 'refused');
  }
  close(minute: number, status: Status = STATUS.WORKFLOW_EXECUTION_STATUS_COMPLETED, more: object = {}): this {
    const workflowId = idOf(minute);
    closed(this.state, { workflowId, runId: `run of ${workflowId}` }, { status, ...more });
    this.decide();
    this.start();
    return this;
  }
  patch(asked: temporal.api.schedule.v1.ISchedulePatch): this {
    patch(this.state, asked, this.#nowMs);
    this.decide();
    this.start();
    return this;
  }
  update(definition: Definition, token = 0, spec = this.spec): this {
    [this.definition, this.spec] = [definition, spec];
    update(this.state, this.#whole(definition), token, this.#nowMs);
    this.#times = this.#timesOf();
    this.decide();
    this.start();
    return this;
  }
  /** The minutes for which runs were started. */
  get minutes(): number[] {
    return this.started.map(({ workflowId }) => minuteOf(workflowId));
  }
  future = (most: number) => futureTimes(this.state, this.#times, most).map((ms) => (ms - START_MS) / MINUTE_MS);

  get #nowMs() {
    return START_MS + this.now * MINUTE_MS;
  }
  #whole(definition: Definition): Definition {
    const action = { startWorkflow: { workflowId: 'w', workflowType: { name: 'flow' } } };
    return { action, ...definition, spec: canonicalSpec(this.spec) };
  }
  #timesOf = () => new ScheduleTimes(canonicalSpec(this.spec), 'seed');
}

const idOf = (minute: number) => `w-${new Date(START_MS + minute * MINUTE_MS).toISOString().replace('.000Z', 'Z')}`;
const minuteOf = (workflowId: string) => (Date.parse(workflowId.slice(2)) - START_MS) / MINUTE_MS;
const with_ = (overlapPolicy: number, more: Definition = {}): Definition => ({ policies: { overlapPolicy }, ...more });
const minutes = (minute: number) => toTimestamp(START_MS + minute * MINUTE_MS);

test('[SCH1] a time is decided on once, and its start is pending until its outcome is known', () => {
  const play = new Play();
  play.now = 1;
  expect(play.decide().wakeAtMs).toBe(START_MS + 2 * MINUTE_MS);
  const [start] = play.state.pending;
  expect(start).toMatchObject({ workflowId: 'w-2026-01-01T00:01:00Z', isTracked: true });
  play.decide();
  expect(play.state.pending).toEqual([start]);
  play.start();
  expect(play.state.pending).toEqual([]);
  expect(play.state.recent).toMatchObject([{ workflowId: start!.workflowId, scheduledMs: START_MS + MINUTE_MS }]);
  started(play.state, start!.requestId, 'again', 0);
  expect(play.state.counts.actions).toBe(1);
});

test('[SCH1] a start that is refused is over, and the next time is taken', () => {
  const play = new Play();
  play.now = 1;
  play.decide();
  play.refuse();
  expect(play.at(2).minutes).toEqual([2]);
});

test('[SCH2] what is older than the catch-up window is missed; at least ten seconds are caught up', () => {
  const play = new Play(with_(OVERLAP.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL, {}));
  play.state.definition.policies = { ...play.state.definition.policies, catchupWindow: toDuration(3 * MINUTE_MS) };
  expect(play.at(10).minutes).toEqual([7, 8, 9, 10]);
  expect(play.state.counts.missedCatchupWindow).toBe(6);
  play.state.definition.policies = { ...play.state.definition.policies, catchupWindow: toDuration(0) };
  expect(play.at(12).minutes).toEqual([7, 8, 9, 10, 12]);
  expect(play.state.counts.missedCatchupWindow).toBe(7);
});

test('[SCH2] times that pass while the schedule is paused are not made up for', () => {
  const play = new Play(with_(OVERLAP.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL)).at(1).patch({ pause: 'holidays' });
  expect(play.decide().wakeAtMs).toBeNull();
  expect(play.at(5).minutes).toEqual([1]);
  play.patch({ unpause: 'back' });
  expect(play.state.definition.state).toMatchObject({ paused: false, notes: 'back' });
  expect(play.at(6).minutes).toEqual([1, 6]);
});

test('[SCH2] limited actions are counted down, and then times pass', () => {
  const limited = { state: { limitedActions: true, remainingActions: Long.fromNumber(2) } };
  const play = new Play(with_(OVERLAP.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL, limited));
  expect(play.future(5)).toEqual([1, 2]);
  expect(play.at(5).minutes).toEqual([1, 2]);
  expect(play.future(5)).toEqual([]);
  expect(play.decide().wakeAtMs).toBeNull();
  expect(play.patch({ triggerImmediately: {} }).minutes).toEqual([1, 2, 5]);
});

test.each([
  ['SKIP', [1, 6], [], 4],
  ['BUFFER_ONE', [1, 2, 6], [], 3],
  ['BUFFER_ALL', [1, 2, 3], [], 0],
  ['ALLOW_ALL', [1, 2, 3, 4, 5, 6], [], 0],
  ['CANCEL_OTHER', [1, 5, 6], ['cancel 1'], 3],
  ['TERMINATE_OTHER', [1, 5, 6], ['terminate 1'], 3],
] as const)('[SCH3] %s: runs at 1 to 6, where each closes late', (policy, starts, stops, skipped) => {
  const play = new Play(with_(OVERLAP[`SCHEDULE_OVERLAP_POLICY_${policy}`]));
  play.at(1).at(3).at(5);
  // The one of minute 1 closes; then the one that was started in its place.
  play.close(1);
  const second = play.minutes.at(-1)!;
  if (second !== 1) play.close(second);
  play.at(6);
  expect(play.minutes).toEqual(starts);
  expect([...new Set(play.stopped)]).toEqual(stops);
  expect(play.state.counts.overlapSkipped).toBe(skipped);
});

test('[SCH3] runs that may overlap are not tracked, and do not hold back others', () => {
  const play = new Play(with_(OVERLAP.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL)).at(2);
  expect(play.state.running).toEqual([]);
  play.update(with_(OVERLAP.SCHEDULE_OVERLAP_POLICY_SKIP));
  expect(play.at(3).minutes).toEqual([1, 2, 3]);
  expect(play.state.running).toHaveLength(1);
});

test('[SCH3] a start that waits has the policy of the schedule at the moment of the decision', () => {
  const play = new Play(with_(OVERLAP.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL)).at(4);
  expect(play.state.buffer).toHaveLength(3);
  play.update(with_(OVERLAP.SCHEDULE_OVERLAP_POLICY_SKIP));
  expect(play.state.buffer).toEqual([]);
  expect(play.state.counts.overlapSkipped).toBe(3);
});

test('[SCH4] a trigger starts a run although the schedule is paused', () => {
  const play = new Play({ state: { paused: true } }).at(2);
  play.patch({ triggerImmediately: {} });
  expect(play.minutes).toEqual([2]);
  const policy = OVERLAP.SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER;
  play.at(3).patch({ triggerImmediately: { overlapPolicy: policy } });
  expect(play.stopped).toContain('terminate 2');
  expect(play.close(2).minutes).toEqual([2, 3]);
});

test('[SCH4] a backfill has both of its ends and comes in batches; one after the other if runs may not overlap', () => {
  const play = new Play({ state: { paused: true } }).at(2);
  const range = { startTime: minutes(-40), endTime: minutes(-11) };
  play.patch({ backfillRequest: [{ ...range, overlapPolicy: OVERLAP.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL }] });
  expect(play.minutes).toEqual(Array.from({ length: 30 }, (_, index) => index - 40));
  const few = { startTime: minutes(-3), endTime: minutes(-1) };
  play.patch({ backfillRequest: [{ ...few, overlapPolicy: OVERLAP.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL }] });
  expect(play.minutes.slice(30)).toEqual([-3]);
  expect(play.close(-3).close(-2).minutes.slice(30)).toEqual([-3, -2, -1]);
});

test('[SCH4] a backfill of a year of minutes leaves half of the buffer to others', () => {
  const play = new Play(with_(OVERLAP.SCHEDULE_OVERLAP_POLICY_BUFFER_ALL)).at(1);
  play.patch({ backfillRequest: [{ startTime: minutes(-525_600), endTime: minutes(0) }] });
  expect(play.state.buffer.length).toBe(500);
  expect(play.state.backfills).toHaveLength(1);
  play.at(2);
  expect(play.state.buffer.at(-1)).toMatchObject({ isManual: false, nominalMs: START_MS + 2 * MINUTE_MS });
});

test.each([
  [STATUS.WORKFLOW_EXECUTION_STATUS_FAILED, 'paused due to workflow failure: w-2026-01-01T00:01:00Z: no money'],
  [STATUS.WORKFLOW_EXECUTION_STATUS_TIMED_OUT, 'paused due to workflow timeout: w-2026-01-01T00:01:00Z'],
  [STATUS.WORKFLOW_EXECUTION_STATUS_CANCELED, null],
  [STATUS.WORKFLOW_EXECUTION_STATUS_COMPLETED, null],
])('[SCH5] after a run with status %s', (status, notes) => {
  const play = new Play({ policies: { pauseOnFailure: true } }).at(1);
  play.close(1, status, { failure: { message: 'no money' } });
  expect(play.state.definition.state?.paused ?? false).toBe(notes !== null);
  if (notes) expect(play.state.definition.state?.notes).toBe(notes);
});

test('[SCH5] the next run gets the last result, and the failure of the run before it', () => {
  const play = new Play().at(1);
  const result = { payloads: [{ data: new Uint8Array([1]) }] };
  play.close(1, STATUS.WORKFLOW_EXECUTION_STATUS_COMPLETED, { result });
  expect([play.state.lastResult, play.state.lastFailure]).toEqual([result, null]);
  play.at(2).close(2, STATUS.WORKFLOW_EXECUTION_STATUS_FAILED, { failure: { message: 'no' } });
  expect([play.state.lastResult, play.state.lastFailure]).toEqual([result, { message: 'no' }]);
  play.at(3).close(3, STATUS.WORKFLOW_EXECUTION_STATUS_COMPLETED, { result });
  expect(play.state.lastFailure).toBeNull();
});

test('[SCH6] an update takes no time before itself, and is refused if the schedule was changed meanwhile', () => {
  const play = new Play(with_(OVERLAP.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL)).at(3);
  const { conflictToken } = play.state;
  const half: Spec = { interval: [{ interval: toDuration(MINUTE_MS), phase: toDuration(30_000) }] };
  play.now = 5;
  play.update(with_(OVERLAP.SCHEDULE_OVERLAP_POLICY_ALLOW_ALL), conflictToken, half);
  expect(play.at(7).minutes).toEqual([1, 2, 3, 5.5, 6.5]);
  expect(() => play.update({}, conflictToken)).toThrow('changed meanwhile');
  expect(() => play.update({}, play.state.conflictToken)).not.toThrow();
});

test('[SCH7] after two months away a call takes a thousand times, and asks for another', () => {
  const play = new Play({ policies: { catchupWindow: toDuration(MINUTE_MS) } });
  const now = START_MS + 100_000 * MINUTE_MS;
  const times = new ScheduleTimes(canonicalSpec(minutely), 'seed');
  const decision = advance(play.state, times, now);
  expect(decision.wakeAtMs).toBe(now);
  expect(play.state.counts.missedCatchupWindow).toBe(1_000);
  expect(play.at(100_000).minutes).toEqual([99_999]);
  expect(play.state.counts.missedCatchupWindow).toBe(99_998);
});

test('[SCH1] [SCH2] [SCH3] whatever happens, each time is started, waits, was skipped, missed or dropped: once', () => {
  const act = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait'), minutes: fc.integer({ min: 1, max: 30 }) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('close'), minutes: fc.constant(0) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('decide'), minutes: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('policy'), minutes: fc.integer({ min: 0, max: 6 }) }) }
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), fc.integer({ min: 0, max: 6 }), (acts, policy) => {
      const play = new Play({ policies: { overlapPolicy: policy, catchupWindow: toDuration(20 * MINUTE_MS) } });
      for (const { kind, minutes: amount } of acts) {
        if (kind === 'wait') play.at(play.now + amount);
        else if (kind === 'policy') {
          play.update({ policies: { overlapPolicy: amount, catchupWindow: toDuration(20 * MINUTE_MS) } });
        } else if (kind === 'close') {
          const [run] = play.state.running;
          if (run) play.close(minuteOf(run.workflowId));
        } else {
          play.now += amount;
          play.decide();
        }
      }
      play.at(play.now);
      const { counts, buffer, running } = play.state;
      expect(new Set(play.minutes).size).toBe(play.minutes.length);
      expect(counts.actions).toBe(play.minutes.length);
      expect(running.length).toBeLessThanOrEqual(1);
      const all =
        play.minutes.length + buffer.length + counts.overlapSkipped + counts.missedCatchupWindow + counts.bufferDropped;
      expect(all).toBe(play.now);
    }),
    { numRuns: 200 }
  );
});

test('[SCH8] the reason of a refused start is kept until one is made, and one whose time is over is missed', () => {
  const play = new Play({ policies: { catchupWindow: toDuration(10 * MINUTE_MS) } });
  play.now = 1;
  play.decide();
  const [start] = play.state.pending;
  expect(isTooLate(play.state, start!, START_MS + 11 * MINUTE_MS)).toBe(false);
  expect(isTooLate(play.state, start!, START_MS + 12 * MINUTE_MS)).toBe(true);
  expect(isTooLate(play.state, { ...start!, isManual: true }, START_MS + 12 * MINUTE_MS)).toBe(false);
  notStarted(play.state, start!.requestId, null);
  expect(play.state).toMatchObject({ pending: [], lastRefusal: null, counts: { missedCatchupWindow: 1 } });
  play.now = 2;
  play.decide();
  play.refuse();
  expect(play.state.lastRefusal).toBe('refused');
  play.at(3);
  expect(play.state.lastRefusal).toBeNull();
});
