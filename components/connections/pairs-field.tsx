'use client';

/** Names with texts: headers, parameters, and the input of an undo. */
import { Plus, X } from 'lucide-react';
import { useId } from 'react';
import { Button, IconButton } from '@/components/ui/button';
import { Input, OptionalMark } from '@/components/ui/field';

export interface Pair {
  name: string;
  value: string;
}

export const pairsOf = (record: Readonly<Record<string, string>>): Pair[] =>
  Object.entries(record).map(([name, value]) => ({ name, value }));
/** Rows without a name are left out. */
export const recordOf = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(pairs.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value]));

export function PairsField({
  label,
  help,
  add,
  pairs,
  valueHint,
  onChange,
}: {
  label: string;
  help?: string;
  /** The words of the button: 'Add a header'. */
  add: string;
  pairs: readonly Pair[];
  valueHint?: string;
  onChange: (pairs: Pair[]) => void;
}) {
  const id = useId();
  const set = (index: number, change: Partial<Pair>) =>
    onChange(pairs.map((pair, at) => (at === index ? { ...pair, ...change } : pair)));
  return (
    <fieldset aria-describedby={help ? `${id}-help` : undefined} className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1 text-xs font-medium">
        {label}
        <OptionalMark />
      </legend>
      {pairs.map((pair, index) => (
        <div key={index} className="flex items-center gap-1.5">
          <Input
            aria-label={`${label}, name ${index + 1}`}
            placeholder="Name"
            className="font-mono text-sm"
            value={pair.name}
            onChange={({ target }) => set(index, { name: target.value })}
          />
          <Input
            aria-label={`${label}, value ${index + 1}`}
            placeholder={valueHint ?? 'Value'}
            className="font-mono text-sm"
            value={pair.value}
            onChange={({ target }) => set(index, { value: target.value })}
          />
          <IconButton
            label={`Remove ${pair.name || 'this row'}`}
            size="sm"
            onClick={() => onChange(pairs.filter((_, at) => at !== index))}
          >
            <X aria-hidden />
          </IconButton>
        </div>
      ))}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Button size="sm" onClick={() => onChange([...pairs, { name: '', value: '' }])}>
          <Plus aria-hidden />
          {add}
        </Button>
        {help ? (
          <p id={`${id}-help`} className="text-xs text-ink-2">
            {help}
          </p>
        ) : null}
      </div>
    </fieldset>
  );
}
