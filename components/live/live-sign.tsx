'use client';

import { Database, Plug, Radio, Unplug } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import { RelativeTime } from '@/components/ui/time';
import { Tooltip } from '@/components/ui/tooltip';
import { useLink } from './use-link';
import { useMissing, type Missing } from './use-missing';

const WORDS: Record<Missing, { words: string; icon: typeof Plug; hint: string }> = {
  link: {
    words: 'Not connected',
    icon: Unplug,
    hint: 'This page shows the last data that arrived. It is updated, without a gap, when the connection is back.',
  },
  engine: {
    words: 'Engine away',
    icon: Plug,
    hint: 'The engine does not answer. Runs are safe; this page is updated when it is back.',
  },
  database: {
    words: 'Database away',
    icon: Database,
    hint: 'The database does not answer. Runs are safe; this page is updated when it is back.',
  },
  cannotWrite: {
    words: 'Database cannot write',
    icon: Database,
    hint: 'Its disk may be full. Nothing can be changed or recorded now; runs continue by themselves when it can write again.',
  },
};

/**
 * Shows whether the data of the page is current, as an icon and a word. Screen readers announce it only when it
 * changes.
 */
export function LiveSign({ className }: { className?: string }) {
  const { link, lastHeardMs } = useLink();
  const missing = useMissing();
  const sign = missing ? WORDS[missing] : null;
  const Icon = sign?.icon ?? Radio;
  return (
    <Tooltip content={sign?.hint ?? 'Changes arrive as they happen.'} side="bottom">
      <span
        role="status"
        tabIndex={0}
        data-link={link}
        data-missing={missing ?? undefined}
        className={cn(
          'inline-flex h-7 items-center gap-1.5 whitespace-nowrap rounded-md px-2 text-xs',
          sign ? 'border border-fail/40 bg-fail-tint text-ink' : 'text-ink-2',
          className
        )}
      >
        <Icon aria-hidden className={cn('size-3.5', link === 'live' && !sign ? 'text-forward' : 'text-mark')} />
        <span>{sign?.words ?? (link === 'live' ? 'Live' : 'Connecting')}</span>
        {sign && lastHeardMs !== null ? (
          <span className="text-ink-2 max-sm:hidden">
            · last message <RelativeTime atMs={lastHeardMs} />
          </span>
        ) : null}
      </span>
    </Tooltip>
  );
}
