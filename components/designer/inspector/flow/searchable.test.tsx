// @vitest-environment jsdom
/** [SFF1] Searchable fields are declared in the form of the flow, and each problem is at its field. */
import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import type { Json } from '@/engine/flow/edit/draft';
import { draftOf, FLOW, operationsOf, show, step } from '../testing/show';

beforeAll(answerForLayout);
afterEach(cleanup);

const fieldsOf = (count: number): Json =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [
      `Field${at}`,
      { title: `Field ${at}`, type: 'Int', value: 'input.amount' },
    ])
  );
const withFields = (searchable: Json) => ({ ...draftOf(step('charge')), flow: { ...FLOW, searchable } });

it('[SFF1] a new field is a keyword without a value, which is a problem at its value', async () => {
  const shown = show(draftOf(step('charge')), null);
  await userEvent.click(screen.getByText('Searchable fields'));
  await userEvent.click(screen.getByRole('button', { name: 'Add a field' }));
  expect(operationsOf(shown).at(-1)).toMatchObject({
    op: 'set',
    path: ['searchable'],
    value: { field: { title: 'New field', type: 'Keyword', value: '' } },
  });
});

it('[SFF1] a flow with ten of them takes no more, and says why', async () => {
  show(withFields(fieldsOf(10)), null);
  await userEvent.click(screen.getByText('Searchable fields'));
  const add = screen.getByRole('button', { name: /Add a field/ });
  expect(add.getAttribute('aria-disabled') ?? String((add as HTMLButtonElement).disabled)).toBe('true');
});

it('[SFF1] a name of the system is a problem at the field with this name', async () => {
  show(withFields({ CloseTime: { title: 'Closed', type: 'Datetime', value: 'input.orderId' } }), null);
  await userEvent.click(screen.getByText('Searchable fields'));
  await userEvent.click(screen.getByText('Closed'));
  const entry = screen.getByText('Closed').closest('details')!;
  expect(within(entry).getByText(/'CloseTime' is a name that the system has/)).toBeTruthy();
});
