import type { Metadata } from 'next';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { listWorkers } from '@/app/_server/workers/list';
import { FailurePage } from '@/components/live/failure-page';
import { WorkersPage } from '@/components/workers/workers-page';

export const metadata: Metadata = { title: 'Workers' };

export default async function Page() {
  const actor = await pageActor();
  const workers = await prefetch((web) => listWorkers(web, actor));
  return workers.failure?.code === 'notAllowed' ? (
    <FailurePage failure={workers.failure} />
  ) : (
    <WorkersPage prefetched={workers} />
  );
}
