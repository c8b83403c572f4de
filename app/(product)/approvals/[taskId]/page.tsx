import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { prefetch } from '@/app/_server/http/prefetch';
import { getTask } from '@/app/_server/inbox/get';
import { pageActor } from '@/app/_server/people/page-actor';
import { pageParts } from '@/app/_server/people/page-parts';
import { TaskPage } from '@/components/inbox/task-page';
import { FailurePage } from '@/components/live/failure-page';

export const metadata: Metadata = { title: 'Approval' };

export default async function OneTaskPage({ params }: { params: Promise<{ taskId: string }> }) {
  const actor = await pageActor();
  const { taskId } = pageParts(await params);
  const found = await prefetch((web) => getTask(web, actor, taskId));
  if (found.data) {
    const person = { id: actor.id, name: actor.name };
    return <TaskPage key={taskId} detail={found.data} person={person} />;
  }
  if (found.failure.code === 'taskNotFound') notFound();
  return <FailurePage failure={found.failure} />;
}
