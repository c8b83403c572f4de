/**
 * The part of the drawing that is seen first (viewOf), and how much of each card is drawn (levelOf).
 *
 * Rules
 * [VO1] What fits is shown as a whole, in the middle, never larger than it is drawn.
 * [VO2] What does not fit is never shown smaller than it can be read; its start is shown.
 * [VO5] Of a drawing that is too wide, what handles the failures of its first steps is seen as a whole.
 * [VO4] A drawing at the limit of a level keeps its level when its view is moved.
 * [VO6] A view of the width that is needed to read a drawing shows it from side to side.
 * [VO7] The node that is selected keeps its place on the screen; if an edit inserts or removes it, the one that was
 *       selected before.
 * [VO3] The node that matters now is inside the view, and no side shows emptiness that the drawing could fill.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FlowLayout } from '@/engine/flow/layout/layout';
import { layoutFlow } from '@/engine/flow/layout/layout';
import type { FlowDocument } from '@/engine/flow/document';
import { orderDocument } from '@/engine/run-view/testing/order';
import { levelOf, movedUnder, viewOf, widthToRead } from './camera';

/** `count` steps behind each other. */
const long = (count: number): FlowDocument => {
  const [step] = orderDocument.steps;
  return { ...orderDocument, steps: Array.from({ length: count }, (_, at) => ({ ...step!, id: `step-${at}` })) };
};
const MARGIN = 24;
const CONTROLS = 52;
type Size = { width: number; height: number };
type View = ReturnType<typeof viewOf>;
const onScreen = ({ x, y, zoom }: View, box: { x: number; y: number; width: number; height: number }) => ({
  left: x + box.x * zoom,
  right: x + (box.x + box.width) * zoom,
  top: y + box.y * zoom,
  bottom: y + (box.y + box.height) * zoom,
});
const layouts: Record<string, FlowLayout> = {
  'order, down': layoutFlow(orderDocument, 'down'),
  'order, sideways': layoutFlow(orderDocument, 'sideways'),
  'thirty steps, down': layoutFlow(long(30), 'down'),
  'thirty steps, sideways': layoutFlow(long(30), 'sideways'),
};

test('[VO1] a drawing that fits is in the middle at its own size', () => {
  const layout = layouts['order, down']!;
  const size = { width: 4_000, height: 4_000 };
  const view = viewOf(layout, size, null);
  const { left, right, top, bottom } = onScreen(view, layout.bounds);
  expect(view.zoom).toBe(1);
  expect(left).toBeCloseTo(size.width - right);
  expect(top - MARGIN).toBeCloseTo(size.height - CONTROLS - bottom);
});

test.each([
  ['thirty steps, down', { width: 900, height: 700 }],
  ['thirty steps, sideways', { width: 900, height: 700 }],
])('[VO2] %s: the start is shown, large enough to be read', (name, size) => {
  const layout = layouts[name]!;
  const view = viewOf(layout, size, null);
  expect(view.zoom).toBeGreaterThanOrEqual(0.6);
  const first = onScreen(view, layout.cards[0]!);
  expect(first.left).toBeGreaterThanOrEqual(0);
  expect(first.top).toBeGreaterThanOrEqual(0);
  expect(first.right).toBeLessThanOrEqual(size.width);
  expect(first.bottom).toBeLessThanOrEqual(size.height - CONTROLS);
});

test.each([560, 640, 730])('[VO5] the handler of the first step is seen as a whole, %s px wide', (width) => {
  const [first] = orderDocument.steps;
  const handled = {
    ...first!,
    id: 'first',
    catch: [{ id: 'catch-0', types: ['Declined'], scope: 'undo', then: [first] }],
  };
  const branch = (id: string) => {
    return { id, title: id, steps: [{ ...first!, id: `in-${id}` }] };
  };
  const wide = { ...orderDocument.steps[0]!, id: 'wide', kind: 'parallel', branches: ['a', 'b', 'c'].map(branch) };
  const layout = layoutFlow({ steps: [handled, wide] as FlowDocument['steps'] }, 'down', { edited: true });
  const size = { width, height: 700 };
  const view = viewOf(layout, size, null);
  expect(layout.bounds.width * view.zoom).toBeGreaterThan(width - 2 * MARGIN);
  const label = layout.labels.find(({ role }) => role === 'catch')!;
  for (const box of [label, ...layout.cards.filter(({ id }) => id === 'first')]) {
    const { left, right } = onScreen(view, box);
    expect(left).toBeGreaterThanOrEqual(0);
    expect(right).toBeLessThanOrEqual(width);
  }
});

