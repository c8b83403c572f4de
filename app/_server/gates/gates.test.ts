/** [GA] A revision from its check to the runs that continue on it, with the real engine, compiler and database. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FlowDetail, PublishedVersion } from '@/app/_contract/flows';
import type { GateAnswer, GateReport, RevisionList } from '@/app/_contract/gates';
import type { GateWatchAnswer } from '@/app/_contract/live';
import type { RunDetail } from '@/app/_contract/runs';
import { routes as to } from '@/app/_contract/routes';
import { NODES_QUERY, type NodesReport } from '@/engine/saga/contract';
import type { RunAddress } from '../runs/address';
import { createDraft, gestureOf, send } from '../testing/drafts';
import { TILL_FLOW } from '../testing/till';
import { eventually, must, startWorld, type Visitor, type World } from '../testing/world';

let world: World;
let designer: Visitor;
beforeAll(async () => {
  world = await startWorld();
  designer = await world.as('designer');
  await must(designer.post<PublishedVersion>(to.publish(), { document: TILL_FLOW, note: 'As it was first' }));
}, 120_000);
afterAll(() => world.close());

type Steps = readonly { id: string }[];
const withSteps = (change: (steps: Steps) => Steps) => ({ ...TILL_FLOW, steps: change(TILL_FLOW.steps) });
const changed = (id: string, fields: object) =>
  withSteps((steps) => steps.map((step) => (step.id === id ? { ...step, ...fields } : step)));
const PAUSE = { id: 'pause', kind: 'wait', title: 'Pause first', duration: '5s' };
const give = (path: string) => ({
  undo: { ...(TILL_FLOW.steps[0] as { undo: object }).undo, input: { method: 'POST', connection: 'till', path } },
});

const isWaiting = (run: RunAddress) =>
  eventually(async () => {
    const { nodes } = await handleOf(run).query<NodesReport>(NODES_QUERY);
    if (nodes.told?.state !== 'waiting') throw new Error('it does not wait yet');
  });
const startWaiting = async (): Promise<RunAddress> => {
  const run = await world.startTill();
  await isWaiting(run);
  return run;
};
const handleOf = ({ workflowId, runId }: RunAddress) => world.web.temporal.workflow.getHandle(workflowId, runId);
const finish = async (run: RunAddress): Promise<unknown> => {
  await handleOf(run).signal('finish', { well: true });
  return handleOf(run).result();
};
const revisionsOf = async (run: RunAddress) => {
  const { events = [] } = await handleOf(run).fetchHistory();
  expect((events ?? []).some((event) => event.workflowTaskFailedEventAttributes)).toBe(false);
  return (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: done }) =>
    done ? [done.workerVersion?.buildId] : []
  );
};
const checked = (id: string): Promise<GateReport> =>
  eventually(async () => {
    const { report } = (await must(designer.get<GateAnswer>(to.gate('till', id)))).body;
    if (report.phase === 'checking') throw new Error('it is still being checked');
    return report;
  });
/** As the engine answers, without a draft. */
const check = async (document: unknown): Promise<GateReport> => {
  const { report, diagnostics } = await world.web.versions.startGate({
    flow: 'till',
    version: 1,
    document,
    startedBy: 'Ada',
  });
  if (!report) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return checked(report.id);
};
const goLive = (id: string, breaking = 0, note = 'Because') =>
  designer.post<GateAnswer>(to.goLive('till', id), { note, breaking });
const live = async () => (await must(designer.get<FlowDetail>(to.flow('till', 1)))).body.shown.revision;

