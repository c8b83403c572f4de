/**
 * Schedules in the engine: rules SCR1 to SCR5 (schedules.ts), and the requests CreateSchedule, DescribeSchedule,
 * UpdateSchedule, PatchSchedule, ListScheduleMatchingTimes, DeleteSchedule, ListSchedules and CountSchedules, answered
 * as by a Temporal server 1.29.1 (service/frontend/workflow_handler.go, service/worker/scheduler/workflow.go).
 */
import { defaultPayloadConverter } from '@temporalio/common';
import Long from 'long';
import { afterEach, describe, expect, it } from 'vitest';
import { SteadyClock } from '../clock';
import { provesHistories } from '../history/testing/proof';
import { command, payloads } from '../history/testing/run';
import { processCaller } from '../permissions/caller';
import type { temporal } from '../proto';
import { timestampMs, toDuration, toTimestamp } from '../proto-time';
import type { Script } from '../sim/scripted-worker';
import { VirtualClock } from '../sim/virtual-clock';
import { JumpingTime } from '../sim/jumping-time';
import { MemoryStore } from '../store/memory';
import type { LeasedStore } from '../store/port';
import type { StartEngineOptions } from './start-engine';
import { signals, untilSignal, World } from './testing/world';

provesHistories('scripted');

type Described = temporal.api.workflowservice.v1.IDescribeScheduleResponse;
type Listed = temporal.api.workflowservice.v1.IListSchedulesResponse;
type Times = temporal.api.workflowservice.v1.IListScheduleMatchingTimesResponse;
type Schedule = temporal.api.schedule.v1.ISchedule;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const [INVALID, NOT_FOUND, ALREADY_EXISTS, DENIED, PRECONDITION] = [3, 5, 6, 7, 9];
const [SKIP, BUFFER_ONE, , CANCEL_OTHER, TERMINATE_OTHER, ALLOW_ALL] = [1, 2, 3, 4, 5, 6];

const quick: Script = () => [command.complete('done')];
/** Two runs of one chain; each waits for a signal. */
const chained: Script = (events) => {
  if (signals(events) === 0) return [];
  const isSecond = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  return isSecond ? [command.complete('last')] : [command.continueAsNew()];
};

/** Knows how often it is asked for anything. */
class CountedStore extends MemoryStore {
  asked = 0;

  override async acquire(holder: string): Promise<LeasedStore> {
    return new Proxy(await super.acquire(holder), {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          this.asked++;
          return value.apply(target, args) as unknown;
        };
      },
    });
  }
}

let world: World;
afterEach(() => world.role.stop());
const begin = (more: Partial<StartEngineOptions> = {}, store = new MemoryStore()) =>
  (world = new World({ quick, chained, open: untilSignal, order_v1: quick, order_v2: quick }, store, more)).begin();

const startOf = (type: string, more: object = {}) => ({
  startWorkflow: { workflowId: 'run', workflowType: { name: type }, taskQueue: { name: 'backstitch' }, ...more },
});
const everyHour = (type: string, more: Partial<Schedule> = {}): Schedule => ({
  spec: { interval: [{ interval: toDuration(HOUR_MS) }] },
  action: startOf(type),
  ...more,
});
const create = (schedule: Schedule, more: object = {}) =>
  world.call('CreateSchedule', { scheduleId: 'hourly', requestId: 'create', schedule, ...more });
const described = (scheduleId = 'hourly') => world.call<Described>('DescribeSchedule', { scheduleId });
const patch = (asked: object, more: object = {}) =>
  world.call('PatchSchedule', { scheduleId: 'hourly', requestId: `patch ${Math.random()}`, patch: asked, ...more });
const refusal = (code: number, message: string | RegExp = /./) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error;
const statuses = async () =>
  (await described()).info?.recentActions?.map(({ startWorkflowStatus }) => startWorkflowStatus);
/** The runs that were started, oldest first, without their common beginning. */
const runs = () => [...world.store.runs.values()].map(({ workflowId }) => workflowId);
const timeOf = (workflowId: string) => Date.parse(workflowId.replace('run-', ''));

