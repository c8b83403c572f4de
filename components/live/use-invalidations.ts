'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Topic } from '@/app/_contract/live';
import { heard, liveSocket } from './link';

const ALL: Topic[] = ['runs', 'inbox', 'flows', 'people'];

/** A list asks at most this often, however much happens. */
const GAP_MS = 1_000;

/**
 * Lists ask again when the server says that they are stale, after a cut, and when a part went away or came back. A query belongs to a topic by
 * the first part of its key. A question under way is never broken off by the next word (under load none would ever be
 * answered): it is asked once more afterwards. Mounted once, in the shell.
 */
export function useInvalidations(): void {
  const client = useQueryClient();
  useEffect(() => {
    const socket = liveSocket();
    const busy = new Set<Topic>();
    const again = new Set<Topic>();
    const gaps = new Set<ReturnType<typeof setTimeout>>();
    const ask = (topic: Topic) => {
      if (busy.has(topic)) {
        again.add(topic);
        return;
      }
      busy.add(topic);
      void client.invalidateQueries({ queryKey: [topic] }).finally(() => {
        const gap = setTimeout(() => {
          gaps.delete(gap);
          busy.delete(topic);
          if (again.delete(topic)) ask(topic);
        }, GAP_MS);
        gaps.add(gap);
      });
    };
    const invalidate = (topics: Topic[]) => topics.forEach(ask);
    const onMessage = ({ topics }: { topics: Topic[] }) => {
      heard();
      invalidate(topics);
    };
    const onConnect = () => invalidate(ALL);
    socket.on('invalidate', onMessage);
    socket.on('connect', onConnect);
    // A part went away or came back: a list that cannot be read says so, and one that can again is read.
    socket.on('parts', onConnect);
    return () => {
      socket.off('invalidate', onMessage);
      socket.off('connect', onConnect);
      socket.off('parts', onConnect);
      gaps.forEach(clearTimeout);
    };
  }, [client]);
}
