import type { Metadata } from 'next';
import { getSubscription } from '@/app/_server/events/subscriptions';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { pageParts } from '@/app/_server/people/page-parts';
import { SubscriptionPage } from '@/components/events/subscription-page';
import { FailurePage } from '@/components/live/failure-page';

export const metadata: Metadata = { title: 'Subscription' };

export default async function SettingsSubscriptionPage({ params }: { params: Promise<{ subscription: string }> }) {
  const actor = await pageActor();
  const { subscription: id } = pageParts(await params);
  const detail = await prefetch((web) => getSubscription(web, actor, id));
  const isGone = detail.failure?.code === 'notAllowed' || detail.failure?.code === 'subscriptionNotFound';
  return isGone && detail.failure ? (
    <FailurePage failure={detail.failure} />
  ) : (
    <SubscriptionPage id={id} prefetched={detail} />
  );
}
