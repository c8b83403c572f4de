// @vitest-environment jsdom
/** [ULI1] A list that could not be read remains failed while it is asked for again, until it is there. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { useList } from './use-list';

it('[ULI1] the failure remains until the list is there', async () => {
  let answer: (response: Response) => void = () => {};
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => (answer = resolve)));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' } } });
  const { result } = renderHook(() => useList<{ n: number }>('flows', '/api/list'), {
    wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  });
  const seen = () => [result.current.loading, result.current.failure !== null, result.current.data];
  expect(seen()).toEqual([true, false, null]);
  await act(async () => answer(Response.json({}, { status: 503 })));
  await waitFor(() => expect(seen()).toEqual([false, true, null]));
  act(() => result.current.retry());
  expect(seen()).toEqual([false, true, null]);
  await act(async () => answer(Response.json({ n: 1 })));
  await waitFor(() => expect(seen()).toEqual([false, false, { n: 1 }]));
});
