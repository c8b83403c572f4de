/** [DG] The log of a draft: snapshots, folding, states of the past, the history, on a real PostgreSQL. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DraftChanges, DraftHistory, GestureAnswer, SentGesture } from '@/app/_contract/drafts';
import { routes as to } from '@/app/_contract/routes';
import { applyGesture, type Applied } from '@/engine/flow/edit/apply';
import type { Draft } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { createDraft, gestureOf, insert, readDraft, send, setTitle } from '../testing/drafts';
import { must, startWorld, type Visitor, type World } from '../testing/world';
import { Drafts } from './drafts';
import { stateAt } from './states';

let world: World;
let ada: Visitor;
let admin: Visitor;
beforeAll(async () => {
  world = await startWorld({ engine: false });
  ada = await world.as('designer');
  admin = await world.as('admin');
}, 120_000);
afterAll(() => world.close());

const DAY_MS = 24 * 60 * 60_000;
const after = (draft: Draft, operations: readonly Operation[]) =>
  (applyGesture(draft, { operations }) as Applied).draft;
const snapshotsOf = async (draftId: string) =>
  (await world.web.database.draftSnapshot.findMany({ where: { draftId }, orderBy: { number: 'asc' } })).map(
    ({ number }) => number
  );
/** The times of gestures, as if they had been made then. */
const moveTo = (draftId: string, from: number, to: number, at: Date) =>
  world.web.database.draftGesture.updateMany({ where: { draftId, number: { gte: from, lte: to } }, data: { at } });
const historyOf = async (id: string) => (await must(ada.get<DraftHistory>(to.draftHistory(id)))).body.entries;

/** A draft of one step whose title counts the gestures; `states` has the draft at each number. */
async function counted(count: number, visitor = ada) {
  const { id } = await createDraft(visitor);
  const states: Draft[] = [(await readDraft(visitor, id)).draft];
  const sent: SentGesture[] = [];
  const add = async (many: number, by = visitor, meanwhile: () => Promise<unknown> = () => Promise.resolve()) => {
    for (let done = 0; done < many; done += 100) {
      const batch = Array.from({ length: Math.min(100, many - done) }, () => {
        const number = sent.length + 1;
        const gesture = gestureOf(
          number === 1
            ? insert('counter')
            : setTitle('counter', `Change ${number}`, number === 2 ? 'counter' : `Change ${number - 1}`)
        );
        sent.push(gesture);
        states.push(after(states.at(-1)!, gesture.operations));
        return gesture;
      });
      await send(by, id, batch, sent.length - batch.length);
      await meanwhile();
    }
  };
  await add(count);
  return { id, states, sent, add };
}

test('[DG1] a snapshot every hundred gestures; with its tail it gives the draft at every number', async () => {
  const { id, states } = await counted(250);
  expect(await snapshotsOf(id)).toEqual([0, 100, 200]);
  for (const number of [0, 1, 99, 100, 101, 199, 200, 250])
    expect(await stateAt(world.web.database, id, number)).toEqual(states[number]);
  expect(await stateAt(world.web.database, id, 251)).toBeNull();
  // A process that starts now, without anything in memory, has the same draft.
  const stored = await world.web.database.draft.findUniqueOrThrow({ where: { id } });
  expect(await new Drafts(world.web.database, () => undefined).newest(stored)).toEqual(states[250]);
  const { draft, summary, own } = await readDraft(ada, id);
  expect([draft, summary.number, own.length]).toEqual([states[250], 250, 200]);
  expect(own.map(({ number }) => number)).toEqual(Array.from({ length: 200 }, (_, index) => index + 51));
});

