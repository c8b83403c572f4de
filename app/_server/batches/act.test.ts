/** Acts on many runs, with the real engine and database. The rules are in act.ts, targets.ts, preview.ts and record.ts. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Batch, BatchList, BatchListQuery, BatchPreview, BatchRuns, StartBatch } from '@/app/_contract/batches';
import { routes as to } from '@/app/_contract/routes';
import type { RunDetail } from '@/app/_contract/runs';
import type { Actor } from '../people/actor';
import type { RunAddress } from '../runs/address';
import { retryingFlow } from '../testing/till';
import { eventually, must, startWorld, type Visitor, type World } from '../testing/world';
import { actOnRuns } from './act';
import { getBatch } from './get';
import { listBatches } from './list';
import { previewBatch } from './preview';
import { record } from './record';
import { stopBatch } from './stop';

let world: World;
let admin: Visitor;
beforeAll(async () => {
  world = await startWorld();
  admin = await world.as('admin');
}, 120_000);
afterAll(() => world.close());

const preview = async (search = 'flow=till') => (await must(admin.get<BatchPreview>(to.previewBatch(search)))).body;
const statusOf = async ({ workflowId, runId }: RunAddress) =>
  (await must(admin.get<RunDetail>(to.run(workflowId, runId)))).body.summary.standingState;
const stop = async (kind: 'cancel' | 'terminate', startedBeforeMs: number, requestId = randomUUID()) =>
  (
    await must(
      admin.post<Batch>(to.batches(), {
        requestId,
        kind,
        filters: { flow: 'till', startedBeforeMs },
        reason: 'The price was wrong.',
      })
    )
  ).body;
const ended = (id: string) =>
  eventually(async () => {
    const { body } = await must(admin.get<Batch>(to.batch(id)));
    expect(body.state).toBe('completed');
    return body;
  });

test('[BSR2] [BSR3] what stopping does is told first, then done to these runs and to no later one', async () => {
  const first = await world.startTill();
  const second = await world.startTill();
  const told = await preview();
  expect(told).toMatchObject({ total: 2, nextPageToken: null, consequences: { read: 2, undo: { 1: 2 }, leave: 2 } });
  const later = await world.startTill();

  const requestId = randomUUID();
  const { id } = await stop('cancel', told.startedBeforeMs, requestId);
  // Sent twice, it is one batch.
  expect((await stop('cancel', told.startedBeforeMs, requestId)).id).toBe(id);
  expect(await ended(id)).toMatchObject({ kind: 'cancel', total: 2, done: 2, failed: 0 });
  // The undo of the till does not work.
  await eventually(async () =>
    expect(await Promise.all([first, second].map(statusOf))).toEqual(['needsHand', 'needsHand'])
  );
  expect(await statusOf(later)).toBe('running');

  const after = await preview();
  expect(after).toMatchObject({
    total: 3,
    undoing: 2,
    consequences: { undo: { 1: 1 }, idle: { undoing: 2 }, leave: 3 },
  });
  await ended((await stop('terminate', after.startedBeforeMs)).id);
  await eventually(async () => expect(await statusOf(later)).toBe('terminatedStanding'));
  const entry = await world.web.database.auditEntry.findFirst({
    where: { operation: 'batches.start' },
    orderBy: { at: 'asc' },
  });
  expect(entry).toMatchObject({
    target: 'runs',
    details: { kind: 'cancel', reason: 'The price was wrong.', batch: id },
  });
});

test('[BSR1] of another flow than the person may operate nothing is told or ended', async () => {
  const run = await world.startTill();
  const person = { ...admin.person!, grants: [{ role: 'operator' as const, flow: 'another' }] };
  const actor: Actor = { ...person, via: 'session', from: null } as Actor;
  expect(await previewBatch(world.web, actor, { flow: 'till', kind: 'cancel' })).toMatchObject({
    total: 0,
    consequences: { read: 0 },
  });
  const filters = { flow: 'till', startedBeforeMs: Date.now() + 1_000 };
  const body = { requestId: randomUUID(), kind: 'terminate' as const, filters, reason: 'All of them.' };
  const { id } = await actOnRuns(world.web, actor, body);
  expect(await ended(id)).toMatchObject({ total: 0, done: 0 });
  expect(await statusOf(run)).toBe('running');
  const viewer = { ...actor, grants: [{ role: 'viewer' as const, flow: null }] } as Actor;
  await expect(actOnRuns(world.web, viewer, { ...body, requestId: randomUUID() })).rejects.toMatchObject({
    code: 'notAllowed',
  });
  await expect(previewBatch(world.web, viewer, { kind: 'cancel' })).rejects.toMatchObject({ code: 'notAllowed' });
});

test('a filter that closes the parentheses around the flows, a missing bound, a damaged token and an unknown batch are refused', async () => {
  const filters = { where: "WorkflowId = 'a') OR (WorkflowId = 'b'", startedBeforeMs: Date.now() };
  const body = { requestId: randomUUID(), kind: 'cancel', filters, reason: 'x' };
  expect((await admin.post(to.batches(), body)).error?.code).toBe('badRequest');
  expect((await admin.post(to.batches(), { ...body, filters: { flow: 'till' } })).error?.code).toBe('inputInvalid');
  expect((await admin.get(to.batch(randomUUID()))).error?.code).toBe('nothingHere');
  expect((await admin.get(to.previewBatch('pageToken=%25'))).error?.code).toBe('badRequest');
});

const act = async (body: Omit<StartBatch, 'requestId'>): Promise<string> =>
  (await must(admin.post<Batch>(to.batches(), { requestId: randomUUID(), ...body }))).body.id;
const resultsOf = async (id: string, search = '') =>
  (await must(admin.get<BatchRuns>(to.batchResults(id, search)))).body.runs;
const named = (runs: readonly RunAddress[], kind: string, more = '') =>
  preview(`kind=${kind}&runIds=${runs.map(({ runId }) => runId).join(',')}${more}`);

test('[BSR1] whoever undoes already is not asked to stop', async () => {
  const before = await preview();
  const run = await world.startTill();
  const told = await preview();
  expect(told).toMatchObject({ total: (before.total ?? 0) + 1, undoing: before.undoing });
  const { id } = await stop('cancel', told.startedBeforeMs);
  expect(await ended(id)).toMatchObject({ total: (told.total ?? 0) - (told.undoing ?? 0), failed: 0 });
  await eventually(async () => expect(await statusOf(run)).toBe('needsHand'));
});

test('[BSR4] [BSR5] named runs are signalled; each has a result, a closed one is left alone', async () => {
  const [first, second, ended_] = [await world.startTill(), await world.startTill(), await world.startTill()];
  await must(admin.post(to.terminate(ended_.workflowId, ended_.runId), { requestId: randomUUID(), reason: 'x' }));
  const runs = [first, second, ended_];
  const told = await named(runs, 'signal', '&signal=finish');
  expect(told).toMatchObject({ total: 2, closed: 1, missing: 0, tally: { read: 2, groups: { waits: 2 } } });
  expect((await named(runs, 'signal', '&signal=nobodyWaits')).tally.groups).toEqual({ later: 2 });
  expect((await named(runs, 'signal', '&signal=other')).tally.groups).toEqual({ undeclared: 2 });

  const signal = { name: 'finish', input: { well: true } };
  const id = await act({ kind: 'signal', signal, runs, reason: 'It is over.' });
  expect(await ended(id)).toMatchObject({ kind: 'signal', about: 'finish', by: 'Ada admin', total: 2, done: 2 });
  expect(await resultsOf(id)).toMatchObject([
    { ...first, outcome: 'done', problem: null },
    { ...second, outcome: 'done', problem: null },
  ]);
  await eventually(async () => expect(await statusOf(first)).toBe('completed'));
  const csv = (await must(admin.get<string>(to.exportBatch(id)))).body;
  expect(csv.split('\r\n').filter(Boolean)).toHaveLength(3);
  expect(csv).toContain(`"${first.workflowId}","${first.runId}","done"`);

  const wrong = await admin.post(to.batches(), {
    requestId: randomUUID(),
    kind: 'signal',
    reason: 'x',
    runs: [await world.startTill()],
    signal: { name: 'finish', input: { well: 'perhaps' } },
  });
  expect(wrong.error).toMatchObject({ code: 'inputInvalid', problems: [{ at: '/well' }] });
});

test('[BSR4] a reset says which effects may happen twice, and does what it says', async () => {
  const run = await world.startTill();
  const told = await named([run], 'reset', '&to=first');
  expect(told.tally).toMatchObject({ groups: { 'twice 1': 1 }, effects: { 'Take the money': 1 } });
  expect((await named([run], 'reset', '&to=last')).tally.groups).toEqual({ 'twice 0': 1 });
  expect((await named([run], 'reset', '&to=step:approve')).tally.groups).toEqual({ noPoint: 1 });
  expect((await admin.get(to.previewBatch('kind=reset&to=nowhere'))).error?.code).toBe('badRequest');
  const reset = { to: { step: 'take' }, signals: true, updates: true };
  const id = await act({ kind: 'reset', reset, runs: [run], reason: 'Again.' });
  expect(await ended(id)).toMatchObject({ kind: 'reset', about: 'take', done: 1, failed: 0 });
  await eventually(async () => expect(await statusOf(run)).toBe('terminatedStanding'));
});

test('[BSR4] runs are paused and resumed; those that refused are asked again', async () => {
  const [first, second] = [await world.startTill(), await world.startTill()];
  await must(admin.post(to.pauseRun(first.workflowId, first.runId), { requestId: randomUUID(), reason: 'First.' }));
  const runs = [first, second];
  expect((await named(runs, 'pause')).tally.groups).toEqual({ paused: 1, pauses: 1 });
  const id = await act({ kind: 'pause', runs, reason: 'Second.' });
  expect(await ended(id)).toMatchObject({ kind: 'pause', done: 1, failed: 1, canRepeat: true, mayStop: true });
  expect(await resultsOf(id, 'outcome=refused')).toMatchObject([
    { ...first, outcome: 'refused', problem: expect.stringMatching(/paused/) as string },
  ]);
  expect((await named(runs, 'resume')).tally.groups).toEqual({ resumes: 2 });
  await must(admin.post(to.resumeRun(first.workflowId, first.runId), { requestId: randomUUID() }));
  const again = (await must(admin.post<Batch>(to.repeatBatch(id), { requestId: randomUUID(), reason: 'Once more.' })))
    .body;
  expect(await ended(again.id)).toMatchObject({ kind: 'pause', total: 1, done: 1, canRepeat: false });
  expect(await statusOf(first)).toBe('paused');
  await ended(await act({ kind: 'resume', runs, reason: 'Enough.' }));
  expect(await statusOf(second)).toBe('running');
});

test('[BSR4] steps that wait for another attempt begin it now', async () => {
  await must(admin.post(to.publish(), { document: retryingFlow('till') }));
  const { name } = retryingFlow('till');
  const run = (await must(admin.post<RunAddress>(to.startRun(name), { requestId: randomUUID(), input: {} }))).body;
  const till = await world.startTill();
  await eventually(async () =>
    expect((await named([run, till], 'retry')).tally.groups).toEqual({ 'retries 1': 1, noRetry: 1 })
  );
  const id = await act({ kind: 'retry', runs: [run, till], reason: 'It is mended.' });
  expect(await ended(id)).toMatchObject({ kind: 'retry', done: 2, failed: 0 });
  expect(await resultsOf(id)).toMatchObject([{ outcome: 'done' }, { outcome: 'nothing' }]);
});

test('[BRC1] an operator of some flows reads and stops their own batch; others need every flow of its runs', async () => {
  const actorWith = (id: string, flow: string | null, role: 'operator' | 'viewer' = 'operator'): Actor =>
    ({ ...admin.person!, id, name: id, grants: [{ role, flow }], via: 'session', from: null }) as Actor;
  const own = actorWith('own', 'till');
  const run = await world.startTill();
  const body = { requestId: randomUUID(), kind: 'pause' as const, runs: [run], reason: 'Mine.' };
  const { id } = await actOnRuns(world.web, own, body);
  await ended(id);
  expect(await getBatch(world.web, own, id)).toMatchObject({ by: 'own', mayStop: true });
  expect(await stopBatch(world.web, own, id, { reason: 'x' })).toMatchObject({ state: 'completed' });
  expect(await getBatch(world.web, actorWith('peer', 'till'), id)).toMatchObject({ mayStop: true });
  expect(await getBatch(world.web, actorWith('reader', 'till', 'viewer'), id)).toMatchObject({ mayStop: false });
  for (const flow of ['another']) {
    await expect(getBatch(world.web, actorWith('other', flow), id)).rejects.toMatchObject({ code: 'notAllowed' });
    await expect(stopBatch(world.web, actorWith('other', flow), id, { reason: 'x' })).rejects.toMatchObject({
      code: 'notAllowed',
    });
  }
  // The id of a batch of somebody else.
  await expect(actOnRuns(world.web, actorWith('other', 'till'), body)).rejects.toMatchObject({ code: 'badRequest' });
});

test('[BRC2] the list has what a person may read, newest first, page by page; what never began is left out', async () => {
  const actorWith = (id: string, flow: string | null): Actor =>
    ({ ...admin.person!, id, name: id, grants: [{ role: 'operator', flow }], via: 'session', from: null }) as Actor;
  const listed = async (actor: Actor, query: Partial<BatchListQuery> = {}) =>
    listBatches(world.web, actor, { of: 'all', pageSize: 100, ...query });
  const [mine, peer] = [actorWith(`lister-${randomUUID()}`, 'till'), actorWith(`peer-${randomUUID()}`, 'till')];
  const run = await world.startTill();
  const begin = async (actor: Actor, kind: 'pause' | 'resume') => {
    const body = { requestId: randomUUID(), kind, runs: [run], reason: `${kind} by the list` };
    const { id } = await actOnRuns(world.web, actor, body);
    await ended(id);
    return id;
  };
  const ids = [await begin(mine, 'pause'), await begin(peer, 'resume'), await begin(mine, 'pause')].reverse();

  const all = await listed(mine);
  expect(all.batches.slice(0, 3)).toMatchObject([
    { id: ids[0], kind: 'pause', by: mine.name, state: 'completed', total: 1, reason: 'pause by the list' },
    { id: ids[1], kind: 'resume', by: peer.name },
    { id: ids[2] },
  ]);
  expect((await listed(mine, { of: 'own' })).batches.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
  // Pages: all of them once, also when one begins in between.
  const paged: string[] = [];
  let pageToken: string | undefined;
  do {
    const page: BatchList = await listed(mine, { pageSize: 2, ...(pageToken ? { pageToken } : {}) });
    paged.push(...page.batches.map(({ id }) => id));
    if (paged.length === 2) await begin(peer, 'resume');
    pageToken = page.nextPageToken ?? undefined;
  } while (pageToken);
  expect(paged).toEqual(all.batches.map(({ id }) => id));
  // Another flow, and somebody without a role.
  expect((await listed(actorWith('other', 'third'))).batches).toEqual([]);
  expect((await listed(actorWith(mine.id, 'third'))).batches.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
  await expect(listed({ ...mine, grants: [] })).rejects.toMatchObject({ code: 'notAllowed' });
  // Recorded, and never begun by the engine.
  const act = { kind: 'pause' as const };
  await record(world.web, mine, { id: randomUUID(), act, flows: ['till'], reason: 'refused' });
  expect((await listed(mine, { of: 'own' })).batches.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
  expect((await admin.get(to.batches('pageToken=damaged'))).error?.code).toBe('badRequest');
});

test('[BSR6] acts that do not say what they need, or of which runs, are refused, and nothing begins', async () => {
  const run = await world.startTill();
  const post = (body: object) =>
    admin.post(to.batches(), { requestId: randomUUID(), kind: 'pause', runs: [run], reason: 'x', ...body });
  const filters = { startedBeforeMs: 1 };
  const answers = [
    await post({ runs: undefined }),
    await post({ filters }),
    await post({ kind: 'signal' }),
    await post({ kind: 'reset' }),
    await post({ reset: { to: 'first' } }),
    await post({ runs: [{ workflowId: 'x', runId: 'no-uuid' }] }),
    await post({ reason: ' ' }),
    await post({ kind: 'signal', signal: { name: 'finish' }, runs: undefined, filters }),
    await post({ kind: 'reset', reset: { to: { step: 'take' } }, runs: undefined, filters }),
    await post({ runs: [{ workflowId: 'nobody', runId: randomUUID() }] }),
    await post({ kind: 'signal', signal: { name: 'unknown' } }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422, 422, 422, 400, 400, 409, 400]);
  expect((await admin.get(to.batchResults(randomUUID()))).error?.code).toBe('nothingHere');
  expect((await admin.post(to.repeatBatch(randomUUID()), { requestId: randomUUID(), reason: 'x' })).status).toBe(409);
});
