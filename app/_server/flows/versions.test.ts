/**
 * [VS] The versions of a flow: their notes and open runs, retiring one and taking that back, restoring one as a draft.
 */
import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { defaultPayloadConverter, toPayloads } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DraftDetail, DraftSummary } from '@/app/_contract/drafts';
import type {
  FlowDetail,
  FlowSummary,
  PublishedVersion,
  RestoredVersion,
  VersionList,
  VersionSummary,
} from '@/app/_contract/flows';
import { routes as to } from '@/app/_contract/routes';
import type { StartedRun } from '@/app/_contract/runs';
import { draftOf } from '@/engine/flow/edit/draft';
import { readFlow } from '@/engine/flow/read';
import { createDraft, gestureOf, readDraft, send, setTitle } from '../testing/drafts';
import { TILL_FLOW } from '../testing/till';
import { must, startWorld, type Visitor, type World } from '../testing/world';

let world: World;
let ada: Visitor;
let operator: Visitor;
beforeAll(async () => {
  world = await startWorld();
  ada = await world.as('designer');
  operator = await world.as('operator');
}, 120_000);
afterAll(() => world.close());

const till = (name: string, title = name) => ({ ...TILL_FLOW, name, title });
const publish = async (name: string, title = name, note?: string) =>
  (await must(ada.post<PublishedVersion>(to.publish(), { document: till(name, title), note }))).body.version;
const versions = async (name: string) => (await must(ada.get<VersionList>(to.versions(name)))).body;
const input = { amount: 5, take: '/take' };
const start = (name: string, version?: number) =>
  operator.post<StartedRun>(to.startRun(name), { requestId: randomUUID(), input, ...(version ? { version } : {}) });
const retire = (name: string, version: number, body: object = {}, visitor = ada) =>
  visitor.post<VersionSummary>(to.retireVersion(name, version), body);
const typeOf = async (run: StartedRun) =>
  (await world.web.temporal.workflow.getHandle(run.workflowId, run.runId).describe()).type;
/** A program that starts runs by gRPC. */
const startByGrpc = (workflowType: string) =>
  world.web.temporal.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId: randomUUID(),
    workflowType: { name: workflowType },
    taskQueue: { name: 'backstitch' },
    input: { payloads: toPayloads(defaultPayloadConverter, input) },
    requestId: randomUUID(),
  });

describe('the list of versions', () => {
  test('[VS1] it has who published each and why, and the open runs of each', async () => {
    await publish('vs1', 'First', ' The first one. ');
    await publish('vs1', 'Second');
    await must(start('vs1', 1));
    await must(start('vs1'));
    await must(start('vs1'));
    await expect
      .poll(async () => (await versions('vs1')).versions.map(({ version, openRuns }) => [version, openRuns]))
      .toEqual([
        [2, 2],
        [1, 1],
      ]);
    expect(await versions('vs1')).toMatchObject({
      served: 2,
      draft: null,
      versions: [
        { version: 2, note: '', publishedBy: 'Ada designer', retired: null },
        { version: 1, note: 'The first one.', retired: null },
      ],
    });
  }, 60_000);
  test('[VS2] the note of a draft that is published is the note of the version', async () => {
    await publish('vs2');
    const from = { kind: 'version', flow: 'vs2' };
    const { body: draft } = await must(ada.post<DraftSummary>(to.drafts(), { id: randomUUID(), from }));
    await send(ada, draft.id, [gestureOf(setTitle('take', 'Changed'))]);
    await must(ada.post(to.publishDraft(draft.id), { number: 1, note: 'A better title' }));
    expect((await versions('vs2')).versions[0]).toMatchObject({ version: 2, note: 'A better title' });
  }, 60_000);
});

