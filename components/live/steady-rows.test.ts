import { expect, test } from 'vitest';
import { arrange as arrangeBy, type SteadyRow } from './steady-rows';

interface Item {
  id: string;
  state: string;
}
const run = (id: string, state = 'running'): Item => ({ id, state });
const arrange = (shown: readonly SteadyRow<Item>[], latest: readonly Item[], hold: boolean) =>
  arrangeBy(shown, latest, hold, ({ id }) => id);
const rows = (...ids: string[]): SteadyRow<Item>[] => ids.map((id) => ({ item: run(id), gone: false }));
const idsOf = (shown: readonly SteadyRow<Item>[]) => shown.map(({ item: { id }, gone }) => (gone ? `-${id}` : id));

test('[LSR1] while nobody uses the list, it shows the rows of the server in their order', () => {
  const { rows: shown, held } = arrange(rows('b', 'a'), [run('c'), run('b')], false);
  expect([idsOf(shown), held]).toEqual([['c', 'b'], 0]);
});

test('[LSR2] while somebody uses the list, a new run is counted and no row moves', () => {
  const { rows: shown, held } = arrange(rows('b', 'a'), [run('d'), run('c'), run('b'), run('a')], true);
  expect([idsOf(shown), held]).toEqual([['b', 'a'], 2]);
});

test('[LSR2] a row that no longer matches stays in its place, marked', () => {
  const { rows: shown, held } = arrange(rows('c', 'b', 'a'), [run('c'), run('a')], true);
  expect([idsOf(shown), held]).toEqual([['c', '-b', 'a'], 0]);
});

test('[LSR2] a row that changed changes in place', () => {
  const { rows: shown } = arrange(rows('b', 'a'), [run('b', 'failed'), run('a')], true);
  expect(shown.map((row) => row.item.state)).toEqual(['failed', 'running']);
});

test('[LSR2] a run that starts to match in the middle of the list is counted too', () => {
  const { rows: shown, held } = arrange(rows('c', 'a'), [run('c'), run('b'), run('a')], true);
  expect([idsOf(shown), held]).toEqual([['c', 'a'], 1]);
});

test('[LSR2] if no shown row is listed any more, all listed rows are held back', () => {
  const { rows: shown, held } = arrange(rows('a'), [run('c'), run('b')], true);
  expect([idsOf(shown), held]).toEqual([['-a'], 2]);
});

test('[LSR3] a next page is appended although somebody uses the list', () => {
  const { rows: shown, held } = arrange(rows('c', 'b'), [run('d'), run('c'), run('b'), run('a')], true);
  expect([idsOf(shown), held]).toEqual([['c', 'b', 'a'], 1]);
});

test('[LSR4] without a change the same array is returned', () => {
  const before = rows('b', 'a');
  const latest = before.map((row) => row.item);
  expect(arrange(before, latest, true).rows).toBe(before);
  expect(arrange(before, latest, false).rows).toBe(before);
});

test('[LSR2] a row that matches again is no longer marked', () => {
  const before: SteadyRow<Item>[] = [{ item: run('a'), gone: true }];
  expect(idsOf(arrange(before, [run('a')], true).rows)).toEqual(['a']);
});
