/** [ND] Decisions that an approval names: which are taken, and what becomes of the values of their forms. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { provesHistories } from '@/engine/history/testing/proof';
import type { HumanTask } from '@/prisma/client/client';
import type { DecideTask } from '@/app/_contract/inbox';
import type { Actor } from '../people/actor';
import { taskIn } from '../api/tasks';
import { publishFlow } from '../flows/publish';
import { startRun } from '../runs/start';
import { flowSources } from '../testing/trip';
import { PEOPLE, startTestWeb, type TestWeb } from '../testing/test-web';
import { eventually } from '../testing/world';
import { claimTask } from './claim';
import { decideTask } from './decide';
import { getTask } from './get';
import { countWaiting, listInbox } from './list';
import { reconcileTasks } from './reconcile';

const EXPENSE = {
  format: 1,
  name: 'small-expense',
  title: 'Small expense',
  input: { type: 'object', required: ['amount'], properties: { amount: { type: 'integer' } } },
  output: { type: 'object', required: ['paid'], properties: { paid: { type: 'integer' } } },
  steps: [
    {
      id: 'ask',
      kind: 'approval',
      title: 'Ask Finance',
      question: 'Shall it be paid?',
      candidates: ['finance'],
      data: { amount: { $expr: 'input.amount' } },
      decisions: [
        { key: 'approve', title: 'Approve' },
        {
          key: 'payLess',
          title: 'Pay less',
          requireComment: true,
          form: {
            type: 'object',
            required: ['amount'],
            properties: {
              amount: { type: 'integer', title: 'Amount', minimum: 1 },
              code: { type: 'string', title: 'Code', pattern: '^[A-Z]{2}$' },
            },
          },
        },
        { key: 'reject', title: 'Reject', turnsBack: true },
      ],
    },
    { id: 'done', kind: 'end', title: 'Done', output: { paid: { $expr: 'ask.values.amount ?? input.amount' } } },
  ],
};
const BOTH = {
  ...EXPENSE,
  name: 'large-expense',
  title: 'Large expense',
  steps: [
    { ...EXPENSE.steps[0], candidates: ['ada@example.com', 'Bob@example.com', 'carl@example.com'], howMany: 2 },
    { id: 'done', kind: 'end', title: 'Done', output: { paid: { $expr: 'ask.votes.length' } } },
  ],
};
provesHistories(await flowSources([EXPENSE, BOTH]));

let here: TestWeb;
beforeAll(async () => {
  here = await startTestWeb();
  await publishFlow(here.web, PEOPLE.dan, { document: EXPENSE });
  await publishFlow(here.web, PEOPLE.dan, { document: BOTH });
}, 120_000);
afterAll(() => here.close());

const { ada, bob, carl, olga, vera } = PEOPLE;
async function ask(flow = EXPENSE.name): Promise<HumanTask> {
  const request = { requestId: randomUUID(), input: { amount: 5 } };
  const { workflowId } = await startRun(here.web, olga, flow, request);
  return eventually(() => here.web.database.humanTask.findFirstOrThrow({ where: { workflowId } }));
}
const decide = (actor: Actor, { taskId, dataHash }: HumanTask, change: Partial<DecideTask>) =>
  decideTask(here.web, actor, taskId, {
    decisionId: randomUUID(),
    decision: 'payLess',
    comment: 'Too much.',
    dataHash,
    ...change,
  });
const resultOf = ({ workflowId }: HumanTask) => here.web.temporal.workflow.getHandle(workflowId).result();
const rowOf = ({ taskId }: HumanTask) => here.web.database.humanTask.findUniqueOrThrow({ where: { taskId } });

test('[ND1] what does not fit the form is refused with the name of the field, and nothing is decided', async () => {
  const task = await ask();
  const refusals: [string, Partial<DecideTask>, { at: string }[] | undefined][] = [
    ['badRequest', { decision: 'sendBack' }, undefined],
    ['commentRequired', { comment: '' }, undefined],
    ['inputInvalid', {}, [{ at: '/amount' }]],
    ['inputInvalid', { values: { amount: 0 } }, [{ at: '/amount' }]],
    // The run does not read patterns; this door does.
    ['inputInvalid', { values: { amount: 3, code: 'x' } }, [{ at: '/code' }]],
  ];
  for (const [code, change, problems] of refusals)
    await expect(decide(ada, task, change)).rejects.toMatchObject({ code, ...(problems ? { problems } : {}) });
  expect(await rowOf(task)).toMatchObject({ settledAt: null, decision: null });
  expect(await here.auditOf(task.taskId)).toEqual([]);
});

test('[ND2] the values flow on, and the task shows the decision and its values to everybody', async () => {
  const task = await ask();
  const decision: Partial<DecideTask> = { decisionId: randomUUID(), values: { amount: 3 } };
  const receipt = await decide(ada, task, decision);
  expect(receipt).toMatchObject({ outcome: 'approved', decision: 'payLess', by: 'Ada' });
  await expect(resultOf(task)).resolves.toEqual({ paid: 3 });
  const { task: seen } = await getTask(here.web, vera, task.taskId);
  expect(seen.settled).toMatchObject({ outcome: 'approved', decision: 'payLess', values: { amount: 3 }, by: 'Ada' });
  expect(taskIn(seen)).toMatchObject({
    decisions: [
      { key: 'approve', turnsBack: false, needsComment: false, form: null },
      { key: 'payLess', needsComment: true, form: { required: ['amount'] } },
      { key: 'reject', turnsBack: true, needsComment: true },
    ],
    settled: { decision: 'payLess', values: { amount: 3 } },
  });
  // An answer that was lost is given again; another decision of the same meaning came too late.
  expect(await decide(ada, task, decision)).toEqual(receipt);
  await expect(decide(ada, task, { decision: 'approve' })).rejects.toMatchObject({
    code: 'alreadyDecided',
    message: 'Already decided by Ada: Pay less.',
  });
  expect((await listInbox(here.web, ada, { view: 'done', limit: 1 })).tasks[0]?.settled?.decision).toBe('payLess');
});

test('[ND3] a decision that turns back is a rejection, and says what would be undone like one', async () => {
  const task = await ask();
  const { consequences } = await getTask(here.web, vera, task.taskId);
  expect(Object.entries(consequences?.answers ?? {}).map(([key, { kind }]) => [key, kind])).toEqual([
    ['approve', 'goesOn'],
    ['payLess', 'goesOn'],
    ['reject', 'fails'],
  ]);
  await expect(decide(ada, task, { decision: 'reject' })).resolves.toMatchObject({ outcome: 'rejected' });
  await expect(resultOf(task)).rejects.toMatchObject({ cause: { type: 'Rejected' } });
});

describe('several people', () => {
  const vote = (actor: Actor, task: HumanTask, change: Partial<DecideTask> = {}) =>
    decide(actor, task, { decision: 'approve', comment: '', ...change });
  const seenBy = async (actor: Actor, { taskId }: HumanTask) => (await getTask(here.web, actor, taskId)).task;

  test('[ND4] each vote is kept and shown to the others, and who has voted is no longer asked', async () => {
    const before = await countWaiting(here.web, ada);
    const task = await ask(BOTH.name);
    expect(await countWaiting(here.web, ada)).toBe(before + 1);
    const first = { decisionId: randomUUID() };
    const receipt = await vote(ada, task, first);
    expect(receipt).toMatchObject({ outcome: 'voted', decision: 'approve', by: 'Ada' });
    expect(await vote(ada, task, first)).toEqual(receipt);
    await expect(vote(ada, task, { decision: 'reject', comment: 'No.' })).rejects.toMatchObject({
      code: 'alreadyDecided',
    });
    expect(await seenBy(bob, task)).toMatchObject({ mine: true, needed: 2, votes: [{ by: 'Ada' }], settled: null });
    expect(await seenBy(ada, task)).toMatchObject({ mine: false, whyNot: 'You have voted. Others are asked too.' });
    expect(await countWaiting(here.web, ada)).toBe(before);
    await expect(vote(bob, task)).resolves.toMatchObject({ outcome: 'approved' });
    await expect(resultOf(task)).resolves.toEqual({ paid: 2 });
    expect((await seenBy(carl, task)).votes.map(({ by }) => by)).toEqual(['Ada', 'Bob']);
    await expect(vote(carl, task)).rejects.toMatchObject({ code: 'alreadyDecided' });
    // A vote whose answer was lost is answered again, also after the others have settled the task.
    expect(await vote(ada, task, first)).toMatchObject({ outcome: 'approved', by: 'Ada' });
  });

  test('[ND7] whoever has claimed it and voted has it no more, and it is asked of those who are left', async () => {
    const task = await ask(BOTH.name);
    const own = async (actor: Actor) =>
      (await listInbox(here.web, actor, { view: 'mine', limit: 50 })).tasks.filter(
        ({ taskId }) => taskId === task.taskId
      );
    await claimTask(here.web, ada, task.taskId, { from: null });
    expect(await own(ada)).toMatchObject([{ claim: { own: true } }]);
    expect(await seenBy(carl, task)).toMatchObject({
      asked: ['ada@example.com', 'Bob@example.com', 'carl@example.com'],
    });
    await vote(ada, task);
    expect(await own(ada)).toEqual([]);
    expect(await seenBy(carl, task)).toMatchObject({ claim: null, asked: ['Bob@example.com', 'carl@example.com'] });
    // Of before, whose claim remained.
    const claim = { claimedById: 'ada', claimedByName: 'Ada', claimedAt: new Date() };
    await here.web.database.humanTask.update({ where: { taskId: task.taskId }, data: claim });
    expect(await own(ada)).toEqual([]);
    expect((await rowOf(task)).asked).toEqual(['Bob@example.com', 'carl@example.com']);
    await vote(bob, task);
    await resultOf(task);
  });

  test('[ND5] three who click at the same moment count once each, and the row has the votes of the run', async () => {
    const task = await ask(BOTH.name);
    const answers = await Promise.allSettled([vote(ada, task), vote(bob, task), vote(carl, task)]);
    const taken = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.outcome] : []));
    expect(taken.sort()).toEqual(['approved', 'voted']);
    await resultOf(task);
    const { votes } = await seenBy(vera, task);
    expect(votes).toHaveLength(2);
    expect(new Set(votes.map(({ byId }) => byId)).size).toBe(2);
  });

  test('[ND6] a vote whose row was never written is read from the run', async () => {
    const task = await ask(BOTH.name);
    await vote(ada, task);
    await here.web.database.humanTask.update({ where: { taskId: task.taskId }, data: { votes: [], voteCount: 0 } });
    await reconcileTasks(here.web, task.workflowId);
    expect(await seenBy(bob, task)).toMatchObject({ votes: [{ by: 'Ada', decision: 'approve' }] });
    await vote(bob, task, { decision: 'reject', comment: 'No.' });
    await expect(vote(carl, task, { decision: 'reject', comment: 'No.' })).resolves.toMatchObject({
      outcome: 'rejected',
    });
    await expect(resultOf(task)).rejects.toMatchObject({ cause: { type: 'Rejected' } });
  });
});