test('[DG2] another process that has taken gestures is noticed: no state in memory is older than the row', async () => {
  const { id } = await counted(3);
  const other = new Drafts(world.web.database, () => undefined);
  const actor = { ...admin.person!, via: 'session', from: null };
  const made = gestureOf(setTitle('counter', 'From elsewhere', 'Change 3'));
  await other.change(actor, id, 'drafts.edit', [made.id], (open) => open.take(made));
  const { answers } = await send(ada, id, [gestureOf(setTitle('counter', 'Mine', 'Change 3'))], 3);
  expect(answers).toMatchObject([
    { status: 'applied', number: 5, notes: [{ code: 'overwrote', lost: 'From elsewhere' }] },
  ]);
  // Both at once: the row lock makes one order, and both know it.
  const both = [gestureOf(setTitle('counter', 'x')), gestureOf(setTitle('counter', 'y'))] as const;
  await Promise.all([
    other.change(actor, id, 'drafts.edit', [both[0].id], (open) => open.take(both[0])),
    send(ada, id, [both[1]], 5),
  ]);
  const stored = await world.web.database.draft.findUniqueOrThrow({ where: { id } });
  expect(stored.number).toBe(7);
  expect(await other.newest(stored)).toEqual((await readDraft(ada, id)).draft);
});

test('[DG3] what could not be committed changes nothing, also in memory', async () => {
  const { id, states } = await counted(2);
  const actor = { ...ada.person!, via: 'session', from: null };
  const lost = gestureOf(setTitle('counter', 'Lost', 'Change 2'));
  const broken = world.web.drafts.change(actor, id, 'drafts.edit', [lost.id], async (open, tx) => {
    open.take(lost);
    await tx.$queryRaw`SELECT 1 / 0`;
  });
  await expect(broken).rejects.toThrow();
  expect((await readDraft(ada, id)).draft).toEqual(states[2]);
  expect((await send(ada, id, [lost])).answers).toMatchObject([{ status: 'applied', number: 3, notes: [] }]);
});

