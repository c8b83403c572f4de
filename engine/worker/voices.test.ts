/** What people see of code that runs in the sandbox: its log lines, and the place in its sources where it failed. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { ActivityExecutor } from './activities/executor';
import { bundleWorkflows, type WorkflowBundle } from './bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from './embedded-worker';
import { WorkflowUnderTest } from './testing/run-workflow';

const SOURCE = `import { ApplicationFailure, condition, defineQuery, log, proxyActivities, proxySinks, setHandler, sleep } from '@temporalio/workflow';
import { deeper } from './deeper';
const { work } = proxyActivities<{ work(name: string): Promise<string> }>({ startToCloseTimeout: '10s' });
export async function speaks(): Promise<string> {
  setHandler(defineQuery<string>('listen'), () => {
    console.log('asked');
    return 'heard';
  });
  console.log('before', { amount: 5 }, new Map([['a', 1]]), [1n]);
  await sleep(10);
  log.warn('between', { order: 'o-1', workflowId: 'not mine' });
  await work('a');
  console.error(new Error('after'));
  return 'said';
}
export async function shouts(): Promise<void> {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  log.info('long', { text: 'x'.repeat(100_000) });
  log.info('circle', { circle, work: () => 1, big: 2n });
  console.log(circle, () => 1, Symbol('s'), undefined, null, 1n, 'y'.repeat(100_000));
  proxySinks<{ __temporal_logger: Record<string, (...args: unknown[]) => void> }>().__temporal_logger.constructor('strange', 5);
  for (let line = 0; line < 5_000; line++) console.log(line);
  await sleep(10);
}
export async function fails(): Promise<void> {
  await work('a');
  throw ApplicationFailure.nonRetryable('declined', 'Declined');
}
export async function breaks(): Promise<void> {
  await work('a');
  deeper({});
}
export async function isRejectedUnheard(): Promise<void> {
  void Promise.reject(new Error('nobody listens'));
  await sleep(10);
}
export async function changes(): Promise<string> {
  await work('a');
  await sleep(1_000);
  return 'first';
}
export async function waits(): Promise<void> {
  await Promise.all([naps(), listens()]);
}
async function naps(): Promise<void> {
  await work('before a nap');
  await sleep(2_000);
}
async function listens(): Promise<void> {
  await condition(() => false);
}
`;
const DEEPER = `export interface Thing {
  inner?: { value: number };
}
export function deeper(thing: Thing): number {
  return thing.inner!.value;
}
`;
const files = { entry: 'flow.ts', modules: { 'flow.ts': SOURCE, 'deeper.ts': DEEPER } };
provesHistories(files);
const executor = new ActivityExecutor({ activities: { work: (name: string) => `did ${name}` } });
const lineOf = (text: string) => SOURCE.split('\n').findIndex((line) => line.includes(text)) + 1;

let bundle: WorkflowBundle;
let worker: EmbeddedWorker;
let lines: { level: string; message: string; about: Record<string, unknown> }[] = [];
let served: WorkflowBundle;
let listeners: (() => void)[] = [];
let nextKey = 1;
beforeAll(async () => {
  served = bundle = await bundleWorkflows(files);
  const logger = (level: string) => (about: object, message?: string) =>
    void lines.push({ level, message: message ?? '', about: about as Record<string, unknown> });
  worker = createEmbeddedWorker({
    bundles: {
      find: () => served,
      onChange: (listener) => {
        listeners.push(listener);
        return () => (listeners = listeners.filter((other) => other !== listener));
      },
    },
    log: { debug: () => {}, info: logger('info'), warn: logger('warn'), error: logger('error') },
  });
});
afterAll(async () => {
  await worker.close();
  expect(listeners).toEqual([]);
});
beforeEach(() => {
  lines = [];
});
function start(workflowType: string): WorkflowUnderTest {
  const runKey = nextKey++;
  return new WorkflowUnderTest(worker, executor, workflowType, [], { runKey, workflowId: `w-${runKey}` });
}
function serve(next: WorkflowBundle): void {
  served = next;
  for (const listener of listeners) listener();
}

describe('[WV13] log lines', () => {
  it('name their run and occur once: not again in a replay or a query', async () => {
    const run = start('speaks');
    // The cache is empty before every task, so everything is replayed again and again.
    await run.run({
      until: () => {
        worker.evict(run.state.runKey);
        return false;
      },
    });
    expect(run.result()).toBe('said');
    worker.evict(run.state.runKey);
    expect(await run.query('listen')).toBe('heard');
    expect(lines.map(({ level, message }) => [level, message.split('\n')[0]])).toEqual([
      ['info', 'before {"amount":5} [["a",1]] ["1"]'],
      ['warn', 'between'],
      ['error', 'Error: after'],
    ]);
    const { workflowId, runId } = run.state;
    for (const { about } of lines) expect(about).toMatchObject({ workflowId, runId, workflowType: 'speaks' });
    expect(lines[1]?.about).toMatchObject({ order: 'o-1' });
    expect(lines[2]?.message).toContain(`flow.ts:${lineOf("new Error('after')")}:`);
  });
});

describe('[WV13] too many or too long log lines', () => {
  it('are cut in length and number, and the run continues', async () => {
    const run = start('shouts');
    await run.run();
    expect(run.failures).toEqual([]);
    // The library also logs a line of its own: that the run started.
    expect(lines).toHaveLength(1_000 - 1);
    const [long, circle, console, strange] = lines;
    expect(JSON.stringify(long).length).toBeLessThan(20_000);
    expect(circle?.about).toMatchObject({ circle: { self: '[circular]' }, work: '[function work]', big: '2' });
    expect(console?.message).toMatch(/^\{"self":"\[circular\]"\} \(\) => 1 Symbol\(s\) undefined null 1 y+…$/);
    expect(strange).toMatchObject({ level: 'info', message: 'strange', about: { value: '5' } });
  });
});

describe('[WV14] failures point to the sources', () => {
  it('of a run that failed', async () => {
    const run = start('fails');
    await run.run();
    const failure = run.state.closeEvent?.workflowExecutionFailedEventAttributes?.failure;
    expect(failure?.stackTrace).toMatch(
      new RegExp(`^ApplicationFailure: declined\\n    at fails \\(flow.ts:${lineOf('throw')}:\\d+\\)$`)
    );
  });

  it('of a task that failed: the module and its caller', async () => {
    const run = start('breaks');
    await run.run({ maxTaskFailures: 1 });
    const stack = run.failures[0]?.failure.stackTrace ?? '';
    expect(stack.split('\n').slice(1)).toEqual([
      '    at deeper (deeper.ts:5:23)',
      `    at breaks (flow.ts:${lineOf('deeper({})')}:3)`,
    ]);
  });

  it('of an unhandled rejection', async () => {
    const run = start('isRejectedUnheard');
    await run.run({ maxTaskFailures: 1 });
    expect(run.failures[0]?.failure.message).toMatch(/nobody listens/);
    expect(run.failures[0]?.failure.stackTrace).toContain(`flow.ts:${lineOf('nobody listens')}:`);
  });

  it('of nondeterminism: the line of the requested command', async () => {
    const run = start('fails');
    await run.run();
    const scheduled = run.events.find((event) => event.activityTaskScheduledEventAttributes);
    scheduled!.activityTaskScheduledEventAttributes!.activityId = 'other';
    worker.evict(run.state.runKey);
    const result = await worker.runWorkflowTask({
      attempt: 1,
      previousStartedEventId: 0,
      revision: '',
      startedEventId: 3,
      newEvents: [],
      historySizeBytes: 0,
      suggestContinueAsNew: false,
      updates: [],
      queries: [{ id: 'q', query: { queryType: 'any' } }],
      run: {
        runKey: run.state.runKey,
        namespace: 'default',
        workflowId: run.state.workflowId,
        runId: run.state.runId,
        firstRunId: run.state.runId,
        workflowType: 'fails',
        taskQueue: 'backstitch',
      },
      loadHistory: () => Promise.resolve(run.events),
    });
    expect(result).toMatchObject({ kind: 'failed', nondeterminism: { eventId: 5 } });
    expect(result.kind === 'failed' && result.failure.stackTrace).toContain(`fails (flow.ts:${lineOf('throw') - 1}:`);
  });
});

describe('[WV15] a changed bundle', () => {
  it('is used by cached runs after a replay', async () => {
    const run = start('changes');
    await run.run({ until: () => run.state.timers.size > 0 });
    const fixed = SOURCE.replace("return 'first'", "return 'second'");
    serve(await bundleWorkflows({ ...files, modules: { ...files.modules, 'flow.ts': fixed } }));
    await run.run();
    serve(bundle);
    expect([run.result(), run.failures]).toEqual(['second', []]);
  });

  it('fails the task of a run whose history does not match, until the old bundle is back', async () => {
    const run = start('changes');
    await run.run({ until: () => run.state.timers.size > 0 });
    const other = SOURCE.replace("  await work('a');\n  await sleep(1_000);", '  await sleep(1_000);');
    serve(await bundleWorkflows({ ...files, modules: { ...files.modules, 'flow.ts': other } }));
    await run.run({ maxTaskFailures: 1 });
    expect(run.failures[0]?.nondeterminism).toMatchObject({ eventId: 5, actual: 'StartTimer 1' });
    serve(bundle);
    await run.run();
    expect(run.result()).toBe('first');
  });
});

describe('stack traces', () => {
  interface Enhanced {
    sdk: { name: string; version: string };
    stacks: { locations: { file_path: string; function_name?: string; line: number }[] }[];
    sources: object;
  }
  const begin = async (until: (run: WorkflowUnderTest) => boolean) => {
    const run = start('waits');
    await run.run({ until: () => until(run) });
    return run;
  };
  const sleeps = (run: WorkflowUnderTest) => run.events.some(({ timerStartedEventAttributes: timer }) => timer);

  it('[WST1] __stack_trace has the place of everything for which the code waits', async () => {
    const run = await begin(sleeps);
    const places = String(await run.query('__stack_trace')).split('\n\n');
    const topOf = (name: string) => places.find((place) => place.startsWith(`    at ${name} `))?.split('\n')[0];
    expect(topOf('naps')).toContain(`(flow.ts:${lineOf('await sleep(2_000)')}:9)`);
    expect(topOf('listens')).toContain(`(flow.ts:${lineOf('await condition')}:9)`);
    expect(places.join()).not.toContain(`flow.ts:${lineOf("await work('before a nap')")}:`);
  });

  it('[WST1] __enhanced_stack_trace has the same places as data', async () => {
    const run = await begin(sleeps);
    const { sdk, stacks, sources } = (await run.query('__enhanced_stack_trace')) as Enhanced;
    expect(sdk).toEqual({ name: 'typescript', version: '1.24.0' });
    expect(sources).toEqual({});
    const lines = stacks.flatMap(({ locations }) =>
      locations.slice(0, 1).map(({ file_path, line }) => `${file_path}:${line}`)
    );
    expect(lines).toContain(`flow.ts:${lineOf('await condition')}`);
  });

  it('[WST2] the run itself is not replayed for it, goes on as before, and one that has ended waits for nothing', async () => {
    const run = await begin(sleeps);
    const events = run.events.length;
    await run.query('__stack_trace');
    expect(run.events).toHaveLength(events);
    await run.cancel();
    await run.run();
    expect(run.failures).toEqual([]);
    expect(await run.query('__stack_trace')).toBe('');
  });
});
