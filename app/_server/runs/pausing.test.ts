/**
 * Pause, resume, retry and change: what operators do to an open run and to its pending steps.
 *
 * [PSR1] A run is paused and resumed by a person, with the reason, in its history and in the audit trail.
 * [PSR2] Who comes second is told who was first, and changes nothing. A request that is sent again is the same request.
 * [PSR3] A closed run, and a step that ended, are said to have ended, also if they end after they were read.
 * [PSR4] A paused step begins no attempt; one that is under way ends by its own answer. Resumed, the next one begins at
 *        once.
 * [PSR5] The next attempt begins at once, with all attempts of the policy once more; but not of a step that is under way,
 *        that is paused, or whose run is.
 * [PSR6] Timeouts and retry policy are changed one by one and restored together. Nonsense is refused in words for people.
 * [PSR8] Answers that were lost: [AGN1], [AGN2] in answered-before.ts.
 * [PSR7] A server that does not offer it is named as the reason.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AppFailure } from '@/app/_contract/errors';
import { changeStepSchema, pauseRunSchema } from '@/app/_contract/runs';
import type { PendingActivityView, StepOptions } from '@/engine/run-view/model';
import { failureOf } from '../failure';
import { publishFlow } from '../flows/publish';
import { PEOPLE } from '../testing/test-web';
import { retryingFlow } from '../testing/till';
import { eventually, startWorld, type World } from '../testing/world';
import type { Web } from '../web';
import { describeRun, nameOf, type RunAddress } from './address';
import { changeStep } from './change-step';
import { getRun } from './get';
import { pauseRun } from './pause';
import { pauseStep } from './pause-step';
import { pendingView } from './pending-view';
import { resumeRun } from './resume';
import { resumeStep } from './resume-step';
import { retryStep } from './retry-step';
import { startRun } from './start';
import { terminateRun } from './terminate';

const { dan, olga, vera } = PEOPLE;
const FLOW = retryingFlow('shelf');
const WHY = 'The shop is closed.';

/** What the service does with a request: it is down, it answers, or it keeps the request until the test answers it. */
let shelf: 'down' | 'up' | 'slow' = 'down';
const asked: ServerResponse[] = [];
const service = createServer((_request, response) => {
  asked.push(response);
  if (shelf !== 'slow') answer(response, shelf);
});
function answer(response: ServerResponse | undefined, as: 'down' | 'up'): void {
  response?.writeHead(as === 'up' ? 200 : 503, { 'content-type': 'application/json' }).end('{}');
}

let world: World;
let web: Web;
beforeAll(async () => {
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const { port } = service.address() as AddressInfo;
  world = await startWorld({
    connections: [`shelf=http://127.0.0.1:${port}`],
    environment: { BACKSTITCH_SHOP: 'off' },
  });
  ({ web } = world);
  await publishFlow(web, dan, { document: FLOW });
}, 120_000);
afterAll(async () => {
  service.closeAllConnections();
  await world.close();
  await new Promise((resolve) => service.close(resolve));
});
beforeEach(() => {
  shelf = 'down';
  asked.length = 0;
});

const requestId = () => randomUUID() as string;
const onLook = () => ({ requestId: requestId(), activityId: 'look' });
const why = (work: Promise<unknown>): Promise<AppFailure | null> => work.then(() => null, failureOf);
async function pendingOf(run: RunAddress): Promise<PendingActivityView | undefined> {
  const { description } = await describeRun(web, vera, 'runs.get', run);
  return description.pendingActivities?.map(pendingView)[0];
}
const statusOf = async (run: RunAddress) => (await describeRun(web, vera, 'runs.get', run)).summary.status;
async function start(): Promise<RunAddress> {
  const { workflowId, runId } = await startRun(web, olga, FLOW.name, { requestId: requestId(), input: {} });
  return { workflowId, runId };
}
/** A run whose step waits for its second attempt. */
async function startRetrying(): Promise<RunAddress> {
  const run = await start();
  await eventually(async () => expect(await pendingOf(run)).toMatchObject({ state: 'backingOff', attempt: 2 }));
  return run;
}
const audit = async (run: RunAddress) => {
  const rows = await web.database.auditEntry.findMany({ where: { target: nameOf(run) }, orderBy: { at: 'asc' } });
  return rows.map(({ operation, actorName, outcome }) => `${operation} ${actorName} ${outcome}`);
};

