import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { ownPath } from '@/app/_contract/own-path';
import { pages } from '@/app/_contract/routes';
import { prefetch } from '@/app/_server/http/prefetch';
import { accountExists } from '@/app/_server/people/create-first-account';
import { isPasskeyHost, passkeyHost } from '@/app/_server/people/passkeys';
import { readActor } from '@/app/_server/people/session';
import { SignInForm } from '@/components/entry/sign-in-form';
import { providerRefusal } from '@/components/entry/provider-refusal';

export const metadata: Metadata = { title: 'Sign in' };

interface SignInQuery {
  back?: string | string[];
  /** Why the provider's answer was refused. */
  refused?: string | string[];
}

export default async function SignInPage({ searchParams }: { searchParams: Promise<SignInQuery> }) {
  const query = await searchParams;
  const back = ownPath(query.back);
  const asked = await headers();
  const found = await prefetch(async (web) => ({
    actor: await readActor(web, asked),
    accountExists: await accountExists(web),
    mails: web.mail.configured,
    provider: web.provider?.name ?? null,
    passkeyHost: passkeyHost(web.config)?.id ?? null,
  }));
  if (found.failure?.code === 'secondFactorNeeded') redirect(pages.secondFactor(back));
  if (found.data?.actor) redirect(back);
  if (found.data?.accountExists === false) redirect(pages.firstAccount());
  const provider = found.data?.provider ?? null;
  return (
    <SignInForm
      back={back}
      failure={found.failure ?? (provider ? providerRefusal(query.refused, provider) : null)}
      mails={found.data?.mails ?? false}
      provider={provider}
      passkeys={isPasskeyHost(asked.get('host'), found.data?.passkeyHost ?? null)}
    />
  );
}
