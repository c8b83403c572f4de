'use client';

import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { Input } from '@/components/ui/field';
import type { Json } from '@/engine/flow/edit/draft';
import { durationSchema } from '@/engine/flow/duration';
import { formatDuration, parseDuration } from '@/engine/flow/values/format';
import { useField } from '../editing';
import type { Place } from '../place';
import { Frame } from './frame';
import { plainText } from './text-field';
import { useTyped } from './use-typed';

interface Props {
  label: ReactNode;
  place: Place;
  help?: ReactNode;
  placeholder?: string;
  pruned?: boolean;
}

/** In a field of several nodes. */
const DIFFERENT = 'different';

/** What is no number is kept as it was typed, and is then a problem of the field. */
export function numberOf(text: string): Json | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const number = Number(trimmed);
  return Number.isFinite(number) && /^-?[\d.]+(?:e-?\d+)?$/i.test(trimmed) ? number : text;
}

export function NumberField({ label, place, help, placeholder, pruned = true }: Props) {
  const field = useField(place, { pruned });
  const typed = useTyped({
    value: plainText(field.value),
    keptAs: (text) => plainText(numberOf(text)),
    send: (text) => field.set(numberOf(text), { typing: true }),
    settle: field.settle,
  });
  return (
    <Frame {...field} label={label} help={help} typed={typed}>
      {(control) => (
        <Input
          {...control}
          inputMode="decimal"
          autoComplete="off"
          className="figures"
          placeholder={field.isMixed ? DIFFERENT : placeholder}
          value={typed.text}
          onFocus={typed.onFocus}
          onBlur={typed.onBlur}
          onChange={({ target }) => typed.onChange(target.value)}
        />
      )}
    </Frame>
  );
}

const DURATION_HELP = 'A number and a unit: 250ms, 30s, 5m, 12h, 30d.';

/** Empty removes it. */
export function DurationField({ label, place, help = DURATION_HELP, placeholder, pruned = true }: Props) {
  const field = useField(place, { pruned });
  const typed = useTyped({
    value: plainText(field.value),
    send: (text) => field.set(text.trim() === '' ? undefined : text.trim(), { typing: true }),
    keptAs: (text) => text.trim(),
    settle: field.settle,
  });
  const words = inWords(typed.text.trim());
  return (
    <Frame {...field} label={label} help={help} typed={typed}>
      {(control) => (
        <div className="relative">
          <Input
            {...control}
            autoComplete="off"
            className={cn('figures', words !== '' && 'pr-20')}
            placeholder={field.isMixed ? DIFFERENT : placeholder}
            value={typed.text}
            onFocus={typed.onFocus}
            onBlur={typed.onBlur}
            onChange={({ target }) => typed.onChange(target.value)}
          />
          <span
            aria-hidden
            className="figures pointer-events-none absolute inset-y-0 right-2.5 grid place-items-center text-xs text-ink-2"
          >
            {words}
          </span>
        </div>
      )}
    </Frame>
  );
}

/** The duration again where it is easier to read: `90m` is `1h 30m`. */
function inWords(text: string): string {
  if (!durationSchema.safeParse(text).success) return '';
  const words = formatDuration(parseDuration(text) ?? 0);
  return words.replace(/ 00[smh]$/, '').replace(/\.0s$/, 's') === text ? '' : words;
}
