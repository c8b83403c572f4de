import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { pages } from '@/app/_contract/routes';
import { prefetch } from '@/app/_server/http/prefetch';
import { accountExists, isHere } from '@/app/_server/people/create-first-account';
import { FirstAccountForm } from '@/components/entry/first-account-form';

export const metadata: Metadata = { title: 'First account', referrer: 'no-referrer' };

export default async function FirstAccountPage() {
  const exists = await prefetch(accountExists);
  if (exists.data) redirect(pages.signIn());
  return <FirstAccountForm failure={exists.failure ?? null} here={isHere(await headers())} />;
}
