/** A run's timers and retries while the machine's clock is set. */
import { describe, expect, it } from 'vitest';
import { SteadyClock } from '../clock';
import { provesHistories } from '../history/testing/proof';
import { command } from '../history/testing/run';
import { localCaller } from '../permissions/caller';
import { temporal } from '../proto';
import { timestampMs } from '../proto-time';
import { JumpingTime } from '../sim/jumping-time';
import { ScriptedActivities, ScriptedWorkflows, type Script } from '../sim/scripted-worker';
import { VirtualClock } from '../sim/virtual-clock';
import { MemoryStore } from '../store/memory';
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
