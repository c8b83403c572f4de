'use client';

/** When a schedule starts its flow, said in words: every so often, on days of the week, on a day of the month, or by cron. */
import { useState } from 'react';
import type { When } from '@/app/_contract/schedules';
import { cn } from '@/components/ui/cn';
import { Field, Input, Select } from '@/components/ui/field';
import { useLocalZone, ZoneField } from '@/components/ui/zone-field';
import { DAYS, WEEK } from './when-words';

const KINDS = [
  { value: 'weekly', label: 'On days of the week' },
  { value: 'every', label: 'Every so often' },
  { value: 'monthly', label: 'On a day of the month' },
  { value: 'cron', label: 'By a cron expression' },
];
const UNITS = ['minutes', 'hours', 'days'].map((value) => ({ value, label: value }));
const MONTH_DAYS = [
  { value: 'last', label: 'The last day' },
  ...Array.from({ length: 31 }, (_, index) => ({ value: String(index + 1), label: `Day ${index + 1}` })),
];
/** One time of the day, or several with commas. */
const TIMES = /^\s*\d{1,2}:\d\d\s*(,\s*\d{1,2}:\d\d\s*)*$/;

interface WhenFieldProps {
  value: When;
  onChange: (when: When) => void;
  /** By the field of `When`. */
  problems?: Readonly<Record<string, string>>;
}

export function WhenField({ value, onChange, problems = {} }: WhenFieldProps) {
  const local = useLocalZone();
  const zone = value.kind === 'every' ? local : value.zone;
  const times = value.kind === 'weekly' || value.kind === 'monthly' ? value.times : ['09:00'];
  const choose = (kind: string) => {
    if (kind === 'every') onChange({ kind, count: 15, unit: 'minutes' });
    else if (kind === 'monthly') onChange({ kind, day: 'last', times, zone });
    else if (kind === 'cron') onChange({ kind, text: '0 9 * * 1-5', zone });
    else onChange({ kind: 'weekly', days: [1, 2, 3, 4, 5], times, zone });
  };
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="Starts" required className="sm:col-span-2">
        <Select options={KINDS} value={value.kind} onValueChange={choose} />
      </Field>
      {value.kind === 'every' ? (
        <>
          <Field label="Every" required error={problems.count}>
            <Input
              type="number"
              min={1}
              value={Number.isNaN(value.count) ? '' : value.count}
              onChange={({ target }) => onChange({ ...value, count: target.valueAsNumber })}
            />
          </Field>
          <Field label="Unit" required>
            <Select
              options={UNITS}
              value={value.unit}
              onValueChange={(unit) => onChange({ ...value, unit: unit as typeof value.unit })}
            />
          </Field>
        </>
      ) : null}
      {value.kind === 'weekly' ? (
        <Days days={value.days} onChange={(days) => onChange({ ...value, days })} problem={problems.days} />
      ) : null}
      {value.kind === 'monthly' ? (
        <Field label="Day" required className="sm:col-span-2">
          <Select
            options={MONTH_DAYS}
            value={String(value.day)}
            onValueChange={(day) => onChange({ ...value, day: day === 'last' ? day : Number(day) })}
          />
        </Field>
      ) : null}
      {value.kind === 'weekly' || value.kind === 'monthly' ? (
        <Times times={value.times} onChange={(next) => onChange({ ...value, times: next })} problem={problems.times} />
      ) : null}
      {value.kind === 'cron' ? (
        <Field
          label="Cron expression"
          required
          error={problems.text}
          help="Minute, hour, day of the month, month, day of the week."
        >
          <Input
            className="font-mono"
            value={value.text}
            onChange={({ target }) => onChange({ ...value, text: target.value })}
          />
        </Field>
      ) : null}
      {value.kind === 'every' ? null : (
        <ZoneField
          zone={value.zone}
          onChange={(next) => onChange({ ...value, zone: next })}
          problem={problems.zone}
          help="Days and times are those of this zone."
        />
      )}
    </div>
  );
}

function Days({
  days,
  onChange,
  problem,
}: {
  days: readonly number[];
  onChange: (days: number[]) => void;
  problem?: string;
}) {
  return (
    <fieldset className="min-w-0 sm:col-span-2">
      <legend className="mb-1 text-xs font-medium">Days</legend>
      <div className="flex flex-wrap gap-1">
        {WEEK.map((day) => {
          const isChosen = days.includes(day);
          return (
            <label
              key={day}
              className={cn(
                'flex h-9 min-w-11 cursor-pointer items-center justify-center rounded-md border px-2 text-sm transition-colors md:h-8 pointer-coarse:min-h-11',
                'has-focus-visible:outline-2 has-focus-visible:outline-offset-2',
                isChosen ? 'border-ink bg-ink text-paper' : 'border-mark/60 bg-card hover:border-mark'
              )}
            >
              <input
                type="checkbox"
                className="sr-only"
                aria-label={DAYS[day]}
                checked={isChosen}
                onChange={() => onChange(isChosen ? days.filter((each) => each !== day) : [...days, day])}
              />
              {DAYS[day]!.slice(0, 3)}
            </label>
          );
        })}
      </div>
      {problem ? (
        <p role="alert" className="mt-1 text-xs text-fail">
          {problem}
        </p>
      ) : null}
    </fieldset>
  );
}

/** What is typed is kept as it is until it can be read. */
function Times({
  times,
  onChange,
  problem,
}: {
  times: readonly string[];
  onChange: (times: string[]) => void;
  problem?: string;
}) {
  const [text, setText] = useState(times.join(', '));
  const isReadable = TIMES.test(text);
  return (
    <Field
      label="At"
      required
      error={problem ?? (isReadable ? null : 'Times of the day with commas, such as 09:00, 17:30.')}
      help="One time, or several with commas."
    >
      <Input
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          const parts = target.value.split(',').map((part) => part.trim());
          onChange(parts.filter(Boolean).map((part) => (/^\d:/.test(part) ? `0${part}` : part)));
        }}
      />
    </Field>
  );
}
