// @vitest-environment jsdom
/** The rules are in use-gone.ts. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DraftPerson } from '@/app/_contract/drafts';
import type { Person } from '@/app/_contract/people';
import { PersonProvider } from '@/components/people/person';
import { newNode } from '@/engine/flow/edit/compose';
import type { Draft, DraftNode } from '@/engine/flow/edit/draft';
import { EMPTY } from '@/engine/flow/edit/testing/arbitrary';
import type { DraftSession } from './session/draft-session';
import { useGone } from './use-gone';

const said: string[] = [];
vi.mock('@/components/ui/toast', () => ({ toast: (words: string) => said.push(words) }));
beforeEach(() => {
  said.length = 0;
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ person: ada })));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const ada: Person = { id: 'ada', name: 'Ada', email: 'ada@example.com', groups: [], grants: [] };
const node = newNode(EMPTY, 'wait', 'Cool down');
const draft: Draft = { ...EMPTY, steps: [node] };

function open(selected: string | null) {
  let tell: (nodes: readonly DraftNode[], by: DraftPerson) => void = () => undefined;
  const session = {
    onOthersDeleted: (listener: typeof tell) => {
      tell = listener;
      return () => (tell = () => undefined);
    },
  } as unknown as DraftSession;
  const client = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <PersonProvider person={ada}>{children}</PersonProvider>
    </QueryClientProvider>
  );
  const initialProps: { of: Draft; id: string | null } = { of: draft, id: selected };
  const hook = renderHook(({ of, id }) => useGone(session, of, id), { initialProps, wrapper });
  return { ...hook, tell: (by: DraftPerson) => act(() => tell([node], by)) };
}

test('[GON1] a selected step that was deleted is named until another one is selected, and comes back', () => {
  const { result, rerender } = open(node.id);
  expect(result.current).toBe(null);
  rerender({ of: EMPTY, id: node.id });
  expect(result.current).toBe('Cool down');
  rerender({ of: draft, id: node.id });
  expect(result.current).toBe(null);
  rerender({ of: EMPTY, id: null });
  expect(result.current).toBe(null);
  // A link to a step that never was there names nothing.
  rerender({ of: EMPTY, id: 'elsewhere' });
  expect(result.current).toBe(null);
});

test('[GON2] whoever had the step selected is told who deleted it, and nobody else', () => {
  open(node.id).tell({ id: 'bob', name: 'Bob' });
  expect(said).toEqual(["'Cool down', which you had selected, was deleted by Bob."]);
  open(null).tell({ id: 'bob', name: 'Bob' });
  expect(said).toHaveLength(1);
  open(node.id).tell({ id: 'ada', name: 'Ada' });
  expect(said[1]).toBe("'Cool down', which you had selected, was deleted in another tab.");
});
