import type { Metadata } from 'next';
import { prefetch } from '@/app/_server/http/prefetch';
import { listPeople } from '@/app/_server/people/list';
import { pageActor } from '@/app/_server/people/page-actor';
import { FailurePage } from '@/components/live/failure-page';
import { GroupsPage } from '@/components/settings/groups-page';

export const metadata: Metadata = { title: 'Groups' };

export default async function SettingsGroupsPage() {
  const actor = await pageActor();
  const people = await prefetch((web) => listPeople(web, actor));
  return people.failure?.code === 'notAllowed' ? (
    <FailurePage failure={people.failure} />
  ) : (
    <GroupsPage prefetched={people} />
  );
}
