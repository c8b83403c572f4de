// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { useRevertKeys } from './use-revert-keys';

afterEach(cleanup);

test('[RK1] Ctrl+Z anywhere reverts an edit of the draft; in a text, in a dialog, and where it was handled, it does not', () => {
  const done: string[] = [];
  function Page() {
    useRevertKeys(
      () => done.push('revert'),
      () => done.push('again')
    );
    return (
      <main>
        <button>Palette</button>
        <input type="checkbox" aria-label="Switch" />
        <input aria-label="Title" />
        <div role="dialog">
          <button>Publish</button>
        </div>
        <button onKeyDown={(event) => event.preventDefault()}>Drawing</button>
      </main>
    );
  }
  render(<Page />);
  const press = (name: string, more: object) =>
    fireEvent.keyDown(screen.getByLabelText(name), { ctrlKey: true, ...more });
  const button = (name: string, more: object) => fireEvent.keyDown(screen.getByText(name), { ctrlKey: true, ...more });
  button('Palette', { key: 'z' });
  button('Palette', { key: 'Z', shiftKey: true });
  button('Palette', { key: 'y' });
  press('Switch', { key: 'z' });
  expect(done).toEqual(['revert', 'again', 'again', 'revert']);
  press('Title', { key: 'z' });
  button('Publish', { key: 'z' });
  button('Drawing', { key: 'z' });
  button('Palette', { key: 'z', ctrlKey: false });
  expect(done).toHaveLength(4);
});
