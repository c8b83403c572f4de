// @vitest-environment jsdom
/**
 * [CMD9] Whatever is typed or pasted, each list is asked for with as much as it takes, and answers: a search that nothing
 *        has is an empty answer, no failure.
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
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <PersonProvider person={admin}>{children}</PersonProvider>
    </QueryClientProvider>
  );
  const { result } = renderHook(() => useFound(text), { wrapper });
  await waitFor(() => expect(result.current).toMatchObject({ pending: false, missing: null, commands: [] }));
  const query = (path: string) => Object.fromEntries(asked.find(({ pathname }) => pathname === path)!.searchParams);
  expect(draftsQuerySchema.safeParse(query('/api/drafts')).error).toBe(undefined);
  expect(runsQuerySchema.safeParse(query('/api/runs')).error).toBe(undefined);
});
