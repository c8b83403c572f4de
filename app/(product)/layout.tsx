import { cookies } from 'next/headers';
import { unstable_rethrow } from 'next/navigation';
import type { ReactNode } from 'react';
import { failureOf } from '@/app/_server/failure';
import { prefetch } from '@/app/_server/http/prefetch';
import { countWaiting } from '@/app/_server/inbox/list';
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
  const writing = writingOf((await cookies()).get(WRITING_COOKIE)?.value);
  const waiting = await prefetch((web) => countWaiting(web, actor));
  return (
    <WritingProvider name={writing.name}>
      <Shell person={actor} waiting={waiting.data ?? null}>
        {children}
      </Shell>
    </WritingProvider>
  );
}
