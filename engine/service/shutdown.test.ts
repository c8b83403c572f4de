/**
 * What a clean stop of the engine does to calls that are out.
 *
 * Rules
 * [SH1] It waits for them, for `drainMs` at most; what they answer is stored. Nothing new begins meanwhile.
 * [SH2] A call that takes longer is aborted after the lease was given up, so that the abort is never stored as its
 *       outcome: whoever has the lease next makes the call again, with the same input and therefore the same key.
 * [SH3] Where the policy has no other attempt, or a cancellation was asked for, the call is open until its deadline and
 *       then times out as one that had started: its outcome is unknown.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { STATUS } from '../run-name';
import { command } from '../history/testing/run';
import { provesHistories } from '../history/testing/proof';
import { toDuration } from '../proto-time';
import { temporal } from '../proto';
import { eventsFromHistory } from '../run-view/events-from-history';
import { readRecords } from '../run-view/records';
import { ScriptedActivities, type Script } from '../sim/scripted-worker';
import { settle } from '../sim/virtual-clock';
import { MemoryStore } from '../store/memory';
import { count, steps, World } from './testing/world';

const { EventType } = temporal.api.enums.v1;
provesHistories('scripted');

/** An aborted attempt reports its abort, as in the executor. */
class AbortableActivities extends ScriptedActivities {
  override cancel(token: string, reason: string): void {
    super.cancel(token, reason);
    if (reason !== 'WORKER_SHUTDOWN') return;
    const task = this.started.find((each) => each.token === token)!;
    this.finish(task.activityId, { kind: 'canceled', details: [] });
  }
}

let world: World;
afterEach(() => world.role.stop());
async function begin(flow: Script): Promise<void> {
  world = new World({ flow }, new MemoryStore(), { drainMs: 8_000 }, new AbortableActivities());
  await world.begin();
  await world.start('w', 'flow');
  await settle();
}
const closed = (events: Parameters<typeof count>[0]) =>
  readRecords(eventsFromHistory({ events })).activities.map(({ outcome, notApplied, startedMs, cancelRequested }) => ({
    outcome,
    notApplied,
    started: startedMs !== null,
    cancelRequested,
  }));
const retried = { retryPolicy: { initialInterval: toDuration(1_000), maximumAttempts: 3 } };
const once = { retryPolicy: { maximumAttempts: 1 }, startToCloseTimeout: toDuration(60_000) };
const cancelling: Script = (events) => {
  if (count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) === 0) return [command.schedule('step-1', once)];
  const asked = count(events, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED) > 0;
  const isNew = count(events, EventType.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED) === 0;
  return asked && isNew ? [command.cancelActivity(5)] : [];
};

describe('a clean stop', () => {
  it('[SH1] waits for a call that is answered in time, stores the answer, and starts nothing new', async () => {
    await begin(steps(2));
    const stopped = world.role.stop();
    await world.clock.advance(7_000);
    world.activities.finish('step-1');
    await stopped;
    expect(world.activities.canceled).toEqual([]);
    expect(world.activities.started).toHaveLength(1);
    world.role = await world.engine();
    await settle();
    expect(world.activities.started.map(({ activityId, attempt }) => [activityId, attempt])).toEqual([
      ['step-1', 1],
      ['step-2', 1],
    ]);
    world.activities.finish('step-2');
    await settle();
  });

  it('[SH2] aborts a longer call, and the next engine repeats it with the same input', async () => {
    await begin(steps(1, retried));
    const stopped = world.role.stop();
    await world.clock.advance(8_000);
    await stopped;
    expect(world.activities.canceled.map(({ reason }) => reason)).toEqual(['WORKER_SHUTDOWN']);
    expect(closed((await world.stored('w')).events)).toMatchObject([{ outcome: null }]);
    world.role = await world.engine();
    await world.clock.advance(1_000);
    const [first, second, ...more] = world.activities.started;
    expect(second).toMatchObject({ attempt: 2, input: first!.input, activityId: first!.activityId });
    expect(more).toEqual([]);
    world.activities.finish('step-1');
    await settle();
    expect((await world.stored('w')).run.status).toBe(STATUS.completed);
  });

  it.each([
    ['has no other attempt', steps(1, once), false],
    ['was asked to stop', cancelling, true],
  ])(
    '[SH3] leaves a call that is cut off and %s open until its deadline, and its outcome is unknown',
    async (_, flow, stop) => {
      await begin(flow);
      if (stop) await world.call('RequestCancelWorkflowExecution', { workflowExecution: { workflowId: 'w' } });
      await settle();
      const stopped = world.role.stop();
      await world.clock.advance(8_000);
      await stopped;
      world.role = await world.engine();
      await world.clock.advance(10_000);
      expect(closed((await world.stored('w')).events)).toMatchObject([{ outcome: null }]);
      await world.clock.advance(60_000);
      expect(closed((await world.stored('w')).events)[0]).toEqual({
        outcome: 'timedOut',
        notApplied: false,
        started: true,
        cancelRequested: stop,
      });
      expect(world.activities.started).toHaveLength(1);
    }
  );
});
