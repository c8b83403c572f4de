import type { Metadata } from 'next';
import { openApiOf } from '@/app/_server/api/openapi';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { ApiPage } from '@/components/api-reference/api-page';
import { FailurePage } from '@/components/live/failure-page';

export const metadata: Metadata = { title: 'API' };

export default async function SettingsApiPage() {
  const actor = await pageActor();
  const document = await prefetch((web) => openApiOf(web, actor));
  return document.failure?.code === 'notAllowed' ? (
    <FailurePage failure={document.failure} />
  ) : (
    <ApiPage prefetched={document} />
  );
}
