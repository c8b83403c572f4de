/**
 * A run that continues as new while a fix of its version goes live.
 *
 * Rules
 * [CREV1] If the fix reads an output of a step that it adds before the loop, every later run of the chain goes on with
 *         the revision that the chain has, without a failed task. The step is not made up, and not carried out late.
 * [CREV2] If the fix needs nothing that is missing, the next run of the chain begins on it.
 * [CREV3] An output that had no value in the run before, because its step has failed and the flow went on, is not missing.
 * [CREV4] The check of the fix says of a run that has such a run before it why it cannot go on.
 */
import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provesHistories, type WorkflowSource } from '../history/testing/proof';
import { STATUS } from '../run-name';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows, type WorkflowBundle } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { Replayer } from '../worker/replay';
import { WorkflowUnderTest } from '../worker/testing/run-workflow';
import { compileFlow, SAGA_ALIAS, sagaModules } from './testing/golden-case';

provesHistories('scripted');

const call = (id: string, body: object = {}) => ({
  id,
  title: id,
  kind: 'action',
  activity: 'http.request',
  input: { method: 'POST', connection: 'service', path: '/do', body },
  effect: 'none',
  output: { type: 'object', required: ['ref'], properties: { ref: { type: 'string' } } },
});

/** `before`: the loop. `read`: in the step after it. */
const flow = (before: object[], read: string) => ({
  format: 2,
  name: 'count',
  title: 'Count',
  input: { type: 'object' },
  variables: { rounds: { schema: { type: 'integer' }, initial: 0 } },
  signals: { go: { title: 'Go', schema: { type: 'object' } } },
  steps: [
    call('open'),
    ...before,
    {
      id: 'loop',
      title: 'Loop',
      kind: 'repeat',
      while: 'rounds < 3',
      most: 1000,
      steps: [
        { id: 'go', title: 'go', kind: 'waitForSignal', signal: 'go' },
        { id: 'next', title: 'next', kind: 'set', values: { rounds: { $expr: 'rounds + 1' } } },
      ],
    },
    call('close', { read: { $expr: read } }),
  ],
});
/** It fails, and the flow goes on without its output. */
const rare = {
  ...call('rare'),
  catch: [{ id: 'odd', types: ['Odd'], scope: 'undo', then: [] }],
};

const DOCUMENTS = {
  'v1.0': flow([rare], "`${open.ref} ${rare?.ref ?? 'none'}`"),
  // The text after the loop is another one.
  'v1.1': flow([rare], "`fixed ${open.ref} ${rare?.ref ?? 'none'}`"),
  'v1.2': flow([rare, call('added')], '`${open.ref} ${added.ref}`'),
};
type Revision = keyof typeof DOCUMENTS;

const sources = new Map<string, WorkflowSource>();
const bundles = new Map<string, WorkflowBundle>();
let live: Revision = 'v1.0';
let worker: EmbeddedWorker;
let listeners: (() => void)[] = [];
beforeAll(async () => {
  for (const [revision, document] of Object.entries(DOCUMENTS)) {
    const { files, diagnostics } = await compileFlow(document);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const modules = { ...sagaModules, ...files, 'entry.ts': "export { count_v1 } from './workflow';" };
    const source = { entry: 'entry.ts', modules, alias: SAGA_ALIAS };
    sources.set(revision, source);
    bundles.set(revision, await bundleWorkflows({ ...source, revision }));
  }
  worker = createEmbeddedWorker({
    bundles: {
      find: (_type, revision) => bundles.get(revision === '' ? 'v1.0' : (revision ?? live)),
      onChange: (listener) => {
        listeners.push(listener);
        return () => (listeners = listeners.filter((each) => each !== listener));
      },
    },
  });
}, 120_000);
afterAll(() => worker?.close());

function goLive(revision: Revision): void {
  live = revision;
  for (const listener of listeners) listener();
}

let nextKey = 1;
const revisionsOf = ({ events }: WorkflowUnderTest) => [
  ...new Set(events.flatMap(({ workflowTaskCompletedEventAttributes: done }) => done?.workerVersion?.buildId ?? [])),
];

/** One round a run. `then` goes live after the first of them. */
async function play(then: Revision) {
  goLive('v1.0');
  const calls: string[] = [];
  const activity = ({ body }: { body: { read?: string } }) => {
    const { activityId } = activityInfo();
    if (activityId === 'rare') throw ApplicationFailure.nonRetryable('odd', 'Odd');
    calls.push(body.read === undefined ? activityId : `${activityId}: ${body.read}`);
    return { ref: activityId };
  };
  const executor = new ActivityExecutor({ activities: { 'http.request': activity } });
  const workflowId = `chain-${nextKey}`;
  const chain: WorkflowUnderTest[] = [];
  const begin = async (more: object) => {
    const options: NonNullable<ConstructorParameters<typeof WorkflowUnderTest>[4]> = {
      runKey: nextKey++,
      workflowId,
      suggestContinueAsNewEvents: 1,
      ...more,
    };
    const run = new WorkflowUnderTest(worker, executor, 'count_v1', [{}], options);
    chain.push(run);
    run.signal('go', {});
    await run.run();
    expect(run.failures).toEqual([]);
    // Its history is proved with the code that made it.
    options.source = sources.get(revisionsOf(run)[0] ?? '');
    return run;
  };
  let run = await begin({});
  while (run.next) {
    goLive(then);
    run = await begin({ continues: run.next, startMs: run.now });
  }
  expect(run.state.status).toBe(STATUS.completed);
  return { calls, chain, revisions: chain.map(revisionsOf) };
}

it('[CREV1] [CREV3] a chain stays on its revision if the live one needs an output that it does not have', async () => {
  const { calls, revisions } = await play('v1.2');
  expect(revisions).toEqual([['v1.0'], ['v1.0'], ['v1.0'], ['v1.0']]);
  expect(calls).toEqual(['open', 'close: open none']);
});

it('[CREV2] [CREV3] the next run of a chain begins on the live revision otherwise', async () => {
  const { calls, revisions } = await play('v1.1');
  expect(revisions).toEqual([['v1.0'], ['v1.1'], ['v1.1'], ['v1.1']]);
  expect(calls).toEqual(['open', 'close: fixed open none']);
});

it('[CREV4] the check says that an output is missing', async () => {
  const { chain } = await play('v1.0');
  const replayer = new Replayer(bundles.get('v1.2')!, { strict: true });
  try {
    const [, second] = chain;
    await expect(replayer.replay({ events: second!.events }, { workflowId: 'chain' })).rejects.toThrow(
      /that one had no output 'added': its revision did not have that step/
    );
  } finally {
    await replayer.close();
  }
});
