import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getFlow } from '@/app/_server/flows/get';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { StartPage } from '@/components/flow/start-page';
import { FailurePage } from '@/components/live/failure-page';

export const metadata: Metadata = { title: 'Start' };

export default async function StartRunPage({ params }: { params: Promise<{ flow: string }> }) {
  const actor = await pageActor();
  const flow = decodeURIComponent((await params).flow);
  const found = await prefetch(async (web) => {
    const { summary, shown } = await getFlow(web, actor, flow);
    const { input, scenarios } = shown.manifest.document;
    return { flow, title: summary.title, version: shown.version, input, scenarios };
  });
  if (found.data) return <StartPage form={found.data} />;
  if (found.failure.code === 'flowNotFound') notFound();
  return <FailurePage failure={found.failure} />;
}
