// @vitest-environment jsdom
import { cleanup, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import { draftOf, operationsOf, show, step } from './testing/show';

beforeAll(answerForLayout);
afterEach(cleanup);

const call = (id: string, options: object) => step(id, { title: id, activity: 'shop.charge', options: { ...options } });
const shown = () =>
  show(
    draftOf(
      call('one', { retry: { maximumAttempts: 2 }, startToCloseTimeout: '5s' }),
      step('wait', {}, 'wait'),
      call('two', { startToCloseTimeout: '5s' })
    ),
    'one',
    { several: ['one', 'wait', 'two'] }
  );
const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name);

test('[INS8] several selected steps are counted and named, and one press selects one of them alone', async () => {
  const { selected } = shown();
  expect(screen.getByRole('heading', { name: '3 steps are selected' })).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'two' }));
  expect(selected()).toBe('two');
});

test('[INS8] a field that the selected steps share has their value, or says that it is different; a change is for all', async () => {
  const all = shown();
  expect(field('Time for one attempt').value).toBe('5s');
  expect(field('Attempts').value).toBe('');
  expect(field('Attempts').placeholder).toBe('different');
  await userEvent.type(field('Attempts'), '7');
  expect(field('Attempts').value).toBe('7');
  expect(all.sent).toHaveLength(1);
  expect(operationsOf(all)).toEqual([
    { op: 'set', target: { node: 'one' }, path: ['options', 'retry', 'maximumAttempts'], value: 7, was: 2 },
    { op: 'set', target: { node: 'two' }, path: ['options', 'retry'], value: { maximumAttempts: 7 } },
  ]);
});
