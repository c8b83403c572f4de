/**
 * [IM1] The search of the insert menu finds words, and the best match is first.
 * [IM3] Operations that undo or look up what another did are behind the others of their group.
 * [IM2] Of thousands of operations some of every group are offered, and a search finds the others.
 * [IM4] What the list has no room for at first is drawn later, and moves nothing.
 */
import { expect, test } from 'vitest';
import type { PaletteItem } from '../palette';
import { firstOf, offered } from './insert-menu';

const items = Array.from({ length: 5_000 }, (_, index): PaletteItem => {
  const connection = index < 4_990 ? 'shop' : 'bank';
  const id = `${connection}.op${index}`;
  return {
    id,
    kind: 'action',
    activity: id,
    flow: null,
    title: id,
    says: '',
    group: connection,
    connection,
    words: [],
    serves: false,
  };
});

test('[IM2] without a search every group has a share of what is drawn', () => {
  const { groups, more } = offered(items, '');
  expect(groups.map(([group, list]) => [group, list.length])).toEqual([
    ['shop', 70],
    ['bank', 10],
  ]);
  expect(more).toBe(4_920);
});

test('[IM1] [IM2] a search finds one of thousands, the best match first', () => {
  const { groups, more } = offered(items, 'op499');
  expect(groups[0]![1][0]!.id).toBe('shop.op499');
  expect(groups.map(([group, list]) => [group, list.length])).toEqual([
    ['shop', 1],
    ['bank', 10],
  ]);
  expect(more).toBe(0);
});

test('[IM3] an undo is behind what it undoes', () => {
  const [cancel, charge, release] = items.slice(0, 3).map((item, index) => ({ ...item, serves: index !== 1 }));
  expect(offered([cancel!, charge!, release!], '').groups).toEqual([['shop', [charge, cancel, release]]]);
});

test('[IM4] the first items are the beginning of all of them', () => {
  const { groups } = offered(items, '');
  const first = firstOf(groups, 75);
  expect(first.map(([group, list]) => [group, list.length])).toEqual([
    ['shop', 70],
    ['bank', 5],
  ]);
  expect(first.flatMap(([, list]) => list)).toEqual(groups.flatMap(([, list]) => list).slice(0, 75));
  expect(firstOf(groups, 12)).toHaveLength(1);
});
