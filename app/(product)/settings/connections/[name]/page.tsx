import type { Metadata } from 'next';
import { getConnection } from '@/app/_server/connections/list';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { pageParts } from '@/app/_server/people/page-parts';
import { ConnectionPage } from '@/components/connections/connection-page';
import { FailurePage } from '@/components/live/failure-page';

export const metadata: Metadata = { title: 'Connection' };

export default async function SettingsConnectionPage({ params }: { params: Promise<{ name: string }> }) {
  const actor = await pageActor();
  const { name } = pageParts(await params);
  const detail = await prefetch((web) => getConnection(web, actor, name));
  const isGone = detail.failure?.code === 'notAllowed' || detail.failure?.code === 'connectionNotFound';
  return isGone && detail.failure ? (
    <FailurePage failure={detail.failure} />
  ) : (
    <ConnectionPage name={name} prefetched={detail} />
  );
}
