// @vitest-environment jsdom
/** [CON3] [CON4] */
import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import { branch, draftOf, show, step } from '../testing/show';

beforeAll(answerForLayout);
afterEach(cleanup);

const choice = (when: string) => ({
  ...step('large', {}, 'choice'),
  branches: [branch('yes', 'branches', { title: 'Yes', when })],
});
const written = () => screen.queryByRole('textbox', { name: 'Taken if' });

it('[CON3] an expression that is written by hand stays so while it is typed, also where it could be rows', async () => {
  const shown = show(draftOf(choice('input.amount * 2 > 5')), 'large');
  const editor = written()!;
  await userEvent.clear(editor);
  await userEvent.type(editor, 'input.amount');
  expect(written()).toBe(editor);
  expect(document.activeElement).toBe(editor);
  expect(shown.node('large').branches[0]!.fields.when).toBe('input.amount');
  await userEvent.click(screen.getByRole('button', { name: 'Build it' }));
  expect(written()).toBeNull();
});
it('[CON3] rows that somebody else replaces by another expression become a text', () => {
  const shown = show(draftOf(choice('input.amount > 5')), 'large');
  expect(written()).toBeNull();
  shown.theirs({
    op: 'set',
    target: { node: 'large', branch: 'yes' },
    path: ['when'],
    value: 'input.amount * 2 > 5',
    was: 'input.amount > 5',
  });
  expect(written()).not.toBeNull();
});

it('[CON4] a row compares with another value of the run, which is chosen and not typed, or with one that is written', async () => {
  const shown = show(draftOf(choice('input.amount > 5')), 'large');
  const when = () => shown.node('large').branches[0]!.fields.when;
  await userEvent.click(screen.getByRole('button', { name: 'Compare with another value' }));
  await userEvent.click(screen.getByRole('option', { name: /Order number/ }));
  expect(when()).toBe('input.amount > input.orderId');
  const chosen = screen.getByRole('button', { name: 'Value: Order number' });
  await waitFor(() => expect(document.activeElement).toBe(chosen));
  expect(screen.queryByRole('textbox', { name: 'Value' })).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Write a value' }));
  expect(when()).toBe('input.amount > 0');
});
