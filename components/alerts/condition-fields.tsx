'use client';

/** The numbers of a condition. They are texts while somebody types; `conditionOf` makes the condition that is sent. */
import type { AlertCondition } from '@/app/_contract/alerts';
import { RadioList } from '@/components/ui/radio-list';
import { NumberField, numberOf } from './number-field';
import { FIRST } from './words';

/** Of every field of every kind. */
export type Typed = Record<'minutes' | 'attempts' | 'percent' | 'runs' | 'seconds', string> & { of: 'p95' | 'any' };

export function typedOf(condition: AlertCondition): Typed {
  const fields: Partial<Record<string, unknown>> = { ...condition };
  const text = (name: string) => (typeof fields[name] === 'number' ? String(fields[name]) : '');
  return {
    minutes: text('minutes'),
    attempts: text('attempts'),
    percent: text('percent'),
    runs: text('runs'),
    seconds: text('seconds'),
    of: fields.of === 'any' ? 'any' : 'p95',
  };
}

/** Numbers may be missing or wrong: the server says so at the field. */
export function conditionOf(kind: AlertCondition['kind'], typed: Typed): Record<string, unknown> {
  const names = Object.keys(FIRST[kind]) as (keyof Typed | 'kind')[];
  return Object.fromEntries(
    names.map((name) => {
      if (name === 'kind') return [name, kind];
      return [name, name === 'of' ? typed.of : numberOf(typed[name])];
    })
  );
}

const MINUTES: Partial<Record<AlertCondition['kind'], string>> = {
  stuck: 'Retried for longer than, in minutes',
  failureRate: 'Within the last minutes',
  slow: 'Among those that ended within the last minutes',
  overdue: 'Overdue for, in minutes',
  noWorker: 'Oldest task waits for longer than, in minutes',
  eventsStopped: 'Fails for longer than, in minutes',
};

export function ConditionFields({
  kind,
  typed,
  onChange,
  problem,
}: {
  kind: AlertCondition['kind'];
  typed: Typed;
  onChange: (typed: Typed) => void;
  problem: (at: string) => string | null;
}) {
  const names = Object.keys(FIRST[kind]);
  const field = (name: Exclude<keyof Typed, 'of'>, label: string, help?: string) =>
    names.includes(name) ? (
      <NumberField
        key={name}
        label={label}
        required={name !== 'attempts'}
        {...(help === undefined ? {} : { help })}
        value={typed[name]}
        onChange={(value) => onChange({ ...typed, [name]: value })}
        error={problem(`/condition/${name}`)}
      />
    ) : null;
  if (names.length === 1) return null;
  return (
    <>
      {kind === 'slow' ? (
        <RadioList
          legend="Which runs"
          value={typed.of}
          onChange={(of) => onChange({ ...typed, of })}
          options={[
            { value: 'p95', label: 'More than one in twenty (p95)', description: 'Of those that ended.' },
            { value: 'any', label: 'Any single one', description: 'Also one that is still open.' },
          ]}
        />
      ) : null}
      <div className="flex flex-wrap gap-x-4 gap-y-3">
        {field('percent', 'More than, in percent')}
        {field('seconds', 'Longer than, in seconds')}
        {field('minutes', MINUTES[kind] ?? 'Minutes')}
        {field('attempts', 'Or more often than', 'Attempts; empty: however often.')}
        {kind === 'slow' && typed.of === 'any' ? null : field('runs', 'Of at least so many runs')}
      </div>
    </>
  );
}
