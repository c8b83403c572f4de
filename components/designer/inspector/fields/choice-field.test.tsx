// @vitest-environment jsdom
/** [CHF1] A choice has every meaning once, in words: also the one that applies if nothing is chosen. */
import { cleanup, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import { branch, draftOf, show, step } from '../testing/show';

beforeAll(answerForLayout);
afterEach(cleanup);

const handled = { branches: [branch('catch-1', 'catch', { types: ['NotFound'], scope: 'undo' })] };
const steps = {
  approval: step('ask', { question: 'Well?', data: {}, onTimeout: 'fail' }, 'approval'),
  untold: step('ask', { question: 'Well?', data: {} }, 'approval'),
  handler: { ...step('call', { activity: 'shop.refund' }), ...handled },
  unknown: step('call', { activity: 'shop.charge', lateCalls: 'possible' }),
  answer: step('call', { activity: 'http.request', effect: 'none', input: { answer: 'body' } }),
};

it.each<[string, keyof typeof steps, string, string]>([
  ['If nobody decides in time', 'approval', 'The step fails', ''],
  ['If nobody decides in time', 'untold', 'The step fails', ''],
  ['Comment', 'untold', 'Required for a rejection', ''],
  ['Effects inside', 'handler', 'Are undone first, then it is handled', 'When it fails'],
  ['Calls that arrive late', 'unknown', 'They can still take effect', 'Unknown outcome'],
  ['What the step returns', 'answer', 'The body of the answer', 'More about the request and its answer'],
])('[CHF1] %s (%s)', async (label, name, words, section) => {
  const shown = steps[name];
  show(draftOf(shown), shown.id);
  if (section !== '') await userEvent.click(screen.getByText(section));
  expect(screen.getByLabelText(label).textContent).toBe(words);
  await userEvent.click(screen.getByLabelText(label));
  const options = screen.getAllByRole('option').map(({ textContent }) => textContent);
  expect(options).toEqual([...new Set(options)]);
  expect(options).toContain(words);
});
