import type { ReactNode } from 'react';

export const dynamic = 'force-dynamic';

/** No navigation: a guest sees one task. */
export default function GuestLayout({ children }: { children: ReactNode }) {
  return <main className="min-h-dvh">{children}</main>;
}
