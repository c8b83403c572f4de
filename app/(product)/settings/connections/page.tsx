import type { Metadata } from 'next';
import { listConnections } from '@/app/_server/connections/list';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { ConnectionsPage } from '@/components/connections/connections-page';
import { FailurePage } from '@/components/live/failure-page';

export const metadata: Metadata = { title: 'Connections' };

export default async function SettingsConnectionsPage() {
  const actor = await pageActor();
  const list = await prefetch((web) => listConnections(web, actor));
  return list.failure?.code === 'notAllowed' ? (
    <FailurePage failure={list.failure} />
  ) : (
    <ConnectionsPage prefetched={list} />
  );
}
