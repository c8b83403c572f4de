/** A run's timers and retries while the machine's clock is set. */
import { describe, expect, it } from 'vitest';
import { SteadyClock } from '../clock';
import { provesHistories } from '../history/testing/proof';
import { command } from '../history/testing/run';
import { localCaller } from '../permissions/caller';
import { temporal } from '../proto';
import { JumpingTime } from '../sim/jumping-time';
import { ScriptedActivities, ScriptedWorkflows, type Script } from '../sim/scripted-worker';
import { VirtualClock } from '../sim/virtual-clock';
import { MemoryStore } from '../store/memory';
import { startTestEngine } from './testing/test-engine';
import { count } from './testing/world';

provesHistories('scripted');

const { EventType } = temporal.api.enums.v1;
const MINUTE_MS = 60_000;

/** A wait of a minute, then the end. */
const waits: Script = (events) => {
  if (count(events, EventType.EVENT_TYPE_TIMER_FIRED) > 0) return [command.complete('waited')];
  return count(events, EventType.EVENT_TYPE_TIMER_STARTED) === 0 ? [command.timer('1', MINUTE_MS)] : [];
};

describe('the clock is set back ten minutes for 5 s, or by an hour for a minute, while a run waits a minute', () => {
  it.each([
    ['-10 min', -10 * MINUTE_MS, 5_000],
    ['-1 h', -60 * MINUTE_MS, 30_000],
    ['+1 h', 60 * MINUTE_MS, 5_000],
  ])('[CK8] %s: the run goes on no more than 10 s late', async (_, jumpMs, forMs) => {
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
