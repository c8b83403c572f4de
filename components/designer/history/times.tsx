'use client';

import { useZone } from '@/components/ui/time';

/** The day of an instant in the zone of the page: 'Saturday, 28 November 2026'. */
export function useDayOf(): (ms: number) => string {
  const timeZone = useZone();
  const day = new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone,
  });
  return (ms) => day.format(ms);
}

/** `14:05`, where the day is said elsewhere. */
export function Clock({ atMs }: { atMs: number }) {
  const timeZone = useZone();
  const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone });
  return <time dateTime={new Date(atMs).toISOString()}>{time.format(atMs)}</time>;
}
