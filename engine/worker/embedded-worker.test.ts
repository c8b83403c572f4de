/**
 * The embedded worker with hand-written workflows: the official replayer accepts its live histories, and a replay
 * without a cache gives the same result.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STATUS } from '../run-name';
import { openTaskEvents, taskEvents, type Command } from '../history';
import { OfficialReplayer } from '../history/testing/official-replayer';
import { provesHistories } from '../history/testing/proof';
import { payloads, TestRun } from '../history/testing/run';
import { temporal } from '../proto';
import { ActivityExecutor } from './activities/executor';
import { bundleWorkflows, type WorkflowBundle } from './bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from './embedded-worker';
import { WorkflowUnderTest } from './testing/run-workflow';

const workflowsPath = fileURLToPath(new URL('./testing/workflows/basics.ts', import.meta.url));
provesHistories({ workflowsPath });
const { EventType } = temporal.api.enums.v1;

const executor = new ActivityExecutor({
  activities: {
    work: (name: string) => Promise.resolve(`did ${name}`),
    fail: () => Promise.reject(ApplicationFailure.retryable('no luck')),
    slow: () => Context.current().cancelled,
  },
});
let bundle: WorkflowBundle;
let worker: EmbeddedWorker;
let nextKey = 1;
beforeAll(async () => {
  bundle = await bundleWorkflows({ entry: workflowsPath });
  worker = makeWorker();
});
afterAll(() => worker.close());

const scheduledId = (command: Command) => command.scheduleActivityTaskCommandAttributes?.activityId;

function makeWorker(options: { activationTimeoutMs?: number; maxHeapMb?: number } = {}): EmbeddedWorker {
  return createEmbeddedWorker({
    bundles: { find: (type) => (bundle.workflowTypes.includes(type) ? bundle : undefined), onChange: () => () => {} },
    activationTimeoutMs: 1_000,
    ...options,
  });
}
function start(workflowType: string, args: unknown[] = [], on = worker): WorkflowUnderTest {
  const runKey = nextKey++;
  return new WorkflowUnderTest(on, executor, workflowType, args, { runKey, workflowId: `${workflowType}-${runKey}` });
}

describe('workflows', () => {
  it('[WEW1] a bundle lists its workflows, and an import that workflows may not use is refused', async () => {
    expect(bundle.workflowTypes).toContain('sequence');
    expect(worker.serves('sequence')).toBe(true);
    expect(worker.serves('nothing')).toBe(false);
    const modules = { 'workflow.ts': `import { readFileSync } from 'node:fs'; export const bad = () => readFileSync;` };
    await expect(bundleWorkflows({ entry: 'workflow.ts', modules })).rejects.toThrow(/cannot import 'node:fs'/);
  });

  it('[WEW20] two tasks of one run, of an engine that lost its lease and has it again, do not meet', async () => {
    const runKey = nextKey++;
    const made = new TestRun({
      start: { runKey, workflowId: 'twice' },
      attributes: { workflowType: { name: 'sequence' }, input: payloads(['a', 'b']) },
    });
    const run = { runKey, namespace: 'default', workflowId: 'twice', runId: 'r', firstRunId: 'r' };
    const taskOf = (previousStartedEventId: number) => ({
      run: { ...run, workflowType: 'sequence', taskQueue: 'backstitch' },
      previousStartedEventId,
      revision: '',
      attempt: 1,
      newEvents: taskEvents(made.state),
      startedEventId: made.state.workflowTask!.startedEventId,
      historySizeBytes: 0,
      suggestContinueAsNew: false,
      loadHistory: () => Promise.resolve([...made.events, ...openTaskEvents(made.state)]),
      updates: [],
      queries: [],
    });
    made.open();
    const first = await worker.runWorkflowTask(taskOf(0));
    if (first.kind === 'failed') throw new Error(first.failure.message!);
    made.answer(first.commands);
    made.completeActivity(made.ref('1'), 'did a');
    made.open();
    // The history has two tasks: each of these replays the first one, and goes on with the second.
    worker.evict(runKey);
    const results = await Promise.all([1, 2].map(() => worker.runWorkflowTask(taskOf(3))));
    for (const result of results) {
      const ids = result.kind === 'completed' ? result.commands.map(scheduledId) : [result.failure.message];
      expect(ids).toEqual(['2']);
    }
    worker.evict(runKey);
  });

  const cases: [string, unknown[], (run: WorkflowUnderTest) => void][] = [
    ['sequence', [['a', 'b']], (run) => expect(run.result()).toEqual(['did a', 'did b'])],
    ['side', [], (run) => expect(run.result()).toMatchObject({ at: 1_700_000_000_000, run: 3 })],
    ['race', [], (run) => expect(run.result()).toBe('did quick')],
    ['retries', [], (run) => expect(run.result()).toBe('failed')],
    ['impatient', [], (run) => expect(run.result()).toBe('gave up')],
    ['cancelEachWay', [], (run) => expect(run.result()).toEqual(['cancelled', 'cancelled', 'cancelled', 'taken back'])],
    ['attributes', [], (run) => expect(run.state.searchAttributes).toMatchObject({ SagaPhase: 'unwinding' })],
    ['versioned', [], (run) => expect(run.result()).toBe('new')],
    ['failing', [], (run) => expect(run.state.status).toBe(STATUS.failed)],
  ];
  describe.each(cases)('[WEW2] %s', (workflowType, args, expectation) => {
    it('closes as expected, also with a cold cache', async () => {
      const run = start(workflowType, args);
      await run.run();
      expect(run.failures).toEqual([]);
      expect(run.state.status).not.toBe(1);
      expectation(run);

      const cold = start(workflowType, args);
      await cold.run({
        until: () => {
          worker.evict(cold.state.runKey);
          return false;
        },
      });
      expect(cold.failures).toEqual([]);
      expect(cold.events.map((event) => event.eventType)).toEqual(run.events.map((event) => event.eventType));
    });
  });

  it('[WEW3] signals, queries and updates work, also after eviction', async () => {
    const run = start('counter');
    run.signal('add', 3);
    await run.run();
    expect(await run.query('total')).toBe(3);
    run.update('u-1', 'setLimit', 5);
    await run.run();
    expect(run.updateStages.map((stage) => stage.stage)).toEqual(['accepted', 'completed']);
    const before = run.events.length;
    run.update('u-2', 'setLimit', -1);
    await run.run();
    expect(run.updateStages.at(-1)).toMatchObject({ stage: 'rejected', updateId: 'u-2' });
    expect(run.events).toHaveLength(before);
    run.update('u-3', 'setLimit', 6);
    await run.run();
    worker.evict(run.state.runKey);
    expect(await run.query('total')).toBe(3);
    await expect(run.query('nothing')).rejects.toThrow(/did not register a handler for nothing/);
    run.signal('add', 4);
    await run.run();
    expect(run.result()).toBe(7);
    expect(await run.query('total')).toBe(7);
    expect(run.failures).toEqual([]);
  });

  it('[WEW4] a cancelled run undoes in a non-cancellable scope and closes as canceled', async () => {
    const run = start('undoWhenCancelled');
    await run.run({ until: () => run.state.timers.size === 1 });
    run.cancel();
    await run.run();
    expect(run.state.status).toBe(STATUS.canceled);
    const scheduled = run.events.filter(({ eventType }) => eventType === EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED);
    expect(scheduled).toHaveLength(2);
  });

  it('[WEW5] an error that is not a Temporal failure fails the task, not the run', async () => {
    const run = start('broken');
    await run.run({ maxTaskFailures: 2 });
    expect(run.state.status).toBe(STATUS.running);
    expect(run.failures[0]?.failure.message).toMatch(/Cannot read properties of undefined/);
  });

  it.each(['endless', 'endlessMicrotasks'])(
    '[WEW6] the watchdog ends %s, and others continue',
    async (workflowType) => {
      const own = makeWorker({ activationTimeoutMs: 400 });
      try {
        const other = start('sequence', [['a', 'b', 'c']], own);
        await other.run({ until: () => other.events.length > 6 });
        const run = start(workflowType, [], own);
        await Promise.all([run.run({ maxTaskFailures: 1 }), other.run()]);
        expect(run.failures[0]?.failure.message).toMatch(/did not yield within 400 ms/);
        expect(other.result()).toEqual(['did a', 'did b', 'did c']);
        expect(other.failures).toEqual([]);
      } finally {
        await own.close();
      }
    }
  );

  it.each(['bomb', 'bufferBomb'])('[WEW6] %s exhausts the memory: its own task fails', async (type) => {
    const own = makeWorker({ activationTimeoutMs: type === 'bomb' ? 20_000 : 1_000, maxHeapMb: 64 });
    try {
      const other = start('sequence', [['a', 'b', 'c']], own);
      await other.run({ until: () => other.events.length > 6 });
      const run = start(type, [], own);
      await Promise.all([run.run({ maxTaskFailures: 1 }), other.run()]);
      expect(run.failures[0]?.failure.message).toMatch(/all the memory that workflows have together \(64 MB\)/);
      expect(other.result()).toEqual(['did a', 'did b', 'did c']);
      expect(other.failures).toEqual([]);
    } finally {
      await own.close();
    }
  });

  it('[WEW6] an endless recursion fails its task, and another run continues', async () => {
    const [run, other] = [start('runaway'), start('sequence', [['a', 'b']])];
    await Promise.all([run.run({ maxTaskFailures: 1 }), other.run()]);
    expect(run.failures).toHaveLength(1);
    expect(other.result()).toEqual(['did a', 'did b']);
    expect(other.failures).toEqual([]);
  });

  it('[WEW7] the sandbox has no process, require or network, and its shared objects are frozen', async () => {
    const run = start('escape');
    await run.run();
    expect(run.result()).toEqual({
      process: 'undefined',
      require: 'undefined',
      fetch: 'undefined',
      polluteObject: 'TypeError',
      polluteArray: 'TypeError',
      addGlobal: 'TypeError',
    });
  });
});

describe('nondeterminism', () => {
  let replayer: OfficialReplayer;
  beforeAll(async () => {
    replayer = await OfficialReplayer.of({ workflowsPath });
  });
  const altered: [string, (run: WorkflowUnderTest) => void][] = [
    [
      'activity type',
      (run) => {
        for (const { activityTaskScheduledEventAttributes: scheduled } of run.events) {
          if (scheduled?.activityType) scheduled.activityType.name = 'another';
        }
      },
    ],
    [
      'activity id',
      (run) => {
        for (const { activityTaskScheduledEventAttributes: scheduled } of run.events) {
          if (scheduled) scheduled.activityId = 'another';
        }
      },
    ],
  ];
  it.each(altered)(
    '[WEW8] a changed %s is refused with event, expected and actual, also by the official replayer',
    async (_what, alter) => {
      const run = start('sequence', [['a', 'b']]);
      await run.run();
      const good = run.events.length;
      alter(run);
      worker.evict(run.state.runKey);
      await expect(run.query('__stack_trace')).rejects.toThrow(
        /Nondeterminism at event 5: the history has ActivityTaskScheduled/
      );
      expect(run.events).toHaveLength(good);
      expect(await replayer.refusals([{ workflowId: run.state.workflowId, events: run.events }])).toHaveLength(1);
    }
  );
});
