'use client';

import { CalendarClock } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Field, Input } from '@/components/ui/field';
import { Popover } from '@/components/ui/popover';
import { useZone, zoneWords } from '@/components/ui/time';
import type { FilterProps } from './filters';
import { fromField, PRESETS, startedWords, toField } from './started';

export function StartedChoice(props: FilterProps) {
  const zone = useZone();
  const { startedAfterMs, startedBeforeMs } = props.filters;
  const set = startedAfterMs !== null || startedBeforeMs !== null;
  return (
    <Popover
      label="Started between"
      align="end"
      className="w-80"
      trigger={
        <Button className={cn('font-normal', set && 'border-ink font-medium')}>
          <CalendarClock aria-hidden className="text-mark" />
          <span className="figures">{startedWords(startedAfterMs, startedBeforeMs, zone)}</span>
        </Button>
      }
    >
      <StartedFields {...props} />
    </Popover>
  );
}

export function StartedFields({ filters: { startedAfterMs, startedBeforeMs }, onFilters }: FilterProps) {
  const zone = useZone();
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-1.5">
        {PRESETS.map(({ label, ms }) => (
          <Button
            key={label}
            size="sm"
            onClick={() =>
              onFilters({ startedAfterMs: ms === null ? null : minute(Date.now() - ms), startedBeforeMs: null })
            }
          >
            {label}
          </Button>
        ))}
      </div>
      <Field label="From" help={zoneWords(zone)}>
        <Input
          type="datetime-local"
          value={toField(startedAfterMs, zone)}
          onChange={(event) => onFilters({ startedAfterMs: fromField(event.target.value, zone) })}
        />
      </Field>
      <Field label="Until" help="Only runs that started before this time.">
        <Input
          type="datetime-local"
          value={toField(startedBeforeMs, zone)}
          onChange={(event) => onFilters({ startedBeforeMs: fromField(event.target.value, zone) })}
        />
      </Field>
    </div>
  );
}
const minute = (ms: number) => Math.floor(ms / 60_000) * 60_000;
