import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { EXAMPLE_FLOW } from '@/app/_server/flows/install-example';
import { prefetch } from '@/app/_server/http/prefetch';
import { runOf } from '@/app/_server/http/run-of';
import { pageActor } from '@/app/_server/people/page-actor';
import { getRun } from '@/app/_server/runs/get';
import { FailurePage } from '@/components/live/failure-page';
import { RunPage } from '@/components/runs/run-page';

interface Props {
  params: Promise<{ workflowId: string; runId: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: runOf(await params).workflowId };
}

export default async function OneRunPage({ params }: Props) {
  const actor = await pageActor();
  const run = runOf(await params);
  const found = await prefetch(async (web) => ({
    initial: await getRun(web, actor, run),
    shopFlow: web.config.shopUrl ? EXAMPLE_FLOW : null,
  }));
  if (found.data) return <RunPage key={run.runId} {...found.data} />;
  if (found.failure.code === 'runNotFound') notFound();
  return <FailurePage failure={found.failure} />;
}