test('[PSR1] a run is paused with a reason and resumed; history and audit trail say by whom', async () => {
  const run = await startRetrying();
  await pauseRun(web, olga, run, { requestId: requestId(), reason: WHY });
  await eventually(async () => expect((await getRun(web, vera, run)).summary.isPaused).toBe(true));
  await resumeRun(web, dan, run, { requestId: requestId(), reason: 'Open again.' });
  await eventually(async () => {
    const { events } = (await getRun(web, vera, run)).live;
    expect(events.filter(({ type }) => /[Pp]aused$/.test(type)).map(({ attributes }) => attributes)).toMatchObject([
      { identity: 'Olga', reason: WHY },
      { identity: 'Dan', reason: 'Open again.' },
    ]);
  });
  expect(await audit(run)).toEqual(['runs.pause Olga done', 'runs.unpause Dan done']);
});

test('[PSR2] the second person is told who paused the run; a repeated request and a late resume change nothing', async () => {
  const run = await startRetrying();
  const request = { requestId: requestId(), reason: WHY };
  await pauseRun(web, olga, run, request);
  await pauseRun(web, olga, run, request);
  const refusals = { [dan.id]: 'Olga', [olga.id]: `you, with the reason '${WHY}'` };
  for (const [person, reason] of [
    [dan, WHY],
    [olga, 'Another reason.'],
  ] as const)
    expect(await why(pauseRun(web, person, run, { requestId: requestId(), reason }))).toMatchObject({
      code: 'refused',
      message: `This run is paused already, by ${refusals[person.id]}. It stays paused.`,
    });
  await resumeRun(web, olga, run, { requestId: requestId() });
  await eventually(async () =>
    expect(await why(resumeRun(web, dan, run, { requestId: requestId() }))).toMatchObject({
      code: 'refused',
      message: 'This run is not paused any more: Olga has resumed it.',
    })
  );
});

test('[PSR8] a request to pause or resume a run whose answer was lost is answered as before, and changes nothing', async () => {
  const run = await startRetrying();
  const [pause, resume] = [{ requestId: requestId(), reason: WHY }, { requestId: requestId() }];
  const first = await pauseRun(web, olga, run, pause);
  // The first person in another window: what she asks for is there.
  expect(await pauseRun(web, olga, run, { requestId: requestId(), reason: WHY })).toMatchObject({ by: 'Olga' });
  const stale = await staleOf(await startRetrying());
  expect(
    await pauseRun({ ...stale, temporal: onceStale(stale.temporal) }, olga, run, { ...pause, requestId: requestId() })
  ).toMatchObject({ by: 'Olga' });
  const resumed = await resumeRun(web, olga, run, resume);
  await eventually(async () =>
    expect(await resumeRun(web, olga, run, { requestId: requestId() })).toMatchObject({ by: 'Olga' })
  );
  await pauseRun(web, dan, run, { requestId: requestId(), reason: 'Again.' });
  const rows = await audit(run);
  expect(Math.abs((await pauseRun(web, olga, run, pause)).at - first.at)).toBeLessThan(1_000);
  expect(Math.abs((await resumeRun(web, olga, run, resume)).at - resumed.at)).toBeLessThan(1_000);
  expect((await describeRun(web, vera, 'runs.get', run)).description.workflowExtendedInfo?.pauseInfo?.identity).toBe(
    'Dan'
  );
  await terminateRun(web, olga, run, { reason: 'Over.' });
  expect(await pauseRun(web, olga, run, pause)).toMatchObject({ by: 'Olga' });
  expect(await audit(run)).toEqual([...rows, 'runs.terminate Olga done']);
  // An id is of one person.
  expect(await why(pauseRun(web, dan, run, pause))).toMatchObject({ code: 'runClosed' });
});

