/**
 * What happens to an approval that nobody decides. The times are those of moments.ts; virtual time passes here.
 *
 * Rules
 * [ESC1] An escalation changes who may decide in the run, and the inbox hears of it afterwards, with the new candidates.
 * [ESC2] Reminders and escalations do not end the time to decide, and a decision ends them.
 * [ESC3] While the web is down, the run escalates; the inbox hears of all of it when the web is back.
 * [ESC4] A due time that cannot be read fails the step before anybody is asked.
 * [ESC5] Where a number of people decides, votes that were given before an escalation count.
 */
import { expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import type { WorkflowUnderTest } from '../worker/testing/run-workflow';
import type { AskTaskInput } from './contract';
import {
  actor,
  approvalOf,
  closedBy,
  refusalOf,
  start,
  timersOf,
  usesSagas,
  workflowsPath,
  world,
} from './testing/world';

provesHistories({ workflowsPath });
usesSagas();

const CHAIN = [
  { after: '2h', to: ['boss'] },
  { after: '4h', to: ['board'], instead: true },
];
const told = (run: WorkflowUnderTest): AskTaskInput[] =>
  run.events.flatMap(({ activityTaskScheduledEventAttributes: each }) =>
    each?.activityId === 'approve:ask'
      ? [JSON.parse(Buffer.from(each.input?.payloads?.[0]?.data ?? []).toString()) as AskTaskInput]
      : []
  );
const hasTold = (run: WorkflowUnderTest, count: number) => () => told(run).length >= count;
async function decide(run: WorkflowUnderTest, name: string, group: string): Promise<string | null> {
  const { taskId, dataHash } = await approvalOf(run);
  run.update(name, '__decide', { taskId, decision: 'approve', comment: '', dataHash, actor: actor(name, group) });
  await run.run({ until: () => run.updateStages.some((each) => each.updateId === name && each.outcome) });
  return refusalOf(run, name)?.[0] ?? null;
}

it('[ESC1] others may decide too, then others alone; the inbox hears who', async () => {
  const run = start('approval', { escalate: CHAIN });
  await run.run({ until: hasTold(run, 1) });
  expect(told(run)[0]).toMatchObject({
    candidates: ['finance', 'boss'],
    events: [{ seq: 1, kind: 'escalated', to: ['boss'] }],
  });
  expect((await approvalOf(run)).candidates).toEqual(['finance', 'boss']);
  await run.run({ until: hasTold(run, 2) });
  expect(told(run)[1]).toMatchObject({ candidates: ['board'], events: [{ seq: 1 }, { seq: 2, instead: true }] });
  expect(await decide(run, 'Ada', 'finance')).toBe('NotCandidate');
  expect(await decide(run, 'Zoe', 'board')).toBeNull();
  run.signal('go');
  await run.run();
  expect(run.result()).toBe('Zoe');
});

it('[ESC2] a decision ends them, and the task is closed after the inbox has heard', async () => {
  const run = start('approval', { escalate: CHAIN, remind: { every: '3h' }, timeout: '10h' });
  await run.run({ until: hasTold(run, 2) });
  expect(await decide(run, 'Ada', 'finance')).toBeNull();
  run.signal('go');
  await run.run();
  expect(world.calls).toEqual(['a', 'open approve', 'ask escalated', 'ask escalated,reminded', 'close approved']);
});

it('[ESC2] nobody decides: the time to decide ends as it would without them', async () => {
  const run = start('approval', { escalate: CHAIN, remind: { every: '3h' }, timeout: '10h', onTimeout: 'fail' });
  const beganMs = run.now;
  await run.run();
  expect(closedBy(run)).toBe('ApprovalTimeout');
  expect(run.now - beganMs).toBe(10 * 3_600_000);
  expect(
    told(run)
      .at(-1)
      ?.events.map(({ kind }) => kind)
  ).toEqual(['escalated', 'reminded', 'escalated', 'reminded', 'reminded']);
  // Only the last one is the end of the time to decide.
  expect(timersOf(run).map((each) => each.replaceAll('"', ''))).toEqual([
    ...Array.from({ length: 5 }, () => 'approve:ask'),
    'approve',
  ]);
});

it('[ESC3] without the web the run escalates; the inbox hears of all of it afterwards', async () => {
  world.web = 'down';
  const run = start('approval', { escalate: CHAIN });
  const fired = () => run.events.filter((each) => each.timerFiredEventAttributes).length;
  const hasHeard = () => {
    const last = run.events.findLastIndex((each) => each.timerFiredEventAttributes);
    return run.events.findLastIndex((each) => each.workflowTaskCompletedEventAttributes) > last;
  };
  await run.run({ until: () => fired() >= 2 && hasHeard() });
  expect(await approvalOf(run)).toMatchObject({ candidates: ['board'], events: [{ seq: 1 }, { seq: 2 }] });
  expect(told(run)).toEqual([]);
  world.web = 'up';
  await run.run({ until: hasTold(run, 1) });
  expect(told(run)).toMatchObject([{ candidates: ['board'], events: [{ seq: 1 }, { seq: 2 }] }]);
  expect(await decide(run, 'Zoe', 'board')).toBeNull();
  run.signal('go');
  await run.run();
  expect(run.result()).toBe('Zoe');
});

it('[ESC4] a due time that cannot be read fails the step', async () => {
  const run = start('approval', { due: 'tomorrow' });
  await run.run();
  expect(closedBy(run)).toBe('NoInstant');
  expect(world.calls).not.toContain('open approve');
});

it('[ESC5] votes of those who are no longer asked count', async () => {
  const run = start('approval', {
    candidates: ['ada@x', 'bob@x'],
    howMany: 2,
    escalate: [{ after: '2h', to: ['zoe@x'], instead: true }],
  });
  await run.run({ until: () => world.calls.includes('open approve') });
  await run.run({ until: () => run.state.activities.size === 0 });
  expect(await decide(run, 'Ada', 'ada@x')).toBeNull();
  await run.run({ until: hasTold(run, 1) });
  expect(await decide(run, 'Zoe', 'zoe@x')).toBeNull();
  run.signal('go');
  await run.run();
  expect(run.result()).toBe('Zoe');
});
