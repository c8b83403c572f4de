import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { pages } from '@/app/_contract/routes';
import { prefetch } from '@/app/_server/http/prefetch';
import { accountExists } from '@/app/_server/people/create-first-account';
import { readActor } from '@/app/_server/people/session';
import { SignInForm } from '@/components/entry/sign-in-form';
import { ownPath } from '@/components/entry/own-path';

export const metadata: Metadata = { title: 'Sign in' };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ back?: string | string[] }> }) {
  const back = ownPath((await searchParams).back);
  const asked = await headers();
  const found = await prefetch(async (web) => ({
    actor: await readActor(web, asked),
    accountExists: await accountExists(web),
    mails: web.mail.configured,
  }));
  if (found.data?.actor) redirect(back);
  if (found.data?.accountExists === false) redirect(pages.firstAccount());
  return <SignInForm back={back} failure={found.failure ?? null} mails={found.data?.mails ?? false} />;
}
