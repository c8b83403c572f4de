// @vitest-environment jsdom
/**
 * The import of an OpenAPI document.
 *
 * Rules
 * [IMD1] Of a large document nothing is chosen at first. A search, and one button, choose a part; at most 300 at once.
 * [IMD2] More than a connection can have is refused before anything is sent, with what there is room for.
 * [IMD3] An operation that the document calls by another id is the same one; what the document has no more is kept.
 */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import type { ConnectionDetail, PutOperations } from '@/app/_contract/connections';
import { TooltipProvider } from '@/components/ui/tooltip';
import type { OperationOf } from '@/engine/flow/connections/operation';
import { ImportDialog } from './import-dialog';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});
// jsdom has no layout.
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

const recorded = { createdBy: 'a', createdMs: 0, changedBy: 'a', changedMs: 0, archivedMs: null, archivedBy: null };
const existing = (name: string, path: string): ConnectionDetail['operations'][number] => {
  const call = { kind: 'http', method: 'GET', path, query: {}, headers: {}, body: 'none', answer: 'body' } as const;
  const operation: OperationOf<'http'> = {
    connection: 'api',
    name,
    title: name,
    description: '',
    call: { ...call, idempotencyHeader: '' },
    input: { type: 'object', properties: {} },
    output: {},
    effect: 'none',
    options: {},
  };
  return { ...recorded, revision: 4, operation };
};
const detailOf = (operations: ConnectionDetail['operations']): ConnectionDetail => ({
  row: {
    ...recorded,
    revision: 1,
    operations: operations.length,
    connection: {
      name: 'api',
      title: 'API',
      kind: 'http',
      allow: [],
      options: {},
      settings: { address: 'https://api.test', headers: {}, auth: { kind: 'none' }, testPath: '/' },
    },
  },
  operations,
  environment: [],
  folder: null,
  uses: [],
  drafts: [],
});

async function read(
  paths: Record<string, string>,
  operations: ConnectionDetail['operations'] = [],
  drafts: ConnectionDetail['drafts'] = []
) {
  const sent: PutOperations[] = [];
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
    sent.push(JSON.parse(String(init.body)) as PutOperations);
    return new Response('{"operations":[]}', { status: 200, headers: { 'content-type': 'application/json' } });
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <TooltipProvider>
        <ImportDialog detail={{ ...detailOf(operations), drafts }} onClose={() => {}} onDone={() => {}} />
      </TooltipProvider>
    </QueryClientProvider>
  );
  const entries = Object.entries(paths).map(([path, operationId]) => [path, { get: { operationId, responses: {} } }]);
  const document = JSON.stringify({ openapi: '3.1.0', info: { title: 'API' }, paths: Object.fromEntries(entries) });
  fireEvent.change(screen.getByRole('textbox', { name: /Document/ }), { target: { value: document } });
  await userEvent.click(screen.getByRole('button', { name: 'Read it' }));
  await screen.findByRole('button', { name: /^Import \d/ });
  return sent;
}
const button = (name: RegExp) => screen.getByRole('button', { name });
const many = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`/${at % 100 === 0 ? 'refund' : 'x'}/${at}`, `op${at}`])
  );

test('[IMD1] a part of 5,000 operations is searched and chosen with one button', async () => {
  const sent = await read(many(5_000));
  expect(button(/^Import 0/).getAttribute('aria-disabled')).toBe('true');
  expect(button(/^Choose all 5,000/).getAttribute('aria-disabled')).toBe('true');
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'refund' } });
  await userEvent.click(button(/^Choose all 50 found/));
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: '' } });
  await userEvent.click(button(/^Show the 50 chosen/));
  expect(screen.getAllByRole('checkbox')).toHaveLength(50);
  await userEvent.click(button(/^Import 50 operations/));
  await waitFor(() => expect(sent.map(({ operations }) => operations.length)).toEqual([50]));
});

test('[IMD2] what the connection has no room for is refused before it is sent', async () => {
  const rows = Array.from({ length: 990 }, (_, at) => existing(`old${at}`, `/old/${at}`));
  const sent = await read(many(12), rows);
  await userEvent.click(button(/^Choose all 12/));
  await userEvent.hover(button(/^Import 12/));
  expect(
    (await screen.findAllByText(/at most 1,000 operations, and this one has room for 10 more/)).length
  ).toBeTruthy();
  await userEvent.click(button(/^Import 12/));
  expect(sent).toEqual([]);
});

test('[IMD3] a renamed operation is changed in its place, its drafts are named, and one that is gone is kept', async () => {
  const rows = [existing('findPet', '/pets'), existing('lost', '/lost')];
  const draft = (title: string, operation: string) => ({ id: title, title, flow: null, operations: [operation] });
  const drafts = [draft('Adopt a pet', 'findPet'), draft('Lose one', 'lost')];
  const sent = await read({ '/pets': 'listPets', '/new': 'fresh' }, rows, drafts);
  expect(document.activeElement).toBe(screen.getAllByRole('checkbox')[0]);
  expect(screen.getByText(/called 'listPets' in the document\. Called by the draft 'Adopt a pet'$/)).toBeTruthy();
  expect(screen.getByText(/not in this document: lost/)).toBeTruthy();
  await userEvent.click(button(/^Import 1 operation/));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]?.operations).toMatchObject([{ base: 4, operation: { name: 'findPet' } }]);
});
