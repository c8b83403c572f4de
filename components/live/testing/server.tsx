/** A part of a page around which everything is that a page has, and a server that answers as a test says. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import type { AppFailure } from '@/app/_contract/errors';
import type { Person } from '@/app/_contract/people';
import { PersonProvider } from '@/components/people/person';
import { TooltipProvider } from '@/components/ui/tooltip';

export function show(children: ReactNode): QueryClient {
  const client = new QueryClient();
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>{children}</TooltipProvider>
    </QueryClientProvider>
  );
  return client;
}

/** Around what asks who looks at it: an administrator. */
export function Administrator({ children }: { children: ReactNode }) {
  return <PersonProvider person={ADA}>{children}</PersonProvider>;
}
const ADA: Person = {
  id: 'ada',
  name: 'Ada',
  email: 'ada@example.test',
  grants: [{ role: 'admin', flow: null }],
  groups: [],
};

/** A server's answer to one request. */
export type Answer = { ok: unknown } | { refused: AppFailure } | 'lost';

/** Answers the changes that the page sends, in this order. Returns what was sent: address and body. */
export function answers(...all: Answer[]): { url: string; body: Record<string, unknown> }[] {
  const sent: { url: string; body: Record<string, unknown> }[] = [];
  vi.stubGlobal('fetch', (url: string, { method, body }: { method?: string; body: string }) => {
    // What the page reads by itself.
    if (method !== 'POST') return new Promise(() => {});
    const answer = all[sent.length];
    sent.push({ url, body: JSON.parse(body) as Record<string, unknown> });
    if (answer === undefined || answer === 'lost') return Promise.reject(new TypeError('Failed to fetch'));
    if ('ok' in answer) return Promise.resolve(Response.json(answer.ok));
    return Promise.resolve(Response.json({ error: answer.refused }, { status: 409 }));
  });
  return sent;
}
