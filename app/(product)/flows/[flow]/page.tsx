import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getFlow } from '@/app/_server/flows/get';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { pageParts } from '@/app/_server/people/page-parts';
import { FlowPage } from '@/components/flow/flow-page';
import { FailurePage } from '@/components/live/failure-page';

interface Props {
  params: Promise<{ flow: string }>;
  searchParams: Promise<{ version?: string | string[] }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: pageParts(await params).flow };
}

export default async function OneFlowPage({ params, searchParams }: Props) {
  const actor = await pageActor();
  const { flow } = pageParts(await params);
  const asked = Number((await searchParams).version);
  const found = await prefetch((web) =>
    getFlow(web, actor, flow, Number.isSafeInteger(asked) && asked > 0 ? asked : undefined)
  );
  if (found.data) return <FlowPage flow={found.data} problems={found.data.problems} />;
  if (found.failure.code === 'flowNotFound') notFound();
  return <FailurePage failure={found.failure} />;
}
