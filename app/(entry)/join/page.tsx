import type { Metadata } from 'next';
import { JoinForm } from '@/components/entry/join-form';

export const metadata: Metadata = { title: 'Join', referrer: 'no-referrer', robots: 'noindex' };

/** The page of invitations and of links for a new password. */
export default function JoinPage() {
  return <JoinForm />;
}
