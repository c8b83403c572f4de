import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { prefetch } from '@/app/_server/http/prefetch';
import { listDevices } from '@/app/_server/notifications/devices';
import { readOwnNotifications } from '@/app/_server/notifications/settings';
import { readOwnAccount } from '@/app/_server/people/own-account';
import { pageActor } from '@/app/_server/people/page-actor';
import { demandSession } from '@/app/_server/people/session';
import { AccountPage } from '@/components/account/account-page';

export const metadata: Metadata = { title: 'Your account' };

export default async function OwnAccountPage() {
  const actor = await pageActor();
  const asked = await headers();
  const [account, notifications, devices] = await Promise.all([
    prefetch(async (web) =>
      // A page cannot set the cookie of a renewed session.
      readOwnAccount(web, await demandSession(web, asked, { renew: false }))
    ),
    prefetch((web) => readOwnNotifications(web, actor)),
    prefetch((web) => listDevices(web, actor)),
  ]);
  return <AccountPage prefetched={account} notifications={notifications} devices={devices} />;
}
