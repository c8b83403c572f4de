/**
 * The saga library in the real sandbox: what it does, in which order, and that every history replays in the official
 * replayer.
 */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { STATUS } from '../run-name';
import { provesHistories } from '../history/testing/proof';
import type { WorkflowUnderTest } from '../worker/testing/run-workflow';
import { canonicalJson, sha256 } from './sha256';
import {
  actor,
  answerOut,
  closedBy,
  ledgerOf,
  nodesOf,
  refusalOf,
  start,
  timersOf,
  usesSagas,
  workflowsPath,
  world,
} from './testing/world';

provesHistories({ workflowsPath });
usesSagas();

const leave = (run: WorkflowUnderTest, nodeId: string) =>
  run.update('leave', '__decideUndo', { nodeId, choice: 'leave', reason: 'seen', actor: actor('Ada') });

/** The node whose expression failed the run. */
function bugOf(run: WorkflowUnderTest): unknown {
  const failure = run.state.closeEvent?.workflowExecutionFailedEventAttributes?.failure;
  const info = (failure?.cause ?? failure)?.applicationFailureInfo;
  expect(info?.type).toBe('ExpressionError');
  return JSON.parse(Buffer.from(info?.details?.payloads?.[0]?.data ?? []).toString());
}

const cases: [string, string, { calls: string[]; status: number; failure?: string; attributes?: object }][] = [
  [
    '[Y1] a saga that goes well undoes nothing and writes no search attribute',
    'goesWell',
    { calls: ['a', 'b'], status: STATUS.completed, attributes: {} },
  ],
  [
    '[Y2] a failure unwinds, last done first; an unknown outcome is undone too',
    'unwinds',
    {
      calls: ['a', 'b', 'bad', 'undo bad bad', 'undo b b', 'undo a a'],
      status: STATUS.failed,
      attributes: { SagaPhase: 'unwound', SagaStanding: 0 },
    },
  ],
  [
    '[Y3] what was surely not applied is not undone',
    'notApplied',
    { calls: ['a', 'not-applied', 'undo a a'], status: STATUS.failed, failure: 'NotApplied' },
  ],
  [
    '[Y4] an unknown outcome is looked up: applied goes on with the output found',
    'checked',
    { calls: ['a', 'bad', 'check bad'], status: STATUS.completed },
  ],
  [
    '[Y5] parallel branches settle before anything is undone, and undo across branches, last done first',
    'branches',
    {
      calls: ['a', 'l1', 'r1', 'l2', 'not-applied', 'undo l2 l2', 'undo r1 r1', 'undo l1 l1', 'undo a a'],
      status: STATUS.failed,
    },
  ],
  [
    '[Y6] a catch undoes its scope, then handles',
    'caught',
    { calls: ['a', 'b', 'not-applied', 'undo b b', 'c'], status: STATUS.completed, attributes: {} },
  ],
  [
    '[Y7] after the pivot nothing is unwound, and the failure names the effects that remain',
    'pivots',
    {
      calls: ['a', 'not-applied'],
      status: STATUS.failed,
      failure: 'LeftStanding',
      attributes: { SagaPhase: 'left-standing', SagaStanding: 1 },
    },
  ],
  [
    '[Y8] an error in an expression is a failure that unwinds',
    'bug',
    { calls: ['a', 'undo a a'], status: STATUS.failed, failure: 'ExpressionError' },
  ],
  [
    '[Y9] the deadline unwinds',
    'late',
    { calls: ['a', 'undo a a'], status: STATUS.failed, failure: 'DeadlineExceeded' },
  ],
];
describe('sagas', () => {
  it.each(cases)('%s', async (_rule, workflowType, expected) => {
    const run = start(workflowType);
    await run.run();
    expect(world.calls).toEqual(expected.calls);
    expect(run.state.status).toBe(expected.status);
    if (expected.failure) expect(closedBy(run)).toBe(expected.failure);
    if (expected.attributes) expect(run.state.searchAttributes).toEqual(expected.attributes);
  });

  it('[Y18] an effect whose undo has no data remains, a person is asked, and the failure names it', async () => {
    const run = start('undoDataBroken');
    await run.run();
    expect(world.calls).toEqual(['a', 'b']);
    expect(await nodesOf(run)).toMatchObject({
      phase: 'needs-hand',
      waitsFor: [{ kind: 'undo', nodeId: 'b', error: { type: 'UndoInput' } }],
    });
    leave(run, 'b');
    await run.run();
    expect(world.calls).toEqual(['a', 'b', 'undo a a']);
    expect(await ledgerOf(run)).toEqual({ a: 'undone', b: 'leftStanding' });
    expect(closedBy(run)).toBe('LeftStanding');
  });

  it('[Y39] a step is not undone during its own request: a failing sibling waits for the answer', async () => {
    const run = start('stoppedWhileOut');
    await run.run({ until: () => world.calls.includes('not-applied') && run.state.activities.size === 1 });
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(world.calls).toEqual(['a', 'out', 'not-applied']);
    expect(await ledgerOf(run)).toMatchObject({ a: 'standing', out: 'mayStand' });
    answerOut();
    await run.run();
    expect(world.calls).toEqual(['a', 'out', 'not-applied', 'undo out out', 'undo a a']);
    expect(await ledgerOf(run)).toMatchObject({ a: 'undone', out: 'undone' });
  });

  it('[Y40] if late calls are not refused, an undone effect that may have happened may remain', async () => {
    const run = start('lateCalls');
    await run.run();
    expect(world.calls).toEqual(['a', 'bad', 'undo bad bad', 'undo a a']);
    expect(await ledgerOf(run)).toEqual({ a: 'undone', bad: 'mayStand' });
    expect(closedBy(run)).toBe('LeftStanding');
    expect(run.state.closeEvent?.workflowExecutionFailedEventAttributes?.failure?.message).toBe(
      'who knows (1 effect may remain)'
    );
    expect(run.state.searchAttributes).toEqual({ SagaPhase: 'left-standing', SagaStanding: 1 });
    const lookedUp = start('lateLookUp');
    await lookedUp.run();
    expect(await ledgerOf(lookedUp)).toEqual({ bad: 'mayStand' });
  });

  it('[Y41] undo and look-up wait until late calls have settled, if the step declares that time', async () => {
    for (const type of ['lateCalls', 'lateLookUp']) {
      const run = start(type, 90_000);
      const from = run.now;
      await run.run();
      expect(run.now - from).toBeGreaterThanOrEqual(90_000);
      expect(timersOf(run)).toEqual([type === 'lateCalls' ? '"bad:undo"' : '"bad:check"']);
      expect(await ledgerOf(run)).toMatchObject({ bad: type === 'lateCalls' ? 'undone' : 'notArmed' });
      expect(run.state.searchAttributes.SagaStanding ?? 0).toBe(0);
    }
  });

  it('[Y19] an undo that is retried for ever waits longer after each failure', async () => {
    const run = start('undoRetries');
    const from = run.now;
    await run.run({ until: () => world.calls.filter((call) => call === 'try undo stuck').length === 5 });
    expect(run.now - from).toBeGreaterThanOrEqual(1_000 + 2_000 + 4_000 + 8_000);
    expect(new Set(timersOf(run))).toEqual(new Set(['"stuck:undo"']));
    world.undoWorks = true;
    await run.run();
    expect(run.state.searchAttributes).toEqual({ SagaPhase: 'unwound', SagaStanding: 0 });
  });

  it('[Y20] across branches the last effect is undone first, in order of completion', async () => {
    const run = start('slowAndQuick');
    await run.run();
    expect(world.calls).toEqual(['slow', 'quick', 'not-applied', 'undo slow slow', 'undo quick quick']);
  });

  it('[Y38] after the pivot neither a cancel nor the deadline stops a run', async () => {
    const run = start('pivotsAndWaits');
    await run.run({ until: () => run.state.timers.size === 2 });
    run.cancel();
    await run.run();
    expect(world.calls).toEqual(['a', 'b']);
    expect(run.state.status).toBe(STATUS.completed);
  });

  it('[Y10] a cancel undoes all effects, and the run closes as canceled', async () => {
    const run = start('waits');
    await run.run({ until: () => run.state.timers.size === 1 });
    run.cancel();
    await run.run();
    expect(world.calls).toEqual(['a', 'undo a a']);
    expect(run.state.status).toBe(STATUS.canceled);
  });

  it('[Y16] a signal that arrives early is kept, and a missing signal fails the node', async () => {
    const early = start('signalled');
    early.signal('note', 'hello');
    await early.run();
    expect(early.result()).toBe('hello');
    const never = start('signalled');
    await never.run();
    expect(closedBy(never)).toBe('SignalTimeout');
  });

  const event = (id: unknown, order = 'a') => ({ id, order });
  it.each<[what: string, sent: unknown[], result: string[] | null]>([
    ['[SG1] one signal answers one wait', [event('1')], null],
    ['[SG1] two signals answer two waits', [event('1'), event('2', 'b')], ['1', '2']],
    ['[SG2] what does not fit is ignored', ['lots', null, {}, event(5), event('1'), event('2')], ['1', '2']],
    ['[SG3] one event delivered twice answers one wait', [event('1'), event('1'), event('1')], null],
    ['[SG3] events without a key are events of their own', [event(undefined), event(undefined)], []],
    ['[SG4] another one is left for other waits', [event('1', 'b'), event('2')], ['2', '1']],
  ])('%s', async (_what, sent, result) => {
    const run = start('events');
    for (const payload of sent) run.signal('event', payload);
    await run.run();
    expect(closedBy(run)).toBe(result === null ? 'SignalTimeout' : undefined);
    if (result?.length) expect(run.result()).toEqual(result);
  });

  it('[SG5] nodes that wait without a timeout are reported after each task while they wait, and leave no event', async () => {
    const run = start('listens');
    await run.run();
    expect(run.state.signalWaits).toEqual(['paid', 'note']);
    const { length } = run.events;
    run.signal('paid', 1);
    await run.run();
    expect(run.state.signalWaits).toEqual(['paid', 'note']);
    run.signal('paid', 2);
    await run.run();
    expect(run.state.signalWaits).toEqual(['note']);
    const since = run.events.slice(length);
    expect(new Set(since.map(({ eventType }) => eventType)).size).toBe(4);
    run.signal('note', 1);
    await run.run();
    expect(run.state.status).toBe(STATUS.completed);
    // A signal that came before is taken at once.
    const early = start('conditionBreaks');
    early.signal('note', { deep: { er: true } });
    await early.run();
    expect([early.state.status, early.state.waitChanges]).toEqual([STATUS.completed, 0]);
  });

  it('[SG4] a condition that throws fails its node, not the workflow task', async () => {
    const run = start('conditionBreaks');
    run.signal('note', {});
    await run.run();
    expect(bugOf(run)).toEqual({ nodeId: 'note', after: false });
    expect(world.calls).toEqual(['a', 'undo a a']);
  });

  it('[Y27] a run that was started with a wrong input fails before its first step, naming the field', async () => {
    const run = start('startedWith', { sum: 5 });
    await run.run();
    expect([closedBy(run), world.calls]).toEqual(['InvalidInput', []]);
    const failure = run.state.closeEvent?.workflowExecutionFailedEventAttributes?.failure;
    expect(failure?.message).toBe('The input does not match its schema: /amount is missing.');
    const fine = start('startedWith', { amount: 5 });
    await fine.run();
    expect(fine.state.status).toBe(STATUS.completed);
  });

  it.each<[unknown, string?]>([
    ['tomorrow 5'],
    ['2030-01-01T00:00:00'],
    [null],
    ['9999-01-01T00:00:00Z'],
    ['x', 'UTC'],
  ])('[Y28] waiting until %j fails the node, and the run unwinds', async (instant, zone) => {
    const run = start('waitsUntil', instant, zone);
    await run.run();
    expect(world.calls).toEqual(['a', 'undo a a']);
    expect(closedBy(run)).toBe(instant === '9999-01-01T00:00:00Z' ? 'ExpressionError' : 'NoInstant');
    expect((await nodesOf(run)).nodes.pause?.state).toBe('failed');
  });

  it('[Y21] the timers of a wait and of a wait for a signal name their node', async () => {
    const waits = start('waits');
    await waits.run();
    const signalled = start('signalled');
    await signalled.run();
    expect([...timersOf(waits), ...timersOf(signalled)]).toEqual(['"pause"', '"note"']);
    const late = start('late');
    await late.run();
    // A node can have any id, so the timer of the deadline has a name that no id can have.
    expect(timersOf(late)).toEqual(['"Deadline of the run"', '"pause"']);
  });

  it('[Y22] a catch receives the id of the node that failed, at any depth', async () => {
    const run = start('failsDeep');
    await run.run();
    expect(run.result()).toMatchObject({ type: 'NotApplied', nodeId: 'not-applied' });
    expect((await nodesOf(run)).nodes).toMatchObject({
      'not-applied': { state: 'failed' },
      loud: { state: 'failed' },
      outer: { state: 'failed' },
      long: { state: 'cancelled' },
      quiet: { state: 'cancelled' },
    });
  });

  it('[Y23] an error in an expression of a branch names the node where the branch was', async () => {
    const run = start('bugInBranch');
    await run.run();
    expect(run.result()).toMatchObject({ type: 'ExpressionError', nodeId: 'l2' });
    expect(world.calls).toEqual(['a', 'l1', 'r1', 'l2', 'undo l2 l2', 'undo r1 r1', 'undo l1 l1', 'undo a a']);
    const between = start('bug');
    await between.run();
    const within = start('undoDataBroken');
    await within.run();
    leave(within, 'b');
    await within.run();
    const behind = start('bugBehindCatch');
    await behind.run();
    expect([bugOf(between), bugOf(within), bugOf(behind)]).toEqual([
      { nodeId: 'a', after: true },
      { nodeId: 'b', after: false },
      { nodeId: 'group', after: true },
    ]);
  });

  it('[Y24] an effect that was never sent is neither looked up nor undone, even if armed on attempt', async () => {
    const run = start('notSent');
    await run.run();
    expect(world.calls).toEqual(['a', 'not-sent', 'undo a a']);
    expect(await ledgerOf(run)).toEqual({ a: 'undone', 'not-sent': 'notArmed' });
    expect(closedBy(run)).toBe('EgressDenied');
  });

  it('[Y25] an error in an update fails the update, one in its validator refuses it; the run goes on', async () => {
    const run = start('updates');
    await run.run();
    run.update('bug', 'change', { note: { text: 'bug' } });
    run.update('no-note', 'change', {});
    run.update('long', 'change', { note: { text: 'much too long' } });
    run.update('fine', 'change', { note: { text: 'fine' } });
    await run.run();
    expect(refusalOf(run, 'bug')?.[0]).toBe('ExpressionError');
    expect(refusalOf(run, 'no-note')?.[0]).toBe('TypeError');
    expect(refusalOf(run, 'long')?.[0]).toBe('Refused');
    expect(refusalOf(run, 'fine')).toBeNull();
    run.signal('go');
    await run.run();
    expect(run.state.status).toBe(STATUS.completed);
  });

  it('[Y17] sha256 equals that of Node, and equal data has equal hashes', () => {
    for (const text of ['', 'abc', 'ä€😀', 'x'.repeat(55), 'x'.repeat(56), 'x'.repeat(64), 'x'.repeat(1_000)]) {
      expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
    }
    expect(canonicalJson({ b: [1, { d: null, c: undefined }], a: 'x' })).toBe('{"a":"x","b":[1,{"d":null}]}');
  });
});
