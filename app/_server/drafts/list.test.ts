/** [DL] The list of drafts: page by page, searched, by tag, and who has each open. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DraftList } from '@/app/_contract/drafts';
import { routes as to } from '@/app/_contract/routes';
import { createDraft } from '../testing/drafts';
import { TILL_FLOW } from '../testing/till';
import { eventually, must, startWorld, type Visitor, type World } from '../testing/world';

let world: World;
let ada: Visitor;
beforeAll(async () => {
  world = await startWorld();
  ada = await world.as('designer');
}, 120_000);
afterAll(() => world.close());

const list = async (query: Record<string, string> = {}) =>
  (await must(ada.get<DraftList>(to.drafts(new URLSearchParams(query).toString())))).body;

test('[LIS1] of 2,000 drafts every one is on one page, those that changed last first; drafts of flows are on the first', async () => {
  await must(ada.post(to.publish(), { document: { ...TILL_FLOW, name: 'dl1' } }));
  const ofFlow = await createDraft(ada, { kind: 'version', flow: 'dl1' });
  const by = { createdById: 'x', createdByName: 'X', changedById: 'x', changedByName: 'X' };
  await world.web.database.draft.createMany({
    data: Array.from({ length: 2_000 }, (_, index) => ({
      id: randomUUID(),
      title: `Many ${index}`,
      name: `many-${index}`,
      steps: 0,
      tags: index % 500 === 0 ? ['rare'] : [],
      madeFrom: '',
      ...by,
      // Many changed in the same millisecond.
      changedAt: new Date(Date.UTC(2030, 0, 1) + Math.floor(index / 150)),
    })),
  });
  const seen: string[] = [];
  let pages = 0;
  for (let cursor: string | null = ''; cursor !== null; pages++) {
    const page: DraftList = await list({ limit: '200', ...(cursor ? { cursor } : {}) });
    if (pages === 0) expect(page.drafts.some(({ id }) => id === ofFlow.id)).toBe(true);
    seen.push(...page.drafts.filter(({ id }) => id !== ofFlow.id).map(({ title }) => title));
    cursor = page.next;
  }
  expect(pages).toBe(10);
  expect(new Set(seen).size).toBe(2_000);
  expect(seen.slice(0, 50).every((title) => Number(title.slice(5)) >= 1_950)).toBe(true);
  const searched = await list({ search: 'MANY-19', limit: '200' });
  expect(searched.drafts.filter(({ flow }) => flow === null)).toHaveLength(111);
  expect((await list({ tag: 'rare' })).drafts.map(({ title }) => title).sort()).toEqual([
    'Many 0',
    'Many 1000',
    'Many 1500',
    'Many 500',
  ]);
  expect((await list()).tags).toEqual(['rare']);
}, 90_000);

test('[LIS2] archived drafts are a list of their own', async () => {
  const { id } = await createDraft(ada, { kind: 'empty', title: 'Put away' });
  await must(ada.post(to.archiveDraft(id), {}));
  expect((await list({ search: 'put away' })).drafts.filter(({ flow }) => flow === null)).toEqual([]);
  expect((await list({ archived: 'true' })).drafts.map((each) => each.id)).toEqual([id]);
});

test('[LIS3] who has a draft open is in its row, each person once', async () => {
  const { id } = await createDraft(ada, { kind: 'empty', title: 'Open now' });
  const editing = async () => (await list({ search: 'open now' })).drafts.find((each) => each.id === id)?.editing;
  expect(await editing()).toEqual([]);
  const socket = ada.socket();
  socket.connect();
  for (const tab of ['one', 'two']) socket.emit('watchDraft', { id, tab }, () => undefined);
  await eventually(async () => expect(await editing()).toEqual([{ id: 'person-designer', name: 'Ada designer' }]));
  socket.disconnect();
  await eventually(async () => expect(await editing()).toEqual([]));
});

test('[LIS4] a cursor that no list has answered, and a page that is too large, are refused', async () => {
  for (const query of ['cursor=x', 'cursor=1.x', 'limit=0', 'limit=1000', 'archived=maybe'])
    expect([400, 422]).toContain((await ada.get(to.drafts(query))).status);
});
