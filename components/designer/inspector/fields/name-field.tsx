'use client';

/** A name that must be free: it is changed when the field is left, not at every key. */
import { useId, useState, type ReactNode } from 'react';
import { Input, Label } from '@/components/ui/field';
import { ProblemLines, Help } from './frame';

export function NameField({
  label,
  value,
  problemOf,
  onRename,
  help,
}: {
  label: ReactNode;
  value: string;
  /** Why a name cannot be taken, as a sentence; null if it can. */
  problemOf: (name: string) => string | null;
  onRename: (name: string) => void;
  help?: ReactNode;
}) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const problem = typed === null || typed === value ? null : problemOf(typed);
  const finish = () => {
    if (typed !== null && typed !== value && problem === null) onRename(typed);
    setTyped(null);
  };
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <Label htmlFor={id}>{label}</Label>
      <Input
        id={id}
        spellCheck={false}
        autoComplete="off"
        className="font-mono text-xs"
        value={typed ?? value}
        aria-invalid={problem !== null || undefined}
        aria-describedby={problem !== null || help ? `${id}-below` : undefined}
        onChange={({ target }) => setTyped(target.value.trim())}
        onBlur={finish}
        onKeyDown={(event) => {
          if (event.key === 'Enter') finish();
          if (event.key === 'Escape') setTyped(null);
        }}
      />
      {problem !== null || help ? (
        <div id={`${id}-below`}>
          {problem === null ? (
            <Help>{help}</Help>
          ) : (
            <ProblemLines problems={[{ severity: 'error', message: problem }]} />
          )}
        </div>
      ) : null}
    </div>
  );
}

/** Adds an entry of a name that the person writes. */
export function freeName(base: string, taken: readonly string[]): string {
  if (!taken.includes(base)) return base;
  for (let number = 2; ; number++) if (!taken.includes(`${base}${number}`)) return `${base}${number}`;
}
