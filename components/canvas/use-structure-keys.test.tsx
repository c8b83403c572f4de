// @vitest-environment jsdom
import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { Dialog } from '@/components/ui/dialog';
import { useListKeys } from '@/components/ui/use-list-keys';
import { orderDocument } from '@/engine/run-view/testing/order';
import { useStructureKeys, type TabStop } from './use-structure-keys';

const orders = vi.hoisted(() => ({ made: 0 }));
vi.mock('@/engine/flow/layout/structure', async (original) => {
  const { structureOf, ...others } = await original<typeof import('@/engine/flow/layout/structure')>();
  return { ...others, structureOf: (...of: Parameters<typeof structureOf>) => (orders.made++, structureOf(...of)) };
});

afterEach(cleanup);

/** The keys of a page with a drawing, as the page of a flow has them. */
function Page({
  previewing,
  ...does
}: { previewing: boolean } & Record<'onSelect' | 'onEscape' | 'onHelp', () => void>) {
  const common = {
    document: orderDocument,
    direction: 'sideways' as const,
    linings: new Set<string>(),
    isDrawn: () => true,
    selected: null,
    onShow: () => undefined,
  };
  const { onKeyDown } = useStructureKeys({ ...common, previewing, onSelect: does.onSelect });
  useListKeys({ onEscape: previewing ? does.onEscape : undefined, onHelp: does.onHelp });
  return (
    <div onKeyDown={onKeyDown}>
      <button>Step</button>
    </div>
  );
}
function show(previewing: boolean) {
  const does = { onSelect: vi.fn(), onEscape: vi.fn(), onHelp: vi.fn() };
  render(<Page previewing={previewing} {...does} />);
  screen.getByRole('button').focus();
  return does;
}

test('[SK1] Esc on the drawing ends the preview of a failure and keeps the selection', async () => {
  const { onSelect, onEscape } = show(true);
  await userEvent.keyboard('{Escape}');
  expect(onEscape).toHaveBeenCalledTimes(1);
  expect(onSelect).not.toHaveBeenCalled();
});
test('[SK2] Esc also ends the preview if the focus is outside of the drawing', async () => {
  const { onEscape } = show(true);
  screen.getByRole('button').blur();
  await userEvent.keyboard('{Escape}');
  expect(onEscape).toHaveBeenCalledTimes(1);
});
test('[SK3] Esc clears the selection if there is no preview', async () => {
  const { onSelect, onEscape } = show(false);
  await userEvent.keyboard('{Escape}');
  expect(onSelect).toHaveBeenCalledWith(null);
  expect(onEscape).not.toHaveBeenCalled();
});
test('[SK4] ? shows the keys of the page while the drawing has the focus', async () => {
  const { onHelp } = show(false);
  await userEvent.keyboard('?');
  expect(onHelp).toHaveBeenCalledTimes(1);
});

/** What the hook gives for a selection, and how often it was called. */
function stops() {
  const seen = { stop: null as TabStop | null, drawings: 0, focused: (_id: string) => {} };
  function Drawing({ selected }: { selected: string | null }) {
    const keys = useStructureKeys({
      document: orderDocument,
      direction: 'down',
      linings: new Set<string>(),
      isDrawn: (id) => orderDocument.steps.some((step) => step.id === id),
      selected,
      previewing: false,
      onSelect: () => undefined,
      onShow: () => undefined,
    });
    seen.stop = keys.stop;
    seen.drawings++;
    seen.focused = (id) => keys.onFocusPart(id, 'face');
    return <button onKeyDown={keys.onKeyDown}>Step</button>;
  }
  const { rerender } = render(<Drawing selected={null} />);
  return { seen, select: (id: string | null) => rerender(<Drawing selected={id} />) };
}
const [first, second, third] = orderDocument.steps.map(({ id }) => id) as [string, string, string];

test('[SK5] the order of the tree is made when a key asks for it', async () => {
  orders.made = 0;
  const { seen, select } = stops();
  select(second);
  expect([seen.stop?.id, orders.made]).toEqual([second, 0]);
  screen.getByRole('button').focus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}');
  expect(orders.made).toBe(1);
});

