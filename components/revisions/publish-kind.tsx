'use client';

import { useId } from 'react';
import { cn } from '@/components/ui/cn';

export type PublishKind = 'version' | 'fix';

/** What a draft becomes: the next version, or a fix of its version for the runs that are open. */
export function PublishKindChoice({
  next,
  base,
  value,
  onChange,
}: {
  next: number;
  base: number;
  value: PublishKind;
  onChange: (value: PublishKind) => void;
}) {
  const name = useId();
  const options: { value: PublishKind; label: string; description: string }[] = [
    {
      value: 'version',
      label: `New version ${next}`,
      description: 'New runs use it. Open runs keep the version with which they started.',
    },
    {
      value: 'fix',
      label: `Fix running runs (revision of v${base})`,
      description: `Open runs of v${base} continue on it, if their histories hold on it. It is checked first.`,
    },
  ];
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-xs font-medium">What it becomes</legend>
      <div className="flex flex-col gap-1">
        {options.map((option) => (
          <label
            key={option.value}
            className={cn(
              'flex cursor-pointer gap-2 rounded-md border px-2.5 py-1.5 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-offset-2',
              option.value === value ? 'border-ink bg-card' : 'border-hairline hover:border-mark'
            )}
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              className="mt-1 size-3.5 shrink-0 accent-(--ink) outline-none"
            />
            <span className="min-w-0">
              <span className="block text-sm font-medium">{option.label}</span>
              <span className="block text-xs text-ink-2">{option.description}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
