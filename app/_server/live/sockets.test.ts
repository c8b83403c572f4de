/** [K] Live updates as a whole: real engine, real PostgreSQL, real sockets, and the stream of the browser. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { AppFailure } from '@/app/_contract/errors';
import type { InboxTaskDetail } from '@/app/_contract/inbox';
import type { RunDelta, Topic, UpstreamState, WatchAnswer } from '@/app/_contract/live';
import { routes as to } from '@/app/_contract/routes';
import type { RunDetail, RunLive } from '@/app/_contract/runs';
import { RunStream } from '@/components/live/run-stream';
import type { RunAddress } from '../runs/address';
import { eventually, must, startWorld, Visitor, type TestSocket, type World } from '../testing/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world.close());

const open = new Set<TestSocket>();
afterEach(() => {
  for (const socket of open) socket.disconnect();
  open.clear();
});

async function connected(visitor: Visitor, headers: Record<string, string> = {}): Promise<TestSocket> {
  const socket = visitor.socket(headers);
  open.add(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
    socket.connect();
  });
  return socket;
}

/** A tab that shows a run, built as in use-run-live.ts. */
async function tab(visitor: Visitor, run: RunAddress) {
  const { live } = (await must(visitor.get<RunDetail>(to.run(run.workflowId, run.runId)))).body;
  const socket = await connected(visitor);
  const seen = {
    socket,
    live: live as RunLive,
    upstream: [] as UpstreamState[],
    refused: [] as AppFailure[],
    answers: [] as WatchAnswer['kind'][],
    deltas: [] as RunDelta[],
    /** True if every list of event ids that was shown had neither gap nor repeat. */
    whole: true,
  };
  const stream = new RunStream(
    run,
    live,
    {
      watch: (request, answer) =>
        void socket.emit('watchRun', request, (told) => {
          seen.answers.push(told.kind);
          answer(told);
        }),
    },
    {
      onLive: (next) => {
        seen.live = next;
        seen.whole &&= next.events.every(({ id }, index) => id === index + 1);
      },
      onUpstream: (state) => seen.upstream.push(state),
      onRefused: (error) => seen.refused.push(error),
    }
  );
  socket.on('runDelta', (delta) => {
    seen.deltas.push(delta);
    stream.delta(delta);
  });
  socket.on('connect', () => stream.ask());
  stream.ask();
  await eventually(() => expect(seen.answers.length + seen.refused.length).toBeGreaterThan(0));
  return seen;
}
const post = async (url: string, body: object) => must((await world.as('operator')).post(url, body));
const note = ({ workflowId, runId }: RunAddress, text: string) =>
  post(to.update(workflowId, runId), { requestId: randomUUID(), name: 'changeNote', input: { note: text } });
const finish = ({ workflowId, runId }: RunAddress, well = true) =>
  post(to.signal(workflowId, runId), { requestId: randomUUID(), name: 'finish', input: { well } });
const lengthOf = async ({ workflowId, runId }: RunAddress) =>
  (await world.web.temporal.workflow.getHandle(workflowId, runId).describe()).historyLength;

test('[SO1] no socket opens without a session, or for a page of another site with a valid cookie', async () => {
  await expect(connected(world.stranger)).rejects.toMatchObject({ data: { code: 'notSignedIn' } });
  const viewer = await world.as('viewer');
  await expect(connected(viewer, { origin: 'http://evil.example' })).rejects.toThrow();
  expect((await connected(viewer)).connected).toBe(true);
});

test('[SO2] signing out in another tab closes the live socket at once, and it cannot reconnect', async () => {
  await world.as('approver');
  const mine = new Visitor(world.origin);
  await must(mine.signIn('approver@example.test'));
  const elsewhere = await connected(await world.as('approver'));
  const socket = await connected(mine);
  const told: string[] = [];
  socket.on('signedOut', () => told.push('signedOut'));
  socket.on('disconnect', (reason) => told.push(reason));
  await must(new Visitor(world.origin, { cookie: mine.cookie }).post(to.signOut(), {}));
  await eventually(() => expect(told).toEqual(['signedOut', 'io server disconnect']), 3_000);
  // The other session of the same person stays valid.
  expect(elsewhere.connected).toBe(true);
  await expect(connected(mine)).rejects.toMatchObject({ data: { code: 'notSignedIn' } });
});