describe('a retired version', () => {
  test('[VS3] it starts no new runs, by REST or by gRPC; its open runs go on; it can be taken back', async () => {
    await publish('vs3', 'First');
    await publish('vs3', 'Second');
    const { body: open } = await must(start('vs3', 2));
    const { body: retired } = await must(retire('vs3', 2, { reason: 'It charges twice' }));
    expect(retired.retired).toMatchObject({ by: 'Ada designer', reason: 'It charges twice' });

    const refused = await start('vs3', 2);
    expect([refused.status, refused.error?.code]).toEqual([409, 'versionRetired']);
    expect(refused.error?.message).toMatch(/Version 2 of 'vs3' was retired by Ada designer: 'It charges twice'/);
    await expect(startByGrpc('vs3_v2')).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
      details: expect.stringMatching(/^vs3_v2 was retired by Ada designer: It charges twice/),
    });
    // A start that names no version gets the newest that is served.
    expect(await typeOf((await must(start('vs3'))).body)).toBe('vs3_v1');
    const { body: flows } = await must(ada.get<{ flows: FlowSummary[] }>(to.flows()));
    expect(flows.flows.find(({ name }) => name === 'vs3')).toMatchObject({ latestVersion: 2, servedVersion: 1 });

    const handle = world.web.temporal.workflow.getHandle(open.workflowId, open.runId);
    await handle.signal('finish', { well: true });
    await expect.poll(async () => (await handle.describe()).status.name, { timeout: 20_000 }).toBe('COMPLETED');

    await must(ada.post(to.unretireVersion('vs3', 2), { reason: 'It does not' }));
    expect(await typeOf((await must(start('vs3'))).body)).toBe('vs3_v2');
    const rows = await world.web.database.auditEntry.findMany({
      where: { target: 'vs3', operation: { in: ['flows.retire', 'flows.unretire'] } },
      orderBy: { at: 'asc' },
    });
    expect(rows.map(({ operation, outcome, details }) => ({ operation, outcome, details }))).toEqual([
      { operation: 'flows.retire', outcome: 'done', details: { version: 2, reason: 'It charges twice' } },
      { operation: 'flows.unretire', outcome: 'done', details: { version: 2, reason: 'It does not' } },
    ]);
  }, 60_000);
  test('[VS12] an archived flow starts no run, its open runs go on and its draft is archived; restored, it starts again', async () => {
    await publish('vs12', 'First');
    await publish('vs12', 'Second');
    await must(retire('vs12', 1, { reason: 'Too slow' }));
    const draft = await createDraft(ada, { kind: 'version', flow: 'vs12' });
    const { body: open } = await must(start('vs12', 2));
    const archive = () => must(ada.post<FlowSummary>(to.archiveFlow('vs12'), { reason: 'Nobody orders by fax' }));
    expect((await archive()).body).toMatchObject({ servedVersion: null, openRuns: 1 });
    await archive();
    expect((await start('vs12')).error?.code).toBe('versionRetired');
    await expect(startByGrpc('vs12_v2')).rejects.toMatchObject({
      details: expect.stringMatching(/^vs12_v2 was retired by Ada designer: Nobody orders by fax/),
    });
    const { body } = await must(ada.get<DraftDetail>(to.draft(draft.id)));
    expect(body.summary.archivedMs).not.toBeNull();
    const handle = world.web.temporal.workflow.getHandle(open.workflowId, open.runId);
    await handle.signal('finish', { well: true });
    await expect.poll(async () => (await handle.describe()).status.name, { timeout: 20_000 }).toBe('COMPLETED');

    const { body: back } = await must(ada.post<FlowSummary>(to.unarchiveFlow('vs12'), {}));
    expect(back.servedVersion).toBe(2);
    expect(await typeOf((await must(start('vs12'))).body)).toBe('vs12_v2');
    // What was retired before remains so, with its own reason.
    const { body: versions } = await must(ada.get<VersionList>(to.versions('vs12')));
    expect(versions.versions.map(({ retired }) => retired?.reason ?? null)).toEqual([null, 'Too slow']);
  }, 60_000);
  test('[VS13] a version that was retired for a reason is not started again by archiving and restoring its flow', async () => {
    await publish('vs13', 'First');
    await publish('vs13', 'Second');
    await must(retire('vs13', 2, { reason: 'It charges twice' }));
    const restore = async () => (await must(ada.post<FlowSummary>(to.unarchiveFlow('vs13'), {}))).body.servedVersion;
    // It is not archived: nothing changes.
    expect(await restore()).toBe(1);
    await must(ada.post(to.archiveFlow('vs13'), {}));
    expect(await restore()).toBe(1);
    expect((await start('vs13', 2)).error?.code).toBe('versionRetired');
  }, 60_000);
  test('[VS4] it remains retired after a restart of the engine, and its open runs still go on', async () => {
    await publish('vs4', 'First');
    await publish('vs4', 'Second');
    const { body: open } = await must(start('vs4', 1));
    await must(retire('vs4', 1));
    await world.restartEngine();
    await expect(startByGrpc('vs4_v1')).rejects.toMatchObject({ code: status.FAILED_PRECONDITION });
    const handle = world.web.temporal.workflow.getHandle(open.workflowId, open.runId);
    await handle.signal('finish', { well: true });
    await expect.poll(async () => (await handle.describe()).status.name, { timeout: 20_000 }).toBe('COMPLETED');
  }, 60_000);
  test('[VS5] the only version that starts runs is retired only if the person says so', async () => {
    await publish('vs5', 'First');
    await publish('vs5', 'Second');
    // Two people at the same moment: one of them is refused.
    const both = await Promise.all([retire('vs5', 1), retire('vs5', 2)]);
    expect(both.map(({ error }) => error?.code ?? 'done').sort()).toEqual(['done', 'lastServedVersion']);
    const { served } = await versions('vs5');
    expect((await retire('vs5', served!)).error?.message).toMatch(/the only version of 'vs5' that starts runs/);
    await must(retire('vs5', served!, { evenLast: true }));
    expect(await versions('vs5')).toMatchObject({ served: null });
    const refused = await start('vs5');
    expect([refused.status, refused.error?.code]).toEqual([409, 'versionRetired']);
  }, 60_000);
  test('[VS6] a start whose answer was lost finds its run, although the version was retired since', async () => {
    await publish('vs6', 'First');
    await publish('vs6', 'Second');
    const requestId = randomUUID();
    const send = () =>
      world.web.temporal.workflowService.startWorkflowExecution({
        namespace: 'default',
        workflowId: `vs6-${requestId}`,
        workflowType: { name: 'vs6_v1' },
        taskQueue: { name: 'backstitch' },
        input: { payloads: toPayloads(defaultPayloadConverter, input) },
        requestId,
      });
    const first = await send();
    await must(retire('vs6', 1));
    expect(await send()).toMatchObject({ runId: first.runId, started: true });
  }, 60_000);
  test('[VS7] what does not exist cannot be retired, and an operator may not', async () => {
    await publish('vs7');
    expect((await retire('vs7', 9)).error?.code).toBe('versionNotFound');
    expect((await retire('nowhere', 1)).error?.code).toBe('flowNotFound');
    expect((await retire('vs7', 1, { evenLast: true }, operator)).error?.code).toBe('notAllowed');
  }, 60_000);
});