describe('time', () => {
  it('[SCR10] a schedule starts a run at each of its times, with what its action says', async () => {
    await begin();
    await create(
      everyHour('quick', { action: startOf('quick', { input: payloads('in'), memo: { fields: payload('m') } }) })
    );
    await world.clock.advance(3 * HOUR_MS);
    const ids = runs();
    expect(ids).toHaveLength(3);
    expect(ids.map((id) => timeOf(id) % HOUR_MS)).toEqual([0, 0, 0]);
    const { schedule, info } = await described();
    expect(info?.actionCount).toEqual(Long.fromNumber(3));
    expect(info?.runningWorkflows).toEqual([]);
    expect(await statuses()).toEqual([2, 2, 2]);
    expect(info?.futureActionTimes?.map(timestampMs)).toEqual(
      Array.from({ length: 10 }, (_, at) => timeOf(ids.at(-1)!) + (at + 1) * HOUR_MS)
    );
    expect(schedule?.policies).toMatchObject({ overlapPolicy: SKIP, catchupWindow: toDuration(365 * 24 * HOUR_MS) });
    const { workflowExecutionInfo: run } = await world.describe(ids[0]!);
    expect(run?.memo?.fields?.m).toBeDefined();
    const attributes = Object.entries(run?.searchAttributes?.indexedFields ?? {}).map(([name, value]) => [
      name,
      defaultPayloadConverter.fromPayload(value as never),
    ]);
    expect(Object.fromEntries(attributes)).toMatchObject({
      TemporalScheduledById: 'hourly',
      TemporalScheduledStartTime: ids[0]!.replace('run-', ''),
    });
    const { events } = await world.stored(ids[0]!);
    expect(events[0]?.workflowExecutionStartedEventAttributes).toMatchObject({
      identity: 'temporal-scheduler-default-hourly',
      input: payloads('in'),
    });
  });

  it('[SCR5] a schedule that waits reads and writes nothing', async () => {
    const store = new CountedStore();
    await begin({}, store);
    const startTime = toTimestamp(world.clock.now() + 30 * 24 * HOUR_MS);
    await create({ ...everyHour('quick'), spec: { interval: [{ interval: toDuration(HOUR_MS) }], startTime } });
    await world.clock.advance(1_000);
    const { asked } = store;
    await world.clock.advance(29 * 24 * HOUR_MS);
    expect(store.asked).toBe(asked);
    await world.clock.advance(2 * 24 * HOUR_MS);
    expect(runs()).toHaveLength(24);
  });

  it('[SCR11] what was due while no engine ran is made up for within the catch-up window', async () => {
    await begin();
    await create(
      everyHour('quick', { policies: { overlapPolicy: ALLOW_ALL, catchupWindow: toDuration(150 * MINUTE_MS) } })
    );
    await world.role.stop();
    await world.clock.advance(6 * HOUR_MS);
    await world.begin();
    await world.clock.advance(1);
    const { info } = await described();
    const made = Number(info?.actionCount);
    expect(runs()).toHaveLength(made);
    expect(made).toBeGreaterThanOrEqual(2);
    expect(made).toBeLessThanOrEqual(3);
    expect(made + Number(info?.missedCatchupWindow)).toBe(6);
  });

  it('[SCR12] a local time that a zone repeats is there twice, and one that it leaves out is not', async () => {
    await begin();
    await create({ ...everyHour('quick'), spec: { cronString: ['CRON_TZ=Europe/Berlin 30 2 * * *'] } });
    const matching = async (from: string, to: string) => {
      const [startTime, endTime] = [from, to].map((time) => toTimestamp(Date.parse(time)));
      const { startTime: found } = await world.call<Times>('ListScheduleMatchingTimes', {
        scheduleId: 'hourly',
        startTime,
        endTime,
      });
      return found?.map((time) => new Date(timestampMs(time)).toISOString());
    };
    // Clocks go back at three, and forward at two.
    expect(await matching('2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z')).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ]);
    expect(await matching('2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z')).toEqual([]);
  });

  it('[SCR26] a clock that is set back repeats no time, and one that is set forward is followed', async () => {
    const virtual = new VirtualClock();
    const time = new JumpingTime(virtual);
    await begin({ clock: new SteadyClock(time) });
    await create(everyHour('quick', { policies: { overlapPolicy: ALLOW_ALL } }));
    await virtual.advance(3 * HOUR_MS);
    const before = runs();
    expect(before).toHaveLength(3);
    time.offMs = -2 * HOUR_MS;
    await virtual.advance(2 * HOUR_MS);
    expect(runs()).toEqual(before);
    await virtual.advance(HOUR_MS);
    expect(runs()).toHaveLength(4);
    time.offMs = 3 * HOUR_MS;
    await virtual.advance(MINUTE_MS);
    // Those in between are made up for.
    const hours = runs().map((id) => timeOf(id) / HOUR_MS);
    expect(hours).toEqual(hours.map((_, at) => hours[0]! + at));
    expect(hours.at(-1)).toBe(Math.floor((virtual.now() + time.offMs) / HOUR_MS));
  });
});

