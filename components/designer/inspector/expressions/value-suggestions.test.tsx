// @vitest-environment jsdom
import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import { draftOf, show, step } from '../testing/show';
import { completed, suggested } from './value-suggestions';

beforeAll(answerForLayout);
afterEach(cleanup);

const charge = step('charge', { activity: 'shop.charge', input: { orderId: 'no-', amount: 5 } });
const order = () => screen.getByLabelText<HTMLTextAreaElement>('Order');
const offered = () => screen.queryAllByRole('option').map(({ textContent }) => textContent?.split(' ')[0]);
/** For userEvent `{{` is one brace. */
const type = (keys: string) => userEvent.type(order(), keys);

it('[VSG1] the paths that contain what was typed are offered, the ones that begin so first', async () => {
  const path = (name: string) => ({ path: name, title: name, source: 'Input', from: 'input' as const, schema: {} });
  const paths = ['order.input', 'input.orderId', 'charge.id'].map(path);
  const names = (before: string) => suggested(before, paths).map((each) => each.path);
  expect(names('no ${')).toEqual(['order.input', 'input.orderId', 'charge.id']);
  expect(names('no ${INP')).toEqual(['input.orderId', 'order.input']);
  expect(names('no ${input.orderId}')).toEqual([]);
  expect(names('no input')).toEqual([]);
  expect(names('${input.orderId + ')).toEqual([]);
});

it('[VSG2] a path takes the place of its beginning, and a brace that is there is not doubled', () => {
  expect(completed('a ${inp b', 7, 'input.x')).toEqual({ text: 'a ${input.x} b', caret: 12 });
  expect(completed('${inp}', 5, 'input.$&')).toEqual({ text: '${input.$&}', caret: 11 });
});

it('[VSG2] Enter puts the chosen value at the caret, and the focus stays in the text', async () => {
  show(draftOf(charge), 'charge');
  await type('${{inp');
  await waitFor(() => expect(offered()).toContain('input.orderId'));
  await userEvent.keyboard('{Enter}');
  expect(order().value).toBe('no-${input.orderId}');
  expect(document.activeElement).toBe(order());
  expect(offered()).toEqual([]);
});

it('[VSG2] after Esc the text is as it was typed, and a name that is typed on is kept', async () => {
  show(draftOf(charge), 'charge');
  await type('${{input');
  await waitFor(() => expect(offered()).not.toEqual([]));
  await userEvent.keyboard('{Escape}');
  expect(offered()).toEqual([]);
  expect(order().value).toBe('no-${input');
  await userEvent.keyboard('.orderId}');
  expect(order().value).toBe('no-${input.orderId}');
});
