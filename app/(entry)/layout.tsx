import type { ReactNode } from 'react';
import { Stitch } from '@/components/shell/rail';

export const dynamic = 'force-dynamic';

export default function EntryLayout({ children }: { children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-8">
      <div className="w-full max-w-sm">
        <p className="mb-6 flex items-center gap-2 text-lg font-semibold">
          <Stitch className="size-6" />
          Backstitch
        </p>
        {children}
      </div>
    </main>
  );
}
