import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { startForm } from '@/app/_server/flows/start-form';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { pageParts } from '@/app/_server/people/page-parts';
import { getSchedule } from '@/app/_server/schedules/read';
import { FailurePage } from '@/components/live/failure-page';
import { ScheduleForm } from '@/components/schedules/schedule-form';

export const metadata: Metadata = { title: 'Edit schedule' };

interface Props {
  params: Promise<{ id: string }>;
}

export default async function EditSchedulePage({ params }: Props) {
  const actor = await pageActor();
  const { id } = pageParts(await params);
  const found = await prefetch(async (web) => {
    const schedule = await getSchedule(web, actor, id);
    return { schedule, form: schedule.flow === null ? null : await startForm(web, actor, schedule.flow) };
  });
  if (found.data?.form) return <ScheduleForm flows={[]} {...found.data} />;
  if (found.data || found.failure.code === 'scheduleNotFound') notFound();
  return <FailurePage failure={found.failure} />;
}
