'use client';

import { Plug, Unplug } from 'lucide-react';
import { RelativeTime } from '@/components/ui/time';
import type { Away } from './use-away';

/** Which part is away, what that means for the run, and how old the data below is. */
export function AwayBand({ away, asOfMs }: { away: Away; asOfMs: number }) {
  const Icon = away.what === 'link' ? Unplug : Plug;
  return (
    <div role="status" className="flex items-start gap-2.5 border-b border-fail/40 bg-fail-tint px-4 py-2 text-sm">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-fail" />
      <p className="min-w-0">
        {away.sentence}{' '}
        <span className="whitespace-nowrap text-ink-2">
          The data below was read <RelativeTime atMs={asOfMs} />.
        </span>
      </p>
    </div>
  );
}
