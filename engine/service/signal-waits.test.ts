/** Waits that no event shows; the rule is in attention.ts. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { payloads } from '../history/testing/run';
import { localCaller } from '../permissions/caller';
import type { temporal } from '../proto';
import { completed, ScriptedActivities } from '../sim/scripted-worker';
import { MemoryStore } from '../store/memory';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { startTestEngine } from './testing/test-engine';

const workflowsPath = fileURLToPath(new URL('../saga/testing/sagas.ts', import.meta.url));
provesHistories({ workflowsPath });
const until = <T>(read: () => T) => expect.poll(read, { timeout: 30_000 });

describe('[ATN8] a wait for a signal without a timeout', () => {
  let worker: EmbeddedWorker;
  beforeAll(async () => {
    const bundle = await bundleWorkflows({ entry: workflowsPath });
    worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
  }, 60_000);
  afterAll(() => worker.close());

  it('is listed in the commit of its workflow task, after a takeover and a replay too, until the signal comes', async () => {
    const store = new MemoryStore();
    const activityWorker = new ScriptedActivities(() => completed('done'));
    const begin = () => startTestEngine({ store, workflowWorker: worker, activityWorker });
    let engine = await begin();
    const call = async <T>(method: string, request: object): Promise<T> =>
      (await engine.service.call(method, { namespace: 'default', ...request }, localCaller())) as T;
    const found = async (query: string) => {
      const { executions } = await call<temporal.api.workflowservice.v1.IListWorkflowExecutionsResponse>(
        'ListWorkflowExecutions',
        { query }
      );
      return executions?.map(({ execution }) => execution?.workflowId);
    };
    const signal = (signalName: string, sent: unknown) =>
      call('SignalWorkflowExecution', { workflowExecution: { workflowId: 'w' }, signalName, input: payloads(sent) });
    const workflowType = { name: 'listens' };
    await call('StartWorkflowExecution', { workflowId: 'w', workflowType, taskQueue: { name: 'backstitch' } });
    await until(() => found("SagaWaitsAt = 'paid' AND SagaWaitsAt = 'note'")).toEqual(['w']);
    await engine.stop();
    for (const runKey of store.runs.keys()) worker.evict(runKey);
    engine = await begin();
    expect(await found("SagaWaitsAt = 'note'")).toEqual(['w']);
    await signal('note', 1);
    await until(() => found("SagaWaitsAt = 'note'")).toEqual([]);
    expect(await found("SagaWaitsAt = 'paid'")).toEqual(['w']);
    await signal('paid', 1);
    await signal('paid', 2);
    await until(() => found("ExecutionStatus = 'Completed'")).toEqual(['w']);
    expect(await found("SagaWaitsAt = 'paid'")).toEqual([]);
    await engine.stop();
  }, 120_000);
});
