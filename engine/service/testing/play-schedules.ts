/** A life of schedules, with the requests of a client that asks again until it is answered, on an engine that may be killed once. */
import { setImmediate as turn } from 'node:timers/promises';
import { command } from '../../history/testing/run';
import { localCaller } from '../../permissions/caller';
import { temporal } from '../../proto';
import { toDuration, toTimestamp } from '../../proto-time';
import { ScriptedActivities, ScriptedWorkflows, type Script } from '../../sim/scripted-worker';
import { VirtualClock } from '../../sim/virtual-clock';
import type { Store } from '../../store/port';
import { asServiceError } from '../errors';
import type { EngineRole } from '../start-engine';
import { FatalStore, type Kill } from './fatal-store';
import { readRuns, startTestEngine } from './test-engine';
import { count } from './world';

const { EventType } = temporal.api.enums.v1;
const [NOT_FOUND, UNAVAILABLE] = [5, 14];
const MINUTE_MS = 60_000;
const [BUFFER_ALL, TERMINATE_OTHER, ALLOW_ALL] = [3, 5, 6];
const QUIET_TURNS = 10;

/** Takes 90 s in two runs of a chain, so that a schedule every minute has to wait. */
const slow: Script = (events) => {
  if (count(events, EventType.EVENT_TYPE_TIMER_FIRED) === 0)
    return count(events, EventType.EVENT_TYPE_TIMER_STARTED) === 0 ? [command.timer('t', 45_000)] : [];
  const isSecond = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  return isSecond ? [command.complete('slow')] : [command.continueAsNew()];
};
const SCRIPTS: Record<string, Script> = { slow, open: () => [], quick: () => [command.complete('quick')] };

const schedule = (type: string, minutes: number, overlapPolicy: number) => ({
  spec: { interval: [{ interval: toDuration(minutes * MINUTE_MS) }] },
  action: { startWorkflow: { workflowId: type, workflowType: { name: type }, taskQueue: { name: 'backstitch' } } },
  policies: { overlapPolicy },
});
type Described = temporal.api.workflowservice.v1.IDescribeScheduleResponse;

export interface Played {
  /** What each schedule had counted before it was deleted. */
  counts: Record<string, unknown>;
  /** Workflow id and status of every run, in order. */
  runs: string[];
  /** Schedules that are stored at the end. */
  left: string[];
  writes: number;
}

export class SchedulesPlay {
  readonly clock = new VirtualClock();
  readonly store: FatalStore;
  readonly #ended: Promise<void>[] = [];
  #role: EngineRole | null = null;

  constructor(
    inner: Store,
    private readonly kill: Kill | null
  ) {
    const onKilled = () => {
      if (this.#role) this.#ended.push(this.#role.stop());
      this.#role = null;
    };
    this.store = new FatalStore(inner, kill && { ...kill, onKilled });
  }

  async run(): Promise<Played> {
    await this.#begin();
    const counts: Record<string, unknown> = {};
    await this.#at(0, 'CreateSchedule', { scheduleId: 'slow', schedule: schedule('slow', 1, BUFFER_ALL) });
    await this.#at(0, 'CreateSchedule', { scheduleId: 'open', schedule: schedule('open', 3, TERMINATE_OTHER) });
    await this.#at(0, 'CreateSchedule', {
      scheduleId: 'quick',
      schedule: schedule('quick', 2, ALLOW_ALL),
      initialPatch: { triggerImmediately: { scheduledTime: toTimestamp(MINUTE_MS) } },
    });
    await this.#patch(150, 'slow', { triggerImmediately: { scheduledTime: toTimestamp(2 * MINUTE_MS) } });
    const backfill = { startTime: toTimestamp(60 * MINUTE_MS), endTime: toTimestamp(64 * MINUTE_MS) };
    await this.#patch(155, 'quick', { backfillRequest: [backfill] });
    await this.#patch(200, 'quick', { pause: 'p' });
    await this.#patch(350, 'quick', { unpause: 'u' });
    await this.#at(355, 'UpdateSchedule', { scheduleId: 'open', schedule: schedule('open', 2, TERMINATE_OTHER) });
    await this.#until(560);
    for (const scheduleId of ['slow', 'open', 'quick']) {
      const { info } = (await this.#call<Described>('DescribeSchedule', { scheduleId }))!;
      const { actionCount, overlapSkipped, missedCatchupWindow, bufferDropped } = info!;
      counts[scheduleId] = [actionCount, overlapSkipped, missedCatchupWindow, bufferDropped].map(Number);
      await this.#at(560, 'DeleteSchedule', { scheduleId });
    }
    await this.#until(800);
    await this.#role!.stop();
    await Promise.all(this.#ended);
    const lease = await this.store.acquire('reader');
    const left = (await lease.readSchedules()).map(({ scheduleId }) => scheduleId);
    await lease.release();
    const runs = (await readRuns(this.store)).map(({ workflowId, status }) => `${workflowId} ${status}`).sort();
    return { counts, runs, left, writes: this.store.writes };
  }

  async #begin(): Promise<void> {
    await Promise.all(this.#ended);
    const { store, clock } = this;
    const workers = { workflowWorker: new ScriptedWorkflows(SCRIPTS), activityWorker: new ScriptedActivities() };
    this.#role = await startTestEngine({ store, clock, source: 'scripted', ...workers });
  }

  readonly #startMs = this.clock.now();

  #patch(second: number, scheduleId: string, patch: object): Promise<void> {
    return this.#at(second, 'PatchSchedule', { scheduleId, patch });
  }

  /** At so many seconds after the beginning. */
  async #at(second: number, method: string, request: object): Promise<void> {
    await this.#until(second);
    const requestId = `${method} ${second} ${JSON.stringify(request)}`.slice(0, 900);
    let isAnswered = false;
    const asked = this.#call(method, { requestId, ...request }).finally(() => (isAnswered = true));
    for (let until = second; !isAnswered; until += 0.1) await this.#until(until);
    await asked;
  }

  async #until(second: number): Promise<void> {
    const until = this.#startMs + second * 1_000;
    for (;;) {
      for (let quiet = 0; quiet < QUIET_TURNS; quiet = this.#isQuiet() ? quiet + 1 : 0) {
        if (!this.#role) await this.#begin();
        await turn();
      }
      const next = this.clock.next();
      if (next === null || next > until) break;
      await this.clock.advance(Math.max(0, next - this.clock.now()));
    }
    if (this.clock.now() < until) await this.clock.advance(until - this.clock.now());
  }

  #isQuiet(): boolean {
    if (!this.#role || this.store.underWay > 0) return false;
    return [...this.#role.engine.runs.values()].every((run) => run.isClean && !run.busy);
  }

  /** Null: what it is about is not there (any more). */
  async #call<T>(method: string, request: object): Promise<T | null> {
    for (;;) {
      try {
        if (this.#role)
          return (await this.#role.service.call(method, { namespace: 'default', ...request }, localCaller())) as T;
      } catch (error) {
        const { code } = asServiceError(error);
        if (code === NOT_FOUND) return null;
        if (code !== UNAVAILABLE) throw error;
      }
      await new Promise<void>((resolve) => this.clock.after(100, resolve));
    }
  }
}
