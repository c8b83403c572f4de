import type { Metadata } from 'next';
import { getConnection } from '@/app/_server/connections/list';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { pageParts } from '@/app/_server/people/page-parts';
import { OperationPage } from '@/components/connections/operation-page';
import { FailurePage } from '@/components/live/failure-page';

export const metadata: Metadata = { title: 'Operation' };

export default async function SettingsOperationPage({
  params,
}: {
  params: Promise<{ name: string; operation: string }>;
}) {
  const actor = await pageActor();
  const { name, operation } = pageParts(await params);
  const detail = await prefetch((web) => getConnection(web, actor, name));
  if (detail.failure) return <FailurePage failure={detail.failure} />;
  return <OperationPage detail={detail.data} operation={operation} />;
}
