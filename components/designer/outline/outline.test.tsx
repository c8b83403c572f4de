// @vitest-environment jsdom
/**
 * Rules
 * [OUT1] Every step is a row, in the order of the drawing, with its level, its place among its siblings, what it does
 *   and how it is undone; the steps of a branch are in the branch, those of a frame in the frame.
 * [OUT2] The arrow keys move, open and close as in every tree, and what they reach is selected; Enter goes to it.
 * [OUT3] What is selected elsewhere is shown, in a closed branch as well.
 * [OUT4] Of a large flow only the visible rows are in the page.
 */
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { stepFactsOf } from '@/components/canvas/card-model';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import type { FlowDocument, FlowNode } from '@/engine/flow/document';
import { OutlinePanel } from './outline-panel';
import { outlineRows } from './outline-rows';

beforeEach(() => {
  answerForLayout();
  Element.prototype.scrollTo = () => {};
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(240);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(240);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const wait = (id: string, title: string): FlowNode => ({ id, kind: 'wait', title, duration: '1h' });
const steps: FlowNode[] = [
  {
    id: 'charge',
    kind: 'action',
    title: 'Charge',
    activity: 'http.request',
    input: {},
    effect: 'reversible',
    undo: { title: 'Refund', activity: 'http.request', input: {}, armed: 'completed' },
  },
  {
    id: 'both',
    kind: 'parallel',
    title: 'Both',
    unwind: 'reverse',
    branches: [
      { id: 'left', title: 'Left', steps: [wait('l-1', 'Rest'), wait('l-2', 'Sleep')] },
      { id: 'right', title: 'Right', steps: [] },
    ],
  },
  { id: 'scope', kind: 'group', title: 'Scope', steps: [wait('s-1', 'Pause')] },
];
const document = { steps } as FlowDocument;
const closedNone: ReadonlySet<string> = new Set();

it('[OUT1] steps, branches and frames are nested as they are drawn', () => {
  const rows = outlineRows(document, { facts: stepFactsOf(document), closed: closedNone });
  expect(rows.map(({ title, level, position, siblings }) => [title, level, `${position}/${siblings}`])).toEqual([
    ['Charge', 1, '1/3'],
    ['Both', 1, '2/3'],
    ['Left', 2, '1/2'],
    ['Rest', 3, '1/2'],
    ['Sleep', 3, '2/2'],
    ['Right', 2, '2/2'],
    ['Scope', 1, '3/3'],
    ['Pause', 2, '1/1'],
  ]);
  expect(rows[0]!.says).toContain('undo: Refund');
  expect(rows.map(({ isOpen }) => isOpen)).toEqual([null, true, true, null, null, null, true, null]);
});

const seen: string[] = [];
function Designer({ of = document, first = null }: { of?: FlowDocument; first?: string | null }) {
  const [selected, setSelected] = useState<string | null>(first);
  return (
    <>
      <button onClick={() => setSelected('l-2')}>Elsewhere</button>
      <OutlinePanel
        document={of}
        declared={null}
        problems={[]}
        selected={selected}
        onSelect={setSelected}
        onGo={(id) => seen.push(id)}
      />
    </>
  );
}
const active = () =>
  window.document.getElementById(screen.getByRole('tree').getAttribute('aria-activedescendant') ?? '')?.textContent;
const selected = () => screen.queryByRole('treeitem', { selected: true })?.textContent;

it('[OUT2] keys move, close, open, and Enter goes to the step', async () => {
  seen.length = 0;
  render(<Designer />);
  screen.getByRole('tree').focus();
  await userEvent.keyboard('{ArrowDown}');
  expect(active()).toContain('Both');
  expect(selected()).toContain('Both');
  await userEvent.keyboard('{ArrowRight}');
  expect(active()).toContain('Left');
  // A branch belongs to its step.
  expect(selected()).toContain('Both');
  await userEvent.keyboard('{ArrowLeft}');
  expect(screen.queryByRole('treeitem', { name: /Rest/ })).toBe(null);
  await userEvent.keyboard('{ArrowLeft}');
  expect(active()).toContain('Both');
  await userEvent.keyboard('{End}p{ArrowLeft}c{Enter}');
  expect(seen).toEqual(['charge']);
});

it('[OUT3] a step that is selected in the drawing opens the branch that it is in', async () => {
  render(<Designer />);
  screen.getByRole('tree').focus();
  await userEvent.keyboard('{ArrowDown}{ArrowLeft}');
  expect(screen.queryByRole('treeitem', { name: /Sleep/ })).toBe(null);
  await userEvent.click(screen.getByRole('button', { name: 'Elsewhere' }));
  expect(selected()).toContain('Sleep');
  expect(active()).toContain('Sleep');
});

it('[OUT4] of 500 steps those that are seen are in the page', () => {
  const many = Array.from({ length: 500 }, (_, index) => wait(`w-${index}`, `Wait ${index}`));
  render(<Designer of={{ steps: many } as FlowDocument} />);
  expect(screen.getAllByRole('treeitem').length).toBeLessThan(40);
  expect(screen.getAllByRole('treeitem')[0]!.getAttribute('aria-setsize')).toBe('500');
});
