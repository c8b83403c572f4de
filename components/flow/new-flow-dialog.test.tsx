// @vitest-environment jsdom
/** [FL] The dialog by which a flow begins. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NewFlowDialog, requestOf } from './new-flow-dialog';

const push = vi.fn();
const files: ({ text: string } | { problem: string })[] = [];
vi.mock('./read-file', () => ({ readFile: () => Promise.resolve(files.shift()) }));
vi.mock('next/navigation', () => ({ useRouter: () => ({ push }) }));
const sent: { id: string; from: { kind: string } }[] = [];
let answers: (() => Response)[] = [];

beforeEach(() => {
  sent.length = 0;
  push.mockClear();
  vi.stubGlobal('fetch', (_url: string, init: { body: string }) => {
    sent.push(JSON.parse(init.body) as (typeof sent)[0]);
    const answer = answers.shift();
    return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError('no network'));
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const show = () =>
  render(
    <QueryClientProvider client={new QueryClient()}>
      <NewFlowDialog flows={[]} onClose={() => undefined} />
    </QueryClientProvider>
  );

it('[NFD6] a title is required; after a lost answer the same request is sent with the same id, and the draft is opened', async () => {
  const user = userEvent.setup();
  show();
  await user.click(screen.getByRole('button', { name: 'Create' }));
  expect(screen.getByText('Enter a title.')).toBeTruthy();
  expect(sent).toEqual([]);
  await user.type(screen.getByLabelText('Title'), 'Refunds');
  await user.click(screen.getByRole('button', { name: 'Create' }));
  await screen.findByText(/did not answer/);
  answers = [() => Response.json({ id: 'd-1' })];
  await user.click(screen.getByRole('button', { name: 'Create' }));
  await waitFor(() => expect(push).toHaveBeenCalledWith('/drafts/d-1'));
  expect(sent.map(({ from }) => from)).toEqual([
    { kind: 'empty', title: 'Refunds' },
    { kind: 'empty', title: 'Refunds' },
  ]);
  expect(sent[0]!.id).toBe(sent[1]!.id);
});

it('[NFD7] what is missing is said before anything is sent', () => {
  const given = { title: ' ', flow: '', text: '' };
  expect(requestOf('copy', given)).toBe('Choose a flow.');
  expect(requestOf('import', given)).toBe('Choose a file, or paste the document.');
  expect(requestOf('import', { ...given, text: '{' })).toMatch(/^This is not JSON. Line 1, column 2: /);
  const large = JSON.stringify({ a: 'é'.repeat(1_100_000) });
  expect(requestOf('import', { ...given, text: large })).toBe(
    'The document has 2.1 MB without its spaces; a flow has at most 2 MB.'
  );
  expect(requestOf('import', { ...given, text: '{"a":1}' })).toEqual({ kind: 'document', document: { a: 1 } });
  expect(requestOf('copy', { ...given, flow: 'till' })).toEqual({ kind: 'copyVersion', flow: 'till' });
});

it('[NFD8] a file that cannot be read says why, also after Create, until another one is chosen', async () => {
  const user = userEvent.setup();
  show();
  // jsdom has no pointer capture, so the choice is made by keys.
  Element.prototype.scrollIntoView = () => {};
  screen.getByLabelText('How it begins').focus();
  await user.keyboard('{Enter}');
  await user.keyboard('import{Enter}');
  const create = screen.getByRole('button', { name: 'Create' });
  const choose = (read: { text: string } | { problem: string }) => {
    files.push(read);
    return user.upload(screen.getByLabelText(/^File/), new File(['x'], 'flow.json', { type: 'application/json' }));
  };
  await choose({ problem: 'The file is no text.' });
  await screen.findByText('The file is no text.');
  await user.click(create);
  expect(screen.getByText('The file is no text.')).toBeTruthy();
  await choose({ text: '{"a":1}' });
  await waitFor(() => expect(screen.getByLabelText<HTMLTextAreaElement>('Document').value).toBe('{"a":1}'));
  answers = [() => Response.json({ id: 'd-2' })];
  await user.click(create);
  await waitFor(() => expect(push).toHaveBeenCalledWith('/drafts/d-2'));
  expect(sent[0]!.from).toEqual({ kind: 'document', document: { a: 1 } });
});
