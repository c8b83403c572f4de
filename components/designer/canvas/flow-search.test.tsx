// @vitest-environment jsdom
/**
 * [FS3] The search says which match is selected, goes around at the ends, and keeps the focus until it is closed.
 */
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import type { Draft, DraftNode } from '@/engine/flow/edit/draft';
import { FlowSearch } from './flow-search';

afterEach(cleanup);

const wait = (id: string, title: string): DraftNode => {
  return { id, kind: 'wait', fields: { title, duration: '1d' }, branches: [] };
};
const draft: Draft = {
  flow: { title: 'Shop' },
  steps: [wait('one', 'Book one'), wait('two', 'Book two')],
  tray: [],
};

test('[FS3] Enter goes to the next match and around, Shift and Enter back, Esc closes', async () => {
  const went: string[] = [];
  const onClose = vi.fn();
  function Searched() {
    const [selected, setSelected] = useState<string | null>(null);
    const onGo = (id: string) => {
      went.push(id);
      setSelected(id);
    };
    return <FlowSearch draft={draft} selected={selected} field={null} onGo={onGo} onClose={onClose} />;
  }
  render(<Searched />);
  const field = screen.getByLabelText('Search for a step');
  expect(document.activeElement).toBe(field);
  await userEvent.type(field, 'book');
  expect(screen.getByRole('status').textContent).toBe('1 of 2');
  await userEvent.type(field, '{Enter}');
  expect(screen.getByRole('status').textContent).toBe('2 of 2');
  await userEvent.type(field, '{Enter}');
  expect(screen.getByRole('status').textContent).toBe('1 of 2');
  await userEvent.type(field, '{Shift>}{Enter}{/Shift}');
  expect(went.slice(-3)).toEqual(['two', 'one', 'two']);
  expect(document.activeElement).toBe(field);
  await userEvent.clear(field);
  await userEvent.type(field, 'zzz');
  expect(screen.getByRole('status').textContent).toBe('Nothing found');
  await userEvent.type(field, '{Escape}');
  expect(onClose).toHaveBeenCalledOnce();
});
