import type { Metadata } from 'next';
import { listAlerts } from '@/app/_server/alerts/list';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { AlertsPage } from '@/components/alerts/alerts-page';

export const metadata: Metadata = { title: 'Alerts' };

export default async function AlertsRoute() {
  const actor = await pageActor();
  return <AlertsPage prefetched={await prefetch((web) => listAlerts(web, actor))} />;
}
