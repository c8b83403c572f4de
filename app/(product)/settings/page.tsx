import { redirect } from 'next/navigation';
import { pages } from '@/app/_contract/routes';
import { pageActor } from '@/app/_server/people/page-actor';
import { may } from '@/engine/permissions/permissions';

export default async function SettingsPage() {
  redirect(may(await pageActor(), 'people.list') ? pages.people() : pages.connections());
}
