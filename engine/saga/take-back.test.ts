/** Decisions that are taken back. The rules are in decision.ts; virtual time passes here. */
import { describe, expect, it } from 'vitest';
import { STATUS } from '../run-name';
import { provesHistories } from '../history/testing/proof';
import type { WorkflowUnderTest } from '../worker/testing/run-workflow';
import type { Actor, TaskEvent } from './contract';
import {
  actor,
  answerOf,
  approvalOf,
  refusalOf,
  start,
  timersOf,
  usesSagas,
  workflowsPath,
  world,
} from './testing/world';

provesHistories({ workflowsPath });
usesSagas();

const MINUTE_MS = 60_000;
const ada = actor('Ada', 'finance');
const bob = actor('Bob', 'finance');

async function asking(more: object = {}): Promise<WorkflowUnderTest> {
  const run = start('approval', { takeBack: '2m', ...more });
  await run.run({ until: () => world.calls.includes('open approve') });
  await run.run({ until: () => run.state.activities.size === 0 });
  return run;
}
async function send(run: WorkflowUnderTest, name: string, updateId: string, argument: object): Promise<string | null> {
  run.update(updateId, name, argument);
  await run.run({ until: () => run.updateStages.some((each) => each.updateId === updateId && each.outcome) });
  return refusalOf(run, updateId)?.[0] ?? null;
}
let nextUpdate = 1;
let taskId = '';
async function decide(run: WorkflowUnderTest, who: Actor, decision = 'approve', turn?: number): Promise<string | null> {
  const wait = await approvalOf(run);
  ({ taskId } = wait);
  const { dataHash } = wait;
  return send(run, '__decide', `d${nextUpdate++}`, {
    taskId,
    decision,
    comment: 'Because.',
    dataHash,
    actor: who,
    turn,
  });
}
const back = (run: WorkflowUnderTest, who: Actor) =>
  send(run, '__decideBack', `b${nextUpdate++}`, { taskId, actor: who });
const goOn = async (run: WorkflowUnderTest) => {
  run.signal('go');
  await run.run();
};
const pass = (run: WorkflowUnderTest, ms: number) => void (run.now += ms);
const told = (run: WorkflowUnderTest) =>
  run.events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => {
    if (scheduled?.activityId !== 'approve:ask') return [];
    return [JSON.parse(Buffer.from(scheduled.input?.payloads?.[0]?.data ?? []).toString()) as { events: TaskEvent[] }];
  });

describe('a decision', () => {
  it('[TBK1] is taken back by whoever made it, within the time; the inbox hears of it, and others may decide then', async () => {
    const run = await asking();
    expect(await decide(run, ada)).toBeNull();
    const { decided } = await approvalOf(run);
    expect(decided).toEqual({ decision: 'approve', by: 'Ada', goesOnAtMs: run.now + 2 * MINUTE_MS });
    expect(await back(run, bob)).toBe('NotCandidate');
    expect(await back(run, ada)).toBeNull();
    expect(answerOf(run, `b${nextUpdate - 1}`)).toMatchObject({
      takeBacks: 1,
      goesOnAtMs: null,
      events: [{ kind: 'takenBack', by: 'Ada', decision: 'approve' }],
    });
    expect(await approvalOf(run)).not.toHaveProperty('decided');
    expect(await back(run, ada)).toBe('NotCandidate');
    expect(await decide(run, bob)).toBeNull();
    await goOn(run);
    expect(run.result()).toBe('Bob');
    expect(world.calls).toEqual(['a', 'open approve', 'ask takenBack', 'close approved']);
  });

  it('[TBK1] is final without a window', async () => {
    const final = await asking({ takeBack: undefined });
    await decide(final, ada);
    expect(await back(final, ada)).toBe('TooLate');
    expect(timersOf(final)).toEqual([]);
    await goOn(final);
  });

  it('[TBK1] is final after the window', async () => {
    const run = await asking();
    await decide(run, ada);
    await run.run({ until: () => world.calls.includes('close approved') });
    expect(await back(run, ada)).toBe('TooLate');
    await goOn(run);
    expect(run.result()).toBe('Ada');
  });

  it('[TBK1] the window is a durable timer: nothing follows before it, and what is decided again has a new one', async () => {
    const run = await asking();
    await decide(run, ada);
    const decidedMs = run.now;
    // Both arrive before the workflow has seen either.
    run.update('both-back', '__decideBack', { taskId, actor: ada });
    expect(await decide(run, ada, 'reject')).toBeNull();
    expect((await approvalOf(run)).decided).toMatchObject({ decision: 'reject' });
    await run.run();
    expect(world.calls).toEqual(['a', 'open approve', 'ask takenBack', 'close rejected', 'undo a a']);
    expect(run.now - decidedMs).toBeGreaterThanOrEqual(2 * MINUTE_MS);
    expect(timersOf(run)).toEqual(['"approve:back"', '"approve:back"']);
  });

  it('[TBK2] the end of the time to decide ends the window, and the decision counts', async () => {
    const run = await asking({ timeout: '30s' });
    const beganMs = run.now;
    await decide(run, ada);
    await goOn(run);
    expect([run.result(), run.now - beganMs]).toEqual(['Ada', 30_000]);
  });

  it('[TBK4] what would have happened in the window happens when it is taken back', async () => {
    const run = await asking({ escalate: [{ after: '1m', to: ['boss'], instead: true }] });
    pass(run, 30_000);
    await decide(run, ada);
    pass(run, 90_000);
    expect(told(run)).toEqual([]);
    expect(await back(run, ada)).toBeNull();
    await run.run({ until: () => told(run).length > 1 });
    expect(told(run)[1]?.events.map(({ kind }) => kind)).toEqual(['takenBack', 'escalated']);
    expect(await decide(run, ada)).toBe('NotCandidate');
    run.cancel();
    await run.run();
  });

  it('[TBK5] a stop within the window: nothing follows from the decision, and the task is withdrawn', async () => {
    const run = await asking();
    await decide(run, ada);
    run.cancel();
    await run.run();
    expect(run.state.status).toBe(STATUS.canceled);
    expect(world.calls).toEqual(['a', 'open approve', 'close cancelled', 'undo a a']);
  });

  it('[DEC4] whoever has taken it back has not decided', async () => {
    const run = start('fourEyesBack');
    await run.run({ until: () => run.state.activities.size === 0 && world.calls.includes('open first') });
    await decide(run, ada);
    expect(await back(run, ada)).toBeNull();
    expect(await decide(run, bob)).toBeNull();
    await run.run({ until: () => world.calls.includes('open second') });
    expect(await decide(run, bob)).toBe('NotCandidate');
    expect(await decide(run, ada)).toBeNull();
    await run.run();
    expect(run.state.status).toBe(STATUS.completed);
  });
});