test('[SO3] a session that expires closes its socket at that moment', async () => {
  await world.as('approver');
  const mine = new Visitor(world.origin);
  await must(mine.signIn('approver@example.test'));
  const token = decodeURIComponent(mine.cookie.split('=')[1] ?? '').split('.')[0] ?? '';
  const { count } = await world.web.database.session.updateMany({
    where: { token },
    data: { expiresAt: new Date(Date.now() + 1_500) },
  });
  expect(count).toBe(1);
  const socket = await connected(mine);
  const ended = new Promise<void>((resolve) => socket.once('signedOut', () => resolve()));
  await ended;
  await eventually(() => expect(socket.connected).toBe(false));
});

test('[SO4] a malformed run id, an unknown run, and more runs than a page shows are refused', async () => {
  const socket = await connected(await world.as('viewer'));
  const watch = (request: unknown) =>
    new Promise<WatchAnswer>((resolve) => socket.emit('watchRun', request as never, resolve));
  expect(await watch({ workflowId: '', runId: 7 })).toMatchObject({ kind: 'refused', error: { code: 'badRequest' } });
  expect(await watch(null)).toMatchObject({ kind: 'refused', error: { code: 'badRequest' } });
  const nobody = { workflowId: 'nobody', runId: randomUUID(), token: null };
  expect(await watch(nobody)).toMatchObject({ kind: 'refused', error: { code: 'runNotFound' } });
  // All at once, because requests that wait for their first read count too.
  const run = await world.startTill();
  const many = Array.from({ length: 30 }, () => ({ ...run, runId: randomUUID(), token: null }));
  const answers = await Promise.all(many.map(watch));
  const codes = answers.map((answer) => (answer.kind === 'refused' ? answer.error.code : answer.kind));
  expect(codes.filter((code) => code === 'tooManyTries')).toHaveLength(10);
  expect(await watch({ ...run, token: null })).toMatchObject({ kind: 'snapshot' });
});

test('[SO10] without a role no socket opens, and a role for another flow shows no run of this one', async () => {
  const run = await world.startTill();
  const viewer = await world.as('viewer');
  const grants = { where: { personId: viewer.person?.id } };
  const watched = async () => {
    const socket = await connected(viewer);
    return new Promise<WatchAnswer>((resolve) => socket.emit('watchRun', { ...run, token: null }, resolve));
  };
  await world.web.database.roleGrant.updateMany({ ...grants, data: { flow: 'another-flow' } });
  expect(await watched()).toMatchObject({ kind: 'refused', error: { code: 'notAllowed' } });
  await world.web.database.roleGrant.updateMany({ ...grants, data: { flow: 'till' } });
  expect(await watched()).toMatchObject({ kind: 'snapshot' });
  const [grant] = await world.web.database.roleGrant.findMany(grants);
  await world.web.database.roleGrant.deleteMany(grants);
  await expect(connected(viewer)).rejects.toMatchObject({ data: { code: 'notAllowed' } });
  await world.web.database.roleGrant.create({ data: { ...grant!, flow: null } });
  expect(await watched()).toMatchObject({ kind: 'snapshot' });
});

test('[SO5] a history of several pages arrives completely, and so do later events', async () => {
  const run = await world.startTill();
  const handle = world.web.temporal.workflow.getHandle(run.workflowId, run.runId);
  // Only the first answer is awaited; the others are events too.
  for (let each = 0; each < 1_150; each += 50)
    await Promise.all(Array.from({ length: 50 }, () => handle.signal('nobodyWaits', { each })));
  const page = await tab(await world.as('viewer'), run);
  await eventually(async () => expect(page.live.events.length).toBe(await lengthOf(run)));
  expect(page.live.events.length).toBeGreaterThan(1_100);
  await finish(run);
  // Status and history are read separately.
  await eventually(async () => {
    expect(page.live.status).toBe('completed');
    expect(page.live.events.length).toBe(await lengthOf(run));
  });
  expect(page.live.events.map(({ id }) => id)).toEqual(Array.from({ length: await lengthOf(run) }, (_, at) => at + 1));
  expect(page.live.events.at(-1)?.type).toBe('WorkflowExecutionCompleted');
  expect(page.whole).toBe(true);
});

