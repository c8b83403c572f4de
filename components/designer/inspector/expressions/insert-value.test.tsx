// @vitest-environment jsdom
/**
 * [INV1] A value that is picked is inserted at the caret, at the end of a field that never had one; then the field has
 *        the focus, behind the value. Esc gives it back to the button.
 * [INV2] A value that is to be written in another way gives the focus to its new control.
 */
import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import { draftOf, show, step } from '../testing/show';

beforeAll(answerForLayout);
afterEach(cleanup);

const charge = step('charge', { activity: 'shop.charge', input: { orderId: 'no-', amount: 5 } });
const order = () => screen.getByLabelText<HTMLTextAreaElement>('Order');
const button = () => screen.getAllByRole('button', { name: 'Insert value' })[0]!;

it('[INV1] a picked value goes to the end, and the focus behind it', async () => {
  show(draftOf(charge), 'charge');
  order().setSelectionRange(0, 0);
  button().focus();
  await userEvent.keyboard('{Enter}');
  await userEvent.type(screen.getByRole('combobox', { name: 'Insert value' }), 'order{Enter}');
  await waitFor(() => expect(document.activeElement).toBe(order()));
  expect(order().value).toBe('no-${input.orderId}');
  await waitFor(() => expect(order().selectionStart).toBe(order().value.length));
});

it('[INV1] Esc closes the list and gives the focus back', async () => {
  show(draftOf(charge), 'charge');
  button().focus();
  await userEvent.keyboard('{Enter}{Escape}');
  await waitFor(() => expect(document.activeElement).toBe(button()));
  expect(order().value).toBe('no-');
});

it('[INV2] another way to write a value', async () => {
  show(draftOf(charge), 'charge');
  screen.getAllByRole('button', { name: /^Written as: Text/ })[0]!.focus();
  await userEvent.keyboard('{Enter}');
  await userEvent.click(screen.getByRole('menuitem', { name: /^Expression/ }));
  await waitFor(() => expect(document.activeElement).toBe(order()));
  expect(order().value).toBe("'no-'");
});
