/** [R] Operations on runs, over an engine on PostgreSQL: permissions, refusals, repeated requests and audit rows. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FailureCode } from '@/app/_contract/errors';
import { queryRunSchema, runsQuerySchema, type RunsQuery, type StartRun } from '@/app/_contract/runs';
import { provesHistories } from '@/engine/history/testing/proof';
import { failureOf } from '../failure';
import { decideTask } from '../inbox/decide';
import type { Actor } from '../people/actor';
import { PEOPLE, startTestWeb, type TestWeb } from '../testing/test-web';
import { TRIP, tripSource } from '../testing/trip';
import { cancelRun } from './cancel';
import { decideUndo } from './decide-undo';
import { exportRuns } from './export';
import { getRun, serveRun } from './get';
import { listRuns } from './list';
import { queryRun } from './query';
import { signalRun } from './signal';
import { startRun } from './start';
import { terminateRun } from './terminate';
import { updateRun } from './update';

provesHistories(await tripSource());

let here: TestWeb;
beforeAll(async () => {
  here = await startTestWeb();
}, 120_000);
afterAll(() => here.close());

const { ada, dan, olga, vera } = PEOPLE;
const refused = (code: FailureCode) => expect.objectContaining({ name: 'Refusal', code });
/** The code of the refusal that a call ends with. */
const toldAs = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => failureOf(error).code
  );
const INPUT = { who: 'Grace', amount: 900 };
const start = (actor: Actor, change: Partial<StartRun> = {}) =>
  startRun(here.web, actor, TRIP.name, { requestId: randomUUID(), input: INPUT, ...change });
const requestId = () => randomUUID() as string;
type Run = Awaited<ReturnType<TestWeb['start']>>;
const nameOf = ({ workflowId, runId }: Run) => `${workflowId}/${runId}`;
const count = async (run: Run, type: string) =>
  (await here.eventsOf(run)).filter((each) => each === `${type}EventAttributes`).length;

describe('start', () => {
  test('[R1] a person who may only view or decide cannot start a run', async () => {
    const workflowId = `trip-${randomUUID()}`;
    for (const actor of [vera, ada]) {
      await expect(start(actor, { workflowId })).rejects.toEqual(refused('notAllowed'));
    }
    expect(await toldAs(getRun(here.web, vera, { workflowId, runId: '' }))).toBe('runNotFound');
    expect(await here.auditOf(workflowId)).toEqual([]);
  });

  test('[R2] a run starts on the newest version; its audit row names person, flow and version', async () => {
    const run = await start(dan);
    const { summary } = await getRun(here.web, vera, run);
    expect(summary).toMatchObject({ flow: TRIP.name, version: 1, status: 'running', workflowType: 'businessTrip_v1' });
    expect(await here.auditOf(run.workflowId)).toEqual([
      { operation: 'runs.start', actorName: 'Dan', outcome: 'done', details: { flow: TRIP.name, version: 1 } },
    ]);
  });

  test('[R3] repeating a request returns the same run, also at the same moment', async () => {
    const same = { requestId: requestId() };
    const [first, second] = await Promise.all([start(olga, same), start(olga, same)]);
    const third = await start(olga, same);
    expect([second.runId, third.runId]).toEqual([first.runId, first.runId]);
    expect(third.again).toBe(true);
  });

  test('[R4] the id of an open run is refused, and another request with that id starts nothing', async () => {
    const workflowId = `trip-${randomUUID()}`;
    await start(olga, { workflowId });
    await expect(start(olga, { workflowId })).rejects.toEqual(refused('workflowIdTaken'));
    expect((await here.auditOf(workflowId)).map(({ outcome }) => outcome)).toEqual(['done', 'workflowIdTaken']);
  });

  test.each([
    ['a field is missing', { who: 'Grace' }, '/amount'],
    ['a field is of another type', { who: 'Grace', amount: 'much' }, '/amount'],
    ['a field is too small', { who: '', amount: 1 }, '/who'],
    ['a field is not known', { ...INPUT, extra: 1 }, '/extra'],
    ['an instant has no offset', { ...INPUT, leaves: '2026-11-28T09:30:00' }, '/leaves'],
  ])('[R5] an input where %s is refused with the field', async (_what, input, at) => {
    const workflowId = `trip-${randomUUID()}`;
    await expect(start(olga, { input, workflowId })).rejects.toMatchObject({
      code: 'inputInvalid',
      problems: expect.arrayContaining([expect.objectContaining({ at })]) as unknown,
    });
    expect(await here.auditOf(workflowId)).toEqual([]);
  });

  test('[R6] a flow or a version that does not exist is not found', async () => {
    const asked = { requestId: requestId(), input: INPUT };
    await expect(startRun(here.web, olga, 'nothing', asked)).rejects.toEqual(refused('flowNotFound'));
    await expect(start(olga, { version: 7 })).rejects.toEqual(refused('versionNotFound'));
  });

  test('[R7] an input over the limit is refused, and no run is created', async () => {
    const workflowId = `trip-${randomUUID()}`;
    const input = { ...INPUT, who: 'x'.repeat(2_200_000) };
    await expect(start(olga, { input, workflowId })).rejects.toEqual(refused('payloadTooLarge'));
    await expect(here.web.temporal.workflow.getHandle(workflowId).describe()).rejects.toThrow();
  });
});

