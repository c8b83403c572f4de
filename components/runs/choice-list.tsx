'use client';

import { useId } from 'react';
import { cn } from '@/components/ui/cn';

export interface Choice<V extends string> {
  value: V;
  label: string;
  /** What happens if this is chosen. */
  consequence: string;
}

/** A choice between a few actions, each with its consequence. */
export function ChoiceList<V extends string>({
  legend,
  choices,
  value,
  onChange,
}: {
  legend: string;
  choices: readonly Choice<V>[];
  value: V;
  onChange: (value: V) => void;
}) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-xs font-medium">{legend}</legend>
      <div className="flex flex-col gap-1">
        {choices.map((choice) => (
          <label
            key={choice.value}
            className={cn(
              'flex cursor-pointer gap-2.5 rounded-md border px-3 py-2 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-offset-2',
              choice.value === value ? 'border-ink bg-card' : 'border-hairline hover:border-mark'
            )}
          >
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
              className="mt-1 size-3.5 shrink-0 accent-(--ink) outline-none"
            />
            <span className="min-w-0">
              <span className="block text-sm font-medium">{choice.label}</span>
              <span className="block text-xs text-ink-2">{choice.consequence}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