describe('a vote', () => {
  it('[TBK1] is taken back while others are asked, and after they have decided; the rest is counted anew', async () => {
    const run = await asking({ howMany: 2 });
    await decide(run, ada);
    expect(await back(run, ada)).toBeNull();
    expect((await approvalOf(run)).votes).toEqual([]);
    await decide(run, ada);
    await decide(run, bob);
    expect((await approvalOf(run)).decided).toMatchObject({ by: 'Bob' });
    expect(await back(run, ada)).toBeNull();
    expect(await approvalOf(run)).toMatchObject({ votes: [{ by: 'Bob' }], takeBacks: 2 });
    await decide(run, actor('Carl', 'finance'));
    await goOn(run);
    expect(run.result()).toBe('Carl');
  });

  it('[TBK1] each has a window of its own', async () => {
    const run = await asking({ howMany: 2 });
    await decide(run, ada);
    pass(run, 3 * MINUTE_MS);
    expect(await back(run, ada)).toBe('TooLate');
    await decide(run, bob);
    expect(await back(run, ada)).toBe('TooLate');
    expect(await back(run, bob)).toBeNull();
    run.cancel();
    await run.run();
  });

  it('[TBK3] in sequence only the last one', async () => {
    const run = await asking({ howMany: 'inSequence', candidates: ['boss', 'finance'] });
    const bea = actor('Bea', 'boss');
    await decide(run, bea);
    await decide(run, ada);
    expect(await back(run, bea)).toBe('TooLate');
    expect(await back(run, ada)).toBeNull();
    expect((await approvalOf(run)).candidates).toEqual(['finance']);
    expect(await back(run, bea)).toBeNull();
    expect((await approvalOf(run)).candidates).toEqual(['boss']);
    run.cancel();
    await run.run();
  });

  it('[TBK3] of two turns of the same person the last one', async () => {
    const run = await asking({ howMany: 'inSequence', candidates: ['finance', 'boss@x'] });
    const bea = actor('Bea', 'finance', 'boss@x');
    await decide(run, bea, 'approve', 0);
    pass(run, MINUTE_MS * 1.5);
    await decide(run, bea, 'approve', 1);
    expect((await approvalOf(run)).decided).toMatchObject({ by: 'Bea' });
    pass(run, MINUTE_MS);
    // The window of the first vote is over, that of the last is not.
    expect(await back(run, bea)).toBeNull();
    expect(await approvalOf(run)).toMatchObject({ candidates: ['boss@x'], votes: [{ by: 'Bea' }] });
    expect(await back(run, bea)).toBe('TooLate');
    expect(await decide(run, bea, 'approve', 1)).toBeNull();
    await goOn(run);
    expect(run.result()).toBe('Bea');
  });

  it('[TBK4] of people who did not agree: they are asked again', async () => {
    const decisions = [
      { key: 'approve', title: 'Approve' },
      { key: 'payLess', title: 'Pay less' },
    ];
    const run = await asking({ howMany: 'all', candidates: ['finance', 'boss'], decisions });
    const bea = actor('Bea', 'boss');
    await decide(run, ada);
    await decide(run, bea, 'payLess');
    expect((await approvalOf(run)).decided).toMatchObject({ decision: null });
    expect(await back(run, bea)).toBeNull();
    expect(await decide(run, bea)).toBeNull();
    await goOn(run);
    expect(run.result()).toBe('Bea');
  });
});
