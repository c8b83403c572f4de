import type { Metadata } from 'next';
import { batchListSchema } from '@/app/_contract/batches';
import { listBatches } from '@/app/_server/batches/list';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { BatchesPage } from '@/components/batches/batches-page';

export const metadata: Metadata = { title: 'Batches' };

interface Props {
  searchParams: Promise<{ of?: string | string[] }>;
}

export default async function BatchesRoute({ searchParams }: Props) {
  const actor = await pageActor();
  const of = (await searchParams).of === 'own' ? 'own' : 'all';
  const prefetched = await prefetch((web) => listBatches(web, actor, batchListSchema.parse({ of })));
  return <BatchesPage prefetched={prefetched} prefetchedOf={of} />;
}