describe('a draft of 1,350 gestures', () => {
  let made: Awaited<ReturnType<typeof counted>>;
  const monday = new Date('2026-03-02T10:00:00Z');
  beforeAll(async () => {
    made = await counted(1_000);
    const { id, add } = made;
    // Three days in the past: gestures 1-70, 71-130 by another person too, and 131-1,000.
    await moveTo(id, 1, 70, monday);
    await moveTo(id, 71, 130, new Date(monday.getTime() + DAY_MS));
    await world.web.database.draftGesture.updateMany({
      where: { draftId: id, number: { gte: 100, lte: 120 } },
      data: { byId: 'grace', byName: 'Grace' },
    });
    await moveTo(id, 131, 1_000, new Date(monday.getTime() + 2 * DAY_MS));
    await add(350);
  }, 60_000);

  test('[DG4] of gestures beyond the newest thousand one snapshot a day remains, and their order of ids', async () => {
    const { id, states } = made;
    const stored = await world.web.database.draft.findUniqueOrThrow({ where: { id } });
    expect([stored.number, stored.folded]).toEqual([1_350, 300]);
    expect(await snapshotsOf(id)).toEqual([0, 70, 130, 300, 400, 500, 600, 700, 800, 900, 1_000, 1_100, 1_200, 1_300]);
    for (const number of [0, 70, 130, 300, 301, 399, 1_350])
      expect(await stateAt(world.web.database, id, number)).toEqual(states[number]);
    const folded = await world.web.database.draftGesture.findMany({ where: { draftId: id, number: { lte: 300 } } });
    expect(folded).toHaveLength(300);
    expect(folded.every(({ operations, inverse, notes }) => !operations && !inverse && !notes)).toBe(true);
  });
  test('[DG5] a gesture that is sent again after it was folded is known, and not applied again', async () => {
    const { id, sent, states } = made;
    const { answers } = await send(ada, id, [sent[0]!, sent[150]!], 1_350);
    expect(answers).toEqual([
      { id: sent[0]!.id, status: 'applied', number: 1, inverse: [], notes: [] },
      { id: sent[150]!.id, status: 'applied', number: 151, inverse: [], notes: [] },
    ]);
    const { draft, summary } = await readDraft(ada, id);
    expect([draft, summary.number]).toEqual([states[1_350], 1_350]);
  });
  test('[DG6] a browser that is behind the folded gestures, or ahead of the server, gets the draft', async () => {
    const { id, states } = made;
    const since = async (number: number) => (await must(ada.get<DraftChanges>(to.gestures(id, number)))).body;
    expect(await since(299)).toEqual({ number: 1_350, gestures: null, draft: states[1_350] });
    expect(await since(1_351)).toEqual({ number: 1_350, gestures: null, draft: states[1_350] });
    expect((await since(300)).gestures).toHaveLength(1_050);
    expect((await since(1_350)).gestures).toEqual([]);
  });
  test('[DG7] the past is shown where it is kept; elsewhere it is said that it is gone', async () => {
    const { id, states } = made;
    expect(await readDraft(ada, id, 130)).toMatchObject({ draft: states[130], own: [] });
    expect((await readDraft(ada, id, 1_234)).draft).toEqual(states[1_234]);
    for (const number of [71, 200, 1_351]) {
      const { status, error } = await ada.get(to.draft(id, number));
      expect([status, error?.code]).toEqual([410, 'draftStateGone']);
    }
  });
  test('[DG8] the history has an entry for each stretch of work, and for each folded day; every entry can be shown', async () => {
    const { id } = made;
    const entries = await historyOf(id);
    const facts = entries.map(({ number, by, gestures, touched, others }) => ({
      number,
      by: by.name,
      gestures,
      touched,
      others: others.map(({ name }) => name),
    }));
    const own = { by: 'Ada designer', touched: ['counter'], others: [] };
    expect(facts).toEqual([
      { ...own, number: 1_350, gestures: 350 },
      { ...own, number: 1_000, gestures: 700 },
      { ...own, number: 300, gestures: 170 },
      { ...own, number: 130, gestures: 60, others: ['Grace'] },
      { ...own, number: 70, gestures: 70 },
      { ...own, number: 0, gestures: 0, touched: [] },
    ]);
    expect(entries[4]).toMatchObject({ fromMs: monday.getTime(), toMs: monday.getTime() });
    for (const { number } of entries) expect((await readDraft(ada, id, number)).draft.tray).toEqual([]);
  });
  test('[DG9] restoring is one gesture, which can be taken back, and is made once', async () => {
    const { id, states } = made;
    const request = { number: 70, gesture: randomUUID() };
    const restore = async () => (await must(ada.post<GestureAnswer>(to.restoreDraft(id), request))).body;
    const [first, second] = await Promise.all([restore(), restore()]);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ status: 'applied', number: 1_351 });
    const { draft, own } = await readDraft(ada, id);
    expect(draft).toEqual(states[70]);
    expect(own.at(-1)).toMatchObject({ id: request.gesture, number: 1_351 });
    const back = gestureOf(...own.at(-1)!.inverse);
    await send(ada, id, [{ ...back, reverts: request.gesture }], 1_351);
    expect((await readDraft(ada, id)).draft).toEqual(states[1_350]);
    const gone = await ada.post(to.restoreDraft(id), { number: 200, gesture: randomUUID() });
    expect(gone.error?.code).toBe('draftStateGone');
  });
});

test('[DG10] work of one tab with a pause of half an hour is two entries; two tabs at once are one each', async () => {
  const { id } = await createDraft(ada);
  const from = (tab: string, ...operations: Operation[]) => ({ ...gestureOf(...operations), tab });
  await send(ada, id, [from('one', insert('a')), from('two', insert('b', 'a')), from('one', insert('c', 'b'))]);
  await moveTo(id, 1, 1, new Date(Date.now() - 31 * 60_000));
  const facts = (await historyOf(id)).map(({ number, gestures, touched }) => ({ number, gestures, touched }));
  expect(facts).toEqual([
    { number: 3, gestures: 1, touched: ['c'] },
    { number: 2, gestures: 1, touched: ['b'] },
    { number: 1, gestures: 1, touched: ['a'] },
    { number: 0, gestures: 0, touched: [] },
  ]);
});

