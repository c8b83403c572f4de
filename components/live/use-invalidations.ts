'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Topic } from '@/app/_contract/live';
import { heard, liveSocket } from './link';

const ALL: Topic[] = ['runs', 'inbox', 'flows'];

/**
 * Lists ask again when the server says that they are stale, and after a cut, when nobody said so. A query belongs to a topic by
 * the first part of its key. Mounted once, in the shell.
 */
export function useInvalidations(): void {
  const client = useQueryClient();
  useEffect(() => {
    const socket = liveSocket();
    const invalidate = (topics: Topic[]) => {
      for (const topic of topics) void client.invalidateQueries({ queryKey: [topic] });
    };
    const onMessage = ({ topics }: { topics: Topic[] }) => {
      heard();
      invalidate(topics);
    };
    const onConnect = () => invalidate(ALL);
    socket.on('invalidate', onMessage);
    socket.on('connect', onConnect);
    return () => {
      socket.off('invalidate', onMessage);
      socket.off('connect', onConnect);
    };
  }, [client]);
}
