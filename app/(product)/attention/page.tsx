import type { Metadata } from 'next';
import { attentionQuerySchema } from '@/app/_contract/attention';
import { listAttention } from '@/app/_server/attention/list';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { AttentionPage } from '@/components/attention/attention-page';

export const metadata: Metadata = { title: 'Attention' };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function AttentionRoute({ searchParams }: Props) {
  const actor = await pageActor();
  // A damaged address still opens.
  const { data: query = attentionQuerySchema.parse({}) } = attentionQuerySchema.safeParse(await searchParams);
  const prefetched = await prefetch((web) => listAttention(web, actor, query));
  return <AttentionPage prefetched={prefetched} prefetchedDays={query.days} />;
}
