import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { pages } from '@/app/_contract/routes';
import { prefetch } from '@/app/_server/http/prefetch';
import { accountExists } from '@/app/_server/people/create-first-account';
import { FirstAccountForm } from '@/components/entry/first-account-form';

export const metadata: Metadata = { title: 'First account' };

export default async function FirstAccountPage() {
  const exists = await prefetch(accountExists);
  if (exists.data) redirect(pages.signIn());
  return <FirstAccountForm failure={exists.failure ?? null} />;
}
