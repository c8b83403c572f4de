// @vitest-environment jsdom
/** The rules are in use-selection.ts. */
import { act, renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { RunSummary } from '@/app/_contract/runs';
import type { RunRow } from './row';
import { useSelection } from './use-selection';

const rowsOf = (...ids: string[]): RunRow[] =>
  ids.map((id) => ({ item: { workflowId: id, runId: 'r' } as RunSummary, gone: false }) as RunRow);
const ROWS = rowsOf('a', 'b', 'c', 'd', 'e');

function begin() {
  const hook = renderHook(({ search, rows }) => useSelection(search, rows), {
    initialProps: { search: 'flow=x', rows: ROWS },
  });
  const chosen = () => hook.result.current.runs.map(({ workflowId }) => workflowId).join('');
  const toggle = (id: string, extend = false) => act(() => hook.result.current.toggle(`${id}/r`, extend));
  return { ...hook, chosen, toggle };
}

it('[RSL2] with Shift a row, and all between it and the last one that was chosen alone, become as it', () => {
  const { chosen, toggle, result } = begin();
  toggle('b');
  toggle('d', true);
  expect(chosen()).toBe('bcd');
  toggle('a', true);
  expect(chosen()).toBe('abcd');
  toggle('d');
  toggle('b', true);
  expect(chosen()).toBe('a');
  expect(result.current.ofShown).toBe('indeterminate');
});

it('[RSL1] stays when rows come and go, and is gone with other filters', () => {
  const { chosen, toggle, rerender } = begin();
  toggle('b');
  toggle('e');
  rerender({ search: 'flow=x', rows: rowsOf('new', 'a', 'e') });
  expect(chosen()).toBe('eb');
  rerender({ search: 'flow=y', rows: ROWS });
  expect(chosen()).toBe('');
  toggle('c');
  expect(chosen()).toBe('c');
});

it('[RSL3] of all that the filters find, whoever unselects one keeps the others that are shown', () => {
  const { chosen, toggle, result } = begin();
  act(() => result.current.toggleShown());
  expect([chosen(), result.current.isAll, result.current.ofShown]).toEqual(['abcde', false, true]);
  act(() => result.current.selectAll());
  expect([result.current.isAll, result.current.has('unseen/r'), result.current.ofShown]).toEqual([true, true, true]);
  toggle('c');
  expect([chosen(), result.current.isAll]).toEqual(['abde', false]);
  act(() => result.current.toggleShown());
  act(() => result.current.toggleShown());
  expect([chosen(), result.current.ofShown]).toEqual(['', false]);
});
