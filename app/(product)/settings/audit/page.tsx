import type { Metadata } from 'next';
import { auditQuerySchema } from '@/app/_contract/audit';
import { listAudit } from '@/app/_server/audit-trail/list';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { FailurePage } from '@/components/live/failure-page';
import { auditSearch, readAuditFilters } from '@/components/settings/audit-filters';
import { AuditPage } from '@/components/settings/audit-page';

export const metadata: Metadata = { title: 'Audit' };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function SettingsAuditPage({ searchParams }: Props) {
  const actor = await pageActor();
  const search = auditSearch(readAuditFilters(await searchParams));
  const query = auditQuerySchema.parse(Object.fromEntries(new URLSearchParams(search)));
  const page = await prefetch((web) => listAudit(web, actor, query));
  return page.failure?.code === 'notAllowed' ? (
    <FailurePage failure={page.failure} />
  ) : (
    <AuditPage prefetched={page} prefetchedSearch={search} />
  );
}
