/** The saga library in the real sandbox: what it does, in which order, and that every history replays in the official replayer. */
import { ApplicationFailure } from '@temporalio/common';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows, type WorkflowBundle } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { WorkflowUnderTest } from '../worker/testing/run-workflow';
import type { ApprovalDecision, LedgerReport, NodesReport } from './contract';
import { canonicalJson, sha256 } from './sha256';

const workflowsPath = fileURLToPath(new URL('./testing/sagas.ts', import.meta.url));
provesHistories({ workflowsPath });

let calls: string[] = [];
let undoWorks = false;
let endSlow: () => void = () => {};
const executor = new ActivityExecutor({
  activities: {
    do: async (name: string) => {
      calls.push(name);
      // Ends right after the quick one, whatever the machine does.
      if (name === 'slow') await new Promise<void>((resolve) => (endSlow = resolve));
      if (name === 'quick') setImmediate(() => endSlow());
      if (name === 'bad') throw ApplicationFailure.nonRetryable('who knows');
      if (name === 'not-applied') throw ApplicationFailure.nonRetryable('no', 'NotApplied');
      return name;
    },
    undo: (name: string, meta: { forwardKey: string }) =>
      void calls.push(`undo ${name} ${meta.forwardKey.split('/').at(-1)}`),
    undoBad: (name: string) => {
      calls.push(`try undo ${name}`);
      if (!undoWorks) throw ApplicationFailure.nonRetryable('still down');
    },
    check: (name: string) => {
      calls.push(`check ${name}`);
      return { applied: true, output: 'found' };
    },
    'human.open': (task: { taskId: string }) => void calls.push(`open ${task.taskId.split('/').at(-1)}`),
    'human.close': (task: { outcome: string }) => void calls.push(`close ${task.outcome}`),
  },
});

let bundle: WorkflowBundle;
let worker: EmbeddedWorker;
let nextKey = 1;
beforeAll(async () => {
  bundle = await bundleWorkflows({ entry: workflowsPath });
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
});
afterAll(() => worker.close());
beforeEach(() => {
  calls = [];
  undoWorks = false;
});

function start(workflowType: string): WorkflowUnderTest {
  const runKey = nextKey++;
  return new WorkflowUnderTest(worker, executor, workflowType, [], { runKey, workflowId: `${workflowType}-${runKey}` });
}
const closeFailure = (run: WorkflowUnderTest) =>
  run.state.closeEvent?.workflowExecutionFailedEventAttributes?.failure?.applicationFailureInfo?.type ??
  run.state.closeEvent?.workflowExecutionFailedEventAttributes?.failure?.cause?.applicationFailureInfo?.type;
const ledger = async (run: WorkflowUnderTest) => {
  const report = (await run.query('__ledger')) as LedgerReport;
  return Object.fromEntries(report.entries.map((entry) => [entry.nodeId, entry.state]));
};

