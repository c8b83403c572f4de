import type { Metadata } from 'next';
import { GuestPage } from '@/components/guest/guest-page';

export const metadata: Metadata = { title: 'An approval', referrer: 'no-referrer', robots: 'noindex' };

/** The page behind the link of a guest. */
export default function OneTaskPage() {
  return <GuestPage />;
}
