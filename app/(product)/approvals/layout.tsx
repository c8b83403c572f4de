import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { inboxQuerySchema } from '@/app/_contract/inbox';
import { PATH_HEADER } from '@/app/_server/http/path-header';
import { prefetch } from '@/app/_server/http/prefetch';
import { listInbox } from '@/app/_server/inbox/list';
import { pageActor } from '@/app/_server/people/page-actor';
import { readFilters, searchOf } from '@/components/inbox/filters';
import { InboxFrame } from '@/components/inbox/inbox-frame';

export default async function ApprovalsLayout({ children }: { children: ReactNode }) {
  const actor = await pageActor();
  const search = searchIn((await headers()).get(PATH_HEADER));
  const query = inboxQuerySchema.parse(Object.fromEntries(new URLSearchParams(search)));
  return (
    <InboxFrame prefetched={await prefetch((web) => listInbox(web, actor, query))} prefetchedSearch={search}>
      {children}
    </InboxFrame>
  );
}

/** A layout cannot read the query string of its address. */
const searchIn = (path: string | null): string => searchOf(readFilters(new URLSearchParams(path?.split('?')[1])));