test('[GA1] a fix from a draft goes live for all open runs, which continue on it with their next step', async () => {
  const runs = [await startWaiting(), await startWaiting()];
  const draft = await createDraft(designer, { kind: 'version', flow: 'till', version: 1 });
  const output = { op: 'set' as const, target: { node: 'done' }, path: ['output'], value: { note: 'fixed' } };
  await send(designer, draft.id, [gestureOf({ ...output, was: { note: { $expr: 'note' } } })]);
  const wish = { version: 1, draft: { id: draft.id, number: 1 } };
  const { report } = (await must(designer.post<GateAnswer>(to.gates('till'), wish))).body;
  expect(report).toMatchObject({ revision: 'v1.1', live: 'v1.0', rollback: false, changes: [{ nodeId: 'done' }] });
  expect(await checked(report.id)).toMatchObject({ phase: 'checked', total: 2, proved: 2, holding: 2, breaking: 0 });
  expect(await live()).toBe('v1.0');

  const note = 'The note was empty';
  const went = await must(
    designer.post<GateAnswer>(to.goLive('till', report.id), { note, breaking: 0, draft: wish.draft })
  );
  expect(went.body.report).toMatchObject({ phase: 'live', holding: 2 });
  // The same request again, because its answer was lost.
  expect((await must(goLive(report.id))).body.report.phase).toBe('live');
  expect(await live()).toBe('v1.1');

  expect(await finish(runs[0]!)).toEqual({ note: 'fixed' });
  expect(new Set(await revisionsOf(runs[0]!))).toEqual(new Set(['v1.0', 'v1.1']));
  const { summary, manifest } = (await must(designer.get<RunDetail>(to.run(runs[0]!.workflowId, runs[0]!.runId)))).body;
  expect([summary.revision, manifest?.revision]).toEqual(['v1.1', 'v1.1']);
  const other = (await must(designer.get<RunDetail>(to.run(runs[1]!.workflowId, runs[1]!.runId)))).body;
  expect([other.summary.revision, other.manifest?.revision]).toEqual(['v1.0', 'v1.0']);

  const started = await startWaiting();
  expect(new Set(await revisionsOf(started))).toEqual(new Set(['v1.1']));
  const list = (await must(designer.get<RevisionList>(to.revisions('till')))).body;
  expect(list.revisions).toMatchObject([
    { revision: 'v1.1', live: true, note, publishedBy: 'Ada designer', openRuns: 1 },
    { revision: 'v1.0', live: false, openRuns: 1 },
  ]);
  expect(list.switches).toMatchObject([
    { revision: 'v1.1', replaced: 'v1.0', by: 'Ada designer', note, holding: 2, breaking: 0 },
  ]);
  const audit = await world.web.database.auditEntry.findFirst({
    where: { operation: 'flows.publishRevision', outcome: 'done' },
  });
  expect(audit).toMatchObject({ actorName: 'Ada designer', details: { revision: 'v1.1', holding: 2, reason: note } });
  expect([await finish(runs[1]!), await finish(started)]).toEqual([{ note: 'fixed' }, { note: 'fixed' }]);
}, 120_000);

test('[GA2] runs that would break are listed with the step, and keep their revision if the person accepts that', async () => {
  const runs = [await startWaiting(), await startWaiting()];
  const report = await check({ ...withSteps((steps) => [PAUSE, ...steps]), title: 'Till with a pause' });
  expect(report).toMatchObject({ revision: 'v1.2', live: 'v1.1', holding: 0, breaking: 2 });
  expect(report.breakingNodes).toEqual([{ nodeId: 'take', title: 'Take the money', runs: 2 }]);
  expect(report.breakingRuns[0]).toMatchObject({
    revision: 'v1.1',
    why: "The history has 'Take the money', where the revision runs 'Pause first'.",
  });
  expect((await goLive(report.id)).error).toMatchObject({ code: 'gateRefused', message: /2 runs would break now/ });
  expect(await live()).toBe('v1.1');
  await must(goLive(report.id, 2));
  expect(await live()).toBe('v1.2');
  for (const run of runs) await finish(run);
  expect(new Set((await Promise.all(runs.map(revisionsOf))).flat())).toEqual(new Set(['v1.1']));
}, 120_000);