describe('restoring a version as a draft', () => {
  const restore = (name: string, version: number, ids = { gesture: randomUUID(), draft: randomUUID() }) =>
    ada.post<RestoredVersion>(to.restoreVersion(name, version), ids);
  const contentOf = (name: string, title: string) => draftOf(readFlow(till(name, title)).document!);

  test('[VS8] without an open draft one is made, which can be published over the newest version', async () => {
    await publish('vs8', 'First');
    await publish('vs8', 'Second');
    const ids = { gesture: randomUUID(), draft: randomUUID() };
    const { body } = await must(restore('vs8', 1, ids));
    expect(body).toMatchObject({ created: true, draft: { id: ids.draft, title: 'First', base: 2, number: 1 } });
    // The same request again changes nothing.
    expect((await must(restore('vs8', 1, ids))).body.draft).toMatchObject({ number: 1 });
    expect((await readDraft(ada, ids.draft)).draft).toEqual(contentOf('vs8', 'First'));
    const { body: published } = await must(ada.post<PublishedVersion>(to.publishDraft(ids.draft), { number: 1 }));
    expect(published.version.version).toBe(3);
    const { shown } = (await must(ada.get<FlowDetail>(to.flow('vs8')))).body;
    expect(shown.manifest.document.title).toBe('First');
  }, 60_000);
  test('[VS9] the content of an open draft is replaced by one gesture, which can be taken back', async () => {
    await publish('vs9', 'First');
    await publish('vs9', 'Second');
    const from = { kind: 'version', flow: 'vs9' };
    const { body: open } = await must(ada.post<DraftSummary>(to.drafts(), { id: randomUUID(), from }));
    await send(ada, open.id, [gestureOf(setTitle('take', 'Mine'))]);
    const { draft: mine } = await readDraft(ada, open.id);
    const { body } = await must(restore('vs9', 1));
    expect(body).toMatchObject({ created: false, draft: { id: open.id, number: 2, base: 2 } });
    const { draft, own } = await readDraft(ada, open.id);
    expect(draft).toEqual(contentOf('vs9', 'First'));
    await send(ada, open.id, [{ ...gestureOf(...own.at(-1)!.inverse), reverts: own.at(-1)!.id }]);
    expect((await readDraft(ada, open.id)).draft).toEqual(mine);
  }, 60_000);
});