const sizes = fc.record<Size>({
  width: fc.integer({ min: 360, max: 2_600 }),
  height: fc.integer({ min: 300, max: 1_600 }),
});
test('[VO3] whatever the size, the node that matters is inside the view, and nothing is shown beyond the drawing', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(layouts)), sizes, fc.nat(), (name, size, pick) => {
      const layout = layouts[name]!;
      const card = layout.cards[pick % layout.cards.length]!;
      const view = viewOf(layout, size, card.id);
      expect(view.zoom).toBeGreaterThanOrEqual(0.6);
      expect(view.zoom).toBeLessThanOrEqual(1);
      const middle = onScreen(view, { x: card.x + card.width / 2, y: card.y + card.height / 2, width: 0, height: 0 });
      expect(middle.left).toBeGreaterThanOrEqual(0);
      expect(middle.left).toBeLessThanOrEqual(size.width);
      expect(middle.top).toBeGreaterThanOrEqual(0);
      expect(middle.top).toBeLessThanOrEqual(size.height);
      const all = onScreen(view, layout.bounds);
      // A side that is further inside than the margin is only possible if the whole drawing fits this way.
      const width = layout.bounds.width * view.zoom;
      const height = layout.bounds.height * view.zoom;
      if (width > size.width - 2 * MARGIN) {
        expect(all.left).toBeLessThanOrEqual(MARGIN + 0.01);
        expect(all.right).toBeGreaterThanOrEqual(size.width - MARGIN - 0.01);
      }
      if (height > size.height - MARGIN - CONTROLS) {
        expect(all.top).toBeLessThanOrEqual(MARGIN + 0.01);
        expect(all.bottom).toBeGreaterThanOrEqual(size.height - CONTROLS - 0.01);
      }
    })
  );
});

test('[VO4] rounding of the zoom changes no card', () => {
  const { zoom } = viewOf(layouts['thirty steps, down']!, { width: 200, height: 300 }, null);
  expect(zoom).toBe(0.6);
  expect(levelOf(zoom)).toBe('half');
  expect(levelOf(zoom - 1e-6)).toBe('half');
  expect(levelOf(0.59)).toBe('middle');
});

test.each([1, 2, 3])('[VO6] %i more branches are seen whole in the width that they need', (count) => {
  const [step] = orderDocument.steps;
  const branches = Array.from({ length: count + 1 }, (_, at) => ({
    id: `way-${at}`,
    title: 'Way',
    steps: [{ ...step!, id: `step-${at}` }],
  }));
  const fork = { id: 'fork', title: 'All', kind: 'parallel', branches, unwind: 'reverse' } as const;
  const layout = layoutFlow({ ...orderDocument, steps: [fork] }, 'down');
  const width = widthToRead(layout);
  const view = viewOf(layout, { width, height: 300 }, null);
  const { left, right } = onScreen(view, layout.bounds);
  expect(view.zoom).toBeGreaterThanOrEqual(0.6);
  expect(left).toBeGreaterThanOrEqual(0);
  expect(right).toBeLessThanOrEqual(width);
});

test('[VO7] what an edit moves is measured at the selected node, or at the one that was selected before', () => {
  const before = layoutFlow(long(3), 'down');
  const [first, ...others] = long(3).steps;
  const group = { id: 'new', title: 'New', kind: 'group', steps: [first!] } as FlowDocument['steps'][number];
  const wrapped = layoutFlow({ ...long(3), steps: [group, ...others] }, 'down');
  const at = ({ cards }: FlowLayout, id: string) => cards.find((card) => card.id === id)!;
  const moved = at(wrapped, 'step-0').y - at(before, 'step-0').y;
  expect(moved).toBeGreaterThan(0);
  for (const [from, to, y] of [
    [before, wrapped, moved],
    [wrapped, before, -moved],
  ] as const)
    expect(movedUnder(from, to, ['new', 'step-0', 'step-1'])?.y).toBe(y);
  expect(movedUnder(before, before, ['step-0'])).toBeNull();
  expect(movedUnder(before, wrapped, ['new'])).toBeNull();
  expect(movedUnder(before, layoutFlow(long(3), 'sideways'), ['step-0'])).toBeNull();
});
