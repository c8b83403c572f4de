// @vitest-environment jsdom
/** Rules of code that is read. */
import { EditorView } from '@codemirror/view';
import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import CodeView from './code-view';

afterEach(cleanup);

const LINES = 7_000;
const text = Array.from({ length: LINES }, (_, index) => `const line${index + 1} = ${index + 1};`).join('\n');

function show(lit: readonly [number, number] | null) {
  const onLine = vi.fn();
  const props = { text, compareWith: null, onLine, label: 'Code' };
  const { container, rerender } = render(<CodeView {...props} lit={lit} />);
  const view = EditorView.findFromDOM(container.querySelector<HTMLElement>('.cm-editor')!)!;
  return { container, view, onLine, mark: (next: typeof lit) => rerender(<CodeView {...props} lit={next} />) };
}
const marked = (view: EditorView): string[] =>
  [...view.contentDOM.querySelectorAll('.cm-lit')].map((line) => line.textContent);

test('[CVW1] of 7,000 lines those near the view are in the page, and marking others makes no more', () => {
  const { container, view, mark } = show([1, 2]);
  const count = () => container.querySelectorAll('*').length;
  expect(marked(view)).toEqual(['const line1 = 1;', 'const line2 = 2;']);
  expect(view.state.doc.lines).toBe(LINES);
  const before = count();
  expect(before).toBeLessThan(1_500);
  mark([3, 3]);
  expect(marked(view)).toEqual(['const line3 = 3;']);
  expect(count()).toBeLessThan(before + 10);
});

test('[CVW2] lines that the code does not have are not marked', () => {
  const { view, mark } = show([1, 1]);
  mark([LINES, LINES + 1]);
  expect(marked(view)).toEqual([]);
});

test('[CVW3] only the caret of a person selects a line', () => {
  const { view, onLine, mark } = show(null);
  mark([5, 6]);
  expect(onLine).not.toHaveBeenCalled();
  view.dispatch({ selection: { anchor: view.state.doc.line(9).from }, userEvent: 'select.pointer' });
  expect(onLine.mock.calls).toEqual([[9]]);
});