test('[PSR8] the engine answers it too, if the answer was lost on the way to the web', async () => {
  const run = await startRetrying();
  const pause = { requestId: requestId(), reason: WHY };
  const named = { namespace: web.config.namespace, ...run, identity: 'Olga', reason: WHY };
  await web.temporal.workflowService.pauseWorkflowExecution({ ...named, requestId: pause.requestId });
  const resume = requestId();
  await web.temporal.workflowService.unpauseWorkflowExecution({ ...named, requestId: resume });
  expect(await pauseRun(web, olga, run, pause)).toMatchObject({ by: 'Olga' });
  expect((await describeRun(web, vera, 'runs.get', run)).description.workflowExtendedInfo?.pauseInfo).toBeNull();
  expect(await resumeRun(web, olga, run, { requestId: resume })).toMatchObject({ by: 'Olga' });
});

test('[PSR8] so is a request to pause or resume a step', async () => {
  const run = await startRetrying();
  const [pause, resume] = [{ ...onLook(), reason: WHY }, onLook()];
  await pauseStep(web, olga, run, pause);
  const again = await why(pauseStep(web, olga, run, { ...onLook(), reason: 'Another reason.' }));
  expect(again?.message).toBe(
    `Look at the shelf is paused already, by you, with the reason '${WHY}'. It stays paused.`
  );
  await resumeStep(web, olga, run, resume);
  // One of them may be refused by the attempt that began, never because somebody else had resumed it.
  expect((await why(resumeStep(web, olga, run, onLook())))?.message ?? '').not.toMatch(/has resumed it/);
  expect((await why(resumeStep(web, dan, run, onLook())))?.message).toMatch(/Olga has resumed it/);
  await eventually(async () => expect(await pendingOf(run)).toMatchObject({ state: 'backingOff' }));
  await pauseStep(web, dan, run, { ...onLook(), reason: 'Again.' });
  const rows = await audit(run);
  expect([await pauseStep(web, olga, run, pause), await resumeStep(web, olga, run, resume)]).toMatchObject([
    { by: 'Olga' },
    { by: 'Olga' },
  ]);
  expect((await pendingOf(run))?.pause?.by).toBe('Dan');
  await terminateRun(web, olga, run, { reason: 'Over.' });
  expect(await resumeStep(web, olga, run, resume)).toMatchObject({ by: 'Olga' });
  expect(await audit(run)).toEqual([...rows, 'runs.terminate Olga done']);
});

test('[PSR2] a reason is required, and not longer than the engine takes', () => {
  const parse = (reason: string) => pauseRunSchema.safeParse({ requestId: requestId(), reason }).success;
  expect([parse(' '), parse('x'.repeat(1_000)), parse('x'.repeat(1_001))]).toEqual([false, true, false]);
});

test('[PSR3] nothing is paused, resumed, retried or changed in a run that has ended', async () => {
  const run = await startRetrying();
  await terminateRun(web, olga, run, { reason: 'Over.' });
  const all = [
    pauseRun(web, olga, run, { requestId: requestId(), reason: WHY }),
    resumeRun(web, olga, run, { requestId: requestId() }),
    pauseStep(web, olga, run, { ...onLook(), reason: WHY }),
    resumeStep(web, olga, run, onLook()),
    retryStep(web, olga, run, onLook()),
    changeStep(web, olga, run, { ...onLook(), options: null }),
  ];
  const closed = expect.objectContaining({ code: 'runClosed' });
  expect(await Promise.all(all.map(why))).toEqual(all.map((): unknown => closed));
  expect(await audit(run)).toEqual(['runs.terminate Olga done']);
});

/** The web that still reads the run as it was. */
async function staleOf(run: RunAddress): Promise<Web> {
  const { workflowService } = web.temporal;
  const before = await workflowService.describeWorkflowExecution({
    namespace: web.config.namespace,
    execution: run,
  });
  const stale = Object.create(workflowService, {
    describeWorkflowExecution: { value: () => Promise.resolve(before) },
  }) as typeof workflowService;
  return { ...web, temporal: Object.create(web.temporal, { workflowService: { value: stale } }) as Web['temporal'] };
}

