import type { Metadata } from 'next';
import { prefetch } from '@/app/_server/http/prefetch';
import { listNotifications } from '@/app/_server/notifications/list';
import { pageActor } from '@/app/_server/people/page-actor';
import { FailurePage } from '@/components/live/failure-page';
import { NotificationsPage } from '@/components/settings/notifications-page';

export const metadata: Metadata = { title: 'Notifications' };

export default async function SettingsNotificationsPage() {
  const actor = await pageActor();
  const notifications = await prefetch((web) => listNotifications(web, actor));
  return notifications.failure?.code === 'notAllowed' ? (
    <FailurePage failure={notifications.failure} />
  ) : (
    <NotificationsPage prefetched={notifications} />
  );
}
