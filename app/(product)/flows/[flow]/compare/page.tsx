import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { compareFlow } from '@/app/_server/flows/compare';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { pageParts } from '@/app/_server/people/page-parts';
import { ComparePage } from '@/components/compare/compare-page';
import { FailurePage } from '@/components/live/failure-page';

interface Props {
  params: Promise<{ flow: string }>;
  searchParams: Promise<{ from?: string | string[]; to?: string | string[] }>;
}

export const metadata: Metadata = { title: 'Compare' };

export default async function CompareVersionsPage({ params, searchParams }: Props) {
  const actor = await pageActor();
  const { flow } = pageParts(await params);
  const { from, to } = await searchParams;
  const asked = {
    ...(typeof from === 'string' ? { from } : {}),
    ...(typeof to === 'string' ? { to } : {}),
  };
  const found = await prefetch((web) => compareFlow(web, actor, flow, asked));
  if (found.data) return <ComparePage key={`${found.data.from.key} ${found.data.to.key}`} compared={found.data} />;
  if (found.failure.code === 'flowNotFound') notFound();
  return <FailurePage failure={found.failure} />;
}
