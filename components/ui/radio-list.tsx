'use client';

import { useId, type ReactNode } from 'react';
import { cn } from './cn';

export interface RadioOption<V extends string> {
  value: V;
  label: string;
  /** What it means, or what happens if it is chosen. */
  description: string;
  /** Why it cannot be chosen; said instead of the description. */
  disabled?: string;
}

/** Radio buttons, each with what it means. `children` follow the buttons. Other properties go to the `fieldset`. */
export function RadioList<V extends string>({
  legend,
  options,
  value,
  onChange,
  children,
  ...fieldset
}: {
  legend: ReactNode;
  options: readonly RadioOption<V>[];
  value: V | null | undefined;
  onChange: (value: V) => void;
  children?: ReactNode;
}) {
  const name = useId();
  return (
    <fieldset {...fieldset} className="min-w-0">
      <legend className="mb-1 text-xs font-medium">{legend}</legend>
      <div className="flex flex-col gap-1">
        {options.map((option) => (
          <label
            key={option.value}
            className={cn(
              'flex cursor-pointer gap-2 rounded-md border px-2.5 py-1.5 transition-colors',
              'has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-disabled:cursor-not-allowed',
              option.value === value ? 'border-ink bg-card' : 'border-hairline hover:border-mark'
            )}
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              disabled={option.disabled !== undefined}
              onChange={() => onChange(option.value)}
              className="mt-1 size-3.5 shrink-0 accent-(--ink) outline-none"
            />
            <span className="min-w-0">
              <span className="block text-sm font-medium">{option.label}</span>
              <span className="block text-xs text-ink-2">{option.disabled ?? option.description}</span>
            </span>
          </label>
        ))}
      </div>
      {children}
    </fieldset>
  );
}