describe('archived', () => {
  test('[DG11] an archived draft can be read and is not changed; restored it goes on', async () => {
    const { id } = await createDraft(ada);
    const archive = () => must(ada.post<{ archivedMs: number }>(to.archiveDraft(id), {}));
    const { archivedMs } = (await archive()).body;
    expect((await archive()).body.archivedMs).toBe(archivedMs);
    const gesture = gestureOf(insert('a'));
    const requests = [
      [to.gestures(id), { gestures: [gesture], since: 0 }],
      [to.restoreDraft(id), { number: 0, gesture: randomUUID() }],
      [to.publishDraft(id), { number: 0 }],
    ] as const;
    for (const [url, body] of requests) expect((await ada.post(url, body)).error?.code).toBe('draftArchived');
    expect((await readDraft(ada, id)).summary).toMatchObject({ number: 0, archivedMs });
    await must(ada.post(to.unarchiveDraft(id), {}));
    expect((await send(ada, id, [gesture])).answers[0]?.status).toBe('applied');
  });
  test('[DG12] a flow has one open draft: a second one is not restored', async () => {
    const [first, second] = [await createDraft(ada), await createDraft(ada)];
    await must(ada.post(to.archiveDraft(first.id), {}));
    await world.web.database.draft.updateMany({
      where: { id: { in: [first.id, second.id] } },
      data: { flow: 'dg12' },
    });
    const { error } = await ada.post(to.unarchiveDraft(first.id), {});
    expect([error?.code, error?.message]).toEqual(['draftOpen', expect.stringContaining("'dg12'")]);
    await must(ada.post(to.archiveDraft(second.id), {}));
    await must(ada.post(to.unarchiveDraft(first.id), {}));
  });
});

test('[DG13] tags are kept once each; a title of a million letters is cut in lists only', async () => {
  const { id } = await createDraft(ada);
  const tagged = await must(
    ada.post<{ tags: string[] }>(to.tagDraft(id), { add: ['money', ' eu ', 'money'], remove: [] })
  );
  expect(tagged.body.tags).toEqual(['money', 'eu']);
  // Two people at the same moment: neither takes the other's tag away.
  await Promise.all(
    [ada, admin].map((who, index) => must(who.post(to.tagDraft(id), { add: [`of ${index}`], remove: [] })))
  );
  // A tag is written as it was first, here and on other drafts; one that cannot be seen is none.
  const other = await createDraft(ada);
  const same = await must(
    ada.post<{ tags: string[] }>(to.tagDraft(other.id), { add: ['MONEY', 'Eu', 'EU'], remove: [] })
  );
  expect(same.body.tags).toEqual(['money', 'eu']);
  expect((await ada.post(to.tagDraft(id), { add: ['\u200b'], remove: [] })).error?.code).toBe('inputInvalid');
  const left = await must(ada.post<{ tags: string[] }>(to.tagDraft(id), { add: [], remove: ['eu', 'never there'] }));
  expect(left.body.tags.sort()).toEqual(['money', 'of 0', 'of 1']);
  const many = Array.from({ length: 18 }, (_, index) => `tag ${index}`);
  expect((await ada.post(to.tagDraft(id), { add: many, remove: [] })).error?.code).toBe('inputInvalid');
  const long = '𝒳'.repeat(300_000);
  const title: Operation = { op: 'set', target: { node: null }, path: ['title'], value: long, was: 'Drawn' };
  const { answers } = await send(ada, id, [gestureOf(title)]);
  expect(answers).toMatchObject([{ status: 'applied', notes: [] }]);
  const { draft, summary } = await readDraft(ada, id);
  expect([draft.flow.title === long, summary.title]).toEqual([true, '𝒳'.repeat(200)]);
});
