// @vitest-environment jsdom
/**
 * [FS3] The search says which match is selected, goes around at the ends, and keeps the focus until it is closed.
 * [BL1] What can be done with a branch is behind its label.
 */
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ReactFlowProvider } from '@xyflow/react';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { documentOf } from '@/engine/flow/edit/document-of';
import type { Draft, DraftNode } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { layoutFlow } from '@/engine/flow/layout/layout';
import { BranchLabels } from './branch-labels';
import { FlowSearch } from './flow-search';

afterEach(cleanup);

const wait = (id: string, title: string): DraftNode => {
  return { id, kind: 'wait', fields: { title, duration: '1d' }, branches: [] };
};
const choice: DraftNode = {
  id: 'way',
  kind: 'choice',
  fields: { title: 'Which way' },
  branches: [
    { id: 'a', at: 'branches', fields: { title: 'Large', when: 'input.total > 5' }, steps: [wait('w', 'Wait')] },
    { id: 'b', at: 'branches', fields: { title: 'Small', when: 'true' }, steps: [] },
  ],
};
const draft: Draft = {
  flow: { title: 'Shop' },
  steps: [wait('one', 'Book one'), wait('two', 'Book two'), choice],
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

function shownLabels() {
  const made: Operation[][] = [];
  const fields: unknown[] = [];
  const { document: flow } = documentOf(draft);
  render(
    <BranchLabels
      layout={layoutFlow(flow, 'down', { edited: true })}
      draft={draft}
      document={flow}
      onEdit={(operations) => made.push(operations)}
      onField={(owner, path) => fields.push([owner, ...path])}
      onDrag={() => undefined}
    />,
    { wrapper: ReactFlowProvider }
  );
  return { made, fields };
}
test('[BL1] the title of a branch is edited in its place', async () => {
  const { made } = shownLabels();
  await userEvent.click(screen.getByRole('button', { name: 'Branch Large' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Change the title' }));
  const field = await screen.findByRole('textbox', { name: 'Title' });
  await userEvent.clear(field);
  await userEvent.type(field, 'Very large{Enter}');
  expect(made).toEqual([
    [{ op: 'set', target: { node: 'way', branch: 'a' }, path: ['title'], value: 'Very large', was: 'Large' }],
  ]);
});
test('[BL1] the order of branches, and the field of a condition', async () => {
  const { made, fields } = shownLabels();
  await userEvent.click(screen.getByRole('button', { name: 'Branch Small' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: /Edit the condition/ }));
  expect(fields).toEqual([['way', 'branches', 1, 'when']]);
  await userEvent.click(screen.getByRole('button', { name: 'Branch Large' }));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Move behind the next branch' }));
  expect(made[0]).toMatchObject([{ op: 'moveBranch', parent: 'way', id: 'a', before: null }]);
});
