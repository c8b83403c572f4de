/** A run's timers and retries while the machine's clock is set. */
import { describe, expect, it } from 'vitest';
import { SETTLED_MS, SteadyClock } from '../clock';
import { provesHistories } from '../history/testing/proof';
import { command } from '../history/testing/run';
import { localCaller } from '../permissions/caller';
import { temporal } from '../proto';
import { timestampMs } from '../proto-time';
import { STATUS } from '../run-name';
import { JumpingTime } from '../sim/jumping-time';
import { ScriptedActivities, ScriptedWorkflows, type Script } from '../sim/scripted-worker';
import { VirtualClock } from '../sim/virtual-clock';
import { MemoryStore } from '../store/memory';
import type { EngineRole } from './start-engine';
import { startTestEngine } from './testing/test-engine';
import { count } from './testing/world';

provesHistories('scripted');

const { EventType } = temporal.api.enums.v1;
const MINUTE_MS = 60_000;

/** Waits for a minute, then completes. */
const waits: Script = (events) => {
  if (count(events, EventType.EVENT_TYPE_TIMER_FIRED) > 0) return [command.complete('waited')];
  return count(events, EventType.EVENT_TYPE_TIMER_STARTED) === 0 ? [command.timer('1', MINUTE_MS)] : [];
};

describe('the clock is set back ten minutes for 5 s, or by an hour for a minute, while a run waits a minute', () => {
  it.each([
    ['-10 min', -10 * MINUTE_MS, 5_000],
    ['-1 h', -60 * MINUTE_MS, 30_000],
    ['+1 h', 60 * MINUTE_MS, 5_000],
  ])('[CK8] %s: the run continues no more than 10 s late', async (_, jumpMs, forMs) => {
    const virtual = new VirtualClock();
    const time = new JumpingTime(virtual);
    const role = await startTestEngine({
      store: new MemoryStore(),
      clock: new SteadyClock(time),
      workflowWorker: new ScriptedWorkflows({ waits }),
      activityWorker: new ScriptedActivities(),
    });
    const request = {
      namespace: 'default',
      workflowId: 'w',
      workflowType: { name: 'waits' },
      taskQueue: { name: 'backstitch' },
    };
    await role.service.call('StartWorkflowExecution', request, localCaller());
    await virtual.advance(10_000);
    time.offMs = jumpMs;
    await virtual.advance(forMs);
    time.offMs = 0;
    await virtual.advance(49_000 - forMs);
    expect((await role.engine.find('default', 'w', ''))!.isOpen).toBe(true);
    await virtual.advance(11_000);
    expect((await role.engine.find('default', 'w', ''))!.isOpen).toBe(false);
    await role.stop();
  });
});

/** Waits of 5 s in sequence; the input is their number. */
const WAITS = 12;
const chain: Script = (events) => {
  const fired = count(events, EventType.EVENT_TYPE_TIMER_FIRED);
  if (fired === WAITS) return [command.complete('waited')];
  return count(events, EventType.EVENT_TYPE_TIMER_STARTED) === fired ? [command.timer(String(fired), 5_000)] : [];
};

describe('a run waits 5 s twelve times while the clock is wrong for long', () => {
  it.each([
    ['-1 h', -60 * MINUTE_MS, 30_000],
    ['-1 h for good', -60 * MINUTE_MS, Infinity],
    ['+1 h', 60 * MINUTE_MS, 8_000],
    ['+1 h', 60 * MINUTE_MS, 30_000],
    ['+1 h for good', 60 * MINUTE_MS, Infinity],
  ])(
    '[CK9] %s (%d ms) for %d ms: no wait is 10 s late, and its events never go back in time',
    async (_, jumpMs, forMs) => {
      const virtual = new VirtualClock();
      const time = new JumpingTime(virtual);
      const role = await startTestEngine({
        store: new MemoryStore(),
        clock: new SteadyClock(time),
        workflowWorker: new ScriptedWorkflows({ chain }),
        activityWorker: new ScriptedActivities(),
      });
      const request = {
        namespace: 'default',
        workflowId: 'w',
        workflowType: { name: 'chain' },
        taskQueue: { name: 'backstitch' },
      };
      await role.service.call('StartWorkflowExecution', request, localCaller());
      await virtual.advance(8_000);
      time.offMs = jumpMs;
      let passedMs = 8_000;
      const isOpen = async () => (await role.engine.find('default', 'w', ''))!.isOpen;
      while ((await isOpen()) && passedMs < 300_000) {
        if (passedMs >= 8_000 + forMs) time.offMs = 0;
        await virtual.advance(1_000);
        passedMs += 1_000;
      }
      expect(passedMs).toBeLessThanOrEqual(WAITS * 5_000 + 10_000);
      const run = (await role.engine.find('default', 'w', ''))!;
      const events = await role.engine.readEvents(run.runKey, 1, run.state.nextEventId);
      const times = events.map(({ eventTime }) => timestampMs(eventTime));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      await role.stop();
    }
  );
});

/** Waits as long as its type says. */
const waitsFor =
  (ms: number): Script =>
  (events) => {
    if (count(events, EventType.EVENT_TYPE_TIMER_FIRED) > 0) return [command.complete('waited')];
    return count(events, EventType.EVENT_TYPE_TIMER_STARTED) === 0 ? [command.timer('1', ms)] : [];
  };
/**
 * By type, the time that each run takes while the clock is right. A wait of more than six minutes leaves the engine's
 * memory.
 */
