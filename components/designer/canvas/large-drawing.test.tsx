// @vitest-environment jsdom
/**
 * An edit of a large flow costs what is seen of it, not its size.
 *
 * Rules
 * [LD1] The page contains the threads, labels and marks that are in or near the view, however many steps the flow has.
 * [LD2] An edit changes only the elements of what it changed or moved.
 * [LD3] The label of a branch that has moved is put elsewhere; its menu is not drawn again.
 * [LD4] A slot that has moved is put elsewhere; the mark in it is not drawn again.
 */
import { cleanup, render } from '@testing-library/react';
import { ReactFlowProvider } from '@xyflow/react';
import { afterEach, expect, test, vi } from 'vitest';
import { stepFactsOf } from '@/components/canvas/card-model';
import { FoldMarks } from '@/components/canvas/fold-marks';
import { Scene } from '@/components/canvas/scene';
import type { FlowDocument } from '@/engine/flow/document';
import { applyGesture } from '@/engine/flow/edit/apply';
import { documentOf } from '@/engine/flow/edit/document-of';
import { draftOf, type Draft } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { layoutFlow } from '@/engine/flow/layout/layout';
import { BranchLabels } from './branch-labels';
import { Slots } from './slots';

const menus = vi.hoisted(() => ({ drawn: 0 }));
vi.mock('./branch-menu', async (original) => {
  const { BranchMenu } = await original<typeof import('./branch-menu')>();
  return {
    BranchMenu(props: Parameters<typeof BranchMenu>[0]) {
      menus.drawn++;
      return <BranchMenu {...props} />;
    },
  };
});
const icons = vi.hoisted(() => ({ drawn: 0 }));
vi.mock('lucide-react', async (original) => {
  const { Plus, ...others } = await original<typeof import('lucide-react')>();
  return {
    ...others,
    Plus(props: Parameters<typeof Plus>[0]) {
      icons.drawn++;
      return <Plus {...props} />;
    },
  };
});

afterEach(cleanup);

/** Of every three nodes one is a choice with a step in its branch. */
function flowOf(nodes: number): Draft {
  const wait = (id: string) => ({ id, kind: 'wait', title: `Wait ${id}`, duration: '1d' });
  const steps = Array.from({ length: nodes / 3 }, (_, index) => [
    wait(`w-${index}`),
    {
      id: `c-${index}`,
      kind: 'choice',
      title: `Choice ${index}`,
      branches: [{ id: `b-${index}`, title: `Branch ${index}`, when: 'true', steps: [wait(`in-${index}`)] }],
    },
  ]).flat();
  return draftOf({ ...EMPTY, steps } as unknown as FlowDocument);
}
const EMPTY = { format: 2, name: 'large', title: 'Large', input: {} };

function Drawing({ draft }: { draft: Draft }) {
  const { document } = documentOf(draft);
  const layout = layoutFlow(document, 'down', { edited: true });
  return (
    <>
      <Scene
        layout={layout}
        gone={null}
        branches={null}
        back={NO_BACK}
        previewing={false}
        settling={NO_SETTLING}
        ended={false}
      />
      <FoldMarks layout={layout} facts={stepFactsOf(document)} onFold={nothing} />
      <Slots layout={layout} nameOf={() => ''} open={null} all={false} at={null} aimed={null} onPress={nothing} />
      <BranchLabels
        layout={layout}
        draft={draft}
        document={document}
        onEdit={() => true}
        onSelect={nothing}
        onFocus={nothing}
        onField={nothing}
        onDrag={nothing}
        onMove={nothing}
        onWhyNot={nothing}
        isMoving={false}
      />
    </>
  );
}
const NO_BACK: ReadonlyMap<string | null, [number, number]> = new Map();
const NO_SETTLING = {};
const nothing = () => undefined;

function drawn(draft: Draft) {
  const { container, rerender } = render(<Drawing draft={draft} />, { wrapper: ReactFlowProvider });
  /** The elements that another state of the draft changes, adds or removes. */
  const changedBy = (operations: Operation[]): Set<Node> => {
    const outcome = applyGesture(draft, { operations });
    if (outcome.refusal) throw new Error(outcome.refusal.message);
    const changes = new MutationObserver(() => undefined);
    changes.observe(container, { subtree: true, childList: true, attributes: true, characterData: true });
    rerender(<Drawing draft={outcome.draft} />);
    return new Set(changes.takeRecords().map(({ target }) => target));
  };
  return { container, changedBy };
}
const title = (node: string, value: string, was: string): Operation => {
  return { op: 'set', target: { node }, path: ['title'], value, was };
};

