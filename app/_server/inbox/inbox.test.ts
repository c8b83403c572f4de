/** [I] The inbox over a real run: who may decide what, that a decision counts once, and what is recorded. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { POST as closeRoute } from '@/app/api/internal/human-tasks/close/route';
import { POST as openRoute } from '@/app/api/internal/human-tasks/open/route';
import type { FailureCode } from '@/app/_contract/errors';
import type { DecideTask, InboxView } from '@/app/_contract/inbox';
import { provesHistories } from '@/engine/history/testing/proof';
import type { HumanTask } from '@/prisma/client/client';
import type { Actor } from '../people/actor';
import { cancelRun } from '../runs/cancel';
import { pauseRun } from '../runs/pause';
import { resetRun } from '../runs/reset';
import { resumeRun } from '../runs/resume';
import { signalRun } from '../runs/signal';
import { fillIn } from '../fill-in';
import { startRun } from '../runs/start';
import { terminateRun } from '../runs/terminate';
import { eventually } from '../testing/world';
import { PEOPLE, startTestWeb, type TestWeb } from '../testing/test-web';
import { TRIP, tripSource } from '../testing/trip';
import { decideTask } from './decide';
import { getTask } from './get';
import { countWaiting, listInbox } from './list';
import { reconcileTasks } from './reconcile';

provesHistories(await tripSource());

let here: TestWeb;
beforeAll(async () => {
  here = await startTestWeb();
}, 120_000);
afterAll(() => here.close());

const { ada, bob, carl, dan, olga, vera } = PEOPLE;
const refused = (code: FailureCode) => expect.objectContaining({ name: 'Refusal', code });
function decide(actor: Actor, task: HumanTask, change: Partial<DecideTask> = {}) {
  const { taskId, dataHash } = task;
  return decideTask(here.web, actor, taskId, {
    decisionId: randomUUID(),
    decision: 'approve',
    comment: '',
    dataHash,
    ...change,
  });
}
const rowOf = ({ taskId }: Pick<HumanTask, 'taskId'>) =>
  here.web.database.humanTask.findUniqueOrThrow({ where: { taskId } });
const updatesTaken = async (run: Parameters<TestWeb['eventsOf']>[0]) =>
  (await here.eventsOf(run)).filter((type) => type === 'workflowExecutionUpdateAcceptedEventAttributes').length;
const list = (actor: Actor, view: InboxView = 'waiting', limit = 100) => listInbox(here.web, actor, { view, limit });

describe('who may decide', () => {
  test.each([
    ['a viewer', vera, 'notAllowed'],
    ['an operator', olga, 'notAllowed'],
    ['a designer', dan, 'notAllowed'],
    ['an approver who is not asked', carl, 'notCandidate'],
  ] as const)('[I1] %s may not decide: the run receives nothing, no row claims it', async (_who, actor, code) => {
    const { run, task } = await here.ask();
    await expect(decide(actor, task)).rejects.toEqual(refused(code));
    expect(await rowOf(task)).toMatchObject({ settledAt: null, outcome: null });
    expect([await updatesTaken(run), await here.auditOf(task.taskId)]).toEqual([0, []]);
  });

  test('[I2] a member of the group may decide, and so may a person named by e-mail in any spelling', async () => {
    for (const actor of [ada, bob]) {
      const { task } = await here.ask();
      await expect(decide(actor, task)).resolves.toMatchObject({ outcome: 'approved', by: actor.name });
    }
  });

  test('[I44] the starter of the run may not decide if the approval forbids it; others may', async () => {
    const eva: Actor = { ...ada, id: 'eva', name: 'Eva', grants: [...ada.grants, { role: 'operator', flow: null }] };
    const input = { who: 'Grace', amount: 900 };
    const { workflowId } = await startRun(here.web, eva, TRIP.name, { requestId: randomUUID(), input });
    const task = await eventually(() => here.web.database.humanTask.findFirstOrThrow({ where: { workflowId } }));
    expect(task).toMatchObject({ forbidStarter: true, starterId: 'eva' });

    const why = 'You started this run, and somebody else must decide this approval.';
    const seenBy = async (actor: Actor) => (await getTask(here.web, actor, task.taskId)).task;
    expect(await seenBy(eva)).toMatchObject({ mine: false, whyNot: why, forbidStarter: true });
    expect(await seenBy(ada)).toMatchObject({ mine: true, whyNot: null });
    expect(await seenBy(carl)).toMatchObject({
      mine: false,
      whyNot: 'Only finance, Bob@example.com may decide this.',
    });
    expect((await seenBy(olga)).whyNot).toMatch(/^Your role \(operator\) does not allow you to decide approvals/);
    const before = await countWaiting(here.web, eva);
    expect(await countWaiting(here.web, ada)).toBe(before + 1);

    await expect(decide(eva, task)).rejects.toMatchObject({
      code: 'notCandidate',
      message: `${why} Nothing was decided.`,
    });
    expect(await here.auditOf(task.taskId)).toEqual([]);
    await expect(decide(ada, task)).resolves.toMatchObject({ outcome: 'approved', by: 'Ada' });
  });

  test('[FI2] a task that was opened before starters were looked up gets its starter, once', async () => {
    const input = { who: 'Grace', amount: 900 };
    const eva: Actor = { ...ada, id: 'eva', name: 'Eva', grants: [...ada.grants, { role: 'operator', flow: null }] };
    const { workflowId } = await startRun(here.web, eva, TRIP.name, { requestId: randomUUID(), input });
    const { taskId } = await eventually(() => here.web.database.humanTask.findFirstOrThrow({ where: { workflowId } }));
    const starter = () => here.web.database.humanTask.findUnique({ where: { taskId }, select: { starterId: true } });
    await here.web.database.humanTask.update({ where: { taskId }, data: { starterId: null, starterKnown: false } });
    expect(await fillIn(here.web)).toBe(1);
    expect(await starter()).toEqual({ starterId: 'eva' });
    expect(await fillIn(here.web)).toBe(0);
    expect((await getTask(here.web, eva, taskId)).task.mine).toBe(false);
  });

  test('[I45] the rule about the starter excludes nobody if no person started the run', async () => {
    const { task } = await here.ask();
    await here.web.database.humanTask.update({ where: { taskId: task.taskId }, data: { starterId: null } });
    expect((await getTask(here.web, ada, task.taskId)).task.mine).toBe(true);
  });

  test('[I3] a person whose name equals that of a group is not a member of it', async () => {
    const { task } = await here.ask();
    await expect(decide({ ...carl, name: 'finance' }, task)).rejects.toEqual(refused('notCandidate'));
  });
});

describe('the content of a decision', () => {
  test('[I4] an approval is sent to the run: row, audit row and receipt agree, and the run continues', async () => {
    const { run, task } = await here.ask();
    const decisionId = randomUUID();
    const receipt = await decide(ada, task, { decisionId, comment: 'Enjoy.' });
    expect(receipt).toMatchObject({ taskId: task.taskId, outcome: 'approved', by: 'Ada' });
    expect(await rowOf(task)).toMatchObject({ outcome: 'approved', decidedBy: 'Ada', comment: 'Enjoy.', decisionId });
    expect(await here.auditOf(task.taskId)).toEqual([
      { operation: 'inbox.decide', actorName: 'Ada', outcome: 'done', details: { decision: 'approve', decisionId } },
    ]);
    await signalRun(here.web, olga, run, { name: 'invoice', input: { number: 'A-1' }, requestId: randomUUID() });
    const result = here.web.temporal.workflow.getHandle(run.workflowId, run.runId).result();
    await expect(result).resolves.toEqual({ decidedBy: 'Ada', invoice: 'A-1' });
  });

  test('[I5] a rejection needs a comment, and fails the run with it', async () => {
    const { run, task } = await here.ask();
    await expect(decide(ada, task, { decision: 'reject' })).rejects.toEqual(refused('commentRequired'));
    expect(await updatesTaken(run)).toBe(0);
    await decide(ada, task, { decision: 'reject', comment: 'Too dear.' });
    const result = here.web.temporal.workflow.getHandle(run.workflowId, run.runId).result();
    await expect(result).rejects.toMatchObject({ cause: { type: 'Rejected' } });
    await expect(result).rejects.toThrow();
  });

  test('[I6] a decision about data that has changed since it was read is refused', async () => {
    const { run, task } = await here.ask();
    await expect(decide(ada, task, { dataHash: 'of something else' })).rejects.toEqual(refused('dataChanged'));
    expect(await updatesTaken(run)).toBe(0);
  });

  test('[I7] a task that does not exist is reported as not found', async () => {
    const { task } = await here.ask();
    await expect(decide(ada, { ...task, taskId: 'nothing' })).rejects.toEqual(refused('taskNotFound'));
    await expect(getTask(here.web, ada, 'nothing')).rejects.toEqual(refused('taskNotFound'));
  });
});

describe('a decision counts once', () => {
  test('[I8] repeating a decision returns the same receipt and sends the run one update', async () => {
    const { run, task } = await here.ask();
    const decisionId = randomUUID();
    const first = await decide(ada, task, { decisionId });
    expect(await decide(ada, task, { decisionId })).toEqual(first);
    expect(await updatesTaken(run)).toBe(1);
  });

  test('[I9] a different decision, even by the same person, is refused with the name of who decided', async () => {
    const { run, task } = await here.ask();
    await decide(ada, task);
    for (const actor of [ada, bob]) {
      await expect(decide(actor, task, { decision: 'reject', comment: 'No.' })).rejects.toMatchObject({
        code: 'alreadyDecided',
        message: 'Already decided by Ada: approved.',
      });
    }
    expect(await updatesTaken(run)).toBe(1);
  });

  test('[I10] exactly one of several simultaneous decisions counts', async () => {
    const { run, task } = await here.ask();
    const answers = await Promise.allSettled([
      decide(ada, task),
      decide(bob, task, { decision: 'reject', comment: 'No.' }),
      decide({ ...carl, groups: ['finance'] }, task),
    ]);
    const taken = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const lost = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    expect([taken.length, await updatesTaken(run)]).toEqual([1, 1]);
    for (const reason of lost) expect(reason).toEqual(refused('alreadyDecided'));
    expect(await rowOf(task)).toMatchObject({ decidedBy: taken[0]?.by, outcome: taken[0]?.outcome });
  });

  test('[I11] the same answer by one person in two windows is one decision', async () => {
    const { task } = await here.ask();
    const answers = await Promise.all([decide(ada, task), decide(ada, task)]);
    expect(answers.map(({ outcome, by }) => [outcome, by])).toEqual([
      ['approved', 'Ada'],
      ['approved', 'Ada'],
    ]);
  });

  test('[I12] after a lost answer, a task that the run closed gives its decider the receipt', async () => {
    const { task } = await here.ask();
    const decisionId = randomUUID();
    const receipt = await decide(ada, task, { decisionId });
    // The run closed the task, and this process ended before it wrote the row.
    await here.web.database.humanTask.update({ where: { taskId: task.taskId }, data: { decisionId: null } });
    expect(await decide(ada, task, { decisionId })).toMatchObject({ outcome: receipt.outcome, by: receipt.by });
    await expect(decide(ada, task)).rejects.toEqual(refused('alreadyDecided'));
  });
});

describe('tasks follow their runs', () => {
  test('[I13] a killed run withdraws its task, and a late decision is refused with that reason', async () => {
    const { run, task } = await here.ask();
    await terminateRun(here.web, olga, run, { reason: 'A mistake.' });
    expect(await rowOf(task)).toMatchObject({ outcome: 'runClosed', decidedBy: null });
    await expect(decide(ada, task)).rejects.toMatchObject({ code: 'alreadyDecided', message: /has ended/ });
  });

  test('[I47] a task of a paused run says who paused it and why; nobody decides it until the run is resumed', async () => {
    const { run, task } = await here.ask();
    await pauseRun(here.web, olga, run, { requestId: randomUUID(), reason: 'The bank is closed.' });
    const paused = async () => (await getTask(here.web, ada, task.taskId)).pause;
    await eventually(async () => expect(await paused()).toMatchObject({ by: 'Olga', reason: 'The bank is closed.' }));
    const decisionId = randomUUID();
    await expect(decide(ada, task, { decisionId })).rejects.toMatchObject({
      code: 'refused',
      message: 'This run is paused. It accepts no update and no decision until somebody resumes it.',
    });
    expect(await rowOf(task)).toMatchObject({ settledAt: null, outcome: null });
    await resumeRun(here.web, olga, run, { requestId: randomUUID() });
    await eventually(async () => expect(await paused()).toBeNull());
    await decide(ada, task, { decisionId });
    expect(await rowOf(task)).toMatchObject({ outcome: 'approved' });
  });
  test('[I14] a stopped run withdraws its task', async () => {
    const { run, task } = await here.ask();
    await cancelRun(here.web, olga, run, { requestId: randomUUID() });
    await expect.poll(async () => (await rowOf(task)).outcome, { timeout: 20_000 }).toBe('cancelled');
  });

  test('[I15] reconciliation closes tasks whose close was never reported, and leaves waiting tasks open', async () => {
    const [gone, waits] = [await here.ask(), await here.ask()];
    // Another client ended the run, so this process was not informed.
    await here.web.temporal.workflow.getHandle(gone.run.workflowId).terminate();
    await reconcileTasks(here.web);
    expect(await rowOf(gone.task)).toMatchObject({ outcome: 'runClosed' });
    expect(await rowOf(waits.task)).toMatchObject({ outcome: null });
  });

  test('[I16] a decision about a task whose run has ended discovers that end', async () => {
    const { run, task } = await here.ask();
    await here.web.temporal.workflow.getHandle(run.workflowId).terminate();
    await expect(decide(ada, task)).rejects.toEqual(refused('alreadyDecided'));
    expect((await rowOf(task)).outcome).toBe('runClosed');
  });
});

describe('what is shown', () => {
  test('[I17] tasks that the person may decide come first, then those of others; counts agree', async () => {
    const { task } = await here.ask();
    const [mine, others] = [await list(ada), await list(carl)];
    expect(mine.tasks.find(({ taskId }) => taskId === task.taskId)?.mine).toBe(true);
    expect(others.tasks.find(({ taskId }) => taskId === task.taskId)?.mine).toBe(false);
    expect([mine.waiting, others.waiting]).toEqual([await countWaiting(here.web, ada), 0]);
    expect(others.waitingForOthers).toBe(mine.waiting + mine.waitingForOthers);
    expect((await list(vera)).waiting).toBe(0);
  });

  test('[I18] the earliest due date comes first, then the oldest task; tasks of others come last', async () => {
    const openTask = async (taskId: string, due: number | null, candidates: string[]) =>
      here.web.database.humanTask.create({
        data: {
          taskId,
          namespace: 'elsewhere',
          workflowId: taskId,
          firstRunId: 'r',
          workflowType: 't',
          flow: 'order',
          nodeId: 'n',
          title: taskId,
          question: '',
          candidates,
          requireComment: 'never',
          data: {},
          dataHash: 'h',
          dueAt: due === null ? null : new Date(due),
        },
      });
    await openTask('s-undated', null, ['sorters']);
    await openTask('s-later', 2_000, ['sorters']);
    await openTask('s-others', 500, ['nobody']);
    await openTask('s-sooner', 1_000, ['sorters']);
    const { tasks, waiting } = await list({ ...carl, groups: ['sorters'] });
    const titles = tasks.map(({ title }) => title).filter((title) => title.startsWith('s-'));
    expect([titles, waiting]).toEqual([['s-sooner', 's-later', 's-undated', 's-others'], 3]);
    expect((await list({ ...carl, groups: ['sorters'] }, 'waiting', 2)).tasks).toHaveLength(2);
    await here.web.database.humanTask.deleteMany({ where: { namespace: 'elsewhere' } });
  });

  test('[I19] closed tasks: the latest decision comes first, with who, what and why', async () => {
    const { task } = await here.ask();
    await decide(bob, task, { decision: 'reject', comment: 'Not in May.' });
    const { tasks, lastDecided } = await list(vera, 'done', 1);
    expect(tasks.map(({ taskId, settled }) => [taskId, settled])).toMatchObject([
      [task.taskId, { outcome: 'rejected', by: 'Bob', comment: 'Not in May.' }],
    ]);
    expect(lastDecided).toMatchObject({ title: 'Approve the trip', outcome: 'rejected' });
  });

  test('[I20] values that the schema marks as sensitive are not sent; fields keep their author’s order', async () => {
    const { task } = await here.ask({ card: '4111 1111 1111 1111' });
    const shown = (await getTask(here.web, ada, task.taskId)).task;
    expect(JSON.stringify(shown)).not.toContain('4111');
    expect(shown.data).toMatchObject({ who: 'Grace', amount: 900 });
    expect(Object.keys(shown.schema?.properties ?? {})).toEqual(['who', 'card', 'amount']);
    // The decision is still bound to the unmasked data.
    await expect(decide(ada, task)).resolves.toMatchObject({ outcome: 'approved' });
  });

  test('[I21] a task shows what each answer would do until the task is closed', async () => {
    const { task } = await here.ask();
    const { consequences } = await getTask(here.web, vera, task.taskId);
    expect(consequences).toMatchObject({
      answers: {
        approve: { kind: 'goesOn', then: 'Then it waits: Invoice.' },
        reject: { kind: 'fails', undoes: [] },
      },
      onTimeout: null,
    });
    await decide(ada, task);
    expect((await getTask(here.web, vera, task.taskId)).consequences).toBeNull();
  });
});

test('[I48] a decision says what the run did afterwards, and what was undone since', async () => {
  const [approved, open] = [await here.ask(), await here.ask()];
  expect((await getTask(here.web, ada, open.task.taskId)).followed).toBeNull();
  await decide(ada, approved.task);
  const followed = async () => (await getTask(here.web, ada, approved.task.taskId)).followed;
  await eventually(async () => expect(await followed()).toEqual({ steps: [], undone: [], run: null }));
  const invoice = { name: 'invoice', input: { number: 'A-1' }, requestId: randomUUID() };
  await signalRun(here.web, olga, approved.run, invoice);
  await eventually(async () => expect((await followed())?.run).toBe('WorkflowExecutionCompleted'));
  await terminateRun(here.web, olga, open.run, { reason: 'A mistake.' });
  expect((await getTask(here.web, ada, open.task.taskId)).followed).toBeNull();
});

describe('the endpoint for runs', () => {
  const asking = { namespace: 'default', workflowId: 'w-1', runId: 'run-1', workflowType: 'other' };
  const question = (taskId: string) => ({
    ...asking,
    taskId,
    flow: 'other',
    nodeId: 'n',
    title: 'Ask',
    question: 'Now?',
    candidates: [],
    requireComment: 'never',
    data: { b: 1, a: 2 },
    dataHash: 'h',
    schema: null,
    dueAtMs: null,
  });
  const closing = (taskId: string) => ({ ...asking, taskId, outcome: 'timedOut', decidedBy: null, comment: null });
  async function post(route: typeof openRoute, body: unknown, token = here.internalToken) {
    const request = new Request('http://127.0.0.1/', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const answer = await route(request, { params: Promise.resolve({}) });
    return { status: answer.status, body: (await answer.json()) as { error?: { problems?: { at: string }[] } } };
  }

  test('[I22] a request without the worker’s token opens no task', async () => {
    expect((await post(openRoute, question('t-token'), 'guessed')).status).toBe(401);
    expect((await post(openRoute, question('t-token'), '')).status).toBe(401);
    expect(await here.web.database.humanTask.findUnique({ where: { taskId: 't-token' } })).toBeNull();
  });

  test('[I23] a body with a wrong field is refused with the name of the field', async () => {
    const { status, body } = await post(openRoute, { ...question('t-bad'), candidates: 'finance' });
    expect([status, body.error?.problems?.map(({ at }) => at)]).toEqual([422, ['/candidates']]);
  });

  test('[I24] opening a task twice creates one task, and closing it twice closes it once', async () => {
    for (let time = 0; time < 2; time++) expect((await post(openRoute, question('t-twice'))).status).toBe(200);
    expect(await rowOf({ taskId: 't-twice' })).toMatchObject({ settledAt: null, data: { b: 1, a: 2 } });
    expect((await post(closeRoute, closing('t-twice'))).status).toBe(200);
    const { settledAt } = await rowOf({ taskId: 't-twice' });
    expect((await post(closeRoute, { ...closing('t-twice'), outcome: 'cancelled' })).status).toBe(200);
    expect(await rowOf({ taskId: 't-twice' })).toMatchObject({ settledAt, outcome: 'timedOut' });
    expect((await post(openRoute, question('t-twice'))).status).toBe(200);
    expect((await rowOf({ taskId: 't-twice' })).settledAt).toEqual(settledAt);
  });

  test('[I25] a close that arrives before its open leaves no open task behind', async () => {
    await post(closeRoute, closing('t-late'));
    await post(openRoute, question('t-late'));
    expect((await list(ada)).tasks.map(({ taskId }) => taskId)).not.toContain('t-late');
    expect((await list(ada, 'done')).tasks.map(({ taskId }) => taskId)).not.toContain('t-late');
    await expect(getTask(here.web, ada, 't-late')).rejects.toEqual(refused('taskNotFound'));
  });

  test('[I26] a run cannot open or close a task of another run', async () => {
    await post(openRoute, question('t-own'));
    expect((await post(openRoute, { ...question('t-own'), runId: 'run-2' })).status).toBe(409);
    expect((await post(closeRoute, { ...closing('t-own'), workflowId: 'w-2' })).status).toBe(409);
    expect((await rowOf({ taskId: 't-own' })).settledAt).toBeNull();
  });
});

describe('a row that its run could not close', () => {
  /** The close was given up, and the process of the decision ended before it wrote the row. */
  const reopen = (task: HumanTask) =>
    here.web.database.humanTask.update({
      where: { taskId: task.taskId },
      data: { settledAt: null, outcome: null, decidedBy: null, comment: null, decisionId: null },
    });

  test('[I40] is closed by reconciliation with its decision while the run continues', async () => {
    const { run, task } = await here.ask();
    await decide(ada, task, { comment: 'Enjoy.' });
    // Both activities of the approval have ended, so only reconciliation can close the task.
    await eventually(async () => {
      const ended = (await here.eventsOf(run)).filter((type) => type === 'activityTaskCompletedEventAttributes');
      expect(ended).toHaveLength(2);
    });
    await reopen(task);
    expect(await reconcileTasks(here.web, task.workflowId)).toBe(1);
    expect(await rowOf(task)).toMatchObject({ outcome: 'approved', decidedBy: 'Ada', comment: 'Enjoy.' });
    const { status } = await here.web.temporal.workflow.getHandle(run.workflowId).describe();
    expect(status.name).toBe('RUNNING');
  });

  test('[I46] a task that was open at the point of a reset stays, and its decision reaches the new run', async () => {
    const { run, task } = await here.ask();
    const handle = here.web.temporal.workflow.getHandle(run.workflowId, run.runId);
    const tasks = await eventually(async () => {
      const { events = [] } = await handle.fetchHistory();
      const completed = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
      expect(completed.length).toBeGreaterThan(1);
      return completed.map(({ eventId }) => Number(eventId));
    });
    const how = { reason: 'another price', signals: true, updates: true };
    const { runId } = await resetRun(here.web, olga, run, { requestId: randomUUID(), eventId: tasks.at(-1)!, ...how });
    expect(
      await eventually(async () => {
        await reconcileTasks(here.web, run.workflowId);
        const row = await rowOf(task);
        expect(row.runId).toBe(runId);
        return row;
      })
    ).toMatchObject({ settledAt: null });
    await decide(ada, task, { comment: 'Enjoy.' });
    await signalRun(
      here.web,
      olga,
      { ...run, runId },
      { name: 'invoice', input: { number: 'A-1' }, requestId: randomUUID() }
    );
    const result = here.web.temporal.workflow.getHandle(run.workflowId, runId).result();
    await expect(result).resolves.toEqual({ decidedBy: 'Ada', invoice: 'A-1' });
  });

  test('[I41] a task that the run waits for stays open', async () => {
    const { task } = await here.ask();
    expect(await reconcileTasks(here.web, task.workflowId)).toBe(0);
    expect(await rowOf(task)).toMatchObject({ settledAt: null });
  });
});

