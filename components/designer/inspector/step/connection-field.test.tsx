// @vitest-environment jsdom
/** [CNF1] The connection is a choice also while the list cannot be read: of those that the draft uses. */
import { cleanup, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import { draftOf, show, step } from '../testing/show';

const list = vi.hoisted(() => ({ data: null as unknown, failure: {}, loading: false, retry: vi.fn() }));
vi.mock('@/components/live/use-list', () => ({ useList: () => list }));
beforeAll(answerForLayout);
afterEach(cleanup);

const request = (id: string, connection: string, more: object = {}) =>
  step(id, { activity: 'http.request', effect: 'none', input: { connection, path: '/' }, ...more });
const undo = { title: 'Undo', activity: 'http.request', input: { connection: 'refunds', path: '/' } };
const draft = draftOf(request('pay', 'bank'), request('ship', 'parcels', { undo }));
const options = () => screen.getAllByRole('option').map(({ textContent }) => textContent);

it('[CNF1] without the list: what the draft uses, the reason, and a way to try again', async () => {
  const shown = show(draft, 'pay');
  expect(screen.getByText(/cannot be read now/)).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(list.retry).toHaveBeenCalledOnce();
  await userEvent.click(screen.getByLabelText('Connection'));
  expect(options()).toEqual(['bank', 'parcels', 'refunds']);
  await userEvent.click(screen.getByRole('option', { name: 'parcels' }));
  expect(shown.node('pay').fields.input).toMatchObject({ connection: 'parcels' });
});

it('[CNF1] with the list: its connections, and a name that none has is said', async () => {
  Object.assign(list, { data: { connections: [], environment: [{ name: 'till', address: 'https://till.example' }] } });
  show(draft, 'pay');
  expect(screen.getByText(/There is no HTTP connection 'bank' now/)).toBeTruthy();
  await userEvent.click(screen.getByLabelText('Connection'));
  expect(options()).toEqual([expect.stringMatching(/^till/), 'bank']);
});
