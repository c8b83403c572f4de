'use client';

import { Plug, Radio, Unplug } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import { RelativeTime } from '@/components/ui/time';
import { Tooltip } from '@/components/ui/tooltip';
import { useLink } from './use-link';

/** Is what this page shows current? Icon and word; said aloud only when it changes. */
export function LiveSign({ className }: { className?: string }) {
  const { link, upstream, lastHeardMs } = useLink();
  const away = link === 'live' && upstream === 'engineAway';
  const words = link === 'cut' ? 'Link is down' : away ? 'Engine away' : link === 'live' ? 'Live' : 'Connecting';
  const Icon = link === 'cut' ? Unplug : away ? Plug : Radio;
  const hint =
    link === 'cut'
      ? 'What you see is the last that arrived. It catches up by itself, without a gap.'
      : away
        ? 'The engine does not answer. Runs are safe; the page catches up when it is back.'
        : 'Changes arrive as they happen.';
  return (
    <Tooltip content={hint} side="bottom">
      <span
        role="status"
        tabIndex={0}
        data-link={link}
        className={cn(
          'inline-flex h-7 items-center gap-1.5 whitespace-nowrap rounded-md px-2 text-xs',
          link === 'cut' || away ? 'border border-fail/40 bg-fail-tint text-ink' : 'text-ink-2',
          className
        )}
      >
        <Icon aria-hidden className={cn('size-3.5', link === 'live' && !away ? 'text-forward' : 'text-mark')} />
        <span>{words}</span>
        {(link === 'cut' || away) && lastHeardMs !== null ? (
          <span className="text-ink-2 max-sm:hidden">
            · last heard <RelativeTime atMs={lastHeardMs} />
          </span>
        ) : null}
      </span>
    </Tooltip>
  );
}
