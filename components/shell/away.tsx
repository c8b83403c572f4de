'use client';

import { useQuery } from '@tanstack/react-query';
import { Database } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useEffectEvent } from 'react';
import type { Health } from '@/app/_contract/live';
import { routes } from '@/app/_contract/routes';
import { getJson } from '@/components/live/api';
import { EmptyState } from '@/components/ui/states';

const ASK_AGAIN_MS = 2_000;

/**
 * Shown in place of a page while the database is away, because sessions are stored there and no page can be shown
 * without one. Reloads by itself.
 */
export function Away() {
  const router = useRouter();
  return (
    <main className="grid min-h-dvh place-items-center">
      <AwayNote onBack={() => router.refresh()} />
    </main>
  );
}

/** The same within a page that is already shown. `onBack` is called when the data can be read again. */
export function AwayNote({ onBack }: { onBack: () => void }) {
  const { data, dataUpdatedAt } = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => getJson<Health>(routes.health(), signal),
    refetchInterval: ASK_AGAIN_MS,
    // Results from before the connection was lost are out of date.
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });
  // A database that cannot write can still be read.
  const back = data !== undefined && data.database !== 'away';
  const told = useEffectEvent(onBack);
  // Called at every report that the database is back, because one of the first reads may still fail.
  useEffect(() => {
    if (back) told();
  }, [back, dataUpdatedAt]);
  return (
    <EmptyState icon={<Database aria-hidden />} title="The database does not answer">
      Nothing was lost: runs continue as soon as it is back. This page checks again every two seconds.
    </EmptyState>
  );
}
