/**
 * An operator ends the wait for a request that was sent, or for late calls to settle.
 *
 * Rules
 * [EW1] A wait can be ended only while the run turns back; the decision needs a reason and is recorded.
 * [EW2] After it the outcome is unknown: the policy of the step decides, and the effect may remain even when it was
 *       undone, unless the target refuses late calls.
 * [EW3] An answer that comes all the same, while the run is open, settles the outcome: before the undo began as any
 *       answer; afterwards only where it says that nothing happened.
 */
import { describe, expect, it } from 'vitest';
import { STATUS } from '../run-name';
import { provesHistories } from '../history/testing/proof';
import type { WorkflowUnderTest } from '../worker/testing/run-workflow';
import type { OutcomeDecision } from './contract';
import {
  actor,
  answerOut,
  closedBy,
  ledgerOf,
  letGo,
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

const end = (nodeId = 'out', reason = 'the service is gone for good'): OutcomeDecision => ({
  nodeId,
  choice: 'endWait',
  reason,
  actor: actor('Ada'),
});
async function stopped(more: object = {}): Promise<WorkflowUnderTest> {
  const run = start('stoppedMeanwhile', more);
  await run.run({ until: () => world.calls.includes('out') });
  run.update('early', '__decideOutcome', end());
  await run.run({ until: () => refusalOf(run, 'early') !== null });
  run.cancel();
  await run.run({ until: () => run.events.some((event) => event.activityTaskCancelRequestedEventAttributes) });
  return run;
}

describe('a stop that waits for a request that was sent', () => {
  it('[EW1] lets an operator end the wait, but not too early, without a reason, or for another step', async () => {
    const run = await stopped();
    expect(refusalOf(run, 'early')).toEqual([
      'NothingToDecide',
      "The run does not wait for 'out' before it turns back.",
    ]);
    expect((await nodesOf(run)).endable).toMatchObject([{ nodeId: 'out', activityId: 'out', role: 'do' }]);
    expect((await nodesOf(run)).phase).toBe('forward');
    run.update('blank', '__decideOutcome', end('out', ' '));
    run.update('other', '__decideOutcome', end('a'));
    await run.run({ until: () => refusalOf(run, 'other') !== null });
    expect(refusalOf(run, 'blank')?.[0]).toBe('CommentRequired');
    expect(refusalOf(run, 'other')?.[0]).toBe('NothingToDecide');
    answerOut();
    await run.run();
    expect(await ledgerOf(run)).toMatchObject({ a: 'undone', out: 'undone' });
  });

  it.each([
    ['possible', 'mayStand', 'left-standing', 1],
    ['refused', 'undone', 'unwound', 0],
  ])(
    '[EW2] ends with an undo at once; with late calls %s the effect is %s',
    async (lateCalls, state, phase, standing) => {
      const run = await stopped({ lateCalls, settlesWithinMs: 90_000 });
      run.update('end', '__decideOutcome', end());
      await run.run();
      expect(world.calls).toEqual(['a', 'out', 'undo out out', 'undo a a']);
      expect(timersOf(run)).toEqual([]);
      expect(await ledgerOf(run)).toEqual({ a: 'undone', out: state });
      expect(run.state.searchAttributes).toEqual({ SagaPhase: phase, SagaStanding: standing });
      // The run closes as cancelled, because a cancel was requested.
      expect(run.state.status).toBe(STATUS.canceled);
      expect((await nodesOf(run)).endable).toEqual([]);
      answerOut();
    }
  );

  it('[EW2] ends with a question whether it happened if that is the policy of the step', async () => {
    const run = await stopped({ unknown: { policy: 'ask' } });
    run.update('end', '__decideOutcome', end());
    await run.run({ until: () => run.state.searchAttributes.SagaPhase === 'needs-hand' });
    run.update('no', '__decideOutcome', { ...end(), choice: 'notApplied' });
    await run.run();
    expect(world.calls).toEqual(['a', 'out', 'undo a a']);
    expect(await ledgerOf(run)).toEqual({ a: 'undone', out: 'notArmed' });
    answerOut();
  });

  it('[EW3] accepts an answer that comes before the undo, and withdraws its question', async () => {
    const run = await stopped({ unknown: { policy: 'ask' } });
    run.update('end', '__decideOutcome', end());
    await run.run({ until: () => run.state.searchAttributes.SagaPhase === 'needs-hand' });
    answerOut();
    await run.run();
    expect(world.calls).toEqual(['a', 'out', 'undo out out', 'undo a a']);
    expect(await ledgerOf(run)).toMatchObject({ a: 'undone', out: 'undone' });
    expect(closedBy(run)).toBeUndefined();
  });

  it('[EW3] ends a look-up when the answer comes meanwhile, because it would say what is known', async () => {
    const options = { startToCloseTimeout: '1 day' };
    const run = await stopped({ unknown: { policy: 'check', activity: 'checkHeld', input: 'out', options } });
    run.update('end', '__decideOutcome', end());
    await run.run({ until: () => world.calls.includes('check out') });
    const from = run.now;
    answerOut();
    await run.run();
    expect(run.now - from).toBeLessThan(1_000);
    expect(world.calls).toEqual(['a', 'out', 'check out', 'undo out out', 'undo a a']);
    expect(await ledgerOf(run)).toMatchObject({ a: 'undone', out: 'undone' });
  });

  it('[EW3] ignores an answer that comes after the undo began: the effect may remain', async () => {
    const held = { title: 'undo held', activity: 'undo', input: 'held', options: { startToCloseTimeout: '10s' } };
    const run = await stopped({ heldUndo: held });
    run.update('end', '__decideOutcome', end());
    await run.run({ until: () => world.calls.some((call) => call.startsWith('undo held')) });
    answerOut();
    const closes = () => run.events.filter((event) => event.activityTaskCompletedEventAttributes).length;
    await run.run({ until: () => closes() === 2 });
    letGo();
    await run.run();
    expect(await ledgerOf(run)).toEqual({ a: 'undone', out: 'mayStand' });
  });
});

describe('an undo that waits for late calls to settle', () => {
  it('[EW2] begins at once when an operator ends the wait, and then the effect may remain', async () => {
    for (const type of ['lateCalls', 'lateLookUp']) {
      const run = start(type, 90_000);
      const from = run.now;
      await run.run({ until: () => timersOf(run).length > 0 });
      expect((await nodesOf(run)).endable).toMatchObject([
        { nodeId: 'bad', role: type === 'lateCalls' ? 'undo' : 'check' },
      ]);
      run.update('end', '__decideOutcome', end('bad'));
      await run.run();
      expect(run.now - from).toBeLessThan(90_000);
      expect(await ledgerOf(run)).toMatchObject({ bad: 'mayStand' });
      expect(run.state.searchAttributes).toEqual({ SagaPhase: 'left-standing', SagaStanding: 1 });
    }
  });
});
