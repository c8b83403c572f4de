import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { pageParts } from '@/app/_server/people/page-parts';
import { getTemplate } from '@/app/_server/templates/templates';
import { FailurePage } from '@/components/live/failure-page';
import { TemplatePage } from '@/components/templates/template-page';

interface Props {
  params: Promise<{ template: string }>;
}

export const metadata: Metadata = { title: 'Template' };

export default async function OneTemplatePage({ params }: Props) {
  const actor = await pageActor();
  const { template } = pageParts(await params);
  const found = await prefetch((web) => getTemplate(web, actor, template));
  if (found.data) return <TemplatePage template={found.data} />;
  if (found.failure.code === 'templateNotFound') notFound();
  return <FailurePage failure={found.failure} />;
}
