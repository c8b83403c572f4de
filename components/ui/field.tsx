'use client';

import { Check, ChevronDown, CircleAlert, Minus } from 'lucide-react';
import { Checkbox as RadixCheckbox, Label as RadixLabel, Select as RadixSelect } from 'radix-ui';
import { cloneElement, useId, type ComponentProps, type ReactElement, type ReactNode } from 'react';
import { cn } from './cn';

/** On a phone as high as a finger needs, and with letters of 16 px: Safari zooms into fields with smaller ones. */
const CONTROL =
  'w-full rounded-md border border-mark/60 bg-card text-base text-ink transition-colors pointer-coarse:text-lg hover:border-mark focus-visible:outline-offset-0 aria-invalid:border-fail disabled:cursor-not-allowed disabled:bg-sunken disabled:text-ink-2';

export function Input({ className, type = 'text', ...rest }: ComponentProps<'input'>) {
  return (
    <input type={type} className={cn(CONTROL, 'h-9 px-2.5 md:h-8 pointer-coarse:min-h-11', className)} {...rest} />
  );
}

export function Textarea({ className, rows = 3, ...rest }: ComponentProps<'textarea'>) {
  return (
    <textarea
      rows={rows}
      className={cn(CONTROL, 'min-h-16 px-2.5 py-1.5 pointer-coarse:min-h-11', className)}
      {...rest}
    />
  );
}

export function Label({ className, ...rest }: ComponentProps<typeof RadixLabel.Root>) {
  return <RadixLabel.Root className={cn('text-xs font-medium text-ink', className)} {...rest} />;
}

/** Behind a label. The space is part of the name that a screen reader says. */
export function OptionalMark() {
  return <span className="font-normal text-ink-2">{' optional'}</span>;
}

interface ControlProps {
  id?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
  'aria-required'?: boolean;
}

/**
 * The label is above the control and the help text below; an error replaces the help text. The field gives its one
 * control the id and the aria attributes that connect them. Nothing moves when an error appears: the line below is
 * always rendered once `help` or `error` was given.
 */
export function Field({
  label,
  help,
  error,
  required = false,
  className,
  children,
}: {
  label: ReactNode;
  help?: ReactNode;
  error?: string | null;
  required?: boolean;
  className?: string;
  children: ReactElement<ControlProps>;
}) {
  const own = useId();
  const id = children.props.id ?? own;
  const below = `${id}-below`;
  return (
    <div className={cn('flex flex-col gap-1', className)}>
      <Label htmlFor={id}>
        {label}
        {required ? null : <OptionalMark />}
      </Label>
      {cloneElement(children, {
        id,
        'aria-invalid': error ? true : undefined,
        'aria-required': required || undefined,
        'aria-describedby': error || help ? below : undefined,
      })}
      {error ? (
        <p id={below} role="alert" className="flex items-start gap-1 text-xs text-fail">
          <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
          {error}
        </p>
      ) : help ? (
        <p id={below} className="text-xs text-ink-2">
          {help}
        </p>
      ) : null}
    </div>
  );
}

export interface SelectOption {
  value: string;
  label: string;
  description?: string;
  disabled?: boolean;
}

/** A choice of one value. Values are non-empty strings; leave `value` undefined or '' to show the placeholder. */
export function Select({
  options,
  value,
  onValueChange,
  placeholder = 'Choose…',
  className,
  disabled,
  ...rest
}: {
  options: readonly SelectOption[];
  value: string | undefined;
  onValueChange: (value: string) => void;
  placeholder?: string;
  className?: string;
  disabled?: boolean;
  'aria-label'?: string;
} & ControlProps) {
  return (
    <RadixSelect.Root value={value ?? ''} onValueChange={onValueChange} disabled={disabled}>
      <RadixSelect.Trigger
        className={cn(
          CONTROL,
          'flex h-9 items-center justify-between gap-2 px-2.5 text-left data-[placeholder]:text-ink-2 md:h-8 pointer-coarse:min-h-11 [&>span]:truncate',
          className
        )}
        {...rest}
      >
        <RadixSelect.Value placeholder={placeholder} />
        <ChevronDown aria-hidden className="size-4 shrink-0 text-mark" />
      </RadixSelect.Trigger>
      <RadixSelect.Portal>
        <RadixSelect.Content
          position="popper"
          sideOffset={4}
          className="appear z-50 max-h-[min(28rem,var(--radix-select-content-available-height))] min-w-(--radix-select-trigger-width) overflow-hidden rounded-md border border-hairline bg-raised shadow-float"
        >
          <RadixSelect.Viewport className="p-1">
            {options.map((option) => (
              <RadixSelect.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled}
                className="relative flex min-h-8 pointer-coarse:min-h-11 cursor-default select-none flex-col justify-center rounded-sm py-1 pl-7 pr-2 text-sm outline-none data-[disabled]:text-ink-2 data-[highlighted]:bg-ink/8"
              >
                <RadixSelect.ItemIndicator className="absolute left-2 top-2">
                  <Check aria-hidden className="size-3.5" />
                </RadixSelect.ItemIndicator>
                <RadixSelect.ItemText>{option.label}</RadixSelect.ItemText>
                {option.description ? <span className="text-xs text-ink-2">{option.description}</span> : null}
              </RadixSelect.Item>
            ))}
          </RadixSelect.Viewport>
        </RadixSelect.Content>
      </RadixSelect.Portal>
    </RadixSelect.Root>
  );
}

export function Checkbox({ className, ...rest }: ComponentProps<typeof RadixCheckbox.Root>) {
  return (
    <RadixCheckbox.Root
      className={cn(
        'group grid size-4 shrink-0 place-items-center rounded-sm border border-mark bg-card text-paper transition-colors disabled:opacity-50 aria-invalid:border-fail data-[state=checked]:border-ink data-[state=checked]:bg-ink data-[state=indeterminate]:border-ink data-[state=indeterminate]:bg-ink',
        className
      )}
      {...rest}
    >
      <RadixCheckbox.Indicator>
        <Check aria-hidden strokeWidth={3} className="size-3 group-data-[state=indeterminate]:hidden" />
        <Minus aria-hidden strokeWidth={3} className="hidden size-3 group-data-[state=indeterminate]:block" />
      </RadixCheckbox.Indicator>
    </RadixCheckbox.Root>
  );
}

/** A checkbox with its label. */
export function CheckboxField({
  label,
  help,
  ...rest
}: { label: ReactNode; help?: ReactNode } & ComponentProps<typeof RadixCheckbox.Root>) {
  const own = useId();
  const id = rest.id ?? own;
  return (
    <div className="flex items-start gap-2 pointer-coarse:py-2">
      <Checkbox {...rest} id={id} className="thumb mt-0.5" aria-describedby={help ? `${id}-help` : undefined} />
      <div className="flex flex-col">
        <Label htmlFor={id} className="text-sm font-normal">
          {label}
        </Label>
        {help ? (
          <span id={`${id}-help`} className="text-xs text-ink-2">
            {help}
          </span>
        ) : null}
      </div>
    </div>
  );
}