const textOf = (data: temporal.api.common.v1.IPayloads | null | undefined) =>
  Buffer.from(data?.payloads?.[0]?.data ?? []).toString();
const payload = (name: string) => ({ [name]: defaultPayloadConverter.toPayload('value') });

describe('runs', () => {
  it('[SCR3] a schedule waits for the last run of a chain, also if it closes while another engine takes over', async () => {
    await begin();
    await create(everyHour('chained', { policies: { overlapPolicy: BUFFER_ONE } }));
    await world.clock.advance(2 * HOUR_MS);
    const [first = ''] = runs();
    expect((await described()).info).toMatchObject({
      bufferSize: Long.fromNumber(1),
      runningWorkflows: [{ workflowId: first }],
    });
    await world.signal(first);
    await world.clock.advance(2_000);
    expect((await described()).info?.runningWorkflows).toMatchObject([{ workflowId: first }]);
    await world.takeOver();
    await world.signal(first);
    await world.clock.advance(1_000);
    const { info } = await described();
    expect(info?.runningWorkflows).toHaveLength(1);
    expect(info?.runningWorkflows?.[0]?.workflowId).not.toBe(first);
    expect(info?.recentActions?.map(({ startWorkflowStatus }) => startWorkflowStatus)).toEqual([2, 1]);
  });

  it.each([
    [CANCEL_OTHER, 4, 'CancelRequested'],
    [TERMINATE_OTHER, 5, ''],
  ])('[SCR13] overlap policy %i stops the open run and then starts the next one', async (overlapPolicy, ended) => {
    await begin();
    await create(everyHour(ended === 4 ? 'cancelled' : 'open', { policies: { overlapPolicy } }));
    world.workflows.scripts.cancelled = (events) =>
      events.some((event) => event.workflowExecutionCancelRequestedEventAttributes) ? [command.cancel()] : [];
    await world.clock.advance(2 * HOUR_MS);
    expect(await statuses()).toEqual([ended, 1]);
  });

  it('[SCR14] the next run has the last result and the last failure; a failure may pause the schedule', async () => {
    await begin();
    let round = 0;
    world.workflows.scripts.turns = () => (++round === 1 ? [command.complete('one')] : [command.fail('no luck')]);
    await create(everyHour('turns', { policies: { pauseOnFailure: true } }));
    await world.clock.advance(2 * HOUR_MS);
    const started = async (id: string) => (await world.stored(id)).events[0]?.workflowExecutionStartedEventAttributes;
    const [first = '', second = ''] = runs();
    expect((await started(first))?.lastCompletionResult ?? null).toBeNull();
    expect(textOf((await started(second))?.lastCompletionResult)).toBe('"one"');
    const { schedule } = await described();
    expect(schedule?.state).toMatchObject({
      paused: true,
      notes: `paused due to workflow failure: ${second}: no luck`,
    });
    await world.clock.advance(3 * HOUR_MS);
    expect(runs()).toHaveLength(2);
    await patch({ unpause: 'again' });
    await world.clock.advance(HOUR_MS);
    expect(runs()).toHaveLength(3);
    expect((await started(runs()[2]!))?.continuedFailure).toMatchObject({ message: 'no luck' });
  });

  it('[SCR15] a schedule that names a flow starts its newest version, and says why a start was refused', async () => {
    let newest = 1;
    let retired: { by: string; reason: string } | null = null;
    await begin({
      newestOf: (flow) => (flow === 'order' ? { workflowType: `order_v${newest}`, version: newest } : undefined),
      declared: (type) =>
        type.startsWith('order_') ? { input: { type: 'object' }, signals: {}, updates: {}, retired } : undefined,
    });
    await expect(create(everyHour('order', { action: startOf('order', { input: payloads(7) }) }))).rejects.toEqual(
      refusal(INVALID, 'start_workflow.input')
    );
    await create(everyHour('order', { action: startOf('order', { input: payloads({}) }) }));
    await world.clock.advance(HOUR_MS);
    newest = 2;
    await world.clock.advance(HOUR_MS);
    const types = await Promise.all(
      runs().map(async (id) => (await world.describe(id)).workflowExecutionInfo?.type?.name)
    );
    expect(types).toEqual(['order_v1', 'order_v2']);
    retired = { by: 'Ada', reason: 'old' };
    await world.clock.advance(HOUR_MS);
    expect(runs()).toHaveLength(2);
    expect((await described()).info?.invalidScheduleError).toContain('retired by Ada');
    retired = null;
    await world.clock.advance(HOUR_MS);
    expect((await described()).info).toMatchObject({ invalidScheduleError: '', actionCount: Long.fromNumber(3) });
  });
});

