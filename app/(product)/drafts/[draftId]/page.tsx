import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getCatalogue } from '@/app/_server/connections/catalogue';
import { getDraft } from '@/app/_server/drafts/get';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { pageParts } from '@/app/_server/people/page-parts';
import { DesignerPage } from '@/components/designer/designer-page';
import { activitiesNamed, withoutBrief } from '@/engine/flow/catalogue-parts';
import { FailurePage } from '@/components/live/failure-page';

interface Props {
  params: Promise<{ draftId: string }>;
}

export const metadata: Metadata = { title: 'Draft' };

export default async function DraftPage({ params }: Props) {
  const actor = await pageActor();
  const { draftId } = pageParts(await params);
  const found = await prefetch(async (web) => {
    const detail = await getDraft(web, actor, draftId);
    const { catalogue } = await getCatalogue(web, actor, { names: activitiesNamed(detail.draft), brief: true });
    return { detail, ...withoutBrief(catalogue) };
  });
  if (found.data) return <DesignerPage key={draftId} {...found.data} />;
  if (found.failure.code === 'draftNotFound') notFound();
  return <FailurePage failure={found.failure} />;
}
