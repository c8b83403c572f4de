import type { Metadata } from 'next';
import { listFlows } from '@/app/_server/flows/list';
import { startForm } from '@/app/_server/flows/start-form';
import { prefetch } from '@/app/_server/http/prefetch';
import { pageActor } from '@/app/_server/people/page-actor';
import { FailurePage } from '@/components/live/failure-page';
import { ScheduleForm } from '@/components/schedules/schedule-form';

export const metadata: Metadata = { title: 'New schedule' };

interface Props {
  searchParams: Promise<{ flow?: string | string[] }>;
}

export default async function NewSchedulePage({ searchParams }: Props) {
  const actor = await pageActor();
  const { flow } = await searchParams;
  const found = await prefetch(async (web) => {
    const flows = (await listFlows(web, actor)).filter(({ servedVersion }) => servedVersion !== null);
    const known = flows.find(({ name }) => name === flow);
    return {
      flows: flows.map(({ name, title }) => ({ name, title })),
      form: known ? await startForm(web, actor, known.name) : null,
    };
  });
  if (found.data) return <ScheduleForm schedule={null} {...found.data} />;
  return <FailurePage failure={found.failure} />;
}
