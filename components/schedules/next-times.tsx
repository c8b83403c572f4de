'use client';

/** Times of a schedule as a list, in its zone. */
import { RelativeTime } from '@/components/ui/time';
import { formatWeekday } from '@/engine/flow/values/format';
import { dateOf, clockOf } from './month';

export function NextTimes({ times, zone, label }: { times: readonly number[]; zone: string; label: string }) {
  return (
    <ol aria-label={label} className="figures flex flex-col text-sm">
      {times.map((atMs, index) => {
        const isSameDay = index > 0 && dateOf(atMs, zone) === dateOf(times[index - 1]!, zone);
        return (
          <li key={atMs} className="flex items-baseline gap-3 py-0.5">
            <span className={isSameDay ? 'invisible w-32' : 'w-32'}>{formatWeekday(atMs, zone)}</span>
            <span className="font-medium">{clockOf(atMs, zone)}</span>
            <RelativeTime atMs={atMs} className="ml-auto text-xs text-ink-2" />
          </li>
        );
      })}
    </ol>
  );
}
