'use client';

import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { Input } from '@/components/ui/field';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { Json } from '@/engine/flow/edit/draft';
import { durationMs } from '@/engine/flow/duration';
import { formatDuration } from '@/engine/flow/values/format';
import { writtenDuration } from '@/engine/flow/values/written-duration';
import { useField } from '../editing';
import type { Place } from '../place';
import { Frame, type ShownProblem } from './frame';
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
  return Number.isFinite(number) && NUMBER.test(trimmed) ? number : text;
}
const NUMBER = /^-?[\d.]+(?:e-?\d+)?$/i;

/** [INS11] Of what is typed, or what the check of the draft found. */
export function numberProblems(text: string, ofDraft: readonly Diagnostic[]): readonly ShownProblem[] {
  if (NUMBER.test(text.trim()) && !Number.isFinite(Number(text))) return TOO_LARGE;
  return ofDraft.length === 0 && typeof numberOf(text) === 'string' ? NO_NUMBER : ofDraft;
}
const TOO_LARGE: ShownProblem[] = [{ severity: 'error', message: 'The number is too large.' }];
const NO_NUMBER: ShownProblem[] = [{ severity: 'error', message: 'It must be a number.' }];

export function NumberField({ label, place, help, placeholder, pruned = true }: Props) {
  const field = useField(place, { pruned });
  const typed = useTyped({
    value: plainText(field.value),
    keptAs: (text) => plainText(numberOf(text)),
    send: (text) => field.set(numberOf(text), { typing: true }),
    settle: field.settle,
  });
  return (
    <Frame {...field} label={label} help={help} typed={typed} problems={numberProblems(typed.text, field.problems)}>
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

/** As the document has it: what is no duration is kept as it was typed, and is then a problem of the field. */
export const durationOf = (text: string): string => writtenDuration(text) ?? text.trim();

/** Empty removes it. */
export function DurationField({ label, place, help = DURATION_HELP, placeholder, pruned = true }: Props) {
  const field = useField(place, { pruned });
  const typed = useTyped({
    value: plainText(field.value),
    send: (text) => field.set(text.trim() === '' ? undefined : durationOf(text), { typing: true }),
    keptAs: durationOf,
    settle: field.settle,
  });
  const words = inWords(typed.text);
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

/** The duration again where it is easier to read, or as it is kept: `90m` is `1h 30m`, and `2 hours` is `2h`. */
function inWords(text: string): string {
  const duration = writtenDuration(text);
  if (duration === null) return '';
  const words = formatDuration(durationMs(duration))
    .replace(/ 00[smh]$/, '')
    .replace(/\.0s$/, 's');
  return words === text.trim() ? '' : words;
}
