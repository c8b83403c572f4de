import { cookies } from 'next/headers';
import { unstable_rethrow } from 'next/navigation';
import type { ReactNode } from 'react';
import { failureOf } from '@/app/_server/failure';
import { prefetch } from '@/app/_server/http/prefetch';
import { countWaiting } from '@/app/_server/inbox/list';
import { preferencesOf } from '@/app/_server/people/preferences';
import { pageActor } from '@/app/_server/people/page-actor';
import { Away } from '@/components/shell/away';
import { Shell } from '@/components/shell/shell';
import { WritingProvider } from '@/components/ui/writing';
import { WRITING_COOKIE, writingOf } from '@/engine/flow/values/writing';

/** Every page needs the session of its request, so no page is rendered at build time. */
export const dynamic = 'force-dynamic';

export default async function ProductLayout({ children }: { children: ReactNode }) {
  const actor = await pageActor().catch((error: unknown) => {
    unstable_rethrow(error);
    if (failureOf(error).code !== 'databaseAway') throw error;
    return null;
  });
  if (!actor) return <Away />;
  const [waiting, { data: kept = {} }] = await Promise.all([
    prefetch((web) => countWaiting(web, actor)),
    prefetch((web) => preferencesOf(web, actor)),
  ]);
  const writing = writingOf(kept.numbers ?? (await cookies()).get(WRITING_COOKIE)?.value);
  return (
    <WritingProvider name={writing.name}>
      <Shell person={actor} waiting={waiting.data ?? null} preferences={kept}>
        {children}
      </Shell>
    </WritingProvider>
  );
}
