// @vitest-environment jsdom
/** The rules are in extract-dialog.tsx. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Person } from '@/app/_contract/people';
import { PersonProvider } from '@/components/people/person';
import { draftOf } from '@/engine/flow/edit/draft';
import { parseFlow } from '@/engine/flow/testing/flow';
import { ExtractDialog } from './extract-dialog';

vi.mock('next/navigation', () => ({ useRouter: () => ({ push: () => undefined }) }));

const sent: { id: string; from: { kind: string; document: { name: string } } }[] = [];
let answers: (() => Response)[] = [];
let drafts: { name: string }[] = [];
/** Beyond the page that the dialog reads first. */
let olderDrafts: { name: string }[] = [];
beforeEach(() => {
  sent.length = 0;
  answers = [];
  drafts = [];
  olderDrafts = [];
  vi.stubGlobal('fetch', (url: string, init?: { method?: string; body?: string }) => {
    if (init?.body === undefined) {
      const search = new URL(url, 'http://here').searchParams.get('search') ?? '';
      const found = [...drafts, ...(search ? olderDrafts : [])].filter(({ name }) => name.includes(search));
      return Promise.resolve(Response.json({ person: ada, drafts: found, next: null, tags: [] }));
    }
    sent.push(JSON.parse(init.body) as (typeof sent)[0]);
    const answer = answers.shift();
    return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError('no network'));
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const ada = { id: 'ada', name: 'Ada', email: 'a@example.com', grants: [{ role: 'admin', flow: null }] };
const step = (id: string, body: object) => ({
  id,
  title: `Do ${id}`,
  kind: 'action',
  activity: 'http.request',
  effect: 'none',
  input: { method: 'POST', url: 'https://shop.example/do', body },
  output: { type: 'object', required: ['receipt'], properties: { receipt: { type: 'string', title: 'Receipt' } } },
});
const draft = draftOf(
  parseFlow({
    format: 2,
    name: 'order',
    title: 'Order',
    input: { type: 'object', properties: { amount: { type: 'integer', format: 'money' } } },
    steps: [
      step('pay', { amount: { $expr: 'input.amount' } }),
      step('mail', { receipt: { $expr: 'pay.receipt' } }),
      { id: 'end', title: 'Done', kind: 'end' },
    ],
  })
);

function open(ids: string[]) {
  const edit = vi.fn(() => true);
  const onClose = vi.fn();
  const onSelect = vi.fn();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <PersonProvider person={ada as unknown as Person}>
        <ExtractDialog
          draft={draft}
          catalogue={{}}
          ids={ids}
          flowName="order"
          onEdit={edit}
          onSelect={onSelect}
          onClose={onClose}
        />
      </PersonProvider>
    </QueryClientProvider>
  );
  return { user: userEvent.setup(), edit, onClose, onSelect };
}
const rows = (name: string) =>
  within(screen.getByRole('region', { name }))
    .queryAllByRole('listitem')
    .map(({ textContent }) => textContent);

test('[EXD1] it says what the child gets and gives, and what changes, before anything is done', () => {
  open(['pay']);
  expect(screen.getByLabelText<HTMLInputElement>('Title').value).toBe('Do pay');
  expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('do-pay');
  expect(rows('What it gets')).toEqual(['amountMoney, may be missingfrom Input of the flow']);
  expect(rows('What it gives')).toEqual(['receiptTextof Do pay']);
  expect(rows('What changes')[1]).toBe("What reads its steps here reads the child from then on: 'Do mail'.");
  expect(sent).toEqual([]);
});

test('[EXD2] the draft is made first; after a lost answer it is asked for once more, with the same id', async () => {
  const { user, edit, onClose } = open(['pay']);
  await user.clear(screen.getByLabelText('Title'));
  await user.type(screen.getByLabelText('Title'), 'Payment');
  await user.click(screen.getByRole('button', { name: 'Extract' }));
  await screen.findByText(/did not answer/);
  expect(edit).not.toHaveBeenCalled();
  answers = [() => Response.json({ id: 'd-1', title: 'Payment' })];
  await user.click(screen.getByRole('button', { name: 'Extract' }));
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(sent.map(({ from }) => [from.kind, from.document.name])).toEqual([
    ['document', 'payment'],
    ['document', 'payment'],
  ]);
  expect(sent[0]!.id).toBe(sent[1]!.id);
  const [[made]] = edit.mock.calls as unknown as [[{ select: string; operations: { op: string }[] }]];
  expect(made.select).toBe('payment');
  expect(made.operations.map(({ op }) => op)).toEqual(['insert', 'set', 'remove']);
});

test('[EXD3] a name that another flow has is refused, and so is one that is none', async () => {
  drafts = [{ name: 'payment' }];
  const { user } = open(['pay']);
  await user.clear(screen.getByLabelText('Name'));
  await user.type(screen.getByLabelText('Name'), 'payment');
  await screen.findByText("Another flow has the name 'payment'.");
  await user.type(screen.getByLabelText('Name'), '!');
  await screen.findByText(/must start with a letter/);
  await user.click(screen.getByRole('button', { name: 'Extract' }));
  expect(sent).toEqual([]);
});

test('[EXD3] the name of a draft is refused, however many newer drafts there are', async () => {
  olderDrafts = [{ name: 'long-ago' }];
  const { user } = open(['pay']);
  await user.clear(screen.getByLabelText('Name'));
  await user.type(screen.getByLabelText('Name'), 'long-ago');
  await screen.findByText("Another flow has the name 'long-ago'.");
});

test('[EXD4] what cannot be extracted is said, and leads to its step', async () => {
  const { user, onSelect, onClose } = open(['mail', 'end']);
  expect(screen.getByText(/^'Done' ends this flow/)).toBeTruthy();
  await user.click(screen.getByRole('button', { name: "Show 'Done'" }));
  expect(onSelect).toHaveBeenCalledWith('end');
  expect(onClose).toHaveBeenCalled();
});
