/** [ND] Decisions that an approval names: which are taken, and what becomes of the values of their forms. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { provesHistories } from '@/engine/history/testing/proof';
import type { HumanTask } from '@/prisma/client/client';
import type { DecideTask } from '@/app/_contract/inbox';
import type { Actor } from '../people/actor';
import { taskIn } from '../api/tasks';
import { publishFlow } from '../flows/publish';
import { startRun } from '../runs/start';
import { flowSource } from '../testing/trip';
import { PEOPLE, startTestWeb, type TestWeb } from '../testing/test-web';
import { eventually } from '../testing/world';
import { decideTask } from './decide';
import { getTask } from './get';
import { listInbox } from './list';

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
provesHistories(await flowSource(EXPENSE));

let here: TestWeb;
beforeAll(async () => {
  here = await startTestWeb();
  await publishFlow(here.web, PEOPLE.dan, { document: EXPENSE });
}, 120_000);
afterAll(() => here.close());

const { ada, olga, vera } = PEOPLE;
async function ask(): Promise<HumanTask> {
  const request = { requestId: randomUUID(), input: { amount: 5 } };
  const { workflowId } = await startRun(here.web, olga, EXPENSE.name, request);
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
