import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { servicesWithBooks } from '@/app/_server/examples/books';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { pageParts } from '@/app/_server/people/page-parts';
import { serveRun } from '@/app/_server/runs/get';
import { FailurePage } from '@/components/live/failure-page';
import { LongRun } from '@/components/runs/long-run';
import { RunPage } from '@/components/runs/run-page';

interface Props {
  params: Promise<{ workflowId: string; runId: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: pageParts(await params).workflowId };
}

export default async function OneRunPage({ params }: Props) {
  const actor = await pageActor();
  const run = pageParts(await params);
  const found = await prefetch(async (web) => ({
    served: await serveRun(web, actor, run),
    withBooks: servicesWithBooks(web),
  }));
  if (found.data) {
    const { served, ...rest } = found.data;
    return served.kind === 'whole' ? (
      <RunPage key={run.runId} initial={served.initial} {...rest} />
    ) : (
      <LongRun key={run.runId} summary={served.summary} events={served.events} {...rest} />
    );
  }
  if (found.failure.code === 'runNotFound') notFound();
  return <FailurePage failure={found.failure} />;
}
