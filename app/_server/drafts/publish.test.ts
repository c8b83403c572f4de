/**
 * [DV] Drafts and versions, with the real compiler behind the real engine: drafts of versions, copies, imports,
 * publishing.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CreateDraft, DraftSummary } from '@/app/_contract/drafts';
import type { FlowDetail, PublishedVersion } from '@/app/_contract/flows';
import { routes as to } from '@/app/_contract/routes';
import { draftOf } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { readFlow } from '@/engine/flow/read';
import { AT_END, createDraft, END, gestureOf, insert, readDraft, send, setTitle } from '../testing/drafts';
import { TILL_FLOW } from '../testing/till';
import { must, startWorld, type Visitor, type World } from '../testing/world';

let world: World;
let ada: Visitor;
let admin: Visitor;
beforeAll(async () => {
  world = await startWorld();
  ada = await world.as('designer');
  admin = await world.as('admin');
}, 120_000);
afterAll(() => world.close());

const publishFlow = async (document: object) =>
  (await must(ada.post<PublishedVersion>(to.publish(), { document }))).body.version;
const publish = (id: string, number: number, visitor = ada, note?: string) =>
  visitor.post<PublishedVersion>(to.publishDraft(id), { number, ...(note === undefined ? {} : { note }) });
const summary = async (id: string) => (await readDraft(ada, id)).summary;
const create = (from: CreateDraft['from'], visitor = ada) =>
  visitor.post<DraftSummary>(to.drafts(), { id: randomUUID(), from });
const done: Operation = { op: 'insert', node: END, slot: AT_END };
const till = (name: string, title = name) => ({ ...TILL_FLOW, name, title });
const tillDraft = (name: string) => draftOf(readFlow(till(name)).document!);

describe('drafts of versions', () => {
  test('[DV1] two people who press Edit at the same moment get one draft, of the newest version', async () => {
    await publishFlow(till('dv1'));
    const [first, second] = await Promise.all([
      must(create({ kind: 'version', flow: 'dv1' })),
      must(create({ kind: 'version', flow: 'dv1' }, admin)),
    ]);
    expect(second.body).toEqual(first.body);
    expect(first.body).toMatchObject({ flow: 'dv1', base: 1, newest: 1, number: 0, baseNumber: 0 });
    const { draft, idsFollowTitles } = await readDraft(ada, first.body.id);
    expect([draft, idsFollowTitles]).toEqual([tillDraft('dv1'), false]);
    // Archived, it is no longer the one that is open.
    await must(ada.post(to.archiveDraft(first.body.id), {}));
    expect((await must(create({ kind: 'version', flow: 'dv1' }))).body.id).not.toBe(first.body.id);
  }, 60_000);
  test('[DV2] an older version is opened as it was, and is not published over the newer one', async () => {
    await publishFlow(till('dv2', 'First'));
    await publishFlow(till('dv2', 'Second'));
    const { body } = await must(create({ kind: 'version', flow: 'dv2', version: 1 }));
    expect(body).toMatchObject({ title: 'First', base: 1, newest: 2 });
    await send(ada, body.id, [gestureOf(setTitle('take', 'Changed'))]);
    const { status, error } = await publish(body.id, 1);
    expect([status, error?.code]).toEqual([409, 'publishedMeanwhile']);
    expect(error?.problems?.[0]?.message).toMatch(/Version 2 was published by Ada designer/);
    expect(await summary(body.id)).toMatchObject({ base: 1, baseNumber: 0 });
  }, 60_000);
  test('[DV3] a copy, of a version or of a draft, is another flow with a free name', async () => {
    await publishFlow(till('dv3', 'Dv3'));
    const { body: copy } = await must(create({ kind: 'copyVersion', flow: 'dv3' }));
    expect(copy).toMatchObject({ title: 'Copy of Dv3', name: 'copy-of-dv3', flow: null, base: null });
    await send(ada, copy.id, [gestureOf(setTitle('take', 'In the copy'))]);
    const { body: again } = await must(create({ kind: 'copy', draft: copy.id }));
    expect(again).toMatchObject({ title: 'Copy of Copy of Dv3', name: 'copy-of-copy-of-dv3', number: 0 });
    const { draft, idsFollowTitles } = await readDraft(ada, again.id);
    expect([draft.steps[0]?.fields.title, idsFollowTitles]).toEqual(['In the copy', true]);
  }, 60_000);
  test('[DV4] what does not exist is not found', async () => {
    const code = async (from: CreateDraft['from']) => (await create(from)).error?.code;
    expect(await code({ kind: 'version', flow: 'nowhere' })).toBe('flowNotFound');
    expect(await code({ kind: 'version', flow: '../nowhere\u0000' })).toBe('flowNotFound');
    expect(await code({ kind: 'version', flow: 'dv3', version: 9 })).toBe('versionNotFound');
    expect(await code({ kind: 'copyVersion', flow: 'nowhere' })).toBe('flowNotFound');
    expect(await code({ kind: 'copy', draft: randomUUID() })).toBe('draftNotFound');
    expect(await code({ kind: 'empty', title: 'a\u0000b' })).toBe('inputInvalid');
    expect(await code({ kind: 'empty', title: 'a\nb' })).toBe('inputInvalid');
  });
});

describe('importing a document', () => {
  test('[DV5] an exported document is the same draft', async () => {
    const { body } = await must(create({ kind: 'document', document: till('dv5') }));
    expect(body).toMatchObject({ name: 'dv5', flow: null, steps: 8 });
    expect((await readDraft(ada, body.id)).draft).toEqual(tillDraft('dv5'));
  });
  test('[DV5] only its titles have no line breaks', async () => {
    const { body } = await must(create({ kind: 'document', document: { ...till('dv5-lines'), title: 'Two\nlines' } }));
    expect(body.title).toBe('Two lines');
  });
  test.each<[what: string, document: unknown, at: RegExp, message: RegExp]>([
    ['null', null, /^\//, /JSON object/],
    ['a newer format', { ...TILL_FLOW, format: 99 }, /^\/format/, /newer|99/],
    [
      'two steps with the same id',
      { ...TILL_FLOW, steps: [END_NODE(), END_NODE()] },
      /^done$/,
      /Another step .* 'done'/,
    ],
    ['an unknown field', { ...TILL_FLOW, colour: 'red' }, /^\//, /colour/],
    ['text that cannot be stored', { ...TILL_FLOW, title: 'a\u0000' }, /^\/title/, /U\+0000/],
    ['an unknown kind of step', { ...TILL_FLOW, steps: [{ id: 'x', kind: 'teleport' }] }, /^x$/, /teleport/],
  ])(
    '[DV6] %s is refused with the place of the problem, and nothing is created',
    async (_what, document, at, message) => {
      const count = () => world.web.database.draft.count();
      const before = await count();
      const { status, error } = await create({ kind: 'document', document });
      expect([status, error?.code]).toEqual([422, 'documentInvalid']);
      expect(error?.message).toMatch(/cannot be imported: \d+ problems?\. Nothing was created/);
      expect(error?.problems?.[0]?.at).toMatch(at);
      expect(error?.problems?.map((each) => each.message).join('\n')).toMatch(message);
      expect(await count()).toBe(before);
    }
  );
  function END_NODE() {
    return { id: 'done', kind: 'end', title: 'Done' };
  }
  test('[DV7] a document of 10 MB is refused before it is read', async () => {
    const { status, error } = await create({
      kind: 'document',
      document: { ...TILL_FLOW, description: 'x'.repeat(1e7) },
    });
    expect([status, error?.code]).toEqual([413, 'payloadTooLarge']);
  });
});

describe('publishing', () => {
  test('[DV8] from nothing to a version: then the draft belongs to the flow, and ids no longer follow titles', async () => {
    const { id } = await createDraft(ada, { kind: 'empty', title: 'Dv8' });
    await send(ada, id, [gestureOf(done)]);
    const { body } = await must(publish(id, 1, ada, 'The first one'));
    expect(body).toMatchObject({ again: false, version: { flow: 'dv8', version: 1, publishedBy: 'Ada designer' } });
    expect(await summary(id)).toMatchObject({ flow: 'dv8', base: 1, newest: 1, number: 1, baseNumber: 1 });
    expect((await readDraft(ada, id)).idsFollowTitles).toBe(false);
    const rows = await world.web.database.auditEntry.findMany({ where: { operation: 'flows.publish', target: 'dv8' } });
    expect(rows).toMatchObject([{ outcome: 'done', details: { draft: id, number: 1, reason: 'The first one' } }]);
    // The same again is the same version; a change is the next.
    expect((await must(publish(id, 1))).body).toMatchObject({ again: true, version: { version: 1 } });
    await send(ada, id, [gestureOf(setTitle('done', 'All done', 'Done'))]);
    expect(await summary(id)).toMatchObject({ number: 2, baseNumber: 1 });
    expect((await must(publish(id, 2))).body.version.version).toBe(2);
    expect(await summary(id)).toMatchObject({ base: 2, baseNumber: 2 });
    const { shown } = (await must(ada.get<FlowDetail>(to.flow('dv8')))).body;
    expect(shown.manifest.document.steps[0]).toMatchObject({ id: 'done', title: 'All done' });
  }, 60_000);
  test('[DV9] a draft that somebody changed since the publisher looked at it is refused with their name', async () => {
    const { id } = await createDraft(ada, { kind: 'empty', title: 'Dv9' });
    await send(ada, id, [gestureOf(done)]);
    await send(admin, id, [gestureOf(setTitle('done', 'Mine', 'Done'))]);
    const { status, error } = await publish(id, 1);
    expect([status, error?.code]).toEqual([409, 'draftMoved']);
    expect(error?.message).toBe("'Dv9' was changed by Ada admin since you looked at it. Nothing was published.");
    expect((await ada.get(to.flow('dv9'))).error?.code).toBe('flowNotFound');
  });
  test('[DV10] problems of fields and problems of the compiler are refused at their steps', async () => {
    const { id } = await createDraft(ada, { kind: 'empty', title: 'Dv10' });
    await send(ada, id, [gestureOf(insert('call', null, { colour: 'red', title: '' }), done)]);
    const fields = await publish(id, 1);
    expect([fields.status, fields.error?.code]).toEqual([422, 'documentInvalid']);
    expect(fields.error?.problems?.map(({ at }) => at)).toEqual(['call', 'call']);
    const mended: Operation[] = [
      { op: 'set', target: { node: 'call' }, path: ['colour'], was: 'red' },
      setTitle('call', 'Call', ''),
      { op: 'set', target: { node: 'call' }, path: ['input'], value: { url: { $expr: 'process.env.HOME' } } },
    ];
    await send(ada, id, [gestureOf(...mended)]);
    const compiled = await publish(id, 2);
    expect([compiled.status, compiled.error?.code]).toEqual([422, 'documentInvalid']);
    expect(compiled.error?.problems?.map((each) => `${each.at} ${each.message}`).join('\n')).toMatch(/call .*process/);
    expect(await summary(id)).toMatchObject({ flow: null, base: null });
  }, 60_000);
  test('[DV11] the name of another flow is refused; a free one makes the draft the other flow’s', async () => {
    await publishFlow(till('dv11-taken'));
    const { id } = await createDraft(ada, { kind: 'empty', title: 'Dv11' });
    const name = (value: string, was: string): Operation => ({
      op: 'set',
      target: { node: null },
      path: ['name'],
      value,
      was,
    });
    await send(ada, id, [gestureOf(done, name('dv11-taken', 'dv11'))]);
    const { status, error } = await publish(id, 1);
    expect([status, error?.code]).toEqual([409, 'flowNameTaken']);
    await send(ada, id, [gestureOf(name('dv11', 'dv11-taken'))]);
    await must(publish(id, 2));
    await send(ada, id, [gestureOf(name('dv11-next', 'dv11'))]);
    expect((await must(publish(id, 3))).body.version).toMatchObject({ flow: 'dv11-next', version: 1 });
    expect(await summary(id)).toMatchObject({ flow: 'dv11-next', base: 1, baseNumber: 3 });
  }, 60_000);
  test('[DV12] whoever may design one flow only cannot publish under the name of another', async () => {
    await publishFlow(till('dv12'));
    const { body } = await must(create({ kind: 'version', flow: 'dv12' }));
    const { publishDraft } = await import('./publish');
    const grants = [{ role: 'designer' as const, flow: 'dv12' }];
    const actor = { ...ada.person!, grants, via: 'session', from: null };
    const name: Operation = { op: 'set', target: { node: null }, path: ['name'], value: 'payroll', was: 'dv12' };
    await send(ada, body.id, [gestureOf(name)]);
    await expect(publishDraft(world.web, actor, body.id, { number: 1 })).rejects.toMatchObject({ code: 'notAllowed' });
  }, 60_000);
  test('[DV13] while the engine is away the draft is edited as before, and publishing says what is away', async () => {
    const { id } = await createDraft(ada, { kind: 'empty', title: 'Dv13' });
    await world.stopEngine();
    await send(ada, id, [gestureOf(done)]);
    expect((await publish(id, 1)).error?.code).toMatch(/^(engineAway|outcomeUnknown)$/);
    expect(await summary(id)).toMatchObject({ number: 1, newest: null, flow: null });
    await world.startEngine();
    const publishing = async () => (await publish(id, 1)).status;
    await expect.poll(publishing, { timeout: 20_000, interval: 200 }).toBe(200);
  }, 60_000);
});
