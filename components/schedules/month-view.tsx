'use client';

/** The times of a schedule in a month, day by day. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useMemo, useState } from 'react';
import { routes } from '@/app/_contract/routes';
import type { TimesAnswer, When } from '@/app/_contract/schedules';
import { getJson } from '@/components/live/api';
import { IconButton } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Card, CardBody, CardHeader } from '@/components/ui/surface';
import { useNow } from '@/components/ui/time';
import { formatMonth } from '@/engine/flow/values/format';
import {
  clockOf,
  dateOf,
  monthBefore,
  monthOf,
  nextMonth,
  rangeOf,
  timesOfInterval,
  weeksOf,
  type MonthDay,
} from './month';

const HEADS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
/** How many times a day shows, to the minute: a cell has no room for more. More are counted. */
const SHOWN = 2;

export function MonthView({ id, zone, when }: { id: string; zone: string; when: When | null }) {
  const now = useNow();
  const [chosen, setChosen] = useState<string | null>(null);
  const month = chosen ?? (now === null ? null : monthOf(now, zone));
  const range = month === null ? { from: 0, until: 0 } : rangeOf(month);
  const { data } = useQuery({
    queryKey: ['schedules', 'times', id, month],
    queryFn: ({ signal }) => getJson<TimesAnswer>(routes.scheduleTimes(id, range.from, range.until), signal),
    enabled: month !== null && when?.kind !== 'every',
    placeholderData: keepPreviousData,
  });
  // There may be too many to be asked for.
  const times = useMemo(
    () => (when?.kind === 'every' && month !== null ? timesOfInterval(when, rangeOf(month)) : (data?.times ?? [])),
    [when, month, data]
  );
  if (month === null) return <Card className="min-h-80" />;
  const name = formatMonth(Date.parse(`${month}-15T00:00:00Z`), 'UTC');
  const today = now === null ? '' : dateOf(now, zone);
  return (
    <Card>
      <CardHeader
        title={name}
        description={`Times in ${zone.replaceAll('_', ' ')}${data?.isCut ? '; only the first thousand are shown' : ''}`}
        actions={
          <>
            <IconButton label="Month before" size="sm" onClick={() => setChosen(monthBefore(month))}>
              <ChevronLeft aria-hidden />
            </IconButton>
            <IconButton label="Next month" size="sm" onClick={() => setChosen(nextMonth(month))}>
              <ChevronRight aria-hidden />
            </IconButton>
          </>
        }
      />
      <CardBody className="px-2 sm:px-4">
        <table aria-label={name} className="w-full table-fixed border-collapse">
          <thead>
            <tr>
              {HEADS.map((head) => (
                <th key={head} scope="col" className="pb-1 text-left text-xs font-medium text-ink-2">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeksOf(month, times, zone).map((week, index) => (
              <tr key={index}>
                {week.map((day, place) => (
                  <td key={place} className="h-14 border-t border-hairline p-0.5 align-top">
                    {day ? <Day day={day} zone={zone} isToday={day.date === today} now={now ?? 0} /> : null}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </CardBody>
    </Card>
  );
}

function Day({ day, zone, isToday, now }: { day: MonthDay; zone: string; isToday: boolean; now: number }) {
  const { times } = day;
  const isPast = times.length > 0 && times.at(-1)! < now;
  return (
    <div className="figures flex flex-col gap-0.5 text-xs">
      <span
        className={cn(
          'grid size-5 place-items-center rounded-full',
          isToday ? 'bg-ink font-semibold text-paper' : 'text-ink-2'
        )}
      >
        {day.day}
      </span>
      {times.length > SHOWN ? (
        <span className={cn('truncate', isPast ? 'text-ink-2' : 'font-medium')}>
          {times.length}
          <span className="max-sm:sr-only"> times</span>
        </span>
      ) : (
        times.map((atMs) => (
          <span key={atMs} className={cn('truncate', atMs < now ? 'text-ink-2' : 'font-medium')}>
            {clockOf(atMs, zone).slice(0, 5)}
          </span>
        ))
      )}
    </div>
  );
}