test('[PSR3] a step that ended is said to have ended, also if it ended after it was read', async () => {
  shelf = 'slow';
  const run = await start();
  await eventually(() => expect(asked).toHaveLength(1));
  await keepOpen(run);
  const stale = await staleOf(run);
  answer(asked[0], 'up');
  await eventually(async () => expect(await pendingOf(run)).toBeUndefined());
  const message = 'Look at the shelf is no longer pending: it has ended meanwhile. Nothing was changed.';
  for (const here of [web, stale]) {
    expect(await why(pauseStep(here, olga, run, { ...onLook(), reason: WHY }))).toMatchObject({
      code: 'refused',
      message,
    });
    const options = { maximumAttempts: 7 };
    expect(await why(changeStep(here, olga, run, { ...onLook(), options }))).toMatchObject({
      code: 'refused',
      message,
    });
  }
  for (const late of [resumeStep, retryStep])
    expect(await why(late(web, olga, run, onLook()))).toMatchObject({ code: 'refused', message });
  await resumeRun(web, olga, run, { requestId: requestId() });
  await eventually(async () => expect(await statusOf(run)).toBe('completed'));
  expect(await why(pauseStep(stale, olga, run, { ...onLook(), reason: WHY }))).toMatchObject({ code: 'runClosed' });
});
/** While it is paused, the run does not go on when its step ends. */
const keepOpen = (run: RunAddress) => pauseRun(web, olga, run, { requestId: requestId(), reason: WHY });

test('[PSR4] a step that waits is paused, by whom and why; resumed, its next attempt begins at once', async () => {
  const run = await startRetrying();
  const request = { ...onLook(), reason: WHY };
  await pauseStep(web, olga, run, request);
  await pauseStep(web, olga, run, request);
  expect(await pendingOf(run)).toMatchObject({
    state: 'paused',
    attempt: 2,
    nextAttemptMs: null,
    pause: { by: 'Olga', reason: WHY },
  });
  expect(await why(pauseStep(web, dan, run, { ...onLook(), reason: 'Me too.' }))).toMatchObject({
    code: 'refused',
    message: 'Look at the shelf is paused already, by Olga. It stays paused.',
  });
  // Both see a step that is not paused yet, and one is first.
  const other = await startRetrying();
  const stale = await staleOf(other);
  await pauseStep(web, olga, other, request);
  const { temporal } = stale;
  const both = { ...stale, temporal: onceStale(temporal) };
  expect((await why(pauseStep(both, dan, other, { ...onLook(), reason: 'Me too.' })))?.message).toMatch(/by Olga/);
  expect((await pendingOf(other))?.pause?.by).toBe('Olga');

  shelf = 'up';
  await resumeStep(web, dan, run, onLook());
  await eventually(async () => expect(await statusOf(run)).toBe('completed'));
});
/** The first description is the old one, the next one is read. */
function onceStale(temporal: Web['temporal']): Web['temporal'] {
  let reads = 0;
  const { workflowService } = temporal;
  const first = Object.create(workflowService, {
    describeWorkflowExecution: {
      value: (request: Parameters<typeof workflowService.describeWorkflowExecution>[0]) =>
        (reads++ === 0 ? workflowService : web.temporal.workflowService).describeWorkflowExecution(request),
    },
  }) as typeof workflowService;
  return Object.create(temporal, { workflowService: { value: first } }) as Web['temporal'];
}

test('[PSR4] an attempt that is under way ends by its own answer; the next one waits for the end of the pause', async () => {
  shelf = 'slow';
  const run = await start();
  await eventually(() => expect(asked).toHaveLength(1));
  await pauseStep(web, olga, run, { ...onLook(), reason: WHY });
  expect(await pendingOf(run)).toMatchObject({ state: 'pauseRequested', attempt: 1 });
  answer(asked[0], 'down');
  await eventually(async () => expect(await pendingOf(run)).toMatchObject({ state: 'paused', attempt: 2 }));
  await resumeStep(web, olga, run, onLook());
  await eventually(() => expect(asked).toHaveLength(2));
  expect((await why(resumeStep(web, dan, run, onLook())))?.message).toBe(
    'Look at the shelf is not paused any more: Olga has resumed it.'
  );
  answer(asked[1], 'up');
  await eventually(async () => expect(await statusOf(run)).toBe('completed'));
});

