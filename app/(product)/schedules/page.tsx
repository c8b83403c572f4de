import type { Metadata } from 'next';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { listSchedules } from '@/app/_server/schedules/list';
import { ScheduleList } from '@/components/schedules/schedule-list';

export const metadata: Metadata = { title: 'Schedules' };

export default async function SchedulesPage() {
  const actor = await pageActor();
  return <ScheduleList prefetched={await prefetch((web) => listSchedules(web, actor))} />;
}
