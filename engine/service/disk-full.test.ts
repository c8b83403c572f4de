/**
 * [DF] A PostgreSQL that cannot write, as it is when its disk is full: it answers reads and refuses writes with
 * SQLSTATE 53100. A refusal names that cause and has no effect, and everything continues without help when there is room.
 */
import { status } from '@grpc/grpc-js';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setImmediate as turn } from 'node:timers/promises';
import { STATUS } from '../run-name';
import { provesHistories } from '../history/testing/proof';
import { command } from '../history/testing/run';
import { localCaller } from '../permissions/caller';
import { completed, ScriptedActivities, ScriptedWorkflows, type Script } from '../sim/scripted-worker';
import { VirtualClock } from '../sim/virtual-clock';
import { PostgresStore } from '../store/postgres/store';
import { createTestDatabase, type TestDatabase } from '../store/postgres/testing/database';
import { temporal } from '../proto';
import { startTestEngine } from './testing/test-engine';

provesHistories('scripted');

const { EventType } = temporal.api.enums.v1;
/** One step. */
const step: Script = (events) => {
  if (events.some(({ eventType }) => eventType === EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED))
    return [command.complete(1)];
  const scheduled = events.some(({ eventType }) => eventType === EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED);
  return scheduled ? [] : [command.schedule('only')];
};

let database: TestDatabase;
let admin: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client(database.url);
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

const fill = () =>
  admin.query(`
    CREATE FUNCTION engine.full() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER full_disk BEFORE INSERT ON engine.history FOR EACH ROW EXECUTE FUNCTION engine.full()`);
const makeRoom = () => admin.query('DROP FUNCTION engine.full() CASCADE');

test('[DF1] on a full disk requests are refused with that reason; with space the same requests succeed', async () => {
  const clock = new VirtualClock();
  const activities = new ScriptedActivities();
  const workflows = new ScriptedWorkflows({ step });
  const store = new PostgresStore({ url: database.url });
  const role = await startTestEngine({ store, clock, activityWorker: activities, workflowWorker: workflows });
  const start = (workflowId: string) =>
    role.service.call(
      'StartWorkflowExecution',
      {
        namespace: 'default',
        workflowId,
        requestId: `start-${workflowId}`,
        workflowType: { name: 'step' },
        taskQueue: { name: 'backstitch' },
      },
      localCaller()
    ) as Promise<{ runId: string }>;
  await start('before');
  while (activities.started.length === 0) await turn();

  await fill();
  const refusal = expect.objectContaining({
    code: status.UNAVAILABLE,
    message: expect.stringMatching(/SQLSTATE 53100, its disk is full.*Nothing was changed/) as string,
  }) as Error;
  await expect(start('meanwhile')).rejects.toEqual(refusal);
  activities.finish('only');
  // The result of the step cannot be stored: the run is read again repeatedly, and nothing is acknowledged.
  for (let tries = 0; tries < 5; tries++) {
    await turn();
    await clock.advance(1_000);
  }
  const { rows } = await admin.query<{ workflow_id: string; status: number }>(
    'SELECT workflow_id, status FROM engine.execution'
  );
  expect(rows).toEqual([{ workflow_id: 'before', status: STATUS.running }]);

  await makeRoom();
  activities.answer = () => completed(1);
  const { runId } = await start('meanwhile');
  expect((await start('meanwhile')).runId).toBe(runId);
  for (let tries = 0; role.engine.runs.size > 0; tries++) {
    expect(tries).toBeLessThan(500);
    await turn();
    await clock.advance(1_000);
  }
  const closed = await admin.query('SELECT 1 FROM engine.execution WHERE status = 2');
  expect(closed.rowCount).toBe(2);
  await role.stop();
});
