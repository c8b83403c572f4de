/**
 * The official replayer as the oracle: it accepts the histories that the machines write (with retries, back-off,
 * failed tasks, buffering, a takeover and an update), and refuses a history in which a name or an id was changed.
 */
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporal } from '../proto';
import { answers, command, failure, payloads, TestRun } from './testing/run';
import { toDuration } from '../proto-time';

const { History } = temporal.api.history.v1;
let bundle: WorkflowBundle;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });
  const workflowsPath = fileURLToPath(new URL('testing/flow.ts', import.meta.url));
  bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
});

const schedule = (activityId: string, step: string) =>
  command.schedule(activityId, { input: payloads(step), scheduleToCloseTimeout: toDuration(0) });

function written(): TestRun {
  const run = new TestRun();
  run.open();
  run.failTask();
  run.after(250);
  run.task(schedule('1', 'one'));
  run.failActivity(run.ref('1'), failure('once'));
  run.after(1_000);
  run.takeover();
  run.after(2_000);
  run.completeActivity(run.ref('1'), 'a');
  run.open();
  run.signal('go');
  run.answer([command.timer('1', 1_000)]);
  run.task();
  run.after(1_000);
  run.task();
  run.admit('u');
  run.open();
  run.answer(
    [command.message('u/accept'), command.message('u/complete'), schedule('2', 'two')],
    [answers.accept('u'), answers.complete('u', 1)]
  );
  run.completeActivity(run.ref('2'), 'b');
  run.task(command.complete('a b 1'));
  return run;
}

const replay = (run: TestRun): Promise<void> =>
  Worker.runReplayHistory(
    { workflowBundle: bundle },
    History.decode(History.encode({ events: run.events }).finish()),
    'w'
  ).then(() => undefined);

describe('the official replayer', () => {
  it('[REP1] accepts the histories that the machines write', async () => {
    const run = written();
    expect(run.check()).toEqual([]);
    await replay(run);
  });

  it('[REP2] refuses a changed activity type', async () => {
    const run = written();
    const scheduled = run.events.find((event) => event.activityTaskScheduledEventAttributes);
    scheduled!.activityTaskScheduledEventAttributes!.activityType = { name: 'other' };
    await expect(replay(run)).rejects.toThrow(/[Nn]ondeterminism/);
  });

  it('[REP3] refuses a changed activity id', async () => {
    const run = written();
    const scheduled = run.events.find((event) => event.activityTaskScheduledEventAttributes);
    scheduled!.activityTaskScheduledEventAttributes!.activityId = '7';
    await expect(replay(run)).rejects.toThrow(/[Nn]ondeterminism/);
  });
});