test('[SK6] the tab stop is at what was selected last, or had the focus last; a focus that is there already draws nothing', () => {
  const { seen, select } = stops();
  expect(seen.stop?.id).toBe(first);
  act(() => seen.focused(second));
  expect(seen.stop?.id).toBe(second);
  select(third);
  expect(seen.stop?.id).toBe(third);
  const before = seen.drawings;
  act(() => seen.focused(third));
  expect(seen.drawings).toBe(before);
  act(() => seen.focused(first));
  expect(seen.stop?.id).toBe(first);
  select(null);
  expect(seen.stop?.id).toBe(first);
});

test('[SK7] an edit gives the focus to a node before the drawing changes, and again if that has moved its element', async () => {
  let give = (_id: string) => {};
  function Drawing({ order }: { order: readonly string[] }) {
    const keys = useStructureKeys({
      document: orderDocument,
      direction: 'down',
      linings: new Set<string>(),
      isDrawn: () => true,
      selected: null,
      previewing: false,
      onSelect: () => undefined,
      onShow: () => undefined,
    });
    give = (id) => keys.goThrough({ id, part: 'face' });
    return order.map((id) => (
      <button key={id} id={`face-${id}`}>
        {id}
      </button>
    ));
  }
  const { rerender } = render(<Drawing order={[first, second, third]} />);
  screen.getByText(first).focus();
  act(() => give(second));
  expect(document.activeElement?.textContent).toBe(second);
  // Its element is taken out of the page and put in again.
  screen.getByText(second).blur();
  rerender(<Drawing order={[third, second]} />);
  expect(document.activeElement).toBe(document.body);
  await act(() => new Promise(requestAnimationFrame));
  expect(document.activeElement?.textContent).toBe(second);
});

test('[SK8] a focus that waits for its node is given up when a person puts it elsewhere meanwhile', async () => {
  let go = (_stop: TabStop) => {};
  function Drawing({ order }: { order: readonly string[] }) {
    const keys = useStructureKeys({
      document: orderDocument,
      direction: 'down',
      linings: new Set<string>(),
      isDrawn: () => true,
      selected: null,
      previewing: false,
      onSelect: () => undefined,
      onShow: () => undefined,
    });
    go = keys.go;
    return (
      <>
        <input />
        {order.map((id) => (
          <button key={id} id={`face-${id}`}>
            {id}
          </button>
        ))}
      </>
    );
  }
  const frame = () => act(() => new Promise(requestAnimationFrame));
  for (const leaves of [false, true]) {
    const { rerender, unmount } = render(<Drawing order={[first]} />);
    screen.getByText(first).focus();
    act(() => go({ id: second, part: 'face' }));
    if (leaves) screen.getByRole('textbox').focus();
    await frame();
    rerender(<Drawing order={[first, second]} />);
    await frame();
    await frame();
    expect(document.activeElement).toBe(leaves ? screen.getByRole('textbox') : screen.getByText(second));
    unmount();
  }
});

test('[SK9] the drawing does not take the focus from a dialog above it', async () => {
  let keys: ReturnType<typeof useStructureKeys> | undefined;
  function Drawing({ asks }: { asks: boolean }) {
    keys = useStructureKeys({
      document: orderDocument,
      direction: 'down',
      linings: new Set<string>(),
      isDrawn: () => true,
      selected: null,
      previewing: false,
      onSelect: () => undefined,
      onShow: () => undefined,
    });
    return (
      <>
        <button id={`face-${first}`}>{first}</button>
        <Dialog title="Move" open={asks}>
          <input onBlur={left} />
        </Dialog>
      </>
    );
  }
  const left = vi.fn();
  const { rerender } = render(<Drawing asks />);
  const field = await screen.findByRole('textbox');
  for (const go of [keys!.go, keys!.goThrough]) {
    await act(async () => {
      go({ id: first, part: 'face' });
      await new Promise(requestAnimationFrame);
    });
    expect(document.activeElement).toBe(field);
  }
  // Not even for a moment: the dialog would select what was typed in it.
  expect(left).not.toHaveBeenCalled();
  rerender(<Drawing asks={false} />);
  await act(() => new Promise((resolve) => setTimeout(resolve)));
  act(() => keys!.goThrough({ id: first, part: 'face' }));
  expect(document.activeElement?.textContent).toBe(first);
});
