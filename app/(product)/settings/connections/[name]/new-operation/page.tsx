import type { Metadata } from 'next';
import { getConnection } from '@/app/_server/connections/list';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { pageParts } from '@/app/_server/people/page-parts';
import { OperationPage } from '@/components/connections/operation-page';
import { FailurePage } from '@/components/live/failure-page';

export const metadata: Metadata = { title: 'New operation' };

export default async function SettingsNewOperationPage({ params }: { params: Promise<{ name: string }> }) {
  const actor = await pageActor();
  const { name } = pageParts(await params);
  const detail = await prefetch((web) => getConnection(web, actor, name));
  return detail.failure ? (
    <FailurePage failure={detail.failure} />
  ) : (
    <OperationPage detail={detail.data} operation={null} />
  );
}