const TAKES_MS = { minute: MINUTE_MS, chain: WAITS * 5_000, parked: 30 * MINUTE_MS };
const scripts = { minute: waitsFor(MINUTE_MS), chain, parked: waitsFor(30 * MINUTE_MS) };

interface Restart {
  jumpMs: number;
  /** The clock is wrong from `fromMs` after the start to `untilMs`; the engine is away from `downMs` to `upMs`. */
  fromMs: number;
  untilMs: number;
  downMs: number;
  upMs: number;
}

const HOUR_MS = 60 * MINUTE_MS;
const restarts: [string, Restart][] = [-HOUR_MS, HOUR_MS].flatMap((jumpMs): [string, Restart][] => {
  const jump = jumpMs < 0 ? 'back' : 'on';
  const base = { jumpMs, fromMs: 30_000 };
  return [
    [`${jump} for 4 s, restarted meanwhile`, { ...base, untilMs: 34_000, downMs: 31_000, upMs: 32_000 }],
    [`${jump} while it is away, right 4 s later`, { ...base, untilMs: 49_000, downMs: 29_000, upMs: 45_000 }],
    [`${jump}, restarted late in a wait`, { ...base, untilMs: Infinity, downMs: 55_000, upMs: 57_000 }],
    [`${jump} for ten minutes, restarted twice`, { ...base, untilMs: 630_000, downMs: 55_000, upMs: 57_000 }],
    [`${jump}, restarted after it is right`, { ...base, untilMs: 90_000, downMs: 95_000, upMs: 97_000 }],
    [
      `${jump} after five minutes for good, restarted later`,
      { jumpMs, fromMs: 300_000, untilMs: Infinity, downMs: 900_000, upMs: 902_000 },
    ],
    [`${jump} for good, restarted after a quarter`, { ...base, untilMs: Infinity, downMs: 900_000, upMs: 902_000 }],
  ];
});

/** One machine, on which one engine after the other runs; each process believes its clock anew. */
class Machine {
  readonly virtual = new VirtualClock();
  readonly time = new JumpingTime(this.virtual);
  readonly store = new MemoryStore();
  role!: EngineRole;
  passedMs = 0;

  async start(): Promise<void> {
    this.role = await startTestEngine({
      store: this.store,
      clock: new SteadyClock(this.time),
      workflowWorker: new ScriptedWorkflows(scripts),
      activityWorker: new ScriptedActivities(),
    });
  }
  async begin(type: string): Promise<void> {
    const request = { workflowId: 'w', workflowType: { name: type }, taskQueue: { name: 'backstitch' } };
    await this.role.service.call('StartWorkflowExecution', { namespace: 'default', ...request }, localCaller());
  }
  async advanceTo(ms: number): Promise<void> {
    await this.virtual.advance(ms - this.passedMs);
    this.passedMs = ms;
  }
  get isOpen(): boolean {
    return [...this.store.runs.values()].some(({ status }) => status === STATUS.running);
  }
  eventTimes(): number[] {
    const batches = [...this.store.history.values()].flat();
    const events = batches.flatMap((batch) => temporal.api.history.v1.History.decode(batch.events).events);
    return events.map(({ eventTime }) => timestampMs(eventTime));
  }
}

/** Returns when the run ended, in milliseconds since its start. */
async function endOf(type: keyof typeof TAKES_MS, machine: Machine, restart: Restart): Promise<number> {
  const { jumpMs, fromMs, untilMs, downMs, upMs } = restart;
  await machine.start();
  await machine.begin(type);
  while (machine.isOpen && machine.passedMs < 3 * HOUR_MS) {
    await machine.advanceTo(machine.passedMs + 1_000);
    const { passedMs } = machine;
    machine.time.offMs = passedMs >= fromMs && passedMs < untilMs ? jumpMs : 0;
    if (passedMs === downMs) await machine.role.stop();
    if (passedMs === upMs) await machine.start();
  }
  await machine.role.stop();
  return machine.passedMs;
}

describe('the engine is restarted while the clock is wrong', () => {
  const types = Object.keys(TAKES_MS) as (keyof typeof TAKES_MS)[];
  const cases = types.flatMap((type) => restarts.map(([words, restart]) => [type, words, restart] as const));

  it.each(cases)(
    '[CK10] %s, an hour %s: no wait is 10 s late, none is early unless the clock says so for long, and no event goes back in time',
    async (type, _, restart) => {
      const machine = new Machine();
      const endMs = await endOf(type, machine, restart);
      const dueMs = TAKES_MS[type];
      // Of waits in sequence, only one can pass while the engine is away.
      const awayMs = dueMs > restart.downMs ? restart.upMs - restart.downMs : 0;
      expect(endMs).toBeLessThanOrEqual(dueMs + awayMs + 10_000);
      // A clock that is set on and stays so for SETTLED_MS is believed: what is due by it comes.
      const isBelieved = restart.jumpMs > 0 && restart.untilMs - restart.fromMs >= SETTLED_MS;
      if (!isBelieved) expect(endMs).toBeGreaterThanOrEqual(dueMs);
      const times = machine.eventTimes();
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  );

  it('[CK11] on a machine that does not name its starts, a wait begins again with the last event at the latest', async () => {
    const machine = new Machine();
    machine.time.boot = null;
    const [, restart] = restarts.find(([words]) => words === 'back, restarted late in a wait')!;
    expect(await endOf('minute', machine, restart)).toBeLessThanOrEqual(restart.upMs + MINUTE_MS + 10_000);
  });
});
