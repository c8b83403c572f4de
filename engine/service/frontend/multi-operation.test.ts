/**
 * ExecuteMultiOperation, update-with-start. What a Temporal server does is in service/history/api/multioperation/api.go.
 *
 * [UWS1] The run is started if there is none, and the update is in its first workflow task.
 * [UWS2] An open run is used if the conflict policy says so, if the request is repeated, or if it has the update.
 * [UWS3] An error has the outcome of each operation.
 * [UWS4] The official client starts and updates in one request.
 */
import { status } from '@grpc/grpc-js';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { afterEach, describe, expect, it } from 'vitest';
import { provesHistories } from '../../history/testing/proof';
import { payloads } from '../../history/testing/run';
import { temporal } from '../../proto';
import type { Script } from '../../sim/scripted-worker';
import { STATUS } from '../../run-name';
import { settle } from '../../sim/virtual-clock';
import { openGrpcDoor } from '../doors/grpc';
import { Authority } from '../doors/keys';
import type { ServiceError } from '../errors';
import { signals, World } from '../testing/world';
import { UpdatingWorkflows } from '../testing/updating-workflows';

provesHistories('scripted');
const { EventType: Type } = temporal.api.enums.v1;
const { MultiOperationExecutionFailure } = temporal.api.errordetails.v1;

let world: World;
afterEach(() => world.role.stop());
async function begin(scripts: Record<string, Script>): Promise<void> {
  world = await new World(scripts, undefined, { namespaces: ['default', 'second'] }).begin();
  const updating = new UpdatingWorkflows(scripts);
  world.workflows.runWorkflowTask = updating.runWorkflowTask.bind(updating);
}
const startOf = (more: object = {}) => ({
  startWorkflow: {
    workflowId: 'c',
    workflowType: { name: 'waits' },
    taskQueue: { name: 'backstitch' },
    requestId: 'first',
    ...more,
  },
});
const updateOf = (more: object = {}, updateId = 'u', name = 'both') => ({
  updateWorkflow: {
    workflowExecution: { workflowId: 'c' },
    request: { meta: { updateId }, input: { name, args: payloads(1) } },
    waitPolicy: { lifecycleStage: 3 },
    ...more,
  },
});
type Answer = temporal.api.workflowservice.v1.IExecuteMultiOperationResponse;
const ask = (...operations: object[]): Promise<Answer> => world.call('ExecuteMultiOperation', { operations });
const waits: Script = (events) => (signals(events) > 0 ? [] : []);
const outcomeOf = ({ responses }: Answer) => responses?.[1]?.updateWorkflow?.outcome?.success;

/** The codes of the operations, and the message of the one that failed. */
async function failureOf(asked: Promise<Answer>): Promise<[code: string, codes: string[], message: string]> {
  const error = await asked.then(
    () => {
      throw new Error('it was accepted');
    },
    (error: ServiceError) => error
  );
  expect(error.message).toBe('Update-with-Start could not be executed.');
  const { statuses } = MultiOperationExecutionFailure.decode(error.detail!.value);
  const codes = statuses.map(({ code }) => status[code!]!);
  const failed = statuses.find(({ code }) => code !== status.OK && code !== status.ABORTED);
  return [status[error.code]!, codes, failed?.message ?? ''];
}