test('[LD1] a flow of 600 steps has as many elements in the page as one of 60', () => {
  const few = drawn(flowOf(60)).container.querySelectorAll('*').length;
  cleanup();
  const many = drawn(flowOf(600)).container;
  expect(many.querySelectorAll('path').length).toBeGreaterThan(5);
  expect(many.querySelectorAll('[aria-label^="Branch "]').length).toBeGreaterThan(1);
  expect(many.querySelectorAll('[data-slot]').length).toBeGreaterThan(3);
  expect(many.querySelectorAll('*').length).toBe(few);
});

test('[LD2] another title of a step changes nothing of the drawing behind the cards; that of a choice changes its own', () => {
  const { changedBy } = drawn(flowOf(600));
  expect(changedBy([title('w-0', 'Another', 'Wait w-0')])).toEqual(new Set());
  const { container, changedBy: alsoBy } = drawn(flowOf(600));
  const label = container.querySelector('[title="Choice 0"]')!;
  const changed = [...alsoBy([title('c-0', 'Another', 'Choice 0')])];
  expect(changed.length).toBeGreaterThan(0);
  const isOfChoice = (node: Node) =>
    label.contains(node) || (node instanceof Element && (node.getAttribute('aria-label') ?? '').includes('Another'));
  expect(changed.every(isOfChoice)).toBe(true);
});

test('[LD2] a step that is inserted far below changes nothing that is seen', () => {
  const draft = flowOf(600);
  const { changedBy } = drawn(draft);
  const node = { id: 'new', kind: 'wait', fields: { title: 'New', duration: '1d' }, branches: [] } as const;
  const slot = { parent: null, branch: null, after: 'w-150', before: 'c-150' };
  const changed = changedBy([{ op: 'insert', node, slot }]);
  expect(changed).toEqual(new Set());
});

test('[LD4] a step that is inserted above moves the slots below it, and draws the marks of its own slots only', () => {
  const { container, changedBy } = drawn(flowOf(600));
  const seen = container.querySelectorAll('[data-slot]').length;
  icons.drawn = 0;
  const node = { id: 'new', kind: 'wait', fields: { title: 'New', duration: '1d' }, branches: [] } as const;
  changedBy([{ op: 'insert', node, slot: { parent: null, branch: null, after: 'w-0', before: 'c-0' } }]);
  expect(seen).toBeGreaterThan(6);
  expect(icons.drawn).toBeLessThanOrEqual(3);
});

test('[LD1] of the way back, one path for the whole flow, only the piece that is seen is drawn', () => {
  const withUndo = (steps: number): Draft =>
    draftOf({
      ...EMPTY,
      steps: Array.from({ length: steps }, (_, index) => ({
        id: `s-${index}`,
        kind: 'action',
        title: `Step ${index}`,
        activity: 'http.request',
        effect: 'reversible',
        undo: { title: 'Undo', activity: 'http.request' },
      })),
    } as unknown as FlowDocument);
  const paths = (draft: Draft) =>
    [...drawn(draft).container.querySelectorAll('path[stroke-dasharray]')].map((path) => path.getAttribute('d')!);
  const few = paths(withUndo(60));
  cleanup();
  const many = paths(withUndo(600));
  expect(many.join('').length).toBeGreaterThan(100);
  expect(many).toEqual(few);
});

test('[LD3] a step that is inserted above the labels of branches moves them, and draws no menu of them again', () => {
  const { container, changedBy } = drawn(flowOf(600));
  const tops = () =>
    [...container.querySelectorAll<HTMLElement>('[aria-label^="Branch "]')].map(
      (each) => each.closest<HTMLElement>('.absolute')!.style.top
    );
  const before = tops();
  menus.drawn = 0;
  const node = { id: 'new', kind: 'wait', fields: { title: 'New', duration: '1d' }, branches: [] } as const;
  changedBy([{ op: 'insert', node, slot: { parent: null, branch: null, after: null, before: 'w-0' } }]);
  expect(tops()[0]).not.toBe(before[0]);
  expect(menus.drawn).toBe(0);
});