test('[SO6] fifty browsers that watch one run cost the engine as much as one', async () => {
  const run = await world.startTill();
  const viewer = await world.as('viewer');
  const first = await tab(viewer, run);
  await eventually(async () => expect(first.live.events.length).toBe(await lengthOf(run)));
  const asked = () =>
    ['GetWorkflowExecutionHistory', 'DescribeWorkflowExecution', 'QueryWorkflow'].map(
      (method) => world.engine.calls.get(method) ?? 0
    );
  const before = asked();
  const sockets = await Promise.all(Array.from({ length: 49 }, () => connected(viewer)));
  const answers = await Promise.all(
    sockets.map(
      (socket) => new Promise<WatchAnswer>((resolve) => socket.emit('watchRun', { ...run, token: null }, resolve))
    )
  );
  expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['snapshot']));
  const got = sockets.map(() => 0);
  sockets.forEach((socket, at) => socket.on('runDelta', ({ events }) => (got[at]! += events?.length ?? 0)));
  await note(run, 'one');
  await eventually(async () => expect(first.live.events.length).toBe(await lengthOf(run)));
  await eventually(() => expect(new Set(got).size).toBe(1));
  expect(got[0]).toBeGreaterThan(0);
  const grown = asked().map((count, at) => count - before[at]!);
  // A few reads for the change itself and for this test's own describes, not one for each watcher.
  expect(Math.max(...grown)).toBeLessThan(25);
});

test('[SO7] during an engine restart the page keeps its data; then it continues without a gap', async () => {
  const run = await world.startTill();
  const page = await tab(await world.as('viewer'), run);
  await eventually(async () => expect(page.live.events.length).toBe(await lengthOf(run)));
  const before = page.live.events.length;
  await world.stopEngine();
  await eventually(() => expect(page.upstream.at(-1)).toBe('engineAway'));
  expect(page.live.events.length).toBe(before);
  expect(page.socket.connected).toBe(true);

  await world.startEngine();
  await eventually(() => expect(page.upstream.at(-1)).toBe('live'));
  await note(run, 'after the restart');
  await finish(run);
  // Status and history are read separately.
  await eventually(async () => {
    expect(page.live.status).toBe('completed');
    expect(page.live.events.length).toBe(await lengthOf(run));
  });
  expect(page.whole).toBe(true);
}, 60_000);

test('[SO8] a socket that reconnects resumes at its token; an unknown token receives the whole history', async () => {
  const run = await world.startTill();
  const page = await tab(await world.as('viewer'), run);
  await eventually(async () => expect(page.live.events.length).toBe(await lengthOf(run)));
  const had = page.live.events.length;
  page.socket.io.engine.close();
  await note(run, 'while it was cut');
  await eventually(() => expect(page.answers).toHaveLength(2));
  await eventually(async () => expect(page.live.events.length).toBe(await lengthOf(run)));
  expect(page.answers[1]).toBe('resumed');
  expect(page.live.events.length).toBeGreaterThan(had);
  expect(page.whole).toBe(true);

  const watch = (token: string) =>
    new Promise<WatchAnswer>((resolve) => page.socket.emit('watchRun', { ...run, token }, resolve));
  expect((await watch('e.99999.1.1')).kind).toBe('snapshot');
  expect((await watch('no cursor')).kind).toBe('snapshot');
  // A token of another process: its events count, and whole values are sent again.
  expect(await watch(`other.${had}.1.1`)).toMatchObject({
    kind: 'resumed',
    delta: { summary: { status: 'running' }, pending: [], nodes: { problem: null } },
  });
});

test('[SO20] the page of a task is notified when another program pauses or resumes its run', async () => {
  const approver = await world.as('approver');
  const { workflowId, runId } = await world.startTill({ approve: true });
  const task = () => world.web.database.humanTask.findFirst({ where: { workflowId } });
  await eventually(async () => expect(await task()).toBeTruthy());
  const address = to.task((await task())!.taskId);
  const pauseOf = async () => (await approver.get<InboxTaskDetail>(address)).body.pause;
  expect(await pauseOf()).toBeNull();
  const socket = await connected(approver);
  let last: unknown = 'never';
  socket.on('invalidate', ({ topics }) => {
    if (topics.includes('inbox')) void pauseOf().then((pause) => (last = pause));
  });
  const { workflowService } = world.web.temporal;
  const request = { namespace: 'default', workflowId, runId, identity: 'a program', reason: 'Stocktaking' };
  await workflowService.pauseWorkflowExecution({ ...request, requestId: randomUUID() });
  await eventually(() => expect(last).toMatchObject({ by: 'a program', reason: 'Stocktaking' }));
  await workflowService.unpauseWorkflowExecution({ ...request, requestId: randomUUID() });
  await eventually(() => expect(last).toBeNull());
});

test('[SO9] list pages are notified when their list is out of date', async () => {
  const socket = await connected(await world.as('viewer'));
  const heard = new Set<Topic>();
  socket.on('invalidate', ({ topics }) => topics.forEach((topic) => heard.add(topic)));
  await world.startTill({ approve: true });
  await eventually(() => expect([...heard].sort()).toEqual(expect.arrayContaining(['inbox', 'runs'])));
});
