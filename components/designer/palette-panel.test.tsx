// @vitest-environment jsdom
/**
 * Rules
 * [DPP1] Of many connections those are open that the flow uses; a press opens another.
 * [DPP3] Of thousands of operations only the visible rows are in the page.
 * [DPP4] Of a large connection that nobody opened, what the flow uses is shown, so that the other groups are near.
 * [DPP5] It is one tab stop; the arrow keys go from row to row.
 * [DPP2] Operations that undo or look up what another did are hidden behind their number; a search finds everything.
 */
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { PaletteItem } from './palette';
import { PalettePanel } from './palette-panel';

// jsdom has no layout: a panel of 600 pixels.
beforeEach(() => {
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(240);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const item = (activity: string, title: string, serves = false): PaletteItem => ({
  id: activity,
  kind: 'action',
  activity,
  flow: null,
  title,
  says: '',
  group: activity.split('.')[0]!,
  connection: activity.split('.')[0]!,
  words: [activity],
  serves,
});
const items = ['bank', 'hotel', 'post', 'shop'].flatMap((name) => [
  item(`${name}.do`, `Do at ${name}`),
  item(`${name}.undo`, `Undo at ${name}`, true),
]);
const show = (used: string[], shown: readonly PaletteItem[] = items) =>
  render(
    <PalettePanel
      items={shown}
      missing={null}
      used={new Set(used)}
      readOnly={null}
      onInsert={() => {}}
      onDrag={() => {}}
    />
  );
const titles = () => screen.queryAllByRole('button', { name: /at/ }).map(({ textContent }) => textContent);

it('[DPP1] opens the connections that the flow uses, and another one when it is pressed', async () => {
  show(['post.do']);
  expect(titles()).toEqual(['Do at post']);
  await userEvent.click(screen.getByRole('button', { name: 'bank' }));
  expect(titles()).toEqual(['Do at bank', 'Do at post']);
});

it('[DPP2] shows operations for undo and look-up when they are asked for, or searched', async () => {
  show(['shop.do']);
  await userEvent.click(screen.getByRole('button', { name: '1 more, for undo and look-up' }));
  expect(titles()).toEqual(['Do at shop', 'Undo at shop']);
  await userEvent.type(screen.getByRole('searchbox'), 'undo at h');
  expect(titles()).toEqual(['Undo at hotel']);
});

it('[DPP3] [DPP4] has what is used of 5,000 operations in the page, and then their visible rows', async () => {
  const many = Array.from({ length: 5_000 }, (_, index) => item(`shop.op${index}`, `Operation ${index} at shop`));
  show(['shop.op1'], many);
  expect(titles()).toEqual(['Operation 1 at shop']);
  await userEvent.click(screen.getByRole('button', { name: '4999 more' }));
  expect(titles()[0]).toBe('Operation 0 at shop');
  expect(titles().length).toBeLessThan(40);
});

it('[DPP5] is one tab stop, and the arrow keys go from row to row', async () => {
  show(['post.do']);
  screen.getByRole('searchbox').focus();
  const at = () => document.activeElement?.textContent;
  await userEvent.tab();
  expect(at()).toBe('bank');
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}');
  expect(at()).toBe('Do at post');
  await userEvent.keyboard('{ArrowUp}');
  expect(at()).toBe('post');
  await userEvent.tab();
  expect(document.activeElement).toBe(document.body);
});
