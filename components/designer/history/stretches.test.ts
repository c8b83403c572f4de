/** [HW] The history of a draft by day and in words. */
import { expect, it } from 'vitest';
import type { DraftHistoryEntry, LoggedGesture } from '@/app/_contract/drafts';
import type { Draft } from '@/engine/flow/edit/draft';
import { daysOf, entryWords, saidGestures } from './stretches';

const ada = { id: 'ada', name: 'Ada' };
const bob = { id: 'bob', name: 'Bob' };
const entry = (given: Partial<DraftHistoryEntry>): DraftHistoryEntry => ({
  number: 1,
  since: 0,
  tab: 'one',
  by: ada,
  fromMs: 0,
  toMs: 0,
  gestures: 1,
  touched: [],
  others: [],
  ...given,
});
const draft: Draft = {
  flow: {},
  steps: [{ id: 'a', kind: 'action', fields: { title: 'Charge' }, branches: [] }],
  tray: [],
};

it('[HW1] entries are listed by the day on which they ended', () => {
  const DAY = 86_400_000;
  const days = daysOf(
    [entry({ number: 3, toMs: 2 * DAY + 5 }), entry({ number: 2, toMs: 2 * DAY }), entry({ toMs: 5 })],
    (ms) => String(Math.floor(ms / DAY))
  );
  expect(days.map(({ entries }) => entries.map(({ number }) => number))).toEqual([[3, 2], [1]]);
});

it('[HW2] an entry names the steps that it touched, as they are called now', () => {
  expect(entryWords(entry({ gestures: 2, touched: ['a', 'gone'] }), draft)).toBe('2 edits: Charge');
  expect(entryWords(entry({ gestures: 1 }), draft)).toBe('1 edit: the flow itself');
  expect(entryWords(entry({ gestures: 1, touched: ['gone'] }), draft)).toBe('1 edit: a step that was deleted since');
  expect(entryWords(entry({ gestures: 0 }), draft)).toBe('Created the draft');
});

it('[HW3] the gestures of one person and tab, newest first; those of others change the words, and are not listed', () => {
  const set = (number: number, by: typeof ada, value: string, was: string, tab = 'one'): LoggedGesture => ({
    number,
    id: String(number),
    tab,
    by,
    atMs: number,
    operations: [{ op: 'set', target: { node: 'a' }, path: ['title'], value, was }],
    reverts: null,
  });
  const remove: LoggedGesture = {
    ...set(4, ada, '', ''),
    operations: [
      {
        op: 'remove',
        id: 'a',
        was: { ...draft.steps[0]!, fields: { title: 'Debit' } },
        from: { parent: null, branch: null, after: null, before: null },
      },
    ],
  };
  const all = [set(1, ada, 'Pay', 'Charge'), set(2, bob, 'Debit', 'Pay', 'two'), remove];
  expect(saidGestures(draft, all, { by: ada, tab: 'one' })).toEqual([
    { number: 4, atMs: 4, words: 'Delete Debit' },
    { number: 1, atMs: 1, words: 'Change the title of Charge' },
  ]);
});
