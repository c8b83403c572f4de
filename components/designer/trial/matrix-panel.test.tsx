// @vitest-environment jsdom
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createRef, type RefObject } from 'react';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { TooltipProvider } from '@/components/ui/tooltip';
import type { MatrixCell, MatrixRow } from '@/engine/trial/matrix-cells';
import type { OpenedCell } from './cell-keys';
import { MatrixPanel } from './matrix-panel';
import type { Matrix } from './use-matrix';

/** Of the panel: as wide as a screen. */
let width = 1_200;
beforeAll(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(private readonly call: (entries: { contentRect: { width: number } }[]) => void) {}
      observe() {
        this.call([{ contentRect: { width } }]);
      }
      disconnect() {}
    }
  );
});
afterEach(() => {
  cleanup();
  width = 1_200;
});

const row = (nodeId: string, undo: string | null): MatrixRow => ({
  nodeId,
  title: nodeId,
  kind: 'action',
  effect: 'reversible',
  undo,
  reached: true,
  failures: ['before', 'after', 'stopped'],
  item: null,
});
const cell = (nodeId: string, failure: MatrixCell['failure'], undo: MatrixCell['undo'], more = {}): MatrixCell => ({
  nodeId,
  failure,
  undo,
  item: null,
  end: { kind: 'failed', sentence: '', failure: null, questions: [], elapsedMs: 0 },
  left: [],
  meant: [],
  undone: ['x'],
  undoCalled: true,
  plan: { steps: {}, seed: 1 },
  ...more,
});
const remains = { nodeId: 'ship', title: 'Ship', state: 'standing', happened: 'yes' } as const;
const CELLS = [
  cell('charge', 'before', 'none'),
  cell('charge', 'after', 'works'),
  cell('charge', 'after', 'fails', { undoCalled: false }),
  cell('ship', 'before', 'none', { left: [remains], undone: [] }),
  cell('ship', 'after', 'none'),
];
const matrix = (more: Partial<Matrix> = {}): Matrix => ({
  rows: [row('charge', 'Refund'), row('ship', null)],
  cells: CELLS,
  state: 'done',
  failure: null,
  isStale: false,
  play: vi.fn(),
  stop: vi.fn(),
  ...more,
});
function show(of: Matrix) {
  const onOpen = vi.fn();
  render(
    <TooltipProvider>
      <MatrixPanel matrix={of} selected={null} onSelect={() => {}} onOpen={onOpen} />
    </TooltipProvider>
  );
  return onOpen;
}
const places = () =>
  within(screen.getByRole('grid'))
    .getAllByRole('button')
    .filter((each) => 'place' in each.dataset);

test('[MP1] a cell names step, failure, how the run ends and what remains, and opens as a trial', async () => {
  const onOpen = show(matrix());
  const silent = screen.getByRole('button', { name: 'ship, Fails before its effect, Failed, 1 remains' });
  await userEvent.click(silent);
  expect(onOpen.mock.calls).toEqual([[CELLS[3]]]);
  expect(screen.getByRole('status').textContent).toContain(
    '1 of 5 failures leaves an effect behind without a question'
  );
});

test('[MP2] an undo that is not called makes no difference, and the cell says so', () => {
  show(matrix());
  expect(screen.getByText('The same: its undo is not called.')).toBeTruthy();
});

test('[MP3] the arrow keys go from cell to cell; the tab key leads to one of them', async () => {
  show(matrix());
  const [first] = places();
  expect(places().filter((each) => each.tabIndex === 0)).toEqual([first]);
  first!.focus();
  const at = () => document.activeElement?.getAttribute('aria-label')?.split(',').slice(0, 3).join(',');
  await userEvent.keyboard('{ArrowRight}');
  expect(at()).toBe('charge, Fails after its effect, Its undo works');
  await userEvent.keyboard('{ArrowDown}');
  expect(at()).toBe('charge, Fails after its effect, Its undo fails');
  await userEvent.keyboard('{ArrowDown}');
  expect(at()).toBe('ship, Fails after its effect, Failed: all undone');
  await userEvent.keyboard('{Home}{ArrowUp}');
  expect(at()).toBe('charge, Fails before its effect, Failed: all undone');
  expect(places().filter((each) => each.tabIndex === 0)).toHaveLength(1);
});

test('[MP3] so they do in the list of a narrow panel; the cell that was opened has the focus again', async () => {
  width = 330;
  const opened = createRef<OpenedCell | null>() as RefObject<OpenedCell | null>;
  const panel = <MatrixPanel matrix={matrix()} selected={null} opened={opened} onSelect={() => {}} onOpen={() => {}} />;
  const { unmount } = render(<TooltipProvider>{panel}</TooltipProvider>);
  const all = within(screen.getByRole('list', { name: 'Failures by step' }))
    .getAllByRole('button')
    .filter((each) => 'place' in each.dataset);
  // Two in a line, as on the screen.
  all.forEach((each, index) => {
    const [left, top] = [index % 2, Math.floor(index / 2)].map((at) => at * 50);
    each.getBoundingClientRect = () => ({ left, top }) as DOMRect;
  });
  const at = () => all.indexOf(document.activeElement as HTMLButtonElement);
  all[0]!.focus();
  await userEvent.keyboard('{ArrowRight}');
  expect(at()).toBe(1);
  await userEvent.keyboard('{ArrowDown}');
  expect(at()).toBe(3);
  await userEvent.keyboard('{ArrowLeft}{ArrowUp}');
  expect(at()).toBe(0);
  await userEvent.keyboard('{End}');
  expect(at()).toBe(all.length - 1);
  expect(all.filter((each) => each.tabIndex === 0)).toEqual([all.at(-1)]);
  all[1]!.click();
  expect(opened.current).toEqual({ key: all[1]!.dataset.place, isBack: false });
  unmount();
  opened.current = { ...opened.current!, isBack: true };
  render(<TooltipProvider>{panel}</TooltipProvider>);
  expect((document.activeElement as HTMLElement).dataset.place).toBe(opened.current.key);
});

test('[MP4] while it plays, progress is shown, and a cell that has not come opens nothing', async () => {
  const of = matrix({ state: 'playing', cells: CELLS.slice(0, 2) });
  const onOpen = show(of);
  expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('2');
  expect(screen.getByRole('status').textContent).toBe('2 of 8 failures played');
  await userEvent.click(screen.getByRole('button', { name: 'ship, Fails before its effect, not played yet' }));
  expect(onOpen).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole('button', { name: 'Stop' }));
  expect(of.stop).toHaveBeenCalledOnce();
});

test('[MP5] before the first play one button plays everything; a step that nothing reaches is named afterwards', async () => {
  const of = matrix({ state: 'none', rows: [], cells: [] });
  show(of);
  await userEvent.click(screen.getByRole('button', { name: 'Play every failure' }));
  expect(of.play).toHaveBeenCalledOnce();
  cleanup();
  show(matrix({ rows: [row('charge', 'Refund'), { ...row('ship', null), reached: false }] }));
  expect(screen.getByText(/No scenario and no failure leads to ship\. Add a scenario that does\./)).toBeTruthy();
});
