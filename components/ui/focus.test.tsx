// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Dialog } from './dialog';
import { BY_POINTER, FOCUS_FIRST, focusHeading, keepFocus, type FocusKeeper } from './focus';

let keeper: FocusKeeper;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  keeper = keepFocus(document);
});
afterEach(() => {
  keeper.stop();
  cleanup();
  vi.useRealTimers();
});
/** The keeper acts a moment after the page changed. */
const settled = () => act(() => vi.advanceTimersByTimeAsync(100));
/** As in a browser, pressing a button first gives it the focus. */
async function press(name: string): Promise<void> {
  const button = screen.getByRole('button', { name });
  act(() => button.focus());
  fireEvent.click(button);
  await settled();
}
const focused = () => document.activeElement?.textContent;

const Row = ({ name, onGo }: { name: string; onGo: () => void }) => (
  <li>
    <button onClick={onGo}>{name}</button>
  </li>
);
function List({ after }: { after?: 'heading' | 'receipt' }) {
  const [there, setThere] = useState(true);
  return (
    <main>
      <h1>Page</h1>
      <section>
        <h2>Tasks</h2>
        <ul>{there ? <Row name="Approve" onGo={() => setThere(false)} /> : null}</ul>
        {!there && after === 'receipt' ? (
          <p tabIndex={-1} {...{ [FOCUS_FIRST]: '' }}>
            You approved it.
          </p>
        ) : null}
      </section>
    </main>
  );
}

test('[FO1] if the focused element is removed, the heading of the nearest remaining part has the focus', async () => {
  render(<List />);
  await press('Approve');
  expect(focused()).toBe('Tasks');
});

test('[FO2] an element that appears with the change and asks for the focus has it before any heading', async () => {
  render(<List after="receipt" />);
  await press('Approve');
  expect(focused()).toBe('You approved it.');
});

function Asking({ stays }: { stays: boolean }) {
  const [open, setOpen] = useState(false);
  const [done, setDone] = useState(false);
  return (
    <main>
      <h1>Page</h1>
      {done && !stays ? null : <button onClick={() => setOpen(true)}>Stop</button>}
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Stop it?"
        footer={
          <button
            onClick={() => {
              setDone(true);
              setOpen(false);
            }}
          >
            Yes
          </button>
        }
      />
    </main>
  );
}

test.each([
  ['is still there: it has the focus again', true, 'Stop'],
  ['went away with what was asked: the heading has it', false, 'Page'],
])('[FO3] after a dialog closes, the button that opened it %s', async (_what, stays, has) => {
  render(<Asking stays={stays} />);
  await press('Stop');
  await press('Yes');
  expect(focused()).toBe(has);
});

test('[FO4] after Esc closes a dialog, the focus is where it was before', async () => {
  render(<Asking stays />);
  await press('Stop');
  fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' });
  await settled();
  expect(focused()).toBe('Stop');
});

test('[FO5] when another page is shown, its heading has the focus as soon as it exists', async () => {
  const rail = <a href="#runs">Runs</a>;
  const { rerender } = render(
    <>
      {rail}
      <main />
    </>
  );
  screen.getByRole('link').focus();
  keeper.arrived();
  await settled();
  expect(focused()).toBe('Runs');
  rerender(
    <>
      {rail}
      <main>
        <h1>All runs</h1>
      </main>
    </>
  );
  await settled();
  expect(focused()).toBe('All runs');
});

test('[FO6] a row in a list that stays on the page keeps the focus', async () => {
  render(
    <main>
      <h1>Task</h1>
      <a href="#task">Row</a>
    </main>
  );
  screen.getByRole('link').focus();
  keeper.arrived();
  await settled();
  expect(focused()).toBe('Row');
});

test('[FO9] what is opened above a page that is on its way keeps the focus', async () => {
  const above = (
    <div role="dialog">
      <input aria-label="Search" />
    </div>
  );
  const { rerender } = render(<>{above}</>);
  keeper.arrived();
  screen.getByRole('textbox').focus();
  keeper.arrived();
  rerender(
    <>
      {above}
      <main>
        <h1>All runs</h1>
      </main>
    </>
  );
  await settled();
  expect(document.activeElement).toBe(screen.getByRole('textbox'));
});

test('[FO7] a focus that the user removed is not restored when the page changes', async () => {
  render(<List />);
  const button = screen.getByRole('button', { name: 'Approve' });
  button.focus();
  button.blur();
  await settled();
  button.click();
  await settled();
  expect(document.activeElement).toBe(document.body);
});

test('[FO8] leaving a row moves the focus to the heading of the page', () => {
  render(<List />);
  screen.getByRole('button', { name: 'Approve' }).focus();
  focusHeading();
  expect(focused()).toBe('Page');
});

test('[FO10] what has the focus knows whether a pointer or a key was pressed last, and a modifier alone is no press', () => {
  render(
    <main>
      <button>One</button>
      <button>Two</button>
    </main>
  );
  const [first, second] = screen.getAllByRole('button');
  const isByPointer = (element = document.activeElement) => element?.hasAttribute(BY_POINTER);
  fireEvent.pointerDown(first!);
  first!.focus();
  expect(isByPointer()).toBe(true);
  fireEvent.keyDown(first!, { key: 'Shift' });
  expect(isByPointer()).toBe(true);
  fireEvent.keyDown(first!, { key: 'Tab' });
  expect(isByPointer()).toBe(false);
  fireEvent.pointerDown(first!);
  expect(isByPointer()).toBe(true);
  second!.focus();
  expect([isByPointer(first), isByPointer()]).toEqual([false, true]);
});
