// @vitest-environment jsdom
/**
 * Rules
 * [SGC1] Keys in a menu that the drawing has opened are those of the menu: they move nothing in the drawing.
 * [SGC2] A selection draws two cards again: the one that was selected and the one that is. Another title draws its own
 * card.
 * [SGC3] An edit or a selection draws no control of the view again.
 */
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FlowDocument } from '@/engine/flow/document';
import { applyGesture } from '@/engine/flow/edit/apply';
import { documentOf } from '@/engine/flow/edit/document-of';
import { draftOf } from '@/engine/flow/edit/draft';
import { slotOf } from '@/engine/flow/edit/places';
import { SagaCanvas, type CanvasEditing } from './saga-canvas';

/** Every button with a sign is drawn with its hint. */
const hints = vi.hoisted(() => [] as unknown[]);
vi.mock('@/components/ui/tooltip', () => ({
  Tooltip: ({ content, children }: { content: unknown; children: ReactNode }) => {
    hints.push(content);
    return children;
  },
}));
/** Cards ask for the sign of their kind once in a rendering. */
const drawn = vi.hoisted(() => [] as string[]);
vi.mock('./kind-icon', () => ({
  KindIcon: ({ node }: { node: { id: string } }) => {
    drawn.push(node.id);
    return null;
  },
}));

beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = () => {};
      unobserve = () => {};
      disconnect = () => {};
    }
  );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const draft = draftOf({
  format: 2,
  name: 'steps',
  title: 'Steps',
  input: {},
  steps: Array.from({ length: 20 }, (_, index) => ({
    id: `s-${index}`,
    kind: 'wait',
    title: `Step ${index}`,
    duration: '1d',
  })),
} as unknown as FlowDocument);

function shownCanvas(overlay: CanvasEditing['overlay'] = () => null) {
  const keys: string[] = [];
  const selections: (string | null)[] = [];
  const editing: CanvasEditing = {
    overlay,
    onKey: ({ key }) => keys.push(key) < 0,
    anchor: null,
    also: NOTHING,
    problems: NO_PROBLEMS,
  };
  const canvas = (of = draft, selected: string | null = null) => (
    <SagaCanvas
      document={documentOf(of).document}
      selected={selected}
      onSelect={(id) => selections.push(id)}
      editing={editing}
    />
  );
  const { rerender } = render(canvas());
  /** The cards that another state of the drawing draws again. */
  const drawnBy = (of: typeof draft, selected: string | null) => {
    drawn.length = 0;
    hints.length = 0;
    rerender(canvas(of, selected));
    return [...drawn].sort();
  };
  return { keys, selections, drawnBy };
}
const NOTHING: ReadonlySet<string> = new Set();
const NO_PROBLEMS: CanvasEditing['problems'] = new Map();

test('[SGC1] a key in a menu that the drawing opened does nothing in the drawing', () => {
  const { keys, selections } = shownCanvas(() =>
    createPortal(<button type="button">Entry</button>, globalThis.document.body)
  );
  fireEvent.keyDown(screen.getByRole('button', { name: 'Entry' }), { key: 'ArrowDown' });
  fireEvent.keyDown(screen.getByRole('button', { name: 'Entry' }), { key: 'Escape' });
  expect([keys, selections]).toEqual([[], []]);
  fireEvent.keyDown(globalThis.document.querySelector('#face-s-3')!, { key: 'ArrowDown' });
  expect(keys).toEqual(['ArrowDown']);
  expect(selections).toHaveLength(1);
});

test('[SGC2] a selection draws two cards again, and another title one', () => {
  const { drawnBy } = shownCanvas();
  expect(globalThis.document.querySelectorAll('[id^="face-"]')).toHaveLength(20);
  drawnBy(draft, 's-0');
  expect(drawnBy(draft, 's-7')).toEqual(['s-0', 's-7']);
  const outcome = applyGesture(
    { ...draft },
    { operations: [{ op: 'set', target: { node: 's-4' }, path: ['title'], value: 'Another', was: 'Step 4' }] }
  );
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  expect(drawnBy(outcome.draft, 's-7')).toEqual(['s-4']);
});

test('[SGC3] an edit, or a selection, draws no control of the view again', () => {
  const { drawnBy } = shownCanvas();
  expect(hints).toContain('Fit the drawing');
  const outcome = applyGesture(draft, {
    operations: [{ op: 'remove', id: 's-4', was: draft.steps[4]!, from: slotOf(draft, 's-4') }],
  });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  expect(drawnBy(outcome.draft, 's-5')).toEqual(['s-0', 's-5']);
  expect(hints).toEqual([]);
});
