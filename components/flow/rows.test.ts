/** [FL] The rows of the list of flows. */
import { describe, expect, it } from 'vitest';
import type { DraftRow } from '@/app/_contract/drafts';
import type { FlowSummary } from '@/app/_contract/flows';
import { draftState, draftTitle, rowsOf, unpublishedOf } from './rows';

const by = { id: 'ada', name: 'Ada' };
const flow = (name: string, latestVersion = 1): FlowSummary => ({
  name,
  title: name.toUpperCase(),
  description: null,
  latestVersion,
  servedVersion: latestVersion,
  publishedMs: 0,
  publishedBy: null,
  steps: 1,
  searchable: [],
  openRuns: 0,
});
const draft = (id: string, given: Partial<DraftRow> = {}): DraftRow => ({
  id,
  title: id,
  name: id,
  flow: null,
  base: null,
  newest: null,
  number: 0,
  baseNumber: 0,
  baseRevision: null,
  liveRevision: null,
  template: null,
  steps: 0,
  tags: [],
  createdBy: by,
  createdMs: 0,
  changedBy: by,
  changedMs: 0,
  archivedMs: null,
  editing: [],
  ...given,
});
const all = { search: '', tag: null, archived: false };
const keys = (...given: Parameters<typeof rowsOf>) => rowsOf(...given).map(({ key }) => key);

describe('rows', () => {
  const flows = [flow('till'), flow('order')];
  const drafts = [
    draft('d-till', { flow: 'till', tags: ['money'] }),
    draft('never', { title: 'Never published' }),
    draft('old', { flow: 'order', archivedMs: 1, tags: ['old'] }),
  ];
  it('[FL1] one row for a flow with its open draft, one for a draft without a published flow, by title', () => {
    const rows = rowsOf(flows, drafts, all);
    expect(rows.map(({ key, draft: of }) => [key, of?.id ?? null])).toEqual([
      ['never', 'never'],
      ['order', null],
      ['till', 'd-till'],
    ]);
  });
  it('[FL1] titles with numbers are in the order of the numbers; those changed or published last are first on request', () => {
    const many = [flow('thing-107'), { ...flow('thing-17'), publishedMs: 5 }];
    const changed = [draft('thing-2', { changedMs: 9 })];
    expect(keys(many, changed, all)).toEqual(['thing-2', 'thing-17', 'thing-107']);
    expect(keys([...many, flow('a')], changed, all, 'changed')).toEqual(['thing-2', 'thing-17', 'a', 'thing-107']);
  });
  it('[FL2] archived drafts are shown instead of the others, also of flows that are published', () => {
    expect(rowsOf(flows, drafts, { ...all, archived: true })).toMatchObject([{ key: 'old', flow: { name: 'order' } }]);
  });
  it('[FL7] a flow of which no version starts runs is among the archived ones; an open draft of it is a row of its own', () => {
    const off = { ...flow('off'), servedVersion: null };
    expect(keys([...flows, off], drafts, all)).not.toContain('off');
    expect(keys([...flows, off], [draft('next', { flow: 'off' })], all)).toContain('next');
    const rows = rowsOf([...flows, off], [draft('next', { flow: 'off', archivedMs: 1 })], { ...all, archived: true });
    expect(rows.map(({ key }) => key)).toEqual(['next', 'off']);
  });
  it('[FL3] search and tag', () => {
    expect(keys(flows, drafts, { ...all, search: ' PUBL ' })).toEqual(['never']);
    expect(keys(flows, drafts, { ...all, search: 'till' })).toEqual(['till']);
    expect(keys(flows, drafts, { ...all, tag: 'money' })).toEqual(['till']);
  });
  it('[FL4] without drafts the flows are shown; a draft of a flow that is not in the list is not lost', () => {
    expect(keys(flows, null, all)).toEqual(['order', 'till']);
    expect(keys([], drafts, all)).toEqual(['d-till', 'never']);
  });
});

it('[FL5] what a draft is to the versions of its flow', () => {
  const state = (base: number | null, newest: number | null, number: number, baseNumber: number) =>
    draftState(draft('d', { flow: 'till', base, newest, number, baseNumber }));
  expect(state(null, null, 4, 0)).toBe('Draft, not published yet');
  expect(state(3, 3, 7, 7)).toBe('Draft, the same as v3');
  expect(state(3, 3, 8, 7)).toBe('Draft is ahead of v3');
  expect(state(2, 3, 8, 7)).toBe('Draft of v2; v3 was published since');
  expect(state(3, null, 8, 7)).toBe('Draft is ahead of v3');
  const revised = { flow: 'till', base: 3, newest: 3, baseRevision: 'v3.0', liveRevision: 'v3.1' };
  expect(draftState(draft('d', revised))).toBe('Draft of v3; revision v3.1 is live since');
});

it('[FL8] rows of one title show their names', () => {
  const twins = [flow('till'), { ...flow('till-two'), title: 'Till' }, flow('order')];
  expect(rowsOf(twins, [draft('mine', { title: 'ORDER', name: 'new-order' })], all).map(({ name }) => name)).toEqual([
    'order',
    'new-order',
    'till-two',
    'till',
  ]);
  expect(rowsOf([flow('till')], [], all)[0]?.name).toBe(null);
});

it('[FL9] Home finds what nobody has published, changed last first, and whatever it is called', () => {
  const drafts = [
    draft('published', { base: 1, number: 4, baseNumber: 4, changedMs: 9 }),
    draft('ahead', { base: 1, number: 5, baseNumber: 4, changedMs: 1 }),
    draft('new', { title: '', name: '', changedMs: 2 }),
  ];
  expect(unpublishedOf(drafts).map((each) => [each.id, draftTitle(each)])).toEqual([
    ['new', 'Without a title'],
    ['ahead', 'ahead'],
  ]);
});
