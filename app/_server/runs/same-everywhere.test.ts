/**
 * The page of a run, the rows of the list, the filters, the counts and Home say the same of the same runs.
 *
 * Rules
 * [SW1] A row says that effects were left behind exactly when the ledger on the run's page has effects that remain or
 *       may remain; of a completed run only those count that it was not meant to leave. The number is the same.
 * [SW2] A filter gives exactly the rows that are called so, and its count is their number. Each run has one name. Home
 *       adds them up.
 * [SW3] What a person settles and what is answered after the close change all of them alike.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes } from '@/app/_contract/routes';
import {
  RUN_STANDINGS,
  type RunDetail,
  type RunsPage,
  type RunStanding,
  type RunSummary,
  type SettleEffect,
  type StartedRun,
} from '@/app/_contract/runs';
import { project } from '@/engine/run-view/project';
import { isLeft } from '@/engine/run-view/ledger';
import { eventually, must, startWorld, type Visitor, type World } from '../testing/world';
import type { RunAddress } from './address';

const once = { startToCloseTimeout: '30s', retry: { maximumAttempts: 1 } };
const post = (path: string) => ({
  method: 'POST',
  connection: 'service',
  path,
  body: { does: { $expr: 'input.does' }, undoes: { $expr: 'input.undoes' } },
});
const TEXT = { type: 'string' };
const FLOW = {
  format: 1,
  name: 'same',
  title: 'Same',
  input: { type: 'object', properties: { does: TEXT, undoes: TEXT }, required: ['does'] },
  signals: {
    finish: {
      title: 'Finish',
      schema: { type: 'object', properties: { well: { type: 'boolean' } }, required: ['well'] },
    },
  },
  steps: [
    {
      id: 'deed',
      kind: 'action',
      title: 'Do it',
      activity: 'http.request',
      effect: 'reversible',
      options: once,
      input: post('/do'),
      undo: { title: 'Undo it', activity: 'http.request', input: post('/undo'), onFailure: 'continue', options: once },
      unknown: { policy: 'undo' },
      // The flow continues after a step with an unknown outcome.
      catch: [{ types: ['HttpStatus'], scope: 'undo', then: [] }],
    },
    { id: 'told', kind: 'waitForSignal', title: 'Wait', signal: 'finish' },
    {
      id: 'well',
      kind: 'choice',
      title: 'Well?',
      branches: [
        {
          id: 'badly',
          title: 'Badly',
          when: 'told.well === false',
          steps: [{ id: 'failed', kind: 'fail', title: 'Fail', errorType: 'ToldSo', message: 'told so' }],
        },
      ],
    },
  ],
} as const;

type Does = 'works' | 'breaks' | 'declines' | 'hangs';
let world: World;
let admin: Visitor;
let server: Server;
const hanging: ServerResponse[] = [];
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { does, undoes } = JSON.parse(text) as { does: Does; undoes: Does };
    const mode = request.url === '/do' ? does : undoes;
    if (mode === 'hangs') hanging.push(response);
    else answer(response, mode);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world = await startWorld({ connections: [`service=http://127.0.0.1:${(server.address() as AddressInfo).port}`] });
  admin = await world.as('admin');
  await must(admin.post(routes.publish(), { document: FLOW }));
}, 120_000);
afterAll(async () => {
  await world?.close();
  server.closeAllConnections();
  server.close();
});

function answer(response: ServerResponse, mode: Does): void {
  const status = { works: 200, breaks: 500, declines: 409, hangs: 500 }[mode];
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(mode === 'declines' ? { error: 'NotApplied' } : {}));
}

async function start(does: Does, undoes: Does = 'works'): Promise<RunAddress> {
  const body = { requestId: randomUUID(), input: { does, undoes } };
  const { workflowId, runId } = (await must(admin.post<StartedRun>(routes.startRun('same'), body))).body;
  return { workflowId, runId };
}
const handle = ({ workflowId, runId }: RunAddress) => world.web.temporal.workflow.getHandle(workflowId, runId);
const waits = (run: RunAddress) =>
  eventually(async () => {
    const { nodes } = await handle(run).query<{ nodes: Record<string, { state: string }> }>('__nodes');
    expect(nodes.told?.state).toBe('waiting');
  });
async function finished(does: Does, undoes: Does, well: boolean): Promise<RunAddress> {
  const run = await start(does, undoes);
  await waits(run);
  await handle(run).signal('finish', { well });
  return run;
}
async function stopped(undoes: Does): Promise<RunAddress> {
  const run = await start('works', undoes);
  await waits(run);
  await must(admin.post(routes.cancel(run.workflowId, run.runId), { requestId: randomUUID() }));
  return run;
}
async function killed(does: Does): Promise<RunAddress> {
  const heldBefore = hanging.length;
  const run = await start(does);
  if (does === 'hangs') await eventually(() => expect(hanging.length).toBe(heldBefore + 1));
  else await waits(run);
  await must(admin.post(routes.terminate(run.workflowId, run.runId), { reason: 'enough' }));
  return run;
}
const settle = (run: RunAddress, found: SettleEffect['found']) =>
  must(
    admin.post(routes.settle(run.workflowId, run.runId), {
      requestId: randomUUID(),
      activityId: 'deed',
      found,
      reason: 'looked it up',
    })
  );
async function list(search = ''): Promise<RunsPage> {
  return (await must(admin.get<RunsPage>(routes.runs(`pageSize=200${search}`)))).body;
}
const names = (rows: readonly RunSummary[]) => rows.map(({ runId }) => runId).sort();

/** The name of a run in lists, computed from the ledger of its page. */
async function pageOf({ workflowId, runId }: RunSummary): Promise<{ left: number; called: RunStanding }> {
  const { body } = await must(admin.get<RunDetail>(routes.run(workflowId, runId)));
  const { live, settlements, manifest } = body;
  const facts = { ...live, settlements, lateAnswers: live.summary.lateAnswers, nowMs: live.asOfMs };
  const { entries } = project(facts, manifest!).ledger;
  const left = entries.filter(
    ({ state }) => isLeft(state) && !(live.status === 'completed' && state === 'standing')
  ).length;
  const undone = entries.some(({ state }) => state === 'undone' || state === 'doneByHand');
  const ending = left > 0 ? 'Standing' : undone && /failed|canceled/.test(live.status) ? 'Undone' : '';
  return { left: live.status === 'running' ? 0 : left, called: `${live.status}${ending}` as RunStanding };
}

