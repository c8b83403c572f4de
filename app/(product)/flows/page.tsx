import type { Metadata } from 'next';
import { draftsQuerySchema } from '@/app/_contract/drafts';
import { listDrafts } from '@/app/_server/drafts/list';
import { exampleOffer } from '@/app/_server/examples/install';
import { listFlows } from '@/app/_server/flows/list';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { FlowList } from '@/components/flow/flow-list';

export const metadata: Metadata = { title: 'Flows' };

export default async function FlowsPage() {
  const actor = await pageActor();
  const [flows, drafts] = await Promise.all([
    prefetch(async (web) => ({ flows: await listFlows(web, actor) })),
    prefetch((web) => listDrafts(web, actor, draftsQuerySchema.parse({}))),
  ]);
  return <FlowList prefetched={flows} drafts={drafts} example={exampleOffer()} />;
}