describe('update-with-start', () => {
  it('[UWS1] starts a run whose first workflow task has the update', async () => {
    await begin({ waits });
    const answer = await ask(startOf(), updateOf());
    const { startWorkflow } = answer.responses![0]!;
    expect(startWorkflow).toMatchObject({ started: true, status: STATUS.running });
    expect(outcomeOf(answer)).toBeTruthy();
    const { events, run } = await world.stored('c');
    expect(startWorkflow?.runId).toBe(run.runId);
    expect(events.map(({ eventType }) => Type[eventType!].slice(11))).toEqual([
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
      'WORKFLOW_TASK_COMPLETED',
      'WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
      'WORKFLOW_EXECUTION_UPDATE_COMPLETED',
    ]);
  });

  it('[UWS2] the open run gets the update with USE_EXISTING, and with the request id that started it', async () => {
    await begin({ waits });
    const { runId } = await world.start('c', 'waits', { requestId: 'first' });
    await settle();
    const repeated = await ask(startOf(), updateOf());
    const used = await ask(startOf({ requestId: 'other', workflowIdConflictPolicy: 2 }), updateOf({}, 'v'));
    // The update is known, so the policy is not asked.
    const known = await ask(startOf({ requestId: 'third' }), updateOf());
    for (const { responses } of [repeated, used, known]) expect(responses?.[0]?.startWorkflow?.runId).toBe(runId);
    expect([outcomeOf(used), outcomeOf(known)].every(Boolean)).toBe(true);
    expect(used.responses?.[0]?.startWorkflow?.started).toBe(false);
    expect(world.store.runs.size).toBe(1);
    const replaced = await ask(startOf({ requestId: 'fourth', workflowIdConflictPolicy: 3 }), updateOf({}, 'w'));
    expect(replaced.responses?.[0]?.startWorkflow?.started).toBe(true);
    expect(world.store.runs.size).toBe(2);
  });

  it('[UWS2] an update that completed is answered by the run that has closed', async () => {
    await begin({ waits });
    const first = await ask(startOf(), updateOf());
    await world.call('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'c' } });
    await settle();
    const again = await ask(startOf({ requestId: 'other' }), updateOf());
    expect(outcomeOf(again)).toEqual(outcomeOf(first));
    expect(world.store.runs.size).toBe(1);
  });

  it('[UWS3] a start that fails, an update that fails: the other one is aborted', async () => {
    await begin({ waits });
    expect(await failureOf(ask(startOf({ taskQueue: null }), updateOf()))).toEqual([
      'INVALID_ARGUMENT',
      ['INVALID_ARGUMENT', 'ABORTED'],
      'task_queue.name: is not set',
    ]);
    expect(await failureOf(ask(startOf(), updateOf({ request: null })))).toEqual([
      'INVALID_ARGUMENT',
      ['ABORTED', 'INVALID_ARGUMENT'],
      'request.meta: is not set',
    ]);
    const other = { workflowExecution: { workflowId: 'd' } };
    expect((await failureOf(ask(startOf(), updateOf(other))))[2]).toMatch(/WorkflowId is not consistent/);
    expect((await failureOf(ask(startOf({ namespace: 'second' }), updateOf())))[1]).toEqual([
      'INVALID_ARGUMENT',
      'ABORTED',
    ]);
    expect((await failureOf(ask(startOf({ namespace: 'nowhere' }), updateOf())))[1]).toEqual(['NOT_FOUND', 'ABORTED']);
    const large = {
      request: { meta: {}, input: { name: 'set', args: { payloads: [{ data: Buffer.alloc(3_000_000) }] } } },
    };
    expect((await failureOf(ask(startOf(), updateOf(large))))[1]).toEqual(['ABORTED', 'INVALID_ARGUMENT']);
    expect(world.store.runs.size).toBe(0);
    await world.start('c', 'waits');
    expect(await failureOf(ask(startOf(), updateOf()))).toEqual([
      'ALREADY_EXISTS',
      ['ALREADY_EXISTS', 'ABORTED'],
      expect.stringContaining('already running'),
    ]);
  });

  it('[UWS3] each operation that sets a refused field fails with it, and names it', async () => {
    await begin({ waits });
    const asked = ask(startOf({ requestEagerExecution: true }), updateOf({ firstExecutionRunId: 'x' }));
    const error = await asked.then(
      () => null,
      (refusal: ServiceError) => refusal
    );
    const { statuses } = MultiOperationExecutionFailure.decode(error!.detail!.value);
    expect(statuses.map(({ code, message }) => [status[code!], message?.split(':')[0]])).toEqual([
      ['INVALID_ARGUMENT', 'operations.start_workflow.request_eager_execution'],
      ['INVALID_ARGUMENT', 'operations.update_workflow.first_execution_run_id'],
    ]);
    const one = await ask(startOf(), updateOf({ firstExecutionRunId: 'x' })).catch((refusal: ServiceError) => refusal);
    const second = MultiOperationExecutionFailure.decode((one as ServiceError).detail!.value).statuses;
    expect(second.map(({ code }) => status[code!])).toEqual(['ABORTED', 'INVALID_ARGUMENT']);
    expect(world.store.runs.size).toBe(0);
  });

  it('[UWS3] anything but a start and an update is refused', async () => {
    await begin({ waits });
    for (const operations of [[], [startOf()], [updateOf(), startOf()], [startOf(), updateOf(), updateOf()]])
      await expect(ask(...operations)).rejects.toThrow(/Operations have to be exactly \[Start, Update\]/);
    await expect(ask(startOf({ cronSchedule: '* * * * *' }), updateOf())).rejects.toThrow(
      /CronSchedule is not allowed/
    );
  });

  it('[UWS4] the official client starts and updates in one request', async () => {
    await begin({ waits });
    const authority = new Authority({ keys: [] });
    const door = await openGrpcDoor({ service: world.role.service, authority, address: '127.0.0.1:0' });
    const connection = await Connection.connect({ address: door.address });
    try {
      const client = new Client({ connection });
      const options = { workflowId: 'o', taskQueue: 'backstitch', workflowIdConflictPolicy: 'FAIL' } as const;
      const startWorkflowOperation = new WithStartWorkflowOperation('waits', options);
      expect(await client.workflow.executeUpdateWithStart('both', { startWorkflowOperation, args: [] })).toBe('done');
      const handle = await startWorkflowOperation.workflowHandle();
      expect((await handle.describe()).status.name).toBe('RUNNING');
      const again = new WithStartWorkflowOperation('waits', options);
      await expect(
        client.workflow.executeUpdateWithStart('both', { startWorkflowOperation: again, args: [] })
      ).rejects.toThrow(/already/i);
      await again.workflowHandle().catch(() => {});
    } finally {
      await connection.close();
      await door.close();
    }
  });
});