const cases: [string, string, { calls: string[]; status: number; failure?: string; attributes?: object }][] = [
  [
    '[Y1] a saga that goes well undoes nothing and writes no search attribute',
    'goesWell',
    { calls: ['a', 'b'], status: 2, attributes: {} },
  ],
  [
    '[Y2] a failure unwinds, last done first; an unknown outcome is undone too',
    'unwinds',
    {
      calls: ['a', 'b', 'bad', 'undo bad bad', 'undo b b', 'undo a a'],
      status: 3,
      attributes: { SagaPhase: 'unwound', SagaStanding: 0 },
    },
  ],
  [
    '[Y3] what was surely not applied is not undone',
    'notApplied',
    { calls: ['a', 'not-applied', 'undo a a'], status: 3, failure: 'NotApplied' },
  ],
  [
    '[Y4] an unknown outcome is looked up: applied goes on with the output found',
    'checked',
    { calls: ['a', 'bad', 'check bad'], status: 2 },
  ],
  [
    '[Y5] parallel branches settle before anything is undone, and undo across branches, last done first',
    'branches',
    { calls: ['a', 'l1', 'r1', 'l2', 'not-applied', 'undo l2 l2', 'undo r1 r1', 'undo l1 l1', 'undo a a'], status: 3 },
  ],
  [
    '[Y6] a catch undoes its scope, then handles',
    'caught',
    { calls: ['a', 'b', 'not-applied', 'undo b b', 'c'], status: 2, attributes: {} },
  ],
  [
    '[Y7] after the pivot nothing is unwound, and the failure says what stands',
    'pivots',
    {
      calls: ['a', 'not-applied'],
      status: 3,
      failure: 'LeftStanding',
      attributes: { SagaPhase: 'left-standing', SagaStanding: 1 },
    },
  ],
  [
    '[Y8] an error in an expression is a failure that unwinds',
    'bug',
    { calls: ['a', 'undo a a'], status: 3, failure: 'ExpressionError' },
  ],
  ['[Y9] the deadline unwinds', 'late', { calls: ['a', 'undo a a'], status: 3, failure: 'DeadlineExceeded' }],
];
describe('sagas', () => {
  it.each(cases)('%s', async (_rule, workflowType, expected) => {
    const run = start(workflowType);
    await run.run();
    expect(calls).toEqual(expected.calls);
    expect(run.state.status).toBe(expected.status);
    if (expected.failure) expect(closeFailure(run)).toBe(expected.failure);
    if (expected.attributes) expect(run.state.searchAttributes).toEqual(expected.attributes);
    expect(run.failures).toEqual([]);
  });

  it('[Y18] an effect whose undo has no data stands, and the failure says so', async () => {
    const run = start('undoDataBroken');
    await run.run();
    expect(calls).toEqual(['a', 'b', 'undo a a']);
    expect(await ledger(run)).toEqual({ a: 'undone', b: 'standing' });
    expect(closeFailure(run)).toBe('LeftStanding');
    expect(run.failures).toEqual([]);
  });

  it('[Y19] an undo that is retried for ever is retried ever more slowly', async () => {
    const run = start('undoRetries');
    const from = run.now;
    await run.run({ until: () => calls.filter((call) => call === 'try undo stuck').length === 5 });
    expect(run.now - from).toBeGreaterThanOrEqual(1_000 + 2_000 + 4_000 + 8_000);
    undoWorks = true;
    await run.run();
    expect(run.state.searchAttributes).toEqual({ SagaPhase: 'unwound', SagaStanding: 0 });
    expect(run.failures).toEqual([]);
  });

  it('[Y20] across branches what was done last is undone first, whenever it began', async () => {
    const run = start('slowAndQuick');
    await run.run();
    expect(calls).toEqual(['slow', 'quick', 'not-applied', 'undo slow slow', 'undo quick quick']);
    expect(run.failures).toEqual([]);
  });

  it('[Y10] a cancel is stop and undo; the run ends as canceled', async () => {
    const run = start('waits');
    await run.run({ until: () => run.state.timers.size === 1 });
    run.cancel();
    await run.run();
    expect(calls).toEqual(['a', 'undo a a']);
    expect(run.state.status).toBe(4);
    expect(run.failures).toEqual([]);
  });

  it('[Y11] an undo that fails waits for an operator, who may try again', async () => {
    const run = start('undoFails');
    await run.run();
    expect(run.state.status).toBe(1);
    expect(run.state.searchAttributes).toEqual({ SagaPhase: 'needs-hand', SagaStanding: 2 });
    const report = (await run.query('__nodes')) as NodesReport;
    expect(report.waitsFor).toMatchObject([{ kind: 'undo', nodeId: 'stuck' }]);
    expect(await ledger(run)).toEqual({ a: 'standing', stuck: 'undoFailed', 'not-applied': 'notArmed' });

    const actor = { id: 'u1', name: 'Ada', groups: [] };
    run.update('d-0', '__decideUndo', { nodeId: 'stuck', choice: 'retry', reason: ' ', actor });
    await run.run();
    expect(run.updateStages.at(-1)).toMatchObject({ stage: 'rejected' });
    undoWorks = true;
    run.update('d-1', '__decideUndo', { nodeId: 'stuck', choice: 'retry', reason: 'it is up again', actor });
    await run.run();
    expect(calls).toEqual(['a', 'stuck', 'not-applied', 'try undo stuck', 'try undo stuck', 'undo a a']);
    expect(run.state.searchAttributes).toEqual({ SagaPhase: 'unwound', SagaStanding: 0 });
    expect(run.state.status).toBe(3);
    expect(run.failures).toEqual([]);
  });

  it('[Y12] an effect that an operator leaves standing is said by the failure', async () => {
    const run = start('undoFails');
    await run.run();
    run.update('d', '__decideUndo', {
      nodeId: 'stuck',
      choice: 'leave',
      reason: 'not worth it',
      actor: { id: 'u', name: 'Ada', groups: [] },
    });
    await run.run();
    expect(closeFailure(run)).toBe('LeftStanding');
    expect(await ledger(run)).toEqual({ a: 'undone', stuck: 'leftStanding', 'not-applied': 'notArmed' });
    expect(run.failures).toEqual([]);
  });

  it('[Y13] an outcome that nobody knows is asked for', async () => {
    const run = start('asked');
    await run.run();
    expect((await run.query('__nodes')) as NodesReport).toMatchObject({
      waitsFor: [{ kind: 'outcome', nodeId: 'bad' }],
    });
    run.update('d', '__decideOutcome', {
      nodeId: 'bad',
      choice: 'applied',
      output: 'seen',
      reason: 'looked',
      actor: { id: 'u', name: 'Ada', groups: [] },
    });
    await run.run();
    expect(run.result()).toBe('seen');
    expect(run.state.searchAttributes).toEqual({});
    expect(run.failures).toEqual([]);
  });

  it('[Y14] an approval is decided once, by a candidate, on the data that was shown', async () => {
    const run = start('approval');
    await run.run();
    const [wait] = ((await run.query('__nodes')) as NodesReport).waitsFor;
    if (wait?.kind !== 'approval') throw new Error('no approval waits');
    expect(wait.dataHash).toBe(sha256(canonicalJson({ currency: 'EUR', amount: 5 })));
    const decision: ApprovalDecision = {
      taskId: wait.taskId,
      decision: 'approve',
      comment: '',
      dataHash: wait.dataHash,
      actor: { id: 'u', name: 'Ada', groups: ['finance'] },
    };
    const refusals: [string, Partial<ApprovalDecision>][] = [
      ['DataChanged', { dataHash: 'other' }],
      ['NotCandidate', { actor: { id: 'x', name: 'Eve', groups: ['sales'] } }],
      ['CommentRequired', { decision: 'reject' }],
      ['UnknownTask', { taskId: 'another' }],
    ];
    for (const [type, change] of refusals) {
      run.update(`refused-${type}`, '__decide', { ...decision, ...change });
      await run.run();
      expect(run.updateStages.at(-1)?.outcome?.failure?.applicationFailureInfo?.type).toBe(type);
    }
    run.update('one', '__decide', decision);
    run.update('two', '__decide', { ...decision, decision: 'reject', comment: 'too late' });
    await run.run();
    expect(
      run.updateStages.find((stage) => stage.updateId === 'two')?.outcome?.failure?.applicationFailureInfo?.type
    ).toBe('AlreadyDecided');
    expect(run.result()).toBe('Ada');
    expect(calls).toEqual(['a', 'open approve', 'close approved']);
    expect(run.failures).toEqual([]);
  });

  it('[Y15] a rejection unwinds what stood while the approval waited', async () => {
    const run = start('approval');
    await run.run();
    const [wait] = ((await run.query('__nodes')) as NodesReport).waitsFor;
    if (wait?.kind !== 'approval') throw new Error('no approval waits');
    const actor = { id: 'u', name: 'Ada', groups: ['finance'] };
    run.update('no', '__decide', {
      taskId: wait.taskId,
      decision: 'reject',
      comment: 'too dear',
      dataHash: wait.dataHash,
      actor,
    });
    await run.run();
    expect(calls).toEqual(['a', 'open approve', 'close rejected', 'undo a a']);
    expect(closeFailure(run)).toBe('Rejected');
    expect(run.failures).toEqual([]);
  });

  it('[Y16] a signal that comes before it is waited for is kept; none in time fails the node', async () => {
    const early = start('signalled');
    early.signal('note', 'hello');
    await early.run();
    expect(early.result()).toBe('hello');
    expect(early.failures).toEqual([]);
    const never = start('signalled');
    await never.run();
    expect(closeFailure(never)).toBe('SignalTimeout');
  });

  it('[Y17] sha256 agrees with the real one; equal data hashes equally', () => {
    for (const text of ['', 'abc', 'ä€😀', 'x'.repeat(55), 'x'.repeat(56), 'x'.repeat(64), 'x'.repeat(1_000)]) {
      expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
    }
    expect(canonicalJson({ b: [1, { d: null, c: undefined }], a: 'x' })).toBe('{"a":"x","b":[1,{"d":null}]}');
  });
});
