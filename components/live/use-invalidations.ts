'use client';

import { useQueryClient, type Query } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Topic } from '@/app/_contract/live';
import { heard, liveSocket } from './link';

const ALL = Object.keys({
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
} satisfies Record<Topic, true>) as Topic[];

/** A list is read at most this often, in milliseconds, however many changes there are. */
const GAP_MS = 1_000;

/**
 * Lists are read again when the server reports that they are stale, after a lost connection, and when a part went
 * away or came back. The first part of a query's key is its topic. [UIN2] A request in flight is never cancelled by a
 * report, since under load none would ever be answered; it may have been answered before the change, so it is sent once
 * more afterwards. After a lost connection it is cancelled: it may never be answered. Mounted once, in the shell.
 */
export function useInvalidations(): void {
  const client = useQueryClient();
  useEffect(() => {
    const socket = liveSocket();
    const busy = new Set<Topic>();
    const again = new Set<Topic>();
    const gaps = new Set<ReturnType<typeof setTimeout>>();
    const readAgain = async (topic: Topic) => {
      const readAfterwards = async ({ promise, queryKey }: Query) => {
        await promise?.catch(() => undefined);
        await client.invalidateQueries({ queryKey, exact: true });
      };
      const inFlight = client.getQueryCache().findAll({ queryKey: [topic], fetchStatus: 'fetching' });
      const others = (query: Query) => !inFlight.includes(query);
      await Promise.all([
        client.invalidateQueries({ queryKey: [topic], predicate: others }),
        ...inFlight.map(readAfterwards),
      ]);
    };
    const ask = (topic: Topic) => {
      if (busy.has(topic)) {
        again.add(topic);
        return;
      }
      busy.add(topic);
      void readAgain(topic).finally(() => {
        const gap = setTimeout(() => {
          gaps.delete(gap);
          busy.delete(topic);
          if (again.delete(topic)) ask(topic);
        }, GAP_MS);
        gaps.add(gap);
      });
    };
    const onMessage = ({ topics }: { topics: Topic[] }) => {
      heard();
      topics.forEach(ask);
    };
    const onConnect = () => ALL.forEach((topic) => void client.invalidateQueries({ queryKey: [topic] }));
    socket.on('invalidate', onMessage);
    socket.on('connect', onConnect);
    // When a part went away, a list must show that it cannot be read; when it is back, the list is read again.
    socket.on('parts', onConnect);
    return () => {
      socket.off('invalidate', onMessage);
      socket.off('connect', onConnect);
      socket.off('parts', onConnect);
      gaps.forEach(clearTimeout);
    };
  }, [client]);
}
