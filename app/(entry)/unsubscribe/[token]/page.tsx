import type { Metadata } from 'next';
import { prefetch } from '@/app/_server/http/prefetch';
import { lookAtUnsubscribe } from '@/app/_server/notifications/settings';
import { pageParts } from '@/app/_server/people/page-parts';
import { UnsubscribeForm } from '@/components/entry/unsubscribe-form';

export const metadata: Metadata = { title: 'No more mails', referrer: 'no-referrer', robots: 'noindex' };

/** The page behind the link of a mail. Opening it changes nothing. */
export default async function UnsubscribePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = pageParts(await params);
  return <UnsubscribeForm token={token} found={await prefetch((web) => lookAtUnsubscribe(web, token))} />;
}
