'use client';

import { Switch as RadixSwitch } from 'radix-ui';
import { useId, type ReactNode } from 'react';
import { Label, Select, type SelectOption } from '@/components/ui/field';
import { RadioList, type RadioOption } from '@/components/ui/radio-list';
import type { Json } from '@/engine/flow/edit/draft';
import { useField } from '../editing';
import { FIELD_ATTRIBUTE, type Place } from '../place';
import { Frame, Help, ProblemLines } from './frame';

const NOTHING = ' ';

/**
 * A choice of one value. `nothing`: what it means if nothing is chosen; then that can be chosen too. `usual`: the value
 * that applies if nothing is chosen; it is shown as chosen then, so that one meaning is in the list once.
 */
export function ChoiceField({
  label,
  place,
  options,
  nothing,
  usual = '',
  help,
  placeholder,
  pruned,
  asValue,
  shown,
}: {
  label: ReactNode;
  place: Place;
  options: readonly SelectOption[];
  /** The value of the field that an option means, if it is no text. */
  asValue?: (chosen: string) => Json | undefined;
  /** The option that is shown as chosen, if it is not the value itself. */
  shown?: string;
  nothing?: string;
  usual?: string;
  help?: ReactNode;
  placeholder?: string;
  pruned?: boolean;
}) {
  const field = useField(place, { pruned });
  const chosen = shown ?? (field.value === undefined ? usual : String(field.value));
  const known = options.some(({ value }) => value === chosen);
  const all = [
    ...(nothing === undefined ? [] : [{ value: NOTHING, label: nothing }]),
    ...options,
    ...(chosen === '' || known ? [] : [{ value: chosen, label: chosen }]),
  ];
  return (
    <Frame {...field} label={label} help={help}>
      {(control) => (
        <Select
          {...control}
          options={all}
          placeholder={placeholder}
          value={chosen === '' && nothing !== undefined ? NOTHING : chosen}
          onValueChange={(value) => field.set(value === NOTHING ? undefined : asValue ? asValue(value) : value)}
        />
      )}
    </Frame>
  );
}

/** A `RadioList` for a field of the draft. */
export function RadioField<V extends string>({
  legend,
  place,
  options,
  value: given,
  onChange,
  help,
}: {
  legend: ReactNode;
  place: Place;
  options: readonly RadioOption<V>[];
  /** If the value is not the field itself. */
  value?: V | null;
  onChange?: (value: V) => void;
  help?: ReactNode;
}) {
  const field = useField(place);
  return (
    <RadioList
      {...{ [FIELD_ATTRIBUTE]: field.name }}
      legend={legend}
      options={options}
      value={given === undefined ? (field.value as V | undefined) : given}
      onChange={onChange ?? ((next) => field.set(next))}
    >
      {field.problems.length > 0 ? <ProblemLines problems={field.problems} /> : help ? <Help>{help}</Help> : null}
    </RadioList>
  );
}

/** A switch with what it means. Off removes the field. */
export function SwitchField({ label, place, help }: { label: ReactNode; place: Place; help: ReactNode }) {
  const field = useField(place);
  const id = useId();
  return (
    <div {...{ [FIELD_ATTRIBUTE]: field.name }} className="flex items-start gap-3">
      <RadixSwitch.Root
        id={id}
        checked={field.value === true}
        onCheckedChange={(on) => field.set(on ? true : undefined)}
        aria-describedby={`${id}-help`}
        aria-invalid={field.problems.some(({ severity }) => severity === 'error') || undefined}
        className="thumb relative mt-0.5 h-5 w-9 shrink-0 rounded-full border border-mark bg-card transition-colors disabled:cursor-not-allowed disabled:opacity-50 data-[state=checked]:border-ink data-[state=checked]:bg-ink"
      >
        <RadixSwitch.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-mark transition-transform data-[state=checked]:translate-x-[18px] data-[state=checked]:bg-paper" />
      </RadixSwitch.Root>
      <div className="min-w-0">
        <Label htmlFor={id} className="text-sm">
          {label}
        </Label>
        <div id={`${id}-help`}>
          <Help>{help}</Help>
          {field.problems.length > 0 ? <ProblemLines problems={field.problems} /> : null}
        </div>
      </div>
    </div>
  );
}
