'use client';

import { useQuery } from '@tanstack/react-query';
import { Database } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import type { Health } from '@/app/_contract/live';
import { routes } from '@/app/_contract/routes';
import { getJson } from '@/components/live/api';
import { EmptyState } from '@/components/ui/states';

const ASK_AGAIN_MS = 2_000;

/** In place of a page that nobody can be shown while the database is away: sessions are kept there. Comes back by itself. */
export function Away() {
  const router = useRouter();
  const { data } = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => getJson<Health>(routes.health(), signal),
    refetchInterval: ASK_AGAIN_MS,
    retry: false,
  });
  const back = data?.database === 'up';
  useEffect(() => {
    if (back) router.refresh();
  }, [back, router]);
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState icon={<Database aria-hidden />} title="The database does not answer">
        Nothing was lost: runs go on where they were as soon as it is back. This page looks again every two seconds.
      </EmptyState>
    </main>
  );
}
