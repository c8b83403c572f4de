import type { Metadata } from 'next';
import { listSubscriptions } from '@/app/_server/events/subscriptions';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { EventsPage } from '@/components/events/events-page';
import { FailurePage } from '@/components/live/failure-page';

export const metadata: Metadata = { title: 'Events out' };

export default async function SettingsEventsPage() {
  const actor = await pageActor();
  const events = await prefetch((web) => listSubscriptions(web, actor));
  return events.failure?.code === 'notAllowed' ? (
    <FailurePage failure={events.failure} />
  ) : (
    <EventsPage prefetched={events} />
  );
}
