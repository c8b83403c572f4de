// @vitest-environment jsdom
/** Rule [CPM3] is stated in pivot-moves.ts: here the line is dragged by the pointer. */
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { ReactFlowProvider } from '@xyflow/react';
import { useRef } from 'react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CanvasHandle } from '@/components/canvas/saga-canvas';
import { applyGesture } from '@/engine/flow/edit/apply';
import { documentOf } from '@/engine/flow/edit/document-of';
import { draftNodes, type Draft, type DraftNode } from '@/engine/flow/edit/draft';
import { layoutFlow, type FlowLayout } from '@/engine/flow/layout/layout';
import { CanvasOverlay } from './canvas-overlay';
import { Ghost } from './ghost';
import type { Edit } from './node-actions';
import { isPivot } from './pivot-moves';
import { useDrops } from './use-drops';

beforeEach(() => {
  document.elementFromPoint = () => null;
});
afterEach(cleanup);

const step = (id: string, more = {}): DraftNode => {
  return { id, kind: 'action', fields: { title: id, activity: 'http.request', effect: 'none', ...more }, branches: [] };
};
const pause: DraftNode = { id: 'pause', kind: 'wait', fields: { title: 'pause', duration: '1d' }, branches: [] };
const draft: Draft = {
  flow: { title: 'Shop' },
  steps: [step('one'), pause, step('two', { pivot: true }), step('three')],
  tray: [],
};
const { document: flow } = documentOf(draft);
const layout = layoutFlow(flow, 'down', { edited: true });
/** Pixels of the window are those of the drawing here. */
const canvas = {
  at: (point: { x: number; y: number }) => point,
  zoom: () => 1,
  pan: () => {},
} as unknown as CanvasHandle;
const bounds = { left: -2_000, top: -2_000, right: 2_000, bottom: 2_000 };

function Drawing({ onEdit }: { onEdit: (edit: Edit) => void }) {
  const drawn = useRef<FlowLayout | null>(layout);
  const frame = useRef({ getBoundingClientRect: () => bounds } as HTMLElement);
  const drops = useDrops({
    draft,
    flow,
    catalogue: {},
    isAfterPivot: () => false,
    canvas: useRef<CanvasHandle | null>(canvas),
    frame,
    layout: drawn,
    edit: (edit) => {
      if (edit) onEdit(edit);
      return true;
    },
    onBranchMoved: nothing,
  });
  return (
    <>
      <CanvasOverlay
        layout={layout}
        draft={draft}
        flow={flow}
        catalogue={{}}
        selection={{ primary: null, part: 'step', also: [] }}
        readOnly={null}
        problems={[]}
        others={[]}
        drops={drops}
        acts={() => new Map()}
        isPreview={false}
        open={null}
        renaming={null}
        outcomeOf={null}
        onOutcome={nothing}
        onRenamed={nothing}
        onPress={nothing}
        onProblem={nothing}
        onEdit={() => true}
        onSelect={nothing}
        onFocus={nothing}
        onDrag={drops.onPointerDown}
        onMoveBranch={nothing}
        onWhyNot={nothing}
      />
      {drops.moving && drops.ghost ? <Ghost moving={drops.moving} draft={draft} {...drops.ghost} /> : null}
    </>
  );
}
const nothing = () => undefined;

function dragged() {
  const made: Edit[] = [];
  render(<Drawing onEdit={(edit) => made.push(edit)} />, { wrapper: ReactFlowProvider });
  const behind = (id: string | null) => layout.slots.find(({ after }) => after === id)!.at;
  const to = ({ x, y }: { x: number; y: number }, how: 'pointermove' | 'pointerup' = 'pointermove') =>
    fireEvent(globalThis.window, new MouseEvent(how, { clientX: x + 70, clientY: y + 4 }));
  const take = (line: Element) => {
    const { x, y } = behind('two');
    fireEvent(line, new MouseEvent('pointerdown', { bubbles: true, button: 0, clientX: x, clientY: y - 20 }));
  };
  return { made, behind, to, take };
}
const line = () => document.querySelector('[data-pivot-line="two"]')!;
const target = () => document.querySelector('[data-pivot-target]');

test('[CPM3] the line is dragged to behind another step of its sequence, as one edit', () => {
  const { made, behind, to, take } = dragged();
  take(line());
  to(behind('three'));
  expect(screen.getByText("Behind 'three'")).toBeTruthy();
  expect(target()!.className).toContain('border-ink');
  to(behind('one'));
  expect(screen.getByText("Behind 'one'")).toBeTruthy();
  to(behind('one'), 'pointerup');
  expect(made.map(({ select }) => select)).toEqual(['one']);
  const outcome = applyGesture({ ...draft }, made[0]!);
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  const pivots = draftNodes(outcome.draft).filter(isPivot);
  expect(pivots.map(({ id }) => id)).toEqual(['one']);
  expect(target()).toBeNull();
});

test('[CPM3] a place that is not possible gives its reason at the pointer, and a drop there changes nothing', () => {
  const { made, behind, to, take } = dragged();
  take(line());
  to(behind('pause'));
  expect(screen.getByText('Only a step that calls something can be the point of no return.')).toBeTruthy();
  expect(target()!.className).toContain('border-fail');
  to(behind(null));
  expect(screen.getByText('The point of no return is behind a step.')).toBeTruthy();
  to(behind('two'));
  expect(screen.getByText('It is here already')).toBeTruthy();
  to(behind('pause'));
  to(behind('pause'), 'pointerup');
  expect(made).toEqual([]);
});

test('[CPM3] Escape leaves the line where it is; the flag can be dragged too, and a click on it opens its menu', () => {
  const { made, behind, to, take } = dragged();
  const flag = screen.getByRole('button', { name: "Point of no return, behind 'two'" });
  take(flag);
  to(behind('three'));
  expect(target()).not.toBeNull();
  fireEvent.keyDown(document.body, { key: 'Escape' });
  expect(target()).toBeNull();
  to(behind('three'), 'pointerup');
  expect(made).toEqual([]);
  expect(screen.queryByRole('menu')).toBeNull();
  fireEvent.keyDown(screen.getByRole('button', { name: "Point of no return, behind 'two'" }), { key: 'Enter' });
  expect(screen.getByRole('menu').textContent).toContain('Remove the point of no return');
});
