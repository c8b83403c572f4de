import type { Metadata } from 'next';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { readRetention } from '@/app/_server/retention/retention';
import { FailurePage } from '@/components/live/failure-page';
import { RetentionPage } from '@/components/settings/retention-page';

export const metadata: Metadata = { title: 'Retention' };

export default async function SettingsRetentionPage() {
  const actor = await pageActor();
  const kept = await prefetch((web) => readRetention(web, actor));
  return kept.failure?.code === 'notAllowed' ? (
    <FailurePage failure={kept.failure} />
  ) : (
    <RetentionPage prefetched={kept} />
  );
}
