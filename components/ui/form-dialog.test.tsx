// @vitest-environment jsdom
/** [FD] A dialog whose body is a form. */
import { cleanup, render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { Input, Textarea } from './field';
import { FormDialog } from './form-dialog';

afterEach(cleanup);

function show(change: { pending?: boolean; disabledReason?: string } = {}) {
  const done = { onSubmit: vi.fn(), onClose: vi.fn() };
  render(
    <FormDialog title="Rename" action="Rename it" leave="Keep it" pending={false} {...done} {...change}>
      <Input aria-label="Name" />
      <Textarea aria-label="Reason" />
    </FormDialog>
  );
  return done;
}

test('[FD1] Enter in a field and the last button each send the form once, without leaving the page', async () => {
  const { onSubmit, onClose } = show();
  await userEvent.type(screen.getByLabelText('Name'), 'Ada{Enter}');
  expect(onSubmit).toHaveBeenCalledTimes(1);
  await userEvent.click(screen.getByRole('button', { name: 'Rename it' }));
  expect(onSubmit).toHaveBeenCalledTimes(2);
  expect(onClose).not.toHaveBeenCalled();
});

test('[FD2] the first button and Esc close the dialog without sending the form', async () => {
  const { onSubmit, onClose } = show();
  await userEvent.click(screen.getByRole('button', { name: 'Keep it' }));
  await userEvent.keyboard('{Escape}');
  expect(onClose).toHaveBeenCalledTimes(2);
  expect(onSubmit).not.toHaveBeenCalled();
});

test.each([{ pending: true }, { disabledReason: 'The engine is away.' }])(
  '[FD3] with the setting %j neither the button nor Enter sends the form',
  async (change) => {
    const { onSubmit } = show(change);
    await userEvent.type(screen.getByLabelText('Name'), 'Ada{Enter}');
    await userEvent.click(screen.getByRole('button', { name: /Rename it/ }));
    expect(onSubmit).not.toHaveBeenCalled();
  }
);

test('[FD4] in a field of several lines Enter begins a line, and Ctrl Enter sends the form', async () => {
  const { onSubmit } = show();
  const reason = screen.getByLabelText<HTMLTextAreaElement>('Reason');
  await userEvent.type(reason, 'One{Enter}two');
  expect([reason.value, onSubmit.mock.calls.length]).toEqual(['One\ntwo', 0]);
  await userEvent.type(reason, '{Control>}{Enter}{/Control}');
  expect([reason.value, onSubmit.mock.calls.length]).toEqual(['One\ntwo', 1]);
});
