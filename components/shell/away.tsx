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

/** In place of a page that nobody can be shown while the database is away: sessions are kept there. Comes back by itself. */
export function Away() {
  const router = useRouter();
  return (
    <main className="grid min-h-dvh place-items-center">
      <AwayNote onBack={() => router.refresh()} />
    </main>
  );
}

/** The same within a page that stands. `onBack`: it can be asked again. */
export function AwayNote({ onBack }: { onBack: () => void }) {
  const { data, dataUpdatedAt } = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => getJson<Health>(routes.health(), signal),
    refetchInterval: ASK_AGAIN_MS,
    // What was up a moment ago says nothing about now.
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });
  // A database that cannot write can be read.
  const back = data !== undefined && data.database !== 'away';
  const told = useEffectEvent(onBack);
  // As often as it is said to be back: one of the first questions may still have missed it.
  useEffect(() => {
    if (back) told();
  }, [back, dataUpdatedAt]);
  return (
    <EmptyState icon={<Database aria-hidden />} title="The database does not answer">
      Nothing was lost: runs go on where they were as soon as it is back. This page looks again every two seconds.
    </EmptyState>
  );
}
