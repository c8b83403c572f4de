/** Sagas of `sagas.ts` in the real sandbox over scripted activities, for the tests of the library. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { HistoryEvent } from '../../history';
import { ActivityExecutor } from '../../worker/activities/executor';
import { bundleWorkflows, type WorkflowBundle } from '../../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../../worker/embedded-worker';
import { WorkflowUnderTest } from '../../worker/testing/run-workflow';
import type { Actor, HumanWait, LedgerReport, NodesReport } from '../contract';

export const workflowsPath = fileURLToPath(new URL('./sagas.ts', import.meta.url));

/** What activities do; begins anew with each test. */
export const world = {
  /** Calls in the order in which they began. */
  calls: [] as string[],
  undoWorks: false,
  /** 'hangs': takes the request and answers nothing. */
  web: 'up' as 'up' | 'down' | 'hangs' | 'refuses',
};

let endSlow: () => void = () => {};
let endUndo: () => void = () => {};
let endOut: () => void = () => {};
/** The service answers the request of 'out'. */
export const answerOut = () => endOut();
/** Let the undo of 'held' end. */
export const letGo = () => endUndo();

const executor = new ActivityExecutor({
  activities: {
    do: async (name: string) => {
      world.calls.push(name);
      // Ends right after the quick one, whatever the machine does.
      if (name === 'slow') await new Promise<void>((resolve) => (endSlow = resolve));
      // Takes no notice of a cancellation, as a request that was sent.
      if (name === 'out') await new Promise<void>((resolve) => (endOut = resolve));
      if (name === 'quick') setImmediate(() => endSlow());
      if (name === 'bad') throw ApplicationFailure.nonRetryable('who knows');
      if (name === 'not-applied') throw ApplicationFailure.nonRetryable('no', 'NotApplied');
      if (name === 'not-sent') throw ApplicationFailure.nonRetryable('denied', 'EgressDenied', { applied: false });
      return name;
    },
    undo: async (name: string, meta: { forwardKey: string }) => {
      world.calls.push(`undo ${name} ${meta.forwardKey.split('/').at(-1)}`);
      if (name === 'held') await new Promise<void>((resolve) => (endUndo = resolve));
    },
    undoBad: (name: string) => {
      world.calls.push(`try undo ${name}`);
      if (!world.undoWorks) throw ApplicationFailure.nonRetryable('still down');
    },
    checkNothing: (name: string) => {
      world.calls.push(`check ${name}`);
      return { applied: false };
    },
    check: (name: string) => {
      world.calls.push(`check ${name}`);
      return { applied: true, output: 'found' };
    },
    // A look-up that never answers.
    checkHeld: async (name: string) => {
      world.calls.push(`check ${name}`);
      await Context.current().cancelled;
    },
    'human.open': (task: { taskId: string }) => tellWeb(`open ${task.taskId.split('/').at(-1)}`),
    'human.ask': ({ events }: { events: { kind: string }[] }) =>
      tellWeb(`ask ${events.map(({ kind }) => kind).join()}`),
    'human.close': (task: { outcome: string }) => tellWeb(`close ${task.outcome}`),
  },
});

async function tellWeb(call: string): Promise<void> {
  world.calls.push(call);
  if (world.web === 'hangs') await Context.current().cancelled;
  if (world.web === 'down') throw ApplicationFailure.retryable('nobody there', 'WebUnavailable');
  if (world.web === 'refuses') throw ApplicationFailure.nonRetryable('no such thing', 'HumanTaskRefused');
}

let bundle: WorkflowBundle;
let worker: EmbeddedWorker;
let nextKey = 1;
let started: WorkflowUnderTest[] = [];

/** Called once, at the top of a test file. */
export function usesSagas(): void {
  beforeAll(async () => {
    bundle = await bundleWorkflows({ entry: workflowsPath });
    worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
  });
  afterAll(() => worker.close());
  beforeEach(() => {
    Object.assign(world, { calls: [], undoWorks: false, web: 'up' });
    started = [];
  });
  // Whatever happens to a saga, its code never fails a workflow task.
  afterEach(() => expect(started.flatMap(({ failures }) => failures)).toEqual([]));
}

export const start = (workflowType: string, ...args: unknown[]) => startWith({}, workflowType, ...args);

/** With a memo, as a door writes into it who started the run. */
export function startWith(memo: Record<string, unknown>, workflowType: string, ...args: unknown[]): WorkflowUnderTest {
  const runKey = nextKey++;
  const options = { runKey, workflowId: `${workflowType}-${runKey}`, memo };
  const run = new WorkflowUnderTest(worker, executor, workflowType, args, options);
  started.push(run);
  return run;
}

export const actor = (name: string, ...groups: string[]): Actor => ({ id: name.toLowerCase(), name, groups });

export const nodesOf = async (run: WorkflowUnderTest) => (await run.query('__nodes')) as NodesReport;

export async function ledgerOf(run: WorkflowUnderTest): Promise<Record<string, string>> {
  const report = (await run.query('__ledger')) as LedgerReport;
  return Object.fromEntries(report.entries.map((entry) => [entry.nodeId, entry.state]));
}

export async function approvalOf(run: WorkflowUnderTest): Promise<Extract<HumanWait, { kind: 'approval' }>> {
  const wait = (await nodesOf(run)).waitsFor.find(({ kind }) => kind === 'approval');
  if (wait?.kind !== 'approval') throw new Error('no approval waits');
  return wait;
}

/** Type of the failure that closed the run; behind a wrapping, of its cause. */
export function closedBy(run: WorkflowUnderTest): string | null | undefined {
  const failure = run.state.closeEvent?.workflowExecutionFailedEventAttributes?.failure;
  return failure?.applicationFailureInfo?.type ?? failure?.cause?.applicationFailureInfo?.type;
}

/** Summaries of the timers that a run started, in order. */
export function timersOf(run: WorkflowUnderTest): string[] {
  const started = run.events.filter((event) => event.timerStartedEventAttributes);
  return started.map(({ userMetadata }) => Buffer.from(userMetadata?.summary?.data ?? []).toString());
}

/** Refusal of an update: its type and sentence. */
export function refusalOf(run: WorkflowUnderTest, updateId: string): [type: string, sentence: string] | null {
  const failure = run.updateStages.findLast((each) => each.updateId === updateId)?.outcome?.failure;
  return failure ? [failure.applicationFailureInfo?.type ?? '', failure.message ?? ''] : null;
}

export function answerOf(run: WorkflowUnderTest, updateId: string): unknown {
  const payload = run.updateStages.findLast((each) => each.updateId === updateId)?.outcome?.success?.payloads?.[0];
  return payload?.data ? JSON.parse(Buffer.from(payload.data).toString()) : undefined;
}

/** What the workflow did and received, without the tasks in which it did so. */
export const deeds = (events: readonly HistoryEvent[]) =>
  events.filter(
    (event) =>
      !event.workflowTaskScheduledEventAttributes &&
      !event.workflowTaskStartedEventAttributes &&
      !event.workflowTaskCompletedEventAttributes
  );
