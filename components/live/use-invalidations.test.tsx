// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, cleanup, renderHook } from '@testing-library/react';
import { EventEmitter } from 'node:events';
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
