'use client';

import { Clock } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import { RelativeTime, useNow } from '@/components/ui/time';

/** 'due in 6d', or in red 'was due 2m ago' after the time is over. */
export function Due({ atMs, className }: { atMs: number; className?: string }) {
  const now = useNow();
  const over = now !== null && now > atMs;
  return (
    <span className={cn('inline-flex items-center gap-1 whitespace-nowrap', over && 'text-fail', className)}>
      <Clock aria-hidden className="size-3.5" />
      {over ? 'was due' : 'due'} <RelativeTime atMs={atMs} />
    </span>
  );
}
