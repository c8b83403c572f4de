// @vitest-environment jsdom
/**
 * [CMD9] Whatever is typed or pasted, each list is asked for with as much as it takes, and answers: a search that nothing
 *        has is an empty answer, no failure.
 * [CMD10] What was found stays while more letters are asked for: nothing goes from under the key that chooses it.
 */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { draftsQuerySchema } from '@/app/_contract/drafts';
import type { Person } from '@/app/_contract/people';
import { runsQuerySchema } from '@/app/_contract/runs';
import { PersonProvider } from '@/components/people/person';
import { useFound } from './use-found';

vi.mock('next/navigation', () => ({ useRouter: () => ({ push: () => undefined }) }));
afterEach(() => vi.unstubAllGlobals());

const admin: Person = {
  id: 'ada',
  name: 'Ada',
  email: 'ada@example.com',
  groups: [],
  grants: [{ role: 'admin', flow: null }],
};

const around = () => {
  const client = new QueryClient();
  return ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <PersonProvider person={admin}>{children}</PersonProvider>
    </QueryClientProvider>
  );
};

test.each([
  ['letters of three bytes', 'ф'.repeat(300)],
  ['an emoji of many characters', '👩‍👩‍👧‍👧'.repeat(60)],
  ['a pasted page', 'So it goes. '.repeat(5_000)],
])('[CMD9] %s are searched without a failure', async (_what, text) => {
  const asked: URL[] = [];
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(new URL(url, 'http://localhost'));
    return Promise.resolve(Response.json({ person: admin, flows: [], drafts: [], runs: [] }));
  });
  const { result } = renderHook(() => useFound(text), { wrapper: around() });
  await waitFor(() => expect(result.current).toMatchObject({ pending: false, missing: null, commands: [] }));
  const query = (path: string) => Object.fromEntries(asked.find(({ pathname }) => pathname === path)!.searchParams);
  expect(draftsQuerySchema.safeParse(query('/api/drafts')).error).toBe(undefined);
  expect(runsQuerySchema.safeParse(query('/api/runs')).error).toBe(undefined);
});

test('[CMD10] a run that was found stays until the answer for more letters comes', async () => {
  let answerLast: ((response: Response) => void) | null = null;
  vi.stubGlobal('fetch', (url: string) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const run = { workflowId: 'order-117', runId: 'r', status: 'running', standingState: 'running', startMs: 0 };
    const answer = Response.json({ person: admin, flows: [], drafts: [], runs: pathname === '/api/runs' ? [run] : [] });
    return searchParams.get('id') === 'order-117'
      ? new Promise((resolve) => (answerLast = resolve))
      : Promise.resolve(answer);
  });
  const { result, rerender } = renderHook(({ text }) => useFound(text), {
    wrapper: around(),
    initialProps: { text: 'order-1' },
  });
  const titles = () => result.current.commands.map(({ title }) => title);
  await waitFor(() => expect(titles()).toEqual(['order-117']));
  const listed: string[][] = [];
  rerender({ text: 'order-117' });
  await waitFor(() => {
    listed.push(titles());
    expect(answerLast).not.toBe(null);
  });
  expect(listed).toEqual(listed.map(() => ['order-117']));
  expect(result.current.pending).toBe(true);
  answerLast!(Response.json({ person: admin, runs: [] }));
  await waitFor(() => expect(titles()).toEqual([]));
  expect(result.current.pending).toBe(false);
});
