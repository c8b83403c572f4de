'use client';

/** How far the engine is with a batch, read again while it is under way. */
import { useQuery } from '@tanstack/react-query';
import type { Batch } from '@/app/_contract/batches';
import { routes } from '@/app/_contract/routes';
import { getJson } from '@/components/live/api';

export const LOOK_MS = 1_000;

export const useBatch = (id: string, initialData?: Batch) =>
  useQuery({
    queryKey: ['batch', id],
    queryFn: ({ signal }) => getJson<Batch>(routes.batch(id), signal),
    initialData,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? LOOK_MS : false),
  });
