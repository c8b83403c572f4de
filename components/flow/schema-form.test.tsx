// @vitest-environment jsdom
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { TooltipProvider } from '@/components/ui/tooltip';
import type { AppFailure } from '@/app/_contract/errors';
import { ApiError } from '@/components/live/api';
import type { JsonSchema } from '@/engine/flow/document';
import { SchemaForm } from './schema-form';

afterEach(cleanup);

const schema: JsonSchema = {
  type: 'object',
  required: ['amount'],
  properties: {
    amount: { type: 'integer', title: 'Amount', format: 'money', currencyField: 'currency', minimum: 1 },
    currency: { type: 'string', title: 'Currency' },
    note: { type: 'string', title: 'Note' },
  },
};
function show(initial: unknown, filledFrom: string, onSubmit = vi.fn(() => Promise.resolve())) {
  const form = (value: unknown, from: string) => (
    <TooltipProvider>
      <SchemaForm schema={schema} initial={value} filledFrom={from} onSubmit={onSubmit} submitLabel="Start" />
    </TooltipProvider>
  );
  const { rerender } = render(form(initial, filledFrom));
  return { onSubmit, refill: (value: unknown, from: string) => rerender(form(value, from)) };
}
const field = (name: RegExp) => screen.getByLabelText<HTMLInputElement>(name);

test('[SF1] an emptied amount stays empty, and its old value is not sent', async () => {
  const user = userEvent.setup();
  const { onSubmit } = show({ amount: 5_000, currency: 'EUR', note: '' }, 'first');
  expect(field(/Amount/).value).toBe('50.00');
  await user.clear(field(/Amount/));
  await user.tab();
  expect(field(/Amount/).value).toBe('');
  await user.click(screen.getByRole('button', { name: 'Start' }));
  await waitFor(() => expect(onSubmit).toHaveBeenCalledWith({ currency: 'EUR' }));
});

test('[SF2] an amount in yen is sent as typed, and the field refuses decimals', async () => {
  const user = userEvent.setup();
  const { onSubmit } = show({ currency: 'JPY', note: '' }, 'first');
  await user.type(field(/Amount/), '5000.5');
  await user.click(screen.getByRole('button', { name: 'Start' }));
  expect((await screen.findByRole('alert')).textContent).toContain('JPY, which has no decimals');
  expect(onSubmit).not.toHaveBeenCalled();
  await user.clear(field(/Amount/));
  await user.type(field(/Amount/), '5000');
  await user.click(screen.getByRole('button', { name: 'Start' }));
  await waitFor(() => expect(onSubmit).toHaveBeenCalledWith({ amount: 5_000, currency: 'JPY' }));
});

test('[SF3] choosing another scenario fills the form again, except fields that the person has changed', async () => {
  const user = userEvent.setup();
  const { refill } = show({ amount: 5_000, currency: 'EUR', note: 'one' }, 'first');
  await user.clear(field(/Amount/));
  await user.type(field(/Amount/), '7');
  refill({ amount: 9_900, currency: 'EUR', note: 'two' }, 'second');
  await waitFor(() => expect(field(/Note/).value).toBe('two'));
  expect(field(/Amount/).value).toBe('7');
  await user.click(screen.getByRole('button', { name: 'Discard my changes' }));
  expect(field(/Amount/).value).toBe('99.00');
});

test('[SF4] a new submission removes the server’s message; own fields keep their problems', async () => {
  const user = userEvent.setup();
  const failure: AppFailure = {
    code: 'inputInvalid',
    message: 'The request does not fit.',
    whatToDo: 'Correct the fields.',
    problems: [
      { at: '/workflowId', message: 'has a blank' },
      { at: '/elsewhere', message: 'is wrong' },
    ],
  };
  const own = vi.fn();
  render(
    <TooltipProvider>
      <SchemaForm
        schema={schema}
        initial={{ amount: 5_000, currency: 'EUR' }}
        filledFrom="first"
        onSubmit={() => Promise.reject(new ApiError(failure))}
        submitLabel="Start"
        ownFields={['/workflowId']}
        onOwnProblems={own}
      />
    </TooltipProvider>
  );
  await user.click(screen.getByRole('button', { name: 'Start' }));
  const band = await screen.findByRole('alert');
  expect(band.textContent).toContain('is wrong');
  expect(band.textContent).not.toContain('has a blank');
  expect(own).toHaveBeenLastCalledWith(['Has a blank.']);

  // The form itself refuses the second submission, so no message of the server is shown.
  await user.clear(field(/Amount/));
  await user.type(field(/Amount/), 'abc');
  await user.click(screen.getByRole('button', { name: 'Start' }));
  await waitFor(() => expect(own).toHaveBeenLastCalledWith([]));
  expect(screen.queryByText('The request does not fit.')).toBe(null);
});
