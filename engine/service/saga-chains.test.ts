/**
 * Flows with long loops on the engine: what a chain of runs leaves behind is counted once, whoever ends it.
 *
 * Rules
 * [SACH1] The row of a run that continued as new says nothing of effects. If the last run is killed, its row has the
 *        effects of the whole chain.
 * [SACH2] A run that continued as new is not reset: its effects belong to the next one.
 * [SACH3] A chain that is a child hands over the effects of all its runs, and its parent undoes them with their keys.
 */
import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultLimits } from '../history';
import { provesHistories } from '../history/testing/proof';
import { payloads } from '../history/testing/run';
import { localCaller } from '../permissions/caller';
import type { temporal } from '../proto';
import { eventsFromHistory } from '../run-view/events-from-history';
import { ledgerOf } from '../run-view/ledger';
import { STATUS } from '../run-name';
import { MemoryStore } from '../store/memory';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import type { EngineRole } from './start-engine';
import { child, counter, ROUNDS, source } from './testing/long-loop';
import { startTestEngine } from './testing/test-engine';

provesHistories(source);

/** The key of each call, by workflow id and activity id. */
const keys = new Map<string, string>();
const undone: string[] = [];
const store = new MemoryStore();
const { suggestContinueAsNewEvents } = defaultLimits;
let worker: EmbeddedWorker;
let engine: EngineRole;
beforeAll(async () => {
  Object.assign(defaultLimits, { suggestContinueAsNewEvents: 25 });
  const bundle = await bundleWorkflows(source);
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
  const call = (_input: unknown, { idempotencyKey, forwardKey }: { idempotencyKey: string; forwardKey?: string }) => {
    if (forwardKey !== undefined) undone.push(forwardKey);
    else
      keys.set(
        `${Context.current().info.workflowExecution?.workflowId}/${Context.current().info.activityId}`,
        idempotencyKey
      );
    return null;
  };
  engine = await startTestEngine({
    store,
    workflowWorker: worker,
    activityWorker: new ActivityExecutor({ activities: { 'http.request': call } }),
    effectCounter: counter,
  });
}, 120_000);
afterAll(async () => {
  Object.assign(defaultLimits, { suggestContinueAsNewEvents });
  await engine.stop();
  await worker.close();
});

const ask = (method: string, request: object) =>
  engine.service.call(method, { namespace: 'default', ...request }, localCaller());
const start = (workflowId: string, type: string) =>
  ask('StartWorkflowExecution', {
    workflowId,
    workflowType: { name: type },
    taskQueue: { name: 'backstitch' },
    input: payloads({}),
  });
const signal = (workflowId: string) =>
  ask('SignalWorkflowExecution', { workflowExecution: { workflowId }, signalName: 'go', input: payloads(null) });
const runsOf = (workflowId: string) => [...store.runs.values()].filter((run) => run.workflowId === workflowId);
const rowsOf = (workflowId: string) =>
  runsOf(workflowId).map(({ runKey }) => store.visibility.get(runKey)!.searchAttributes);
const until = (check: () => boolean) => expect.poll(check, { timeout: 30_000, interval: 50 }).toBe(true);
/** All rounds are done, and the last run of the chain waits. */
const waiting = (workflowId: string) =>
  until(() => keys.has(`${workflowId}/book~${ROUNDS}`) && runsOf(workflowId).length > 2);

it(
  '[SACH1] [SACH2] a killed chain: its last run has all effects, and no run before it can be reset',
  { timeout: 60_000 },
  async () => {
    await start('killed', 'rounds_v1');
    await waiting('killed');
    await ask('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'killed' }, reason: 'enough' });
    await until(() => rowsOf('killed').at(-1)?.SagaPhase === 'left-standing');
    const runs = runsOf('killed');
    expect(runs.map(({ status }) => status)).toEqual([
      ...Array<number>(runs.length - 1).fill(STATUS.continuedAsNew),
      STATUS.terminated,
    ]);
    expect(rowsOf('killed').map(({ SagaPhase, SagaStanding }) => [SagaPhase, SagaStanding])).toEqual([
      ...Array<unknown>(runs.length - 1).fill([undefined, undefined]),
      ['left-standing', ROUNDS],
    ]);
    const ledgers = await Promise.all(
      runs.map(async ({ runId }) => {
        const { history } = (await ask('GetWorkflowExecutionHistory', {
          execution: { workflowId: 'killed', runId },
        })) as temporal.api.workflowservice.v1.IGetWorkflowExecutionHistoryResponse;
        return ledgerOf(eventsFromHistory({ events: history?.events ?? [] }), child.manifest!);
      })
    );
    expect(ledgers.map(({ left }) => left)).toEqual([...Array<number>(runs.length - 1).fill(0), ROUNDS]);
    expect(new Set(ledgers[0]!.entries.map(({ heldBy }) => heldBy))).toEqual(new Set(['nextRun']));
    await expect(
      ask('ResetWorkflowExecution', {
        workflowExecution: { workflowId: 'killed', runId: runs[0]!.runId },
        requestId: 'reset',
        workflowTaskFinishEventId: 4,
      })
    ).rejects.toThrow('it continued as a new run');
  }
);

it('[SACH3] a chain that is a child: its parent undoes the effects of all its runs', { timeout: 60_000 }, async () => {
  await start('parent', 'parent_v1');
  await waiting('parent/run');
  await signal('parent/run');
  await signal('parent');
  await until(() => rowsOf('parent').at(-1)?.SagaPhase === 'unwound');
  expect(runsOf('parent').map(({ status }) => status)).toEqual([STATUS.failed]);
  const booked = Array.from({ length: ROUNDS }, (_, index) => keys.get(`parent/run/book~${index + 1}`));
  expect(undone).toEqual(booked.toReversed());
});
