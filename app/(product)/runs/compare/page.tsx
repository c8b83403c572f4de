import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { fromRunAddress } from '@/app/_contract/run-address';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { serveRun } from '@/app/_server/runs/get';
import { CompareRunsPage, WhichRuns } from '@/components/compare-runs/compare-runs-page';
import { FailurePage } from '@/components/live/failure-page';

interface Props {
  searchParams: Promise<{ a?: string | string[]; b?: string | string[] }>;
}

export const metadata: Metadata = { title: 'Compare two runs' };

export default async function CompareTwoRuns({ searchParams }: Props) {
  const actor = await pageActor();
  const asked = await searchParams;
  const [a, b] = [fromRunAddress(asked.a), fromRunAddress(asked.b)];
  if (!a || !b) return <WhichRuns />;
  if (a.workflowId === b.workflowId && a.runId === b.runId) return <WhichRuns isOne />;
  const found = await prefetch((web) => Promise.all([serveRun(web, actor, a), serveRun(web, actor, b)]));
  if (found.data) {
    const [left, right] = found.data;
    return (
      <CompareRunsPage
        key={`${a.runId} ${b.runId}`}
        a={{ run: a, initial: left.kind === 'whole' ? left.initial : null }}
        b={{ run: b, initial: right.kind === 'whole' ? right.initial : null }}
      />
    );
  }
  if (found.failure.code === 'runNotFound') notFound();
  return <FailurePage failure={found.failure} />;
}
