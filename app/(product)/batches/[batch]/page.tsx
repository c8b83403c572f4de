import type { Metadata } from 'next';
import { fromPart } from '@/app/_contract/address-part';
import { getBatch } from '@/app/_server/batches/get';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { BatchPage } from '@/components/batches/batch-page';

export const metadata: Metadata = { title: 'A batch of runs' };

interface Props {
  params: Promise<{ batch: string }>;
}

export default async function BatchRoute({ params }: Props) {
  const actor = await pageActor();
  const { batch } = await params;
  const id = fromPart(batch) ?? batch;
  return <BatchPage id={id} prefetched={await prefetch((web) => getBatch(web, actor, id))} />;
}
