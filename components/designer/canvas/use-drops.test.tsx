// @vitest-environment jsdom
/** [CDR1] What is dropped on the tray is what was dragged, whatever is selected. */
import { act, cleanup, fireEvent, renderHook } from '@testing-library/react';
import type { PointerEvent } from 'react';
import { afterEach, expect, test } from 'vitest';
import type { CanvasHandle } from '@/components/canvas/saga-canvas';
import { documentOf } from '@/engine/flow/edit/document-of';
import type { Draft, DraftNode } from '@/engine/flow/edit/draft';
import { layoutFlow } from '@/engine/flow/layout/layout';
import type { Edit } from './node-actions';
import { useDrops } from './use-drops';

afterEach(cleanup);

const step = (id: string): DraftNode => ({ id, kind: 'wait', fields: { title: id, duration: '1s' }, branches: [] });
const draft: Draft = { flow: { title: 'Shop' }, steps: [step('one'), step('two')], tray: [step('aside')] };
const { document: flow } = documentOf(draft);

test.each([
  ['two', ['two']],
  ['aside', []],
])('[CDR1] %s is dropped on the tray', (dragged, moved) => {
  const made: Edit[] = [];
  const tray = document.createElement('div');
  tray.dataset.tray = '';
  document.elementFromPoint = () => tray;
  const { result } = renderHook(() =>
    useDrops({
      draft,
      flow,
      catalogue: {},
      isAfterPivot: () => false,
      canvas: { current: { at: (point: object) => point, zoom: () => 1 } as unknown as CanvasHandle },
      frame: { current: document.body },
      layout: { current: layoutFlow(flow, 'down', { edited: true }) },
      edit: (edit) => made.push(edit!) > 0,
      onBranchMoved: () => undefined,
    })
  );
  const press = { button: 0, pointerType: 'mouse', clientX: 0, clientY: 0 } as PointerEvent;
  act(() => result.current.onPointerDown(press, { kind: 'nodes', ids: [dragged] }));
  for (const how of ['pointermove', 'pointerup'])
    fireEvent(globalThis.window, new MouseEvent(how, { clientX: 50, clientY: 50 }));
  expect(made.flatMap(({ operations }) => operations.map((each) => ('id' in each ? each.id : null)))).toEqual(moved);
});
