import type { Metadata } from 'next';
import { prefetch } from '@/app/_server/http/prefetch';
import { listKeys } from '@/app/_server/keys/keys';
import { pageActor } from '@/app/_server/people/page-actor';
import { FailurePage } from '@/components/live/failure-page';
import { KeysPage } from '@/components/settings/keys-page';

export const metadata: Metadata = { title: 'Keys' };

export default async function SettingsKeysPage() {
  const actor = await pageActor();
  const keys = await prefetch((web) => listKeys(web, actor));
  return keys.failure?.code === 'notAllowed' ? <FailurePage failure={keys.failure} /> : <KeysPage prefetched={keys} />;
}
