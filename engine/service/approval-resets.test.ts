/**
 * Runs of a flow with an approval that are reset: while they wait for the decision, and after it. The official replayer
 * accepts every history at the end of this file.
 *
 * Rules
 * [ARS1] A run that waits is reset to any of its workflow tasks: the new run asks, once, and its decision ends it.
 * [ARS2] A run that was decided is reset to a task before the decision. The decision was of the task of the base: the new
 *        run does not take it for its own, and asks.
 * [ARS3] Reset to a task after the decision, the new run has the decision, and asks nobody.
 * [ARS4] The check of a revision replays a run that was reset under the id that it has.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compileFlow, SAGA_ALIAS, sagaModules } from '../compiler/testing/golden-case';
import type { HistoryEvent } from '../history';
import { eventsOf, provesHistories, type WorkflowSource } from '../history/testing/proof';
import { payloads } from '../history/testing/run';
import { processCaller } from '../permissions/caller';
import type { temporal } from '../proto';
import { idOf } from '../proto-time';
import { STATUS } from '../run-name';
import type { HumanWait, NodesReport } from '../saga/contract';
import { MemoryStore } from '../store/memory';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows, type WorkflowBundle } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { Replayer } from '../worker/replay';
import type { EngineRole } from './start-engine';
import { startTestEngine } from './testing/test-engine';

/** As the web, which says who decides. */
const WEB = processCaller(
  'web',
  (['admin', 'web'] as const).map((role) => ({ role, flow: null }))
);
const ADA = { id: 'ada', name: 'Ada', groups: ['office'] };
const call = (id: string) => ({
  id,
  title: id,
  kind: 'action',
  activity: 'http.request',
  input: { method: 'POST', connection: 'shop', path: `/${id}` },
  effect: 'reversible',
  lateCalls: 'refused',
  unknown: { policy: 'undo' },
  undo: { title: 'Undo', activity: 'http.request', input: { method: 'POST', connection: 'shop', path: '/undo' } },
});
const { files, diagnostics } = await compileFlow({
  format: 2,
  name: 'asks',
  title: 'Asks',
  input: { type: 'object' },
  signals: { go: { title: 'Go', schema: { type: 'null' } } },
  steps: [
    call('book'),
    { id: 'ask', title: 'Ask', kind: 'approval', question: 'May it?', data: {}, candidates: ['office'] },
    call('ship'),
    { id: 'wait', title: 'Wait', kind: 'waitForSignal', signal: 'go' },
    call('send'),
  ],
});
/** What it asks for has the id of its run. */
const TELLS = `import { sleep, workflowInfo } from '@temporalio/workflow';
export const tells = () => sleep('1h', { summary: workflowInfo().runId });`;
const source = {
  entry: 'entry.ts',
  modules: {
    ...sagaModules,
    ...files,
    'tells.ts': TELLS,
    'entry.ts': "export { asks_v1 } from './workflow';\nexport { tells } from './tells';",
  },
  alias: SAGA_ALIAS,
} satisfies WorkflowSource;
provesHistories(source);

const store = new MemoryStore();
let bundle: WorkflowBundle;
let worker: EmbeddedWorker;
let engine: EngineRole;
beforeAll(async () => {
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  bundle = await bundleWorkflows(source);
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
  const nothing = () => null;
  const activities = { 'http.request': nothing, 'human.open': nothing, 'human.close': nothing };
  engine = await startTestEngine({
    store,
    workflowWorker: worker,
    activityWorker: new ActivityExecutor({ activities }),
  });
}, 120_000);
afterAll(async () => {
  await engine.stop();
  await worker.close();
});

const ask = <Answer>(method: string, request: object) =>
  engine.service.call(method, { namespace: 'default', ...request }, WEB) as Promise<Answer>;
const runsOf = (workflowId: string) => [...store.runs.values()].filter((run) => run.workflowId === workflowId);
const statusOf = (workflowId: string) => runsOf(workflowId).at(-1)?.status;

async function waitOf(workflowId: string): Promise<HumanWait | null> {
  const { queryResult } = await ask<temporal.api.workflowservice.v1.IQueryWorkflowResponse>('QueryWorkflow', {
    execution: { workflowId },
    query: { queryType: '__nodes' },
  });
  const report = JSON.parse(Buffer.from(queryResult!.payloads![0]!.data!).toString()) as NodesReport;
  return report.waitsFor.find(({ kind }) => kind === 'approval') ?? null;
}
const events = (workflowId: string): HistoryEvent[] =>
  eventsOf(store.history.get(runsOf(workflowId).at(-1)!.runKey) ?? []);
/** Of each WorkflowTaskCompleted, in order. */
const points = (of: readonly HistoryEvent[]) =>
  of.flatMap(({ eventId, workflowTaskCompletedEventAttributes: done }) => (done ? [idOf(eventId)] : []));
