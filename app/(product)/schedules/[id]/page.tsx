import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { pageParts } from '@/app/_server/people/page-parts';
import { getSchedule } from '@/app/_server/schedules/read';
import { FailurePage } from '@/components/live/failure-page';
import { SchedulePage } from '@/components/schedules/schedule-page';

interface Props {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: pageParts(await params).id };
}

export default async function OneSchedulePage({ params }: Props) {
  const actor = await pageActor();
  const { id } = pageParts(await params);
  const found = await prefetch((web) => getSchedule(web, actor, id));
  if (found.data) return <SchedulePage prefetched={found.data} />;
  if (found.failure.code === 'scheduleNotFound') notFound();
  return <FailurePage failure={found.failure} />;
}
