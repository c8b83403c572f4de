// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, renderHook } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { getJson } from '@/components/live/api';
import type { Catalogue, CatalogueActivity } from '@/engine/flow/catalogue';
import { draftOf } from '@/engine/flow/edit/draft';
import { parseFlow } from '@/engine/flow/testing/flow';
import { useCatalogue } from './use-catalogue';

vi.mock('@/components/live/api', () => ({ getJson: vi.fn() }));

const brief = (name: string): CatalogueActivity => ({
  name,
  title: name,
  effect: 'none',
  input: { type: 'object' },
  output: {},
  defaultOptions: {},
  isBrief: true,
});
const full = (name: string): CatalogueActivity => {
  const { isBrief: _, ...rest } = brief(name);
  return { ...rest, sha: 'a' };
};
const draft = (...activities: string[]) =>
  draftOf(
    parseFlow({
      format: 2,
      name: 'test',
      title: 'Test',
      input: { type: 'object' },
      steps: activities.map((activity, at) =>
        activity.startsWith('flow:')
          ? { id: `s${at}`, kind: 'child', title: activity, flow: activity.slice(5), input: {} }
          : { id: `s${at}`, kind: 'action', title: activity, activity, input: {} }
      ),
    })
  );

beforeEach(() => void vi.mocked(getJson).mockReset());
afterEach(cleanup);

const asList = '/api/catalogue?brief=yes';
const inFull = (...names: string[]) => `/api/catalogue?names=${names.join(',')}`;

/** The page has `given`, and the server `list` and what is asked for in full. */
async function open(
  { given = {}, list = {}, refused: first = [] }: { given?: Catalogue; list?: Catalogue; refused?: string[] },
  ...activities: string[]
) {
  const refused = new Set(first);
  vi.mocked(getJson).mockImplementation(async (url) => {
    if (refused.delete(url)) throw new Error('offline');
    if (url === asList) return { catalogue: list };
    const [, names = ''] = url.split('names=');
    return {
      catalogue: Object.fromEntries(
        decodeURIComponent(names)
          .split(',')
          .map((name) => [name, full(name)])
      ),
    };
  });
  const others = Object.keys(list).filter((name) => !Object.hasOwn(given, name)).length;
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });
  const view = renderHook(({ named }: { named: string[] }) => useCatalogue(given, others, draft(...named)), {
    initialProps: { named: activities },
    wrapper: ({ children }: { children: ReactNode }) => (
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    ),
  });
  const settled = () => act(async () => undefined);
  return {
    refuse: (url: string) => void refused.add(url),
    current: () => view.result.current.catalogue,
    missing: () => view.result.current.missing,
    asked: () => vi.mocked(getJson).mock.calls.map(([url]) => url),
    settled,
    /** The server says that something was published. */
    announced: () => act(async () => client.invalidateQueries({ queryKey: ['flows'] })),
    name: (...named: string[]) => act(async () => view.rerender({ named })),
  };
}

test('[UCA3] [UCA1] all others are read once, in brief; what the draft names is read once, when it is named', async () => {
  const page = await open(
    {
      given: { 'crm.a': full('crm.a') },
      list: { 'crm.a': full('crm.a'), 'crm.b': brief('crm.b'), 'crm.c': brief('crm.c') },
    },
    'crm.a'
  );
  expect(page.current()).toEqual({ 'crm.a': full('crm.a') });
  expect(page.missing()).toMatchObject({ count: 2, isFailed: false });
  await page.settled();
  expect(page.missing()).toBeNull();
  await page.name('crm.a', 'crm.b');
  expect(page.asked()).toEqual([asList, inFull('crm.b')]);
  expect(page.current()).toEqual({ 'crm.a': full('crm.a'), 'crm.b': full('crm.b'), 'crm.c': brief('crm.c') });
  await page.name('crm.b');
  expect(page.asked()).toHaveLength(2);
});

test('[UCA3] a list that could not be read is asked for again by somebody', async () => {
  const list = { 'crm.b': brief('crm.b') };
  const page = await open({ list, refused: [asList] });
  await page.settled();
  expect(page.missing()).toMatchObject({ count: 1, isFailed: true });
  await act(async () => page.missing()!.retry());
  expect(page.missing()).toBeNull();
  expect(page.current()).toEqual(list);
});

test('[UCA2] what could not be read is read again with the next change', async () => {
  const page = await open({ list: { 'crm.b': brief('crm.b'), 'crm.c': brief('crm.c') } });
  await page.settled();
  page.refuse(inFull('crm.b'));
  await page.name('crm.b');
  expect(page.current()['crm.b']?.isBrief).toBe(true);
  await page.name('crm.b', 'crm.c');
  expect(page.current()).toEqual({ 'crm.b': full('crm.b'), 'crm.c': full('crm.c') });
});

test('[UCA1] of a catalogue that is whole, nothing is read', async () => {
  const page = await open({ given: { 'crm.a': full('crm.a') } });
  await page.name('crm.a', 'crm.gone');
  expect(page.asked()).toEqual([]);
  expect(page.missing()).toBeNull();
});

test('[UCA4] a flow that is not published is asked for again when something is published', async () => {
  const payment = inFull('flow%3Apayment');
  const page = await open({ given: { 'crm.a': full('crm.a') }, refused: [payment] }, 'crm.a', 'flow:payment');
  await page.settled();
  expect(page.current()).toEqual({ 'crm.a': full('crm.a') });
  await page.announced();
  await vi.waitFor(() => expect(page.current()['flow:payment']).toEqual(full('flow:payment')));
  expect(page.asked()).toEqual([payment, payment]);
});
