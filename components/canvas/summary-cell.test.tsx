// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { orderDocument } from '@/engine/run-view/testing/order';
import type { LedgerState } from '@/engine/saga/contract';
import { stepFactsOf } from './card-model';
import { SummaryCell } from './summary-cell';

afterEach(cleanup);

const facts = stepFactsOf(orderDocument);
const steps = ['create-shipment', 'book-invoice'].map((id) => facts.get(id)!);
const text = (states: LedgerState[] | null, orders: string[] | null = null) =>
  render(<SummaryCell steps={steps} states={states} orders={orders} quiet={false} />).container.textContent!.replace(
    /\d$/,
    ''
  );

test('[SU1] the cell of a fork shows the most important state and the number of steps in it', () => {
  expect(text(null)).toBe('2 undo steps');
  expect(text(['notArmed', 'notArmed'])).toBe('2 undo steps');
  expect(text(['standing', 'notArmed'])).toBe('1 of 2 remains');
  expect(text(['standing', 'mayStand'])).toBe('1 may have happened');
  expect(text(['undone', 'undoing'])).toBe('Undoing, 1 of 2 done');
  expect(text(['undone', 'doneByHand'])).toBe('2 undone');
  expect(text(['undone', 'leftStanding'])).toBe('1 left as it is');
  expect(text(['undoFailed', 'standing'])).toBe('Undo failed');
});
test('[SU2] in a preview the cell of a fork shows the numbers of the steps that would be undone', () => {
  expect(text(null, ['1a', '1b'])).toBe('2 of 21a1b');
  cleanup();
  // However many there are, the words keep their width: numbers that do not fit are not shown.
  text(null, ['1', '2', '3', '4', '5']);
  expect(screen.getByText('5 of 2').className).toContain('shrink-0');
  expect(screen.getByText('1').parentElement!.className).toContain('overflow-hidden');
  cleanup();
  expect(text(null, [])).toBe('0 of 2');
});
