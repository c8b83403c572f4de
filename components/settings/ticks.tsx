'use client';

import { CheckboxField } from '@/components/ui/field';

/** A selection of any number of entries from a list: the groups of a person, the members of a group. */
export function Ticks({
  legend,
  options,
  chosen,
  onChange,
  none,
}: {
  legend: string;
  options: readonly { value: string; label: string; help?: string }[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  /** Shown if the list is empty. */
  none: string;
}) {
  return (
    <fieldset>
      <legend className="mb-1 text-xs font-medium">{legend}</legend>
      {options.length === 0 ? <p className="text-sm text-ink-2">{none}</p> : null}
      <div className="flex max-h-56 flex-col gap-2 overflow-y-auto">
        {options.map(({ value, label, help }) => (
          <CheckboxField
            key={value}
            label={label}
            help={help}
            checked={chosen.includes(value)}
            onCheckedChange={(checked) =>
              onChange(checked === true ? [...chosen, value] : chosen.filter((each) => each !== value))
            }
          />
        ))}
      </div>
    </fieldset>
  );
}