describe('text that PostgreSQL cannot store', () => {
  const internal = (route: typeof openRoute, body: object) =>
    route(
      new Request('http://localhost/api/internal', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${here.web.config.internalToken}`,
          origin: here.web.config.webUrl.origin,
        },
        body: JSON.stringify(body),
      }),
      { params: Promise.resolve({}) }
    );
  const asking = (taskId: string) => ({
    namespace: 'default',
    workflowId: 'w-1',
    runId: 'r-1',
    workflowType: 'trip_v1',
    taskId,
  });

  test('[I42] U+0000 in the data of a task or in the comment of a close is stored as a symbol', async () => {
    const taskId = `t-${randomUUID()}`;
    const opened = await internal(openRoute, {
      ...asking(taskId),
      flow: 'trip',
      nodeId: 'approve',
      title: 'Approve',
      question: '?',
      candidates: [],
      requireComment: 'never',
      data: { note: 'a\u0000b', half: '\ud800' },
      dataHash: 'h',
      schema: null,
      dueAtMs: null,
    });
    expect(opened.status).toBe(200);
    expect(await rowOf({ taskId })).toMatchObject({ data: { note: 'a\u2400b', half: '\ufffd' } });
    const closed = await internal(closeRoute, {
      ...asking(taskId),
      outcome: 'approved',
      decidedBy: 'Ada',
      comment: 'a\u0000b',
    });
    expect(closed.status).toBe(200);
    expect(await rowOf({ taskId })).toMatchObject({ outcome: 'approved', comment: 'a\u2400b' });
  });

  test('[I43] an id with U+0000 is refused with the name of its field', async () => {
    const refusal = await internal(closeRoute, {
      ...asking('a\u0000b'),
      outcome: 'approved',
      decidedBy: null,
      comment: null,
    });
    expect(refusal.status).toBe(422);
    expect(((await refusal.json()) as { error: { problems: unknown } }).error.problems).toEqual([
      { at: '/taskId', message: 'has the character U+0000, which cannot be stored' },
    ]);
  });
});
