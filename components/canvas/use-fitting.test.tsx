// @vitest-environment jsdom
/**
 * [UFT1] A drawing is made to fit when its view first has a size and when the person asks; a view that is resized
 *        changes nothing.
 * [UFT2] Trouble is not hidden: a fold in which a step fails is opened, and remains open. What went wrong before, what
 *        is selected and what a closed run has left are not folded.
 * [UFT3] What the person opens is open on the next page as well, until the person asks for the drawing to fit.
 * [UFT4] Of a drawing that is edited nothing is folded, but branches are put below each other.
 */
import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import type { FlowDocument } from '@/engine/flow/document';
import { parseFlow } from '@/engine/flow/testing/flow';
import type { Ledger, NodeState, NodeView, RunFacts } from '@/engine/run-view/model';
import { useFitting } from './use-fitting';
import { useFolds } from './use-folds';

const view = vi.hoisted(() => ({ width: 0, height: 0 }));
vi.mock('./camera', async (original) => ({ ...(await original<object>()), useSize: () => ({ ...view }) }));

afterEach(() => {
  cleanup();
  localStorage.clear();
});

/** A fork inside a frame inside a fork: too wide for a narrow view, even if it is stacked. */
const step = (id: string) => ({ id, kind: 'wait', title: id, duration: '1d' });
const document: FlowDocument = parseFlow({
  format: 2,
  name: 'wide',
  title: 'Wide',
  input: { type: 'object', properties: {} },
  steps: [
    step('first'),
    {
      id: 'fork',
      kind: 'parallel',
      title: 'Fork',
      unwind: 'reverse',
      branches: ['a', 'b', 'c'].map((id) => ({
        id,
        title: id,
        steps: [{ id: `frame-${id}`, kind: 'group', title: 'Frame', steps: [step(`in-${id}`)] }],
      })),
    },
  ],
});

const NARROW = 230;
const WIDE = 2_000;
interface Shown {
  states?: Record<string, NodeView>;
  ledger?: Ledger;
  status?: RunFacts['status'];
  selected?: string | null;
  keep?: readonly string[];
  edited?: boolean;
}
function shown(first: Shown = {}) {
  const hook = renderHook(
    ({ states, ledger, status, selected = null, keep = [], edited = false }: Shown) => {
      const folds = useFolds('wide');
      const linings = new Set<string>();
      const given = { states, ledger, status, selected, keep, folds, edited };
      return useFitting({ document, direction: 'down', linings, ...given });
    },
    { initialProps: first }
  );
  const folded = () => [...(hook.result.current.folds?.folded ?? [])].filter((key) => !key.startsWith('!')).sort();
  return { ...hook, folded, resize: (width: number) => Object.assign(view, { width, height: 900 }) };
}
const inState = (nodeId: string, state: NodeState, more: Partial<NodeView> = {}): Record<string, NodeView> => ({
  [nodeId]: { nodeId, state, fault: null, ledger: null, startedMs: 0, endedMs: null, attempt: 1, ...more } as NodeView,
});
const standing = (nodeId: string) =>
  ({ entries: [{ nodeId, activityId: nodeId, state: 'standing', happened: 'yes' }] }) as unknown as Ledger;

test('[UFT1] a drawing is made to fit at its first size and when the person asks, not when the view is resized', () => {
  Object.assign(view, { width: 0, height: 0 });
  const { result, rerender, folded, resize } = shown();
  expect(folded()).toEqual([]);
  resize(NARROW);
  rerender({});
  const first = folded();
  expect(first.length).toBeGreaterThan(0);
  resize(WIDE);
  rerender({});
  expect(folded()).toEqual(first);
  act(() => result.current.ask());
  expect(folded()).toEqual([]);
  expect(result.current.stacked.size).toBe(0);
  resize(420);
  act(() => result.current.ask());
  expect(folded()).toEqual([]);
  expect([...result.current.stacked]).toEqual(['fork']);
});

test('[UFT4] nothing of a drawing that is edited is folded, but its branches may be below each other', () => {
  Object.assign(view, { width: NARROW, height: 900 });
  const narrow = shown({ edited: true });
  expect(narrow.folded()).toEqual([]);
  expect(narrow.result.current.stacked.size).toBe(0);
  narrow.unmount();
  Object.assign(view, { width: 420, height: 900 });
  const { folded, result } = shown({ edited: true });
  expect(folded()).toEqual([]);
  expect([...result.current.stacked]).toEqual(['fork']);
});

test('[UFT2] a step that fails opens the fold that it is in, and the fold remains open', () => {
  Object.assign(view, { width: NARROW, height: 900 });
  const { folded, rerender } = shown({ states: inState('first', 'running'), status: 'running' });
  const before = folded();
  expect(before.length).toBeGreaterThan(0);
  rerender({ states: inState('in-b', 'running'), status: 'running' });
  expect(folded()).toEqual(before);
  rerender({ states: inState('in-b', 'failed', { fault: 'failed' }), status: 'running' });
  const open = folded();
  expect(open).toEqual(before.filter((key) => key !== 'fork' && key !== 'frame-b'));
  expect(open).not.toEqual(before);
  rerender({ states: inState('in-b', 'done'), status: 'running' });
  expect(folded()).toEqual(open);
});

test.each<[string, Shown]>([
  ['went wrong', { states: inState('in-b', 'done', { fault: 'failed' }), status: 'running' }],
  ['is selected', { selected: 'in-b' }],
  ['must be seen, as a change in a comparison must', { keep: ['in-b'] }],
  ['a failed run has left', { states: inState('in-b', 'done'), ledger: standing('in-b'), status: 'failed' }],
])('[UFT2] what %s is not folded', (_, shows) => {
  Object.assign(view, { width: NARROW, height: 900 });
  const { folded } = shown(shows);
  expect(folded()).not.toContain('fork');
  expect(folded()).not.toContain('frame-b');
});

test('[UFT3] what the person opens is open on the next page as well, until the person asks', () => {
  Object.assign(view, { width: NARROW, height: 900 });
  const first = shown();
  const before = first.folded();
  expect(before.length).toBeGreaterThan(0);
  act(() => first.result.current.folds!.unfold(before[0]!));
  expect(first.folded()).not.toContain(before[0]);
  first.unmount();
  const second = shown();
  expect(second.folded()).not.toContain(before[0]);
  act(() => second.result.current.ask());
  expect(second.folded()).toEqual(before);
});
