// @vitest-environment jsdom
/**
 * [UPG1] A page that was asked for comes, also when the list is read again at that moment; and what that reading brings
 *        is not lost to it.
 * [UPG2] A page that could not be read is asked for again by the next press, or after the list was read again.
 * [UPG3] Another list begins with its first page.
 */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, expect, test } from 'vitest';
import { usePages } from './use-pages';

afterEach(cleanup);

/** A list of three pages, '<name><number> <version>': every request waits until the test answers it. */
function aList() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  const asked: { page: number; answer: (version: string) => Promise<void>; refuse: () => Promise<void> }[] = [];
  const view = renderHook(
    ({ name }) =>
      usePages<string>({
        queryKey: ['runs', name],
        next: (page) => (page.startsWith(`${name}3`) ? null : String(Number(page[1]) + 1)),
        read: (token) =>
          new Promise<string>((resolve, reject) => {
            const page = Number(token ?? 1);
            const settle = (how: () => void) => act(() => Promise.resolve(how()).then(() => undefined));
            asked.push({
              page,
              answer: (version) => settle(() => resolve(`${name}${page} ${version}`)),
              refuse: () => settle(() => reject(new Error('away'))),
            });
          }),
      }),
    {
      initialProps: { name: 'a' },
      wrapper: ({ children }: { children: ReactNode }) => (
        <QueryClientProvider client={client}>{children}</QueryClientProvider>
      ),
    }
  );
  return {
    client,
    view,
    pages: () => view.result.current.pages,
    more: async () => {
      await waitFor(() => expect(view.result.current.more).not.toBe(null));
      act(() => view.result.current.more!());
    },
    /** The next request, which must be for `page`. */
    next: async (page: number) => {
      await waitFor(() => expect(asked.map((each) => each.page)).toEqual([page]));
      return asked.shift()!;
    },
    readAgain: () => act(() => void client.invalidateQueries({ queryKey: ['runs'] })),
  };
}

test('[UPG1] the list is read again while the next page is on its way', async () => {
  const list = aList();
  await (await list.next(1)).answer('old');
  await list.more();
  await list.next(2);
  expect(list.view.result.current.loadingMore).toBe(true);
  list.readAgain();
  await (await list.next(1)).answer('new');
  expect(list.view.result.current.loadingMore).toBe(true);
  await (await list.next(2)).answer('new');
  await waitFor(() => expect(list.pages()).toEqual(['a1 new', 'a2 new']));
  expect(list.view.result.current.loadingMore).toBe(false);
});

test('[UPG1] the next page is asked for while the list is read again', async () => {
  const list = aList();
  await (await list.next(1)).answer('old');
  list.readAgain();
  const first = await list.next(1);
  await list.more();
  await first.answer('new');
  await (await list.next(2)).answer('new');
  await waitFor(() => expect(list.pages()).toEqual(['a1 new', 'a2 new']));
});

test('[UPG2] after a failure the next press asks again, and so does a list that is read again', async () => {
  const list = aList();
  await (await list.next(1)).answer('old');
  await list.more();
  await (await list.next(2)).refuse();
  await waitFor(() => expect(list.view.result.current.loadingMore).toBe(false));
  await list.more();
  await (await list.next(2)).refuse();
  list.readAgain();
  await (await list.next(1)).answer('new');
  await (await list.next(2)).answer('new');
  await waitFor(() => expect(list.pages()).toEqual(['a1 new', 'a2 new']));
});

test('[UPG3] another list is read to its first page', async () => {
  const list = aList();
  await (await list.next(1)).answer('old');
  await list.more();
  await (await list.next(2)).answer('old');
  list.view.rerender({ name: 'b' });
  await (await list.next(1)).answer('old');
  await waitFor(() => expect(list.pages()).toEqual(['b1 old']));
  expect(list.view.result.current.loadingMore).toBe(false);
  await list.more();
  await (await list.next(2)).answer('old');
  await list.more();
  await (await list.next(3)).answer('old');
  await waitFor(() => expect(list.view.result.current.more).toBe(null));
});
