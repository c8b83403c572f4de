import type { Metadata } from 'next';
import { pageActor } from '@/app/_server/people/page-actor';
import { OpenHistory } from '@/components/open-history/open-history';

export const metadata: Metadata = { title: 'Open a history' };

export default async function OpenHistoryPage() {
  await pageActor();
  return <OpenHistory />;
}
