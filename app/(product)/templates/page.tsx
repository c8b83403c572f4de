import type { Metadata } from 'next';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { listTemplates } from '@/app/_server/templates/templates';
import { FailurePage } from '@/components/live/failure-page';
import { TemplateGallery } from '@/components/templates/gallery';

export const metadata: Metadata = { title: 'Templates' };

export default async function TemplatesPage() {
  const actor = await pageActor();
  const found = await prefetch(async () => listTemplates(actor));
  return found.data ? <TemplateGallery templates={found.data} /> : <FailurePage failure={found.failure} />;
}