describe('requests', () => {
  it('[SCR16] CreateSchedule is answered once for each request id, and refused for an id that is taken', async () => {
    await begin();
    const first = await create(everyHour('quick'));
    expect(await create(everyHour('quick'))).toEqual(first);
    expect(first).toEqual({ conflictToken: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 1]) });
    await expect(create(everyHour('quick'), { requestId: 'another' })).rejects.toEqual(refusal(ALREADY_EXISTS));
    await expect(create(everyHour('quick'), { requestId: '' })).rejects.toEqual(refusal(INVALID, 'request_id'));
  });

  const bad: [string, Schedule, string][] = [
    ['a field of a calendar', { spec: { calendar: [{ hour: '25' }] } }, 'Hour is not in range'],
    ['a time zone', { spec: { timezoneName: 'Mars/Olympus' } }, 'unknown time zone'],
    ['a workflow id that is too long', { action: startOf('quick', { workflowId: 'x'.repeat(990) }) }, 'workflow_id'],
    ['no workflow type', { action: startOf('') }, 'workflow_type'],
    ['a cron schedule', { action: startOf('quick', { cronSchedule: '* * * * *' }) }, 'cron_schedule'],
    ['a reuse policy', { action: startOf('quick', { workflowIdReusePolicy: 3 }) }, 'workflow_id_reuse_policy'],
    [
      'a search attribute',
      { action: startOf('quick', { searchAttributes: { indexedFields: payload('Colour') } }) },
      'Colour',
    ],
    ['a note', { state: { notes: 'x'.repeat(1_001) } }, 'notes'],
  ];
  it.each(bad)('[SCR17] %s that cannot be is refused by name', async (_what, schedule, message) => {
    await begin();
    await expect(create(schedule)).rejects.toEqual(refusal(INVALID, message));
    await expect(described()).rejects.toEqual(refusal(NOT_FOUND));
  });

  it('[SCR18] a spec is described in its canonical form', async () => {
    await begin();
    await create({
      ...everyHour('quick'),
      spec: { cronString: ['CRON_TZ=Asia/Tokyo 30 9 * * 1-5'], jitter: toDuration(5_000) },
    });
    const { schedule } = await described();
    expect(schedule?.spec).toMatchObject({
      timezoneName: 'Asia/Tokyo',
      structuredCalendar: [
        {
          minute: [{ start: 30, end: 30, step: 1 }],
          hour: [{ start: 9, end: 9, step: 1 }],
          dayOfWeek: [{ start: 1, end: 5, step: 1 }],
        },
      ],
    });
  });

  it('[SCR19] an update replaces the schedule, and is refused with the token of before', async () => {
    await begin();
    await create(everyHour('quick'));
    const { conflictToken } = await described();
    const request = { scheduleId: 'hourly', schedule: everyHour('quick', { state: { notes: 'mine' } }), conflictToken };
    await world.call('UpdateSchedule', request);
    await expect(world.call('UpdateSchedule', request)).rejects.toEqual(refusal(PRECONDITION, 'conflict_token'));
    await world.call('UpdateSchedule', { ...request, conflictToken: null });
    expect((await described()).schedule?.state?.notes).toBe('mine');
    expect(timestampMs((await described()).info?.updateTime)).toBe(world.clock.now());
  });

  it('[SCR20] PatchSchedule pauses, unpauses, triggers and backfills, each request once', async () => {
    await begin();
    await create(everyHour('quick'));
    await patch({ pause: 'holiday' });
    await world.clock.advance(5 * HOUR_MS);
    expect(runs()).toEqual([]);
    expect((await described()).schedule?.state).toMatchObject({ paused: true, notes: 'holiday' });
    for (let times = 0; times < 2; times++) await patch({ triggerImmediately: {} }, { requestId: 'now' });
    await world.clock.advance(1_000);
    expect(runs()).toHaveLength(1);
    const startMs = world.clock.now() - (world.clock.now() % HOUR_MS) - 24 * HOUR_MS;
    const backfill = {
      startTime: toTimestamp(startMs),
      endTime: toTimestamp(startMs + 23 * HOUR_MS),
      overlapPolicy: ALLOW_ALL,
    };
    await patch({ backfillRequest: [backfill] });
    await world.clock.advance(60_000);
    expect(runs()).toHaveLength(25);
    expect(runs().slice(1).map(timeOf)).toEqual(Array.from({ length: 24 }, (_, at) => startMs + at * HOUR_MS));
    await patch({ unpause: 'back' });
    await world.clock.advance(HOUR_MS);
    expect(runs()).toHaveLength(26);
    await expect(patch({ pause: 'x'.repeat(1_001) })).rejects.toEqual(refusal(INVALID, 'patch.pause'));
    await expect(patch({ backfillRequest: [{}] })).rejects.toEqual(refusal(INVALID, 'backfill_request'));
  });

  it('[SCR21] limited actions are counted down, and an initial patch acts at the creation', async () => {
    await begin();
    const state = { limitedActions: true, remainingActions: Long.fromNumber(2) };
    await create(everyHour('quick', { state }), { initialPatch: { triggerImmediately: {} } });
    await world.clock.advance(1_000);
    expect(runs()).toHaveLength(1);
    await world.clock.advance(5 * HOUR_MS);
    expect(runs()).toHaveLength(3);
    const { schedule, info } = await described();
    expect(schedule?.state?.remainingActions).toEqual(Long.fromNumber(0));
    expect(info?.futureActionTimes).toEqual([]);
  });

  it('[SCR22] a deleted schedule starts nothing more; its runs go on, and its id is free', async () => {
    await begin();
    await create(everyHour('open'));
    await world.clock.advance(HOUR_MS);
    await world.call('DeleteSchedule', { scheduleId: 'hourly' });
    await world.clock.advance(3 * HOUR_MS);
    expect(runs()).toHaveLength(1);
    expect((await world.describe(runs()[0]!)).workflowExecutionInfo?.status).toBe(1);
    for (const method of [
      'DeleteSchedule',
      'DescribeSchedule',
      'PatchSchedule',
      'UpdateSchedule',
      'ListScheduleMatchingTimes',
    ])
      await expect(world.call(method, { scheduleId: 'hourly' }), method).rejects.toEqual(refusal(NOT_FOUND));
    await create(everyHour('quick'), { requestId: 'another' });
  });

  it('[SCR23] schedules are listed in pages and counted, by search attributes, id and pause', async () => {
    await begin();
    await world.call('AddSearchAttributes', { searchAttributes: { Team: 2 } }, undefined, ADMIN);
    const indexedFields = (team: string) => ({ indexedFields: { Team: defaultPayloadConverter.toPayload(team) } });
    for (let nth = 0; nth < 5; nth++) {
      const state = { paused: nth % 2 === 0 };
      const searchAttributes = indexedFields(nth < 2 ? 'tills' : 'ledgers');
      const ids = { scheduleId: `s${nth}`, requestId: `${nth}`, searchAttributes };
      await create(everyHour('quick', { state }), ids);
      await world.clock.advance(1);
    }
    const list = async (query: string, maximumPageSize = 2) => {
      const found: string[] = [];
      for (let nextPageToken: Uint8Array | null | undefined; ;) {
        const page = await world.call<Listed>('ListSchedules', { query, maximumPageSize, nextPageToken });
        found.push(...(page.schedules ?? []).map(({ scheduleId }) => scheduleId ?? ''));
        nextPageToken = page.nextPageToken;
        if (!nextPageToken?.length) return found;
      }
    };
    expect(await list('')).toEqual(['s4', 's3', 's2', 's1', 's0']);
    expect(await list("Team = 'tills'")).toEqual(['s1', 's0']);
    expect(await list('TemporalSchedulePaused = true')).toEqual(['s4', 's2', 's0']);
    expect(await list("ScheduleId STARTS_WITH 's' AND NOT ScheduleId IN ('s0', 's4')")).toEqual(['s3', 's2', 's1']);
    expect(await world.call('CountSchedules', { query: "Team = 'ledgers'" })).toEqual({ count: Long.fromNumber(3) });
    await expect(list("WorkflowType = 'quick'")).rejects.toEqual(refusal(INVALID, 'cannot filter on'));
    await expect(list("Nothing = 'x'")).rejects.toEqual(refusal(INVALID, 'Nothing'));
    const [entry] = (await world.call<Listed>('ListSchedules', { query: "ScheduleId = 's1'" })).schedules ?? [];
    expect(entry?.info).toMatchObject({ paused: false, workflowType: { name: 'quick' } });
    expect(entry?.info?.futureActionTimes).toHaveLength(5);
    expect(entry?.searchAttributes?.indexedFields?.Team).toBeDefined();
  });

  it('[SCR24] a role for one flow makes and sees schedules of that flow only, and runs start in the name of their maker', async () => {
    const newestOf = (flow: string) => (flow === 'order' ? { workflowType: 'order_v1', version: 1 } : undefined);
    await begin({ newestOf });
    const forOrders = processCaller('clerk', [{ role: 'operator', flow: 'order' }]);
    const asked = (schedule: Schedule) => ({ scheduleId: 'hourly', requestId: 'create', schedule });
    await expect(world.call('CreateSchedule', asked(everyHour('quick')), undefined, forOrders)).rejects.toEqual(
      refusal(DENIED)
    );
    await world.call('CreateSchedule', asked(everyHour('order')), undefined, forOrders);
    await create(everyHour('quick'), { scheduleId: 'other' });
    const listed = await world.call<Listed>('ListSchedules', {}, undefined, forOrders);
    expect(listed.schedules?.map(({ scheduleId }) => scheduleId)).toEqual(['hourly']);
    for (const method of ['DescribeSchedule', 'PatchSchedule', 'DeleteSchedule'])
      await expect(world.call(method, { scheduleId: 'other' }, undefined, forOrders), method).rejects.toEqual(
        refusal(DENIED)
      );
    const viewer = processCaller('viewer', [{ role: 'viewer', flow: null }]);
    await expect(world.call('PatchSchedule', { scheduleId: 'hourly', patch: {} }, undefined, viewer)).rejects.toEqual(
      refusal(DENIED)
    );
    await world.clock.advance(HOUR_MS);
    const id = runs().find((each) => each.startsWith('run-'))!;
    const { workflowExecutionInfo: run } = await world.describe(id);
    const who = run?.memo?.fields?.BackstitchStartedBy;
    expect(who && defaultPayloadConverter.fromPayload(who as never)).toBe('clerk');
  });
});

const ADMIN = processCaller('root', [{ role: 'admin', flow: null }]);
