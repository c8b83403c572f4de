// @vitest-environment jsdom
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { act, cleanup, renderHook, waitFor } from '@testing-library/react';
import { EventEmitter } from 'node:events';
import type { ReactNode } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import type { Topic } from '@/app/_contract/live';
import { useInvalidations } from './use-invalidations';

const socket = vi.hoisted(() => ({ current: null as unknown }));
vi.mock('./link', () => ({ liveSocket: () => socket.current, heard: () => {} }));
afterEach(cleanup);

test('[UIN1] after a lost connection and after an outage every kind of list is read again, drafts too', () => {
  const events = new EventEmitter();
  socket.current = events;
  const client = new QueryClient();
  const asked = vi.spyOn(client, 'invalidateQueries').mockReturnValue(new Promise(() => {}));
  renderHook(() => useInvalidations(), {
    wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
  });
  act(() => void events.emit('connect'));
  const topics = asked.mock.calls.map(([filters]) => filters?.queryKey?.[0]);
  const all: Record<Topic, true> = {
    runs: true,
    attention: true,
    views: true,
    schedules: true,
    inbox: true,
    flows: true,
    people: true,
    drafts: true,
    events: true,
    alerts: true,
  };
  expect(topics.sort()).toEqual(Object.keys(all).sort());
});

test('[UIN2] what is on its way when a list is reported stale is answered, and asked for once more', async () => {
  const events = new EventEmitter();
  socket.current = events;
  const client = new QueryClient();
  const asked: { signal: AbortSignal; answer: (text: string) => void }[] = [];
  const around = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  renderHook(() => useInvalidations(), { wrapper: around });
  const queryFn = ({ signal }: { signal: AbortSignal }) =>
    new Promise<string>((answer) => void asked.push({ signal, answer }));
  const list = renderHook(() => useQuery({ queryKey: ['runs', 'list'], queryFn }), { wrapper: around });
  await waitFor(() => expect(asked).toHaveLength(1));
  act(() => void events.emit('invalidate', { topics: ['runs'] }));
  asked[0]!.answer('before the change');
  await waitFor(() => expect(asked).toHaveLength(2));
  expect(list.result.current.data).toBe('before the change');
  // The same for a list that has data.
  act(() => void events.emit('invalidate', { topics: ['runs'] }));
  expect(asked[1]!.signal.aborted).toBe(false);
  asked[1]!.answer('after it');
  await waitFor(() => expect(list.result.current.data).toBe('after it'));
});

test('[UIN2] after a lost connection what is on its way is asked for anew', async () => {
  const events = new EventEmitter();
  socket.current = events;
  const client = new QueryClient();
  client.setQueryData(['runs', 'list'], 'old');
  const answers: ((text: string) => void)[] = [];
  const around = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  renderHook(() => useInvalidations(), { wrapper: around });
  const list = renderHook(
    () =>
      useQuery({
        queryKey: ['runs', 'list'],
        queryFn: () => new Promise<string>((answer) => void answers.push(answer)),
      }),
    { wrapper: around }
  );
  await waitFor(() => expect(answers).toHaveLength(1));
  // A report waits for an answer that never comes.
  act(() => void events.emit('invalidate', { topics: ['runs'] }));
  act(() => void events.emit('connect'));
  await waitFor(() => expect(answers.length).toBeGreaterThan(1));
  answers.at(-1)!('new');
  await waitFor(() => expect(list.result.current.data).toBe('new'));
});
