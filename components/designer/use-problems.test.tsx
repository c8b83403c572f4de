// @vitest-environment jsdom
import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NOTHING_DELETED } from '@/engine/flow/edit/deleted';
import type { Draft } from '@/engine/flow/edit/draft';
import { useProblems } from './use-problems';

const looked = vi.hoisted(() => ({ times: 0 }));
vi.mock('@/engine/flow/edit/problems', async (original) => {
  const { problemsOf, ...others } = await original<typeof import('@/engine/flow/edit/problems')>();
  return { ...others, problemsOf: (...of: Parameters<typeof problemsOf>) => (looked.times++, problemsOf(...of)) };
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const draftCalled = (title: string): Draft => ({
  flow: { name: 'test', title, input: { type: 'object' } },
  steps: [{ id: 'pause', kind: 'wait', fields: { title: 'Pause', duration: 'never' }, branches: [] }],
  tray: [],
});

test('[UPR1] the problems of a draft are looked for after it was painted, and again for each further draft', () => {
  const { result, rerender } = renderHook(({ draft }) => useProblems(draft, EMPTY, NONE, NOTHING_DELETED), {
    initialProps: { draft: draftCalled('First') },
  });
  expect([result.current, looked.times]).toEqual([null, 0]);
  act(() => vi.runAllTimers());
  expect(result.current?.some(({ nodeId }) => nodeId === 'pause')).toBe(true);
  expect(looked.times).toBe(1);
  rerender({ draft: draftCalled('Second') });
  expect(looked.times).toBe(2);
});
const EMPTY = {};
const NONE: readonly never[] = [];