test('[GA3] rolling back is the same check of an earlier revision', async () => {
  const wish = { version: 1, revision: 'v1.1' };
  const { report } = (await must(designer.post<GateAnswer>(to.gates('till'), wish))).body;
  expect(await checked(report.id)).toMatchObject({ revision: 'v1.1', live: 'v1.2', rollback: true, breaking: 0 });
  await must(goLive(report.id));
  expect(await live()).toBe('v1.1');
  const run = await startWaiting();
  expect(new Set(await revisionsOf(run))).toEqual(new Set(['v1.1']));
  expect(await world.web.database.auditEntry.count({ where: { operation: 'flows.rollBack', outcome: 'done' } })).toBe(
    1
  );
  expect(
    (await must(designer.get<RevisionList>(to.revisions('till')))).body.revisions.map((each) => each.revision)
  ).toEqual(['v1.2', 'v1.1', 'v1.0']);
  await finish(run);

  // Going back to the first revision says why that was done, not why the version was published.
  const back = async (revision: string, note: string) => {
    const { body } = await must(designer.post<GateAnswer>(to.gates('till'), { version: 1, revision }));
    await checked(body.report.id);
    await must(goLive(body.report.id, 0, note));
  };
  await back('v1.0', 'Too early');
  const { revisions, switches } = (await must(designer.get<RevisionList>(to.revisions('till')))).body;
  expect(revisions.at(-1)).toMatchObject({ revision: 'v1.0', live: true, note: 'As it was first' });
  expect(switches[0]).toMatchObject({ revision: 'v1.0', note: 'Too early' });
  await back('v1.1', 'Again');
}, 120_000);

test('[GA4] another undo breaks only the runs that have begun the step', async () => {
  const run = await startWaiting();
  const report = await check(changed('take', give('/give-it-all-back')));
  expect(report).toMatchObject({ breaking: 1, breakingNodes: [{ nodeId: 'take' }] });
  expect(report.breakingRuns[0]?.why).toMatch(
    /'Take the money' has already begun in this run, and the revision would send other values/
  );
  await finish(run);
  expect(await check(changed('take', give('/give-it-all-back')))).toMatchObject({ total: 0, breaking: 0 });
}, 120_000);

test('[GA5] what callers see of the version cannot change, and an unchanged document is no revision', async () => {
  const refusal = async (document: object) => {
    const wish = { flow: 'till', version: 1, document, startedBy: 'Ada' };
    const { report, diagnostics } = await world.web.versions.startGate(wish);
    expect(report).toBeNull();
    return diagnostics.map(({ path, code }) => [code, path.join('/')]);
  };
  const { finish: _finish, ...signals } = TILL_FLOW.signals;
  const input = { ...TILL_FLOW.input, required: ['amount'] };
  expect(await refusal({ ...TILL_FLOW, input })).toEqual([['revision-signature', 'input']]);
  const told = changed('told', { signal: 'nobodyWaits' });
  expect(await refusal({ ...told, signals, steps: told.steps.filter(({ id }) => id !== 'heard') })).toEqual([
    ['revision-signature', 'signals/finish'],
  ]);
  const { document } = (await must(designer.get<FlowDetail>(to.flow('till', 1)))).body.shown.manifest;
  expect(await refusal(document)).toEqual([['revision-unchanged', '']]);
}, 120_000);

test('[GA7] a check is seen, ended and put live under the name of its own flow alone', async () => {
  const { id } = await check({ ...changed('done', { output: { note: 'seen' } }), title: 'Till seen' });
  const asks = [
    designer.get(to.gate('another', id)),
    designer.post(to.endGate('another', id), {}),
    designer.post(to.goLive('another', id), { note: 'Because', breaking: 0 }),
  ];
  for (const { status, error } of await Promise.all(asks)) expect([status, error?.code]).toEqual([404, 'gateNotFound']);
  expect((await must(designer.get<GateAnswer>(to.gate('till', id)))).body.report.phase).toBe('checked');
});

