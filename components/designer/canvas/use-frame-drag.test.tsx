// @vitest-environment jsdom
/** [FR2] A frame selects when it is dropped; Esc ends it, and the selection remains as it was. */
import { act, cleanup, fireEvent, renderHook } from '@testing-library/react';
import type { PointerEvent } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import type { CanvasHandle } from '@/components/canvas/saga-canvas';
import type { FlowDocument } from '@/engine/flow/document';
import { layoutFlow } from '@/engine/flow/layout/layout';
import { useFrame } from './use-frame';

afterEach(cleanup);

const steps = [{ id: 'a', kind: 'wait', title: 'a', duration: '1d' }] as unknown as FlowDocument['steps'];
const layout = { current: layoutFlow({ steps }, 'down', { edited: true }) };
const canvas = { current: { at: (point: object) => point } as unknown as CanvasHandle };

test.each(['drop', 'Escape'])('[FR2] %s', (how) => {
  const onSelect = vi.fn();
  const { result } = renderHook(() => useFrame({ canvas, layout, onSelect }));
  const pane = document.createElement('div');
  pane.className = 'react-flow__pane';
  const { x, y, width, height } = layout.current.bounds;
  const press = { target: pane, shiftKey: true, button: 0, pointerType: 'mouse', clientX: x, clientY: y };
  const quiet = { preventDefault: () => {}, stopPropagation: () => {} };
  act(() => result.current.onPointerDown({ ...press, ...quiet } as unknown as PointerEvent));
  const to = { clientX: x + width, clientY: y + height };
  fireEvent(globalThis.window, new MouseEvent('pointermove', to));
  expect(result.current.box).toMatchObject({ width, height });
  if (how === 'Escape') fireEvent.keyDown(document.body, { key: 'Escape' });
  fireEvent(globalThis.window, new MouseEvent('pointerup', to));
  expect(result.current.box).toBeNull();
  expect(onSelect.mock.calls).toEqual(how === 'Escape' ? [] : [[['a']]]);
});
