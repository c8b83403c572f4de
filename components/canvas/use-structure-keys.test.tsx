// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { useListKeys } from '@/components/ui/use-list-keys';
import { orderDocument } from '@/engine/run-view/testing/order';
import { useStructureKeys } from './use-structure-keys';

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
