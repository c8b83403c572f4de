'use client';

/** Times of a schedule as a list, in its zone. */
import { RelativeTime } from '@/components/ui/time';
import { dateOf, clockOf } from './month';

/** 'Mon 30 Nov' */
const dayWords = (atMs: number, zone: string) =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(atMs);

export function NextTimes({ times, zone, label }: { times: readonly number[]; zone: string; label: string }) {
  return (
    <ol aria-label={label} className="figures flex flex-col text-sm">
      {times.map((atMs, index) => {
        const isSameDay = index > 0 && dateOf(atMs, zone) === dateOf(times[index - 1]!, zone);
        return (
          <li key={atMs} className="flex items-baseline gap-3 py-0.5">
            <span className={isSameDay ? 'invisible w-32' : 'w-32'}>{dayWords(atMs, zone)}</span>
            <span className="font-medium">{clockOf(atMs, zone)}</span>
            <RelativeTime atMs={atMs} className="ml-auto text-xs text-ink-2" />
          </li>
        );
      })}
    </ol>
  );
}