const until = (check: () => Promise<boolean> | boolean) =>
  expect.poll(check, { timeout: 20_000, interval: 20 }).toBe(true);
const calls = (of: readonly HistoryEvent[]) =>
  of.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityId ?? []);

async function start(workflowId: string, type = 'asks_v1'): Promise<void> {
  await ask('StartWorkflowExecution', {
    workflowId,
    workflowType: { name: type },
    taskQueue: { name: 'backstitch' },
    input: payloads({}),
  });
  if (type === 'asks_v1') await asks(workflowId);
}

/** The task is open in the inbox, and the run waits for its decision. */
async function asks(workflowId: string): Promise<HumanWait & { kind: 'approval' }> {
  let wait: HumanWait | null = null;
  await until(async () => (wait = await waitOf(workflowId)) !== null);
  return wait! as HumanWait & { kind: 'approval' };
}

async function decide(workflowId: string): Promise<void> {
  const { taskId, dataHash } = await asks(workflowId);
  const decision = { taskId, decision: 'approve', comment: '', dataHash, actor: ADA };
  const { outcome } = await ask<temporal.api.workflowservice.v1.IUpdateWorkflowExecutionResponse>(
    'UpdateWorkflowExecution',
    {
      workflowExecution: { workflowId },
      waitPolicy: { lifecycleStage: 3 },
      request: { meta: { updateId: `decide-${taskId}` }, input: { name: '__decide', args: payloads(decision) } },
    }
  );
  expect(outcome?.failure).toBeFalsy();
}

/** To the end. */
async function goOn(workflowId: string): Promise<void> {
  await ask('SignalWorkflowExecution', {
    workflowExecution: { workflowId },
    signalName: 'go',
    input: payloads(null),
  });
  await until(() => statusOf(workflowId) !== STATUS.running);
}

const reset = (workflowId: string, point: number, more: object = {}) =>
  ask('ResetWorkflowExecution', {
    workflowExecution: { workflowId },
    workflowTaskFinishEventId: point,
    requestId: `${workflowId} ${point}`,
    reason: 'again',
    ...more,
  });

it('[ARS1] a run that waits for its decision is reset to each of its workflow tasks, and asks once', async () => {
  await start('sample');
  const count = points(events('sample')).length;
  expect(count).toBeGreaterThan(1);
  for (let nth = 0; nth < count; nth++) {
    const workflowId = `waiting-${nth}`;
    await start(workflowId);
    await until(() => points(events(workflowId)).length === count);
    await reset(workflowId, points(events(workflowId))[nth]!);
    await decide(workflowId);
    await goOn(workflowId);
    expect(statusOf(workflowId)).toBe(STATUS.completed);
    const own = calls(events(workflowId));
    expect(own.filter((id) => id === 'ask:open')).toHaveLength(1);
    expect(own.filter((id) => id === 'ship')).toHaveLength(1);
  }
});

it('[ARS2] [ARS3] a decided run is reset to each of its workflow tasks', { timeout: 60_000 }, async () => {
  await start('decided');
  await decide('decided');
  await until(() => calls(events('decided')).includes('ship') && calls(events('decided')).includes('ask:close'));
  await sleep(200);
  const count = points(events('decided')).length;
  const seen = { before: 0, after: 0 };
  for (let nth = 0; nth < count; nth++) {
    const workflowId = `decided-${nth}`;
    await start(workflowId);
    await decide(workflowId);
    await until(() => points(events(workflowId)).length >= count);
    const before = events(workflowId);
    const point = points(before)[nth]!;
    const isDecided = before.some(
      ({ eventId, workflowExecutionUpdateAcceptedEventAttributes: accepted }) => accepted && idOf(eventId) < point
    );
    await reset(workflowId, point);
    seen[isDecided ? 'after' : 'before']++;
    if (!isDecided) await decide(workflowId);
    await goOn(workflowId);
    const own = calls(events(workflowId));
    expect(own.filter((id) => id === 'ship')).toHaveLength(1);
  }
  expect(Math.min(seen.before, seen.after)).toBeGreaterThan(0);
});

it('[ARS4] a run that was reset is replayed under its own id', async () => {
  await start('tells', 'tells');
  await until(() => points(events('tells')).length === 1);
  await reset('tells', points(events('tells'))[0]!);
  await until(() => runsOf('tells').length === 2 && points(events('tells')).length === 1);
  const replayer = new Replayer(bundle, { strict: true });
  await replayer.replay({ events: events('tells') }, { workflowId: 'tells' });
  await replayer.close();
  await ask('TerminateWorkflowExecution', { workflowExecution: { workflowId: 'tells' } });
});