test('[PSR5] a step that waits is retried at once, with all attempts of its policy once more', async () => {
  const run = await startRetrying();
  await retryStep(web, olga, run, onLook());
  // The number of an attempt is never given twice: five more after the one that was counted.
  await eventually(async () =>
    expect(await pendingOf(run)).toMatchObject({ state: 'backingOff', attempt: 3, maximumAttempts: 6 })
  );
  shelf = 'up';
  await retryStep(web, olga, run, onLook());
  await eventually(async () => expect(await statusOf(run)).toBe('completed'));
  expect(await audit(run)).toEqual(['runs.resetActivity Olga done', 'runs.resetActivity Olga done']);
});

test('[PSR5] a step that is under way or paused, or whose run is paused, is not retried now', async () => {
  const run = await startRetrying();
  const refusal = async () => (await why(retryStep(web, olga, run, onLook())))?.message;
  await pauseRun(web, olga, run, { requestId: requestId(), reason: WHY });
  expect(await refusal()).toMatch(/^This run is paused, and no attempt begins/);
  await pauseStep(web, dan, run, { ...onLook(), reason: WHY });
  expect(await refusal()).toMatch(/^Look at the shelf is paused, by Dan: resume it instead/);
  await resumeRun(web, olga, run, { requestId: requestId() });
  shelf = 'slow';
  const before = asked.length;
  await resumeStep(web, olga, run, onLook());
  await eventually(() => expect(asked).toHaveLength(before + 1));
  expect(await refusal()).toBe('Attempt 2 of Look at the shelf is under way already. Nothing was changed.');
  answer(asked.at(-1), 'up');
});

test('[PSR6] options are changed one by one, hold for the next attempt, and are restored together', async () => {
  const run = await startRetrying();
  const change = (options: Partial<StepOptions> | null) => changeStep(web, olga, run, { ...onLook(), options });
  const original = (await pendingOf(run))?.options;
  expect(original).toMatchObject({ startToCloseMs: 60_000, initialIntervalMs: 3_600_000, maximumAttempts: 5 });
  await change({ startToCloseMs: 5_000, maximumAttempts: 0 });
  expect(await pendingOf(run)).toMatchObject({
    maximumAttempts: 0,
    options: { ...original, startToCloseMs: 5_000, maximumAttempts: 0 },
  });
  await change(null);
  expect((await pendingOf(run))?.options).toEqual(original);
  // A shorter wait counts from the end of the last attempt.
  shelf = 'up';
  await change({ initialIntervalMs: 1, maximumIntervalMs: 1 });
  await eventually(async () => expect(await statusOf(run)).toBe('completed'));
});

test('[PSR6] options that mean nothing are refused, and none of them is changed', async () => {
  const run = await startRetrying();
  const before = (await pendingOf(run))?.options;
  const refusal = (options: Partial<StepOptions>) => why(changeStep(web, olga, run, { ...onLook(), options }));
  expect(await refusal({ startToCloseMs: 0, scheduleToCloseMs: 0 })).toMatchObject({
    code: 'badRequest',
    message: expect.stringMatching(/^Set a time limit for one attempt/) as string,
  });
  expect(await refusal({ maximumAttempts: 9, maximumIntervalMs: 1 })).toMatchObject({
    message: 'The longest wait between two attempts must not be shorter than the first one.',
  });
  expect((await pendingOf(run))?.options).toEqual(before);
  const parse = (options: object) => changeStepSchema.safeParse({ ...onLook(), options }).success;
  for (const options of [
    { startToCloseMs: -1 },
    { backoffCoefficient: 0.5 },
    { maximumAttempts: 1.5 },
    { retries: '3' },
  ])
    expect([options, parse(options)]).toEqual([options, false]);
});

test('[PSR7] a server without pauses is named as the reason', () => {
  const error = Object.assign(new Error('12 UNIMPLEMENTED'), { code: 12, details: 'unknown method' });
  expect(failureOf(error)).toMatchObject({
    code: 'refused',
    message: 'The Temporal server behind Backstitch does not offer this.',
  });
});
