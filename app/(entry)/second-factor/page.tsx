import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { ownPath } from '@/app/_contract/own-path';
import { pages } from '@/app/_contract/routes';
import { prefetch } from '@/app/_server/http/prefetch';
import { readOwnAccount } from '@/app/_server/people/own-account';
import { lacksSecondFactor } from '@/app/_server/people/second-factor-rule';
import { readSession } from '@/app/_server/people/session';
import { SecondFactorSetup } from '@/components/entry/second-factor-setup';
import { FailureBand } from '@/components/live/failure-band';

export const metadata: Metadata = { title: 'Second factor' };

export default async function SecondFactorPage({
  searchParams,
}: {
  searchParams: Promise<{ back?: string | string[] }>;
}) {
  const back = ownPath((await searchParams).back);
  const asked = await headers();
  const found = await prefetch(async (web) => {
    const session = await readSession(web, asked, { renew: false, evenLacking: true });
    if (!session || !(await lacksSecondFactor(web.database, session.token))) return { session, account: null };
    return { session, account: await readOwnAccount(web, session) };
  });
  if (!found.data) return <FailureBand failure={found.failure} />;
  const { session, account } = found.data;
  if (!session) redirect(pages.signIn(back));
  if (!account) redirect(back);
  const { via: _via, from: _from, ...person } = session.actor;
  return (
    <SecondFactorSetup
      person={person}
      back={back}
      hasPasskey={account.passkeys.length > 0}
      passkeyHost={account.passkeyHost}
    />
  );
}