test('[R26] the engine checks input types too: a client that bypasses the web is refused', async () => {
  const workflowId = `trip-${randomUUID()}`;
  const options = { workflowId, taskQueue: 'backstitch', args: [{ who: 'Grace', amount: 'lots' }] };
  const started = here.web.temporal.workflow.start('businessTrip_v1', options);
  await expect(started).rejects.toMatchObject({ cause: { details: 'input/amount: must be a whole number' } });
  const local = { ...options, args: [{ ...INPUT, leaves: '2026-11-28T09:30:00' }] };
  await expect(here.web.temporal.workflow.start('businessTrip_v1', local)).rejects.toMatchObject({
    cause: { details: expect.stringContaining('input/leaves: must be a date and a time with its offset') as string },
  });
  await expect(here.web.temporal.workflow.getHandle(workflowId).describe()).rejects.toThrow();
  const run = await here.start();
  const handle = here.web.temporal.workflow.getHandle(run.workflowId);
  await expect(handle.signal('invoice', { number: 5 })).rejects.toMatchObject({
    cause: { details: 'input/number: must be a text' },
  });
  expect(await count(run, 'workflowExecutionSignaled')).toBe(0);
});

describe('signal', () => {
  const invoice = { name: 'invoice', input: { number: 'A-1' } };

  test('[R8] an undeclared signal, or one with a wrong payload, never reaches the run', async () => {
    const run = await here.start();
    const send = (change: object, actor = olga) =>
      signalRun(here.web, actor, run, { ...invoice, requestId: requestId(), ...change });
    await expect(send({}, vera)).rejects.toEqual(refused('notAllowed'));
    for (const name of ['unknown', 'constructor', '__proto__', 'toString'])
      await expect(send({ name })).rejects.toEqual(refused('badRequest'));
    await expect(send({ input: { number: 5 } })).rejects.toEqual(refused('inputInvalid'));
    await expect(send({ input: undefined })).rejects.toEqual(refused('inputInvalid'));
    const local = { number: 'A-1', at: '2026-11-28T09:30:00' };
    await expect(send({ input: local })).rejects.toEqual(refused('inputInvalid'));
    expect([await count(run, 'workflowExecutionSignaled'), await here.auditOf(nameOf(run))]).toEqual([0, []]);
  });

  test('[R9] repeating a signal with its id delivers it once; each request is audited', async () => {
    const run = await here.start();
    const same = { ...invoice, requestId: requestId() };
    await signalRun(here.web, olga, run, same);
    await signalRun(here.web, olga, run, same);
    expect(await count(run, 'workflowExecutionSignaled')).toBe(1);
    expect((await here.auditOf(nameOf(run))).map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  });

  test('[R10] a closed run and a run that never existed are reported differently', async () => {
    const run = await here.start();
    await terminateRun(here.web, olga, run, { reason: 'Over.' });
    await expect(signalRun(here.web, olga, run, { ...invoice, requestId: requestId() })).rejects.toEqual(
      refused('runClosed')
    );
    const nobody = { workflowId: 'nobody', runId: randomUUID() };
    expect(await toldAs(signalRun(here.web, olga, nobody, { ...invoice, requestId: requestId() }))).toBe('runNotFound');
  });
});

describe('update and query', () => {
  const change = (run: Run, note: string, id: string = requestId(), actor = olga) =>
    updateRun(here.web, actor, run, { name: 'changeNote', input: { note }, requestId: id });
  const noteOf = async (run: Run) => (await queryRun(here.web, vera, run, { name: 'note' })).result;

  test('[R11] an update changes what the query returns, once for each request', async () => {
    const { run } = await here.ask();
    const id = requestId();
    await change(run, 'first', id);
    await change(run, 'first', id);
    expect([await noteOf(run), await count(run, 'workflowExecutionUpdateAccepted')]).toEqual(['first', 1]);
  });

  test('[R12] an update that the flow’s validator refuses changes nothing; its message is shown', async () => {
    const { run } = await here.ask();
    await expect(change(run, 'refuse me')).rejects.toMatchObject({
      code: 'refused',
      message: 'This note is not for anybody.',
    });
    expect([await noteOf(run), await count(run, 'workflowExecutionUpdateAccepted')]).toEqual(['', 0]);
    expect((await here.auditOf(nameOf(run))).map(({ outcome }) => outcome)).toEqual(['refused']);
  });

  test('[R13] an update with a wrong payload, an undeclared one and one of the saga library are refused', async () => {
    const { run } = await here.ask();
    await expect(change(run, 'x'.repeat(101))).rejects.toEqual(refused('inputInvalid'));
    const raw = (name: string) => updateRun(here.web, olga, run, { name, input: {}, requestId: requestId() });
    for (const name of ['unknown', 'constructor', 'toString'])
      await expect(raw(name)).rejects.toEqual(refused('badRequest'));
    await expect(raw('__decide')).rejects.toEqual(refused('notAllowed'));
    await expect(change(run, 'x', requestId(), vera)).rejects.toEqual(refused('notAllowed'));
    expect(await here.auditOf(nameOf(run))).toEqual([]);
  });

  test('[R14] an unknown query is reported as unknown and leaves no audit row', async () => {
    const { run } = await here.ask();
    await expect(queryRun(here.web, vera, run, { name: 'unknown' })).rejects.toEqual(refused('queryFailed'));
    expect(await here.auditOf(nameOf(run))).toEqual([]);
  });

  test('[RAT1] a query about an earlier moment is answered as it was then, and changes nothing', async () => {
    const { run } = await here.ask();
    await change(run, 'first');
    await change(run, 'second');
    const { events } = await here.web.temporal.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
    const updates = (events ?? []).filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
    const [first, second] = updates.map(({ eventId }) => Number(eventId));
    const at = async (name: string, event: number) => (await queryRun(here.web, vera, run, { name, at: event })).result;
    expect(await Promise.all([at('note', first! - 3), at('note', first!), at('note', second!)])).toEqual([
      '',
      'first',
      'second',
    ]);
    expect(await at('__variables', first!)).toEqual({ note: 'first' });
    expect(await queryRun(here.web, vera, run, { name: '__variables' })).toEqual({ result: { note: 'second' } });
    await expect(at('note', 1)).rejects.toMatchObject({ code: 'queryFailed', message: /'note': the workflow had not run yet/ });
    await expect(at('unknown', second!)).rejects.toEqual(refused('queryFailed'));
    await expect(at('note', 500_000)).rejects.toMatchObject({ code: 'queryFailed', message: /and not further/ });
    await terminateRun(here.web, olga, run, { reason: 'Over.' });
    expect(await at('note', first!)).toBe('first');
    expect(await noteOf(run)).toBe('second');
    expect(queryRunSchema.safeParse({ name: 'note', input: 1, at: 5 }).success).toBe(false);
  });

  test('[R15] a decision about an undo that did not fail is refused', async () => {
    const { run } = await here.ask();
    const decision = { nodeId: 'approve', choice: 'leave' as const, reason: 'Try.', requestId: requestId() };
    await expect(decideUndo(here.web, olga, run, decision)).rejects.toEqual(refused('refused'));
    await expect(decideUndo(here.web, vera, run, decision)).rejects.toEqual(refused('notAllowed'));
  });
});

describe('stop', () => {
  test('[R16] a cancelled run undoes its effects and closes; a second request changes nothing', async () => {
    const { run } = await here.ask();
    const same = { requestId: requestId(), reason: 'Not needed.' };
    await expect(cancelRun(here.web, vera, run, same)).rejects.toEqual(refused('notAllowed'));
    const both = await Promise.allSettled([cancelRun(here.web, olga, run, same), cancelRun(here.web, olga, run, same)]);
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    const status = async () => (await getRun(here.web, vera, run)).summary.status;
    await expect.poll(status, { timeout: 20_000 }).toBe('canceled');
    expect(await count(run, 'workflowExecutionCancelRequested')).toBe(1);
    expect((await here.auditOf(nameOf(run)))[0]).toMatchObject({
      operation: 'runs.cancel',
      actorName: 'Olga',
      outcome: 'done',
      details: { reason: 'Not needed.' },
    });
    await expect(cancelRun(here.web, olga, run, { requestId: requestId() })).rejects.toEqual(refused('runClosed'));
  });

  test('[R17] a killed run closes without running its code, with the reason in its history', async () => {
    const { run } = await here.ask();
    await expect(terminateRun(here.web, vera, run, { reason: 'No.' })).rejects.toEqual(refused('notAllowed'));
    await terminateRun(here.web, olga, run, { reason: 'It hangs.' });
    const { events } = await here.web.temporal.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
    expect(events?.at(-1)?.workflowExecutionTerminatedEventAttributes).toMatchObject({
      reason: 'It hangs.',
      identity: olga.name,
    });
    await expect(terminateRun(here.web, olga, run, { reason: 'Again.' })).rejects.toEqual(refused('runClosed'));
    expect(await here.auditOf(nameOf(run))).toMatchObject([
      { operation: 'runs.terminate', outcome: 'done', details: { reason: 'It hangs.' } },
    ]);
  });
});

describe('list', () => {
  const list = (query: Partial<Record<keyof RunsQuery, unknown>>) =>
    listRuns(here.web, vera, runsQuerySchema.parse(query));

  test('[R18] filters narrow rows and counts alike; a filter by outcome narrows only rows', async () => {
    const id = `list-${randomUUID().slice(0, 8)}`;
    const runs = [];
    for (const each of ['a', 'b', 'c']) runs.push(await start(olga, { workflowId: `${id}-${each}` }));
    const [first] = runs;
    if (!first) throw new Error('no run');
    await terminateRun(here.web, olga, first, { reason: 'For the list.' });
    const all = await list({ id });
    expect(all.runs.map(({ workflowId }) => workflowId)).toEqual([`${id}-c`, `${id}-b`, `${id}-a`]);
    expect([all.counts, all.total]).toEqual([{ running: 2, terminated: 1 }, 3]);
    const killed = await list({ id, standing: 'terminated' });
    expect(killed.runs.map(({ workflowId }) => workflowId)).toEqual([`${id}-a`]);
    expect(killed.counts).toEqual(all.counts);
    expect((await list({ id, flow: TRIP.name, version: 1 })).total).toBe(3);
    expect((await list({ id, version: 2, flow: TRIP.name })).total).toBe(0);
    expect((await list({ id, startedBeforeMs: 1 })).runs).toEqual([]);
    expect((await list({ id: `${id}'; DROP` })).runs).toEqual([]);
  });

  test('[R19] a run is listed as waiting for a person until somebody has decided', async () => {
    const { run, task } = await here.ask();
    const asks = async () => (await list({ id: run.workflowId })).runs.map((each) => each.asks ?? false);
    expect(await asks()).toEqual([true]);
    const { taskId, dataHash } = task;
    await decideTask(here.web, ada, taskId, {
      decisionId: requestId(),
      decision: 'approve',
      comment: '',
      dataHash,
    });
    expect(await asks()).toEqual([false]);
  });

  test('[R32] a run that another program paused is described and listed as paused, until it goes on', async () => {
    const run = await start(olga);
    const { workflowService } = here.web.temporal;
    const named = { namespace: here.web.config.namespace, workflowId: run.workflowId, identity: 'cli', reason: 'r' };
    const isPaused = async () => {
      const { runs } = await list({ id: run.workflowId });
      return [(await getRun(here.web, vera, run)).summary.isPaused, runs[0]?.isPaused];
    };
    await workflowService.pauseWorkflowExecution({ ...named, requestId: requestId() });
    // The page has what its watch was told last.
    await expect.poll(isPaused).toEqual([true, true]);
    // It is counted as paused, and as nothing else.
    const other = await start(olga, { workflowId: `${run.workflowId}-other` });
    const counts = async () => (await list({ id: run.workflowId })).counts;
    const found = async (standing: string) =>
      (await list({ id: run.workflowId, standing })).runs.map(({ workflowId }) => workflowId);
    expect(await counts()).toEqual({ running: 1, paused: 1 });
    expect(await found('paused')).toEqual([run.workflowId]);
    expect(await found('running')).toEqual([other.workflowId]);
    const update = { name: 'changeNote', input: { note: 'late' }, requestId: requestId() };
    expect(await toldAs(updateRun(here.web, olga, run, update))).toBe('refused');
    await workflowService.unpauseWorkflowExecution({ ...named, requestId: requestId() });
    await expect.poll(isPaused).toEqual([undefined, undefined]);
    expect(await counts()).toEqual({ running: 2 });
    for (const each of [run, other]) await terminateRun(here.web, olga, each, { reason: 'Over.' });
  });

  test('[R20] pages follow each other without a gap or a repeat, and a damaged token is refused', async () => {
    const id = `page-${randomUUID().slice(0, 8)}`;
    for (let each = 0; each < 5; each++) await start(olga, { workflowId: `${id}-${each}` });
    const seen: string[] = [];
    let pageToken: string | null = null;
    do {
      const page = await list({ id, pageSize: 2, ...(pageToken ? { pageToken } : {}) });
      seen.push(...page.runs.map(({ workflowId }) => workflowId));
      pageToken = page.nextPageToken;
    } while (pageToken);
    expect(seen).toEqual([4, 3, 2, 1, 0].map((each) => `${id}-${each}`));
    for (const damaged of ['%%%', 'bm90IG91cnM'])
      expect(await toldAs(list({ id, pageToken: damaged }))).toBe('badRequest');
  });

  test('[R33] an export has each run of the filtered list once, over pages, and no run of a flow that may not be seen', async () => {
    const id = `export-${randomUUID().slice(0, 8)}`;
    for (let each = 0; each < 5; each++) await start(olga, { workflowId: `${id}-${each}` });
    const exported = async (actor: Actor, more: object = {}) => {
      let text = '';
      for await (const part of await exportRuns(here.web, actor, { id, ...more }, 2)) text += part;
      return text.trimEnd().split('\r\n');
    };
    const [head, ...lines] = await exported(vera);
    expect(head).toContain('"workflow id","run id","flow"');
    expect(lines.map((line) => line.slice(1, line.indexOf('"', 1)))).toEqual(
      [4, 3, 2, 1, 0].map((at) => `${id}-${at}`)
    );
    expect(lines[0]).toContain('"running"');
    expect(await exported(vera, { standing: ['completed'] })).toEqual([head]);
    const elsewhere = { ...vera, grants: [{ role: 'viewer' as const, flow: 'another-flow' }] };
    expect(await exported(elsewhere)).toEqual([head]);
    expect(await toldAs(exported({ ...vera, grants: [] }))).toBe('notAllowed');
  });
});

test('[LCT1] a page whose runs cannot be counted in time is shown, and its filter is not counted again', async () => {
  await start(olga, { workflowId: 'uncounted' });
  let asked = 0;
  const count = () => {
    asked++;
    return Promise.reject(Object.assign(new Error('4 DEADLINE_EXCEEDED'), { code: 4, details: 'Deadline exceeded' }));
  };
  const slow = Object.create(here.web.temporal, { workflow: { value: { count } } }) as typeof here.web.temporal;
  const page = () => listRuns({ ...here.web, temporal: slow }, vera, runsQuerySchema.parse({ id: 'uncounted' }));
  await expect.poll(async () => (await page()).runs.length).toBe(1);
  for (let time = 0; time < 2; time++)
    expect(await page()).toMatchObject({ isUncounted: true, counts: null, total: null });
  expect(asked).toBe(1);
  here.web.slowCounts.clear();
  // An engine that hangs answers neither; when it is back, the filter is counted.
  const workflowService = { listWorkflowExecutions: count };
  const hung = Object.create(slow, { workflowService: { value: workflowService } }) as typeof here.web.temporal;
  const query = runsQuerySchema.parse({ id: 'uncounted' });
  await expect(listRuns({ ...here.web, temporal: hung }, vera, query)).rejects.toMatchObject({ code: 'engineAway' });
  // It listed just before it stopped.
  const { workflowService: well } = here.web.temporal;
  const stopped = Object.create(slow, {
    workflowService: {
      value: { listWorkflowExecutions: well.listWorkflowExecutions.bind(well), getSystemInfo: count },
    },
  }) as typeof here.web.temporal;
  await expect(listRuns({ ...here.web, temporal: stopped }, vera, query)).rejects.toMatchObject({ code: 'engineAway' });
  expect(await listRuns(here.web, vera, query)).toMatchObject({ total: 1 });
});

test('[R31] of a history with little and large events too, the page contains only the length', async () => {
  const { workflowId, runId } = await start(dan);
  const handle = here.web.temporal.workflow.getHandle(workflowId, runId);
  await handle.signal('invoice', { number: 'x'.repeat(1_200_000) });
  // The signal is in the history when the task that runs now has ended.
  await expect.poll(async () => (await serveRun(here.web, vera, { workflowId, runId })).kind).toBe('long');
});

test('[R31] the page contains the whole of a short history, and only the length of a long one', async () => {
  const { workflowId, runId } = await start(dan);
  const run = { workflowId, runId };
  expect(await serveRun(here.web, vera, run)).toMatchObject({ kind: 'whole', initial: { summary: run } });

  const handle = here.web.temporal.workflow.getHandle(run.workflowId, run.runId);
  for (let sent = 0; sent < 1_000; sent += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => handle.signal('invoice', { number: `${sent + index}` }))
    );
  }
  const served = await serveRun(here.web, vera, run);
  expect(served).toMatchObject({ kind: 'long', summary: run });
  expect(served.kind === 'long' && served.events).toBeGreaterThan(1_000);
  expect(JSON.stringify(served).length).toBeLessThan(5_000);
});
