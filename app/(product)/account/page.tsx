import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { Refusal } from '@/app/_server/failure';
import { prefetch } from '@/app/_server/http/prefetch';
import { readOwnAccount } from '@/app/_server/people/own-account';
import { pageActor } from '@/app/_server/people/page-actor';
import { readSession } from '@/app/_server/people/session';
import { AccountPage } from '@/components/account/account-page';

export const metadata: Metadata = { title: 'Your account' };

export default async function OwnAccountPage() {
  await pageActor();
  const asked = await headers();
  const account = await prefetch(async (web) => {
    const session = await readSession(web, asked, { renew: false });
    if (!session) throw new Refusal('notSignedIn', 'Your session has expired.');
    return readOwnAccount(web, session);
  });
  return <AccountPage prefetched={account} />;
}
