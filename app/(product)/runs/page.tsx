import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { pages } from '@/app/_contract/routes';
import { runsQuerySchema } from '@/app/_contract/runs';
import { exampleOffer } from '@/app/_server/examples/install';
import { listFlows } from '@/app/_server/flows/list';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { listRuns } from '@/app/_server/runs/list';
import { listViews } from '@/app/_server/views/views';
import { web } from '@/app/_server/web';
import { readFilters, searchOf } from '@/components/run-list/filters';
import { RunList } from '@/components/run-list/run-list';

export const metadata: Metadata = { title: 'Runs' };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function RunsPage({ searchParams }: Props) {
  const actor = await pageActor();
  const given = await searchParams;
  const search = searchOf(readFilters(given));
  const views = await prefetch((web) => listViews(web, actor));
  const first = views.data?.views.find(({ id }) => id === views.data?.defaultId);
  // A link with filters, with a view, or to a batch, opens these.
  if (first && search === '' && given.view === undefined && given.batch === undefined)
    redirect(pages.runs(`${first.search}${first.search ? '&' : ''}view=${first.id}`));
  const query = runsQuerySchema.parse(Object.fromEntries(new URLSearchParams(search)));
  const [runs, flows] = await Promise.all([
    prefetch((web) => listRuns(web, actor, query)),
    prefetch((web) => listFlows(web, actor)),
  ]);
  return (
    <RunList
      prefetched={runs}
      prefetchedSearch={search}
      flows={flows.data ?? []}
      example={exampleOffer().flow}
      prefetchedViews={views}
      knowsErrors={!web().config.foreignCluster}
    />
  );
}
