// @vitest-environment jsdom
/**
 * [FH1] '-' folds what has the focus and '+' unfolds it; the focus remains on it.
 * [FH2] What is selected inside a fold is unfolded; when it is folded itself, its card is selected.
 * [FH3] Folds are remembered in this browser by the name of the drawing, follow a renamed id, and a damaged memory is
 *       empty.
 */
import { act, cleanup, renderHook } from '@testing-library/react';
import type { KeyboardEvent } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { layoutFlow } from '@/engine/flow/layout/layout';
import { orderDocument } from '@/engine/run-view/testing/order';
import { useFolding } from './use-folding';
import { useFolds } from './use-folds';

beforeEach(() => void vi.stubGlobal('requestAnimationFrame', (run: () => void) => run()));
afterEach(() => {
  vi.unstubAllGlobals();
  cleanup();
  localStorage.clear();
});
const fork = orderDocument.steps.find(({ kind }) => kind === 'parallel')!.id;
const inside = 'create-shipment';

function drawn(selected: string | null) {
  const onSelect = vi.fn();
  const focus = vi.fn();
  const hook = renderHook(
    (at: string | null) => {
      const folds = useFolds('order');
      const layout = layoutFlow(orderDocument, 'down', { folded: folds.folded });
      const folding = useFolding({ document: orderDocument, layout, folds, selected: at, onSelect, focus });
      return { folds, folding };
    },
    { initialProps: selected }
  );
  const press = (key: string, id: string) => {
    const event = { key, preventDefault() {}, stopPropagation() {} } as unknown as KeyboardEvent;
    let handled = false;
    act(() => void (handled = hook.result.current.folding.onKey(event, { id, part: 'face' })));
    return handled;
  };
  return { ...hook, press, onSelect, focus, folded: () => [...hook.result.current.folds.folded] };
}

test('[FH1] the keys fold and unfold what has the focus', () => {
  const { press, folded, focus } = drawn(null);
  expect(press('-', fork)).toBe(true);
  expect(folded()).toEqual([fork]);
  expect(focus).toHaveBeenLastCalledWith({ id: fork, part: 'face' });
  expect(press('+', fork)).toBe(true);
  expect(folded()).toEqual([]);
  expect(press('x', fork)).toBe(false);
});

test('[FH2] a selection inside a fold unfolds it, and what is folded around the selection is selected', () => {
  const { press, folded, onSelect, rerender } = drawn(inside);
  press('-', fork);
  expect(folded()).toEqual([fork]);
  expect(onSelect).toHaveBeenLastCalledWith(fork);
  rerender(fork);
  expect(folded()).toEqual([fork]);
  rerender(inside);
  expect(folded()).toEqual([]);
});

test('[FH3] folds are remembered by the name of the drawing and follow a renamed id', () => {
  const first = renderHook(() => useFolds('one'));
  act(() => first.result.current.fold('a', 'a..b'));
  act(() => first.result.current.rename('a', 'c'));
  first.unmount();
  expect([...renderHook(() => useFolds('one')).result.current.folded]).toEqual(['c', 'c..b']);
  expect([...renderHook(() => useFolds('other')).result.current.folded]).toEqual([]);
  localStorage.setItem('folds:damaged', '{"a":');
  expect([...renderHook(() => useFolds('damaged')).result.current.folded]).toEqual([]);
});