async function compare(expected: Partial<Record<RunStanding, number>>): Promise<void> {
  const all = await eventually(async () => {
    const page = await list();
    expect(
      page.runs.filter(({ phase, status }) => phase === 'counting' || phase === 'unwinding' || status === 'running')
    ).toHaveLength(expected.running ?? 0);
    expect(page.counts).toEqual(expected);
    return page;
  });
  for (const row of all.runs) {
    const page = await pageOf(row);
    if (row.status !== 'running') expect([row.runId, row.standing ?? 0]).toEqual([row.runId, page.left]);
    expect([row.runId, row.standingState]).toEqual([row.runId, row.status === 'running' ? 'running' : page.called]);
  }
  for (const standing of RUN_STANDINGS) {
    const called = all.runs.filter((row) => row.standingState === standing);
    expect([standing, names((await list(`&standing=${standing}`)).runs)]).toEqual([standing, names(called)]);
    expect([standing, all.counts?.[standing] ?? 0]).toEqual([standing, called.length]);
  }
  expect(all.total).toBe(all.runs.length);
}

test('[SW1] [SW2] [SW3] all screens agree about a closed run, also after late information', async () => {
  await finished('works', 'works', true);
  const uncertain = await finished('breaks', 'works', true);
  await finished('works', 'works', false);
  const left = await finished('works', 'breaks', false);
  await start('declines');
  await stopped('works');
  await stopped('breaks');
  const gone = await killed('works');
  await killed('works');
  const late = await killed('hangs');
  await killed('hangs');
  await waits(await start('works'));

  // One run was replaced by another, and one was closed by a timeout.
  const { workflow } = world.web.temporal;
  const options = { workflowId: 'replaced', taskQueue: 'backstitch', args: [{ does: 'works', undoes: 'works' }] };
  const first = await workflow.start('same_v1', options);
  await waits({ workflowId: 'replaced', runId: first.firstExecutionRunId });
  await workflow.start('same_v1', {
    ...options,
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
    args: [{ does: 'declines', undoes: 'works' }],
  });
  await workflow.start('same_v1', { ...options, workflowId: 'late', workflowRunTimeout: '2s' });

  const before: Partial<Record<RunStanding, number>> = {
    running: 1,
    completed: 1,
    completedStanding: 1,
    failedUndone: 1,
    failedStanding: 1,
    failed: 2,
    canceledUndone: 1,
    canceledStanding: 1,
    terminatedStanding: 5,
    timedOutStanding: 1,
  };
  await compare(before);

  answer(hanging[0]!, 'declines');
  answer(hanging[1]!, 'works');
  await settle(uncertain, 'notApplied');
  await settle(left, 'undone');
  await settle(gone, 'undone');
  const { completedStanding: _, failedStanding: __, ...same } = before;
  await compare({ ...same, completed: 2, failedUndone: 2, terminatedStanding: 3, terminated: 2 });
  const { live } = (await must(admin.get<RunDetail>(routes.run(late.workflowId, late.runId)))).body;
  expect(live.summary.lateAnswers).toMatchObject([{ applied: false }]);

  await settle(left, 'remains');
  await compare({ ...same, completed: 2, failedUndone: 1, failedStanding: 1, terminatedStanding: 3, terminated: 2 });
}, 120_000);
