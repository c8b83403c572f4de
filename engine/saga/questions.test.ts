/** Questions about an approval, and its clock. The rules are in questions.ts; virtual time passes here. */
import { expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import type { WorkflowUnderTest } from '../worker/testing/run-workflow';
import type { Actor, AskTaskInput } from './contract';
import { MOST_STOPPED_MS } from './questions';
import {
  actor,
  answerOf,
  approvalOf,
  closedBy,
  refusalOf,
  start,
  usesSagas,
  workflowsPath,
  world,
} from './testing/world';

provesHistories({ workflowsPath });
usesSagas();

const HOUR_MS = 3_600_000;
const ada = actor('Ada', 'finance');
const rita = actor('Rita');

async function asking(more: object = {}): Promise<WorkflowUnderTest> {
  const run = start('approval', more);
  await run.run({ until: () => world.calls.includes('open approve') });
  await run.run({ until: () => run.state.activities.size === 0 });
  return run;
}
let next = 1;
async function send(run: WorkflowUnderTest, name: string, more: object): Promise<[type: string, why: string] | null> {
  const { taskId } = await approvalOf(run);
  const id = `u${next++}`;
  run.update(id, name, { taskId, ...more });
  await run.run({ until: () => run.updateStages.some((each) => each.updateId === id && each.outcome) });
  return refusalOf(run, id);
}
const ask = (run: WorkflowUnderTest, questionId = 'q', more: object = {}, who: Actor = ada) =>
  send(run, '__decideAsk', {
    questionId,
    text: 'Which budget?',
    of: { id: 'rita', name: 'Rita' },
    actor: who,
    ...more,
  });
const answer = (run: WorkflowUnderTest, text: string | null, who: Actor = rita, questionId = 'q') =>
  send(run, '__decideAnswer', { questionId, text, actor: who });
const decide = async (run: WorkflowUnderTest, who: Actor) => {
  const { dataHash } = await approvalOf(run);
  return send(run, '__decide', { decision: 'approve', comment: '', dataHash, actor: who });
};
const last = () => `u${next - 1}`;
const told = (run: WorkflowUnderTest) =>
  run.events.flatMap(({ activityTaskScheduledEventAttributes: scheduled }) => {
    if (scheduled?.activityId !== 'approve:ask') return [];
    return [JSON.parse(Buffer.from(scheduled.input?.payloads?.[0]?.data ?? []).toString()) as AskTaskInput];
  });
const hasTold = (run: WorkflowUnderTest, kind: string) => () =>
  told(run).some(({ events }) => events.some((event) => event.kind === kind));

it('[QST1] is asked by whoever may decide, answered by whoever was asked, once; a repetition counts once', async () => {
  const run = await asking();
  expect((await ask(run, 'q', {}, actor('Eve', 'sales')))?.[0]).toBe('NotCandidate');
  expect((await ask(run, 'q', { of: { id: 'ada', name: 'Ada' } }))?.[0]).toBe('NotCandidate');
  expect(await ask(run)).toBeNull();
  expect(await ask(run)).toBeNull();
  expect((await ask(run, 'q', { text: 'Another?' }))?.[0]).toBe('AlreadyDecided');
  expect((await answer(run, 'Ours.', ada))?.[1]).toBe('Rita was asked, so only they answer.');
  expect((await answer(run, 'Ours.', rita, 'another'))?.[0]).toBe('UnknownTask');
  expect(await answer(run, ' Ours. ')).toBeNull();
  expect(await answer(run, 'Ours.')).toBeNull();
  expect((await answer(run, 'Theirs.'))?.[0]).toBe('AlreadyDecided');
  expect((await answer(run, null, ada))?.[0]).toBe('AlreadyDecided');
  const { questions, stoppedSinceMs } = await approvalOf(run);
  expect(questions).toEqual([
    {
      id: 'q',
      text: 'Which budget?',
      by: 'Ada',
      byId: 'ada',
      of: 'Rita',
      ofId: 'rita',
      askedAtMs: expect.any(Number) as number,
      answer: 'Ours.',
      answeredAtMs: expect.any(Number) as number,
    },
  ]);
  expect(stoppedSinceMs).toBeNull();
  run.cancel();
  await run.run();
});

it('[QST1] is withdrawn by whoever asked, and the clock goes on', async () => {
  const run = await asking();
  await ask(run);
  expect((await answer(run, null, rita))?.[1]).toBe('Only Ada can withdraw it.');
  expect(await answer(run, null, ada)).toBeNull();
  expect((await answer(run, 'Ours.'))?.[1]).toBe('Ada has withdrawn the question.');
  expect((await approvalOf(run)).stoppedSinceMs).toBeNull();
  run.cancel();
  await run.run();
});

it('[QST2] the due time, reminders, escalations and the end come later by the time that it was stopped', async () => {
  const run = await asking({
    due: '4h',
    remind: { before: ['1h'] },
    escalate: [{ after: '5h', to: ['boss'] }],
    timeout: '10h',
  });
  const beganMs = run.now;
  run.now += HOUR_MS;
  await ask(run);
  expect(answerOf(run, last())).toMatchObject({ times: { dueAtMs: null, endsAtMs: null, stoppedSinceMs: run.now } });
  // Twelve hours later nothing has happened.
  run.now += 12 * HOUR_MS;
  await answer(run, 'Ours.');
  const times = { dueAtMs: beganMs + 16 * HOUR_MS, endsAtMs: beganMs + 22 * HOUR_MS, stoppedSinceMs: null };
  expect(answerOf(run, last())).toMatchObject({ times });
  await run.run({ until: hasTold(run, 'reminded') });
  expect(run.now - beganMs).toBe(15 * HOUR_MS);
  await run.run({ until: hasTold(run, 'escalated') });
  expect(run.now - beganMs).toBe(17 * HOUR_MS);
  await run.run();
  expect([closedBy(run), run.now - beganMs]).toEqual(['ApprovalTimeout', 22 * HOUR_MS]);
});

it('[QST2] of several questions the last open one counts, and what the inbox hears is told in order', async () => {
  const run = await asking({ timeout: '1h' });
  await ask(run, 'one');
  await ask(run, 'two');
  await answer(run, 'Yes.', rita, 'one');
  expect((await approvalOf(run)).stoppedSinceMs).not.toBeNull();
  await answer(run, 'No.', rita, 'two');
  expect((await approvalOf(run)).stoppedSinceMs).toBeNull();
  await run.run({ until: hasTold(run, 'answered') });
  expect(told(run).at(-1)?.questions).toMatchObject([{ answer: 'Yes.' }, { answer: 'No.' }]);
  run.cancel();
  await run.run();
});

it('[QST3] it is stopped for seven days in all, and then the time to decide goes on', async () => {
  const run = await asking({ timeout: '1h' });
  const beganMs = run.now;
  await ask(run);
  await run.run({ until: hasTold(run, 'clockGoesOn') });
  expect(run.now - beganMs).toBe(MOST_STOPPED_MS);
  // Another question does not stop it again; the first may still be answered.
  expect(await ask(run, 'more')).toBeNull();
  expect((await approvalOf(run)).stoppedSinceMs).toBeNull();
  expect(await answer(run, 'Ours.')).toBeNull();
  await run.run();
  expect([closedBy(run), run.now - beganMs]).toEqual(['ApprovalTimeout', MOST_STOPPED_MS + HOUR_MS]);
});

it('[QST4] it may be decided while a question is open; nothing is asked or answered after that', async () => {
  const run = await asking({ takeBack: '2m', timeout: '1h' });
  await ask(run);
  expect(await decide(run, ada)).toBeNull();
  expect((await answer(run, 'Ours.'))?.[0]).toBe('AlreadyDecided');
  expect((await ask(run, 'more'))?.[0]).toBe('AlreadyDecided');
  expect(await send(run, '__decideBack', { actor: ada })).toBeNull();
  expect(await answer(run, 'Ours.')).toBeNull();
  expect(await decide(run, ada)).toBeNull();
  run.signal('go');
  await run.run();
  expect(run.result()).toBe('Ada');
});

it('[QST5] what is too long, empty or too much is refused, and leaves no trace', async () => {
  const run = await asking();
  const before = await approvalOf(run);
  for (const text of ['', '  ', 'x'.repeat(2_001), 7, null])
    expect((await ask(run, 'q', { text }))?.[0]).toMatch(/CommentRequired|ExpressionError/);
  expect(await approvalOf(run)).toEqual(before);
  for (let n = 0; n < 20; n++) expect(await ask(run, `q${n}`)).toBeNull();
  expect((await ask(run, 'one-more'))?.[1]).toBe('At most 20 questions can be asked about one approval.');
  expect((await answer(run, '', rita, 'q0'))?.[0]).toBe('CommentRequired');
  run.cancel();
  await run.run();
});