test('[GA9] the progress of a check is sent to who watches it, and is whole again after a cut', async () => {
  const runs = [await startWaiting(), await startWaiting()];
  const begin = async (title: string) => {
    const document = { ...changed('done', { output: { note: title } }), title };
    const { report } = await world.web.versions.startGate({ flow: 'till', version: 1, document, startedBy: 'Ada' });
    return report!;
  };
  const socket = designer.socket({});
  const reports: GateReport[] = [];
  socket.on('gateReport', (report) => reports.push(report));
  const connected = () => new Promise<void>((resolve) => socket.once('connect', resolve) && socket.connect());
  const watch = (flow: string, id: string) =>
    new Promise<GateWatchAnswer>((resolve) => socket.emit('watchGate', { flow, id }, resolve));
  try {
    await connected();
    const { id } = await begin('Till watched');
    expect(await watch('another', id)).toMatchObject({ kind: 'refused', error: { code: 'gateNotFound' } });
    const answer = await watch('till', id);
    expect(answer).toMatchObject({ kind: 'watching', report: { id, flow: 'till' } });
    const last = () => reports.at(-1) ?? (answer.kind === 'watching' ? answer.report : null);
    await eventually(async () => expect(last()?.phase).toBe('checked'));
    expect(last()).toMatchObject({ id, total: 2, proved: 2, holding: 2 });
    const proved = reports.map((report) => report.proved);
    expect(proved).toEqual([...proved].sort((a, b) => a - b));

    const next = await begin('Till watched again');
    socket.disconnect();
    await checked(next.id);
    await connected();
    expect(await watch('till', next.id)).toMatchObject({ kind: 'watching', report: { phase: 'checked', proved: 2 } });
    await must(designer.post(to.endGate('till', next.id), {}));
    expect(await watch('till', next.id)).toMatchObject({ kind: 'refused', error: { code: 'gateNotFound' } });
  } finally {
    socket.disconnect();
    for (const run of runs) await finish(run);
  }
}, 60_000);

test('[GA8] nothing goes live if the draft of the request cannot be read', async () => {
  const before = await live();
  const { id } = await check({
    ...changed('done', { output: { note: 'lost draft' } }),
    title: 'Till without its draft',
  });
  const draft = { id: crypto.randomUUID(), number: 1 };
  const answer = await designer.post(to.goLive('till', id), { note: 'Because', breaking: 0, draft });
  expect([answer.status, answer.error?.code]).toEqual([404, 'draftNotFound']);
  world.web.catalogue.changed();
  expect(await live()).toBe(before);
});

test('[GA6] a crash before a revision goes live changes nothing, and one after it loses nothing', async () => {
  const run = await startWaiting();
  const fix = { ...changed('done', { output: { note: 'after the crash' } }), title: 'Till after a crash' };
  const lost = await check(fix);
  await world.restartEngine();
  expect(
    (
      await eventually(async () => {
        const answer = await goLive(lost.id);
        if (answer.status === 503) throw new Error('not back yet');
        return answer;
      })
    ).error?.code
  ).toBe('gateNotFound');
  expect(await live()).toBe('v1.1');

  // The database refuses the last statement of the transaction: no part of the revision is stored.
  const { database } = world.web;
  const blocked = await check(fix);
  await database.$executeRawUnsafe('ALTER TABLE worker.revision_switch ADD CONSTRAINT closed CHECK (id < 0) NOT VALID');
  expect((await goLive(blocked.id)).status).toBeGreaterThanOrEqual(500);
  await database.$executeRawUnsafe('ALTER TABLE worker.revision_switch DROP CONSTRAINT closed');
  world.web.catalogue.changed();
  expect(await live()).toBe('v1.1');
  const first = await must(goLive(blocked.id));
  await world.restartEngine();
  // The answer was lost, for all that the browser knows: the same request to the next engine has the same answer.
  const again = await eventually(() => must(goLive(blocked.id)));
  const told = ({ id, phase, revision, live, holding }: GateReport) => ({ id, phase, revision, live, holding });
  expect(told(again.body.report)).toEqual(told(first.body.report));
  expect((await must(designer.get<GateAnswer>(to.gate('till', blocked.id)))).body.report.phase).toBe('live');
  await eventually(async () => expect(await live()).toBe(blocked.revision));
  // The client of this test connects again by itself, later than the web does.
  await eventually(() => handleOf(run).describe());
  expect(await finish(run)).toEqual({ note: 'after the crash' });
  expect(new Set(await revisionsOf(run))).toEqual(new Set(['v1.1', blocked.revision]));
}, 120_000);
