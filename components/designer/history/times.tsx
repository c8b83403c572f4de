'use client';

import { useZone } from '@/components/ui/time';
import { formatHour, formatLongDay } from '@/engine/flow/values/format';

/** The day of an instant in the zone of the page: 'Saturday, 28 November 2026'. */
export function useDayOf(): (ms: number) => string {
  const zone = useZone();
  return (ms) => formatLongDay(ms, zone);
}

/** `14:05`, where the day is said elsewhere. */
export function Clock({ atMs }: { atMs: number }) {
  return <time dateTime={new Date(atMs).toISOString()}>{formatHour(atMs, useZone())}</time>;
}
