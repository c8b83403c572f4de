/** The rules are in selection.ts and triage.tsx. */
import { expect, test } from 'vitest';
import type { InboxTask } from '@/app/_contract/inbox';
import { mayTick, NOTHING_TICKED, stillOpen, tick, TICKED_MOST, withAll } from './selection';
import { nextAfter } from './triage';

const task = (taskId: string, more: Partial<InboxTask> = {}) => ({
  ...({} as InboxTask),
  taskId,
  flow: 'order',
  nodeId: 'ask',
  decisions: [],
  mine: true,
  settled: null,
  claim: null,
  ...more,
});
const rows = ['a', 'b', 'c', 'd'].map((id) => task(id));
const other = task('x', { nodeId: 'other' });

test('[SEL1] tasks of another question cannot be ticked beside it, until nothing is ticked', () => {
  const all = [...rows, other];
  const one = tick(NOTHING_TICKED, all, 'a');
  expect(mayTick(one, other)).toBe(false);
  expect(tick(one, all, 'x')).toBe(one);
  expect(tick(one, all, 'a')).toBe(NOTHING_TICKED);
  expect(tick(NOTHING_TICKED, all, 'x').taskIds).toEqual(['x']);
  expect(tick(one, all, 'not-there')).toBe(one);
});

test('[SEL2] a range goes from the last ticked one, in both directions, and leaves out other questions', () => {
  const all = [rows[0]!, other, ...rows.slice(1)];
  const down = tick(tick(NOTHING_TICKED, all, 'a'), all, 'c', true);
  expect(down.taskIds).toEqual(['a', 'b', 'c']);
  expect(tick(tick(NOTHING_TICKED, all, 'd'), all, 'b', true).taskIds).toEqual(['d', 'c', 'b']);
  expect(tick(NOTHING_TICKED, all, 'b', true).taskIds).toEqual(['b']);
});

test('[SEL3] a task that the list has no longer is no longer ticked', () => {
  const all = withAll(NOTHING_TICKED, rows);
  expect(stillOpen(all, rows)).toBe(all);
  expect(stillOpen(all, [rows[1]!, other]).taskIds).toEqual(['b']);
  expect(stillOpen(all, [])).toBe(NOTHING_TICKED);
});

test('[SEL1] no more are ticked than a person checks', () => {
  const many = Array.from({ length: TICKED_MOST + 20 }, (_, index) => task(`t${index}`));
  expect(withAll(NOTHING_TICKED, many).taskIds).toHaveLength(TICKED_MOST);
});

test('[TRG2] the next task is the first after it that the person may decide now, or else the first before it', () => {
  const all = [
    task('before'),
    task('decided'),
    task('of-others', { mine: false }),
    task('of-bob', { claim: { id: 'bob', name: 'Bob', atMs: 0, own: false } }),
    task('own', { claim: { id: 'ada', name: 'Ada', atMs: 0, own: true } }),
  ];
  expect(nextAfter(all, 'decided')?.taskId).toBe('own');
  expect(nextAfter(all, 'own')?.taskId).toBe('before');
  expect(nextAfter(all, 'not-in-the-list')?.taskId).toBe('before');
  expect(nextAfter([task('decided')], 'decided')).toBeNull();
});
