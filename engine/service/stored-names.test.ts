/** [NL2] What a new run is found by fits into the indexes of PostgreSQL, in every script, or is refused by name. */
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../clock';
import { provesHistories } from '../history/testing/proof';
import { command } from '../history/testing/run';
import { localCaller } from '../permissions/caller';
import { ScriptedActivities, ScriptedWorkflows } from '../sim/scripted-worker';
import { PostgresStore } from '../store/postgres/store';
import { createTestDatabase, type TestDatabase } from '../store/postgres/testing/database';
import type { EngineRole } from './start-engine';
import { startTestEngine } from './testing/test-engine';

provesHistories('scripted');

let database: TestDatabase;
let role: EngineRole;
beforeAll(async () => {
  database = await createTestDatabase();
  role = await startTestEngine({
    store: new PostgresStore({ url: database.url }),
    clock: systemClock,
    workflowWorker: new ScriptedWorkflows({ ends: () => [command.complete('done')] }),
    activityWorker: new ScriptedActivities(),
  });
});
afterAll(async () => {
  await role.stop();
  await database.drop();
});

/** Such a text cannot be made shorter by the compression of PostgreSQL. */
const varied = (characters: number) =>
  Array.from({ length: characters }, (_, index) =>
    String.fromCodePoint(0x4e00 + ((index * 7_919 + index ** 2) % 20_000))
  ).join('');
const start = (workflowId: string) =>
  role.service.call(
    'StartWorkflowExecution',
    { namespace: 'default', workflowId, workflowType: { name: 'ends' }, taskQueue: { name: 'backstitch' } },
    localCaller()
  );

test('[NL2] an id of 1,000 Chinese characters is refused with its bytes, and the engine serves on', async () => {
  await expect(start(varied(1_000))).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
    message: 'workflow_id: has 3000 bytes in UTF-8, at most 1000 are allowed',
  });
  await expect(start(varied(333))).resolves.toMatchObject({ started: true });
});
