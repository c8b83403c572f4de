// @vitest-environment jsdom
/** The rules are in search-field.tsx, MEN1 is in menu.tsx. */
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { keepFocus } from './focus';
import { FormDialog } from './form-dialog';
import { Menu, MenuItem } from './menu';
import { SearchField } from './search-field';
import { answerForLayout } from './testing/no-layout';

beforeAll(answerForLayout);
afterEach(cleanup);

function List() {
  const [text, setText] = useState('');
  return (
    <main>
      <h1>Flows</h1>
      <SearchField
        aria-label="Search"
        value={text}
        onValue={setText}
        onRows={() => document.getElementById('first')?.focus()}
      />
      <a id="first" href="#first">
        Order
      </a>
    </main>
  );
}

test('[SFD1] Esc empties the field, and then leaves it to the heading of the list', async () => {
  render(<List />);
  const field = screen.getByRole<HTMLInputElement>('searchbox');
  await userEvent.type(field, 'ord');
  await userEvent.keyboard('{Escape}');
  expect([field.value, document.activeElement]).toEqual(['', field]);
  await userEvent.keyboard('{Escape}');
  expect(document.activeElement?.textContent).toBe('Flows');
});

test.each(['Enter', 'ArrowDown'])('[SFD2] %s goes to the first row', async (key) => {
  render(<List />);
  await userEvent.type(screen.getByRole('searchbox'), `ord{${key}}`);
  expect(document.activeElement?.id).toBe('first');
});

function Row() {
  const [asking, setAsking] = useState(false);
  return (
    <main>
      <h1>Flows</h1>
      <Menu trigger={<button>More</button>}>
        <MenuItem onSelect={() => setAsking(true)}>Rename…</MenuItem>
      </Menu>
      {asking ? (
        <FormDialog
          title="Rename"
          action="Rename"
          pending={false}
          onSubmit={() => undefined}
          onClose={() => setAsking(false)}
        >
          <input aria-label="Title" />
        </FormDialog>
      ) : null}
    </main>
  );
}

test('[MEN1] after a dialog of an entry that was pressed, the focus is on what opened the menu', async () => {
  const keeper = keepFocus(document);
  render(<Row />);
  const user = userEvent.setup({ pointerEventsCheck: 0 });
  await user.click(screen.getByRole('button', { name: 'More' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Rename…' }));
  await screen.findByRole('textbox', { name: 'Title' });
  await user.keyboard('{Escape}');
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'More' })));
  keeper.stop();
});
