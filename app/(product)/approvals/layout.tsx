import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { INBOX_VIEWS, LISTED, type InboxView } from '@/app/_contract/inbox';
import { PATH_HEADER } from '@/app/_server/http/path-header';
import { prefetch } from '@/app/_server/http/prefetch';
import { listInbox } from '@/app/_server/inbox/list';
import { pageActor } from '@/app/_server/people/page-actor';
import { InboxFrame } from '@/components/inbox/inbox-frame';

export default async function ApprovalsLayout({ children }: { children: ReactNode }) {
  const actor = await pageActor();
  const view = viewOf((await headers()).get(PATH_HEADER));
  return (
    <InboxFrame
      prefetched={await prefetch((web) => listInbox(web, actor, { view, limit: LISTED }))}
      prefetchedView={view}
    >
      {children}
    </InboxFrame>
  );
}

/** A layout cannot read the query string of its address. */
function viewOf(path: string | null): InboxView {
  const asked = new URLSearchParams(path?.split('?')[1]).get('view');
  return INBOX_VIEWS.find((view) => view === asked) ?? 'waiting';
}
