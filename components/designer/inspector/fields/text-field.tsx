'use client';

import { useLayoutEffect, useRef, type ReactNode } from 'react';
import { cn } from '@/components/ui/cn';
import { Input, Textarea } from '@/components/ui/field';
import type { Json } from '@/engine/flow/edit/draft';
import { useField } from '../editing';
import type { Place } from '../place';
import { Frame } from './frame';
import { useTyped } from './use-typed';

interface TextProps {
  label: ReactNode;
  place: Place;
  help?: ReactNode;
  placeholder?: string;
  /** An empty text removes the field. */
  optional?: boolean;
  mono?: boolean;
  long?: boolean;
  pruned?: boolean;
  /** The section around it has the label as its heading. */
  isTitled?: boolean;
  /** Values that are offered while somebody types. */
  suggestions?: readonly string[];
}

/** A text that is not JSON or an expression: shown as it is, whatever the draft has there. */
export const plainText = (value: Json | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

export function TextField({
  label,
  place,
  help,
  placeholder,
  optional = false,
  mono,
  long,
  pruned,
  isTitled,
  suggestions,
}: TextProps) {
  const field = useField(place, { pruned });
  const typed = useTyped({
    value: plainText(field.value),
    send: (text) => field.set(text === '' && optional ? undefined : text, { typing: true }),
    settle: field.settle,
  });
  const look = cn(mono && 'font-mono text-xs');
  return (
    <Frame {...field} label={label} help={help} optional={optional} isTitled={isTitled} typed={typed}>
      {(control) => {
        const shared = {
          ...control,
          value: typed.text,
          placeholder,
          onFocus: typed.onFocus,
          onBlur: typed.onBlur,
          autoComplete: 'off',
          spellCheck: mono ? false : undefined,
        };
        return long ? (
          <GrowingText {...shared} className={look} onText={typed.onChange} />
        ) : (
          <>
            <Input
              {...shared}
              className={look}
              list={suggestions && `${control.id}-known`}
              onChange={({ target }) => typed.onChange(target.value)}
            />
            {suggestions ? (
              <datalist id={`${control.id}-known`}>
                {suggestions.map((each) => (
                  <option key={each} value={each} />
                ))}
              </datalist>
            ) : null}
          </>
        );
      }}
    </Frame>
  );
}

/**
 * Does the browser make it as high as its text? To measure it here, the whole page is laid out twice in every
 * rendering.
 */
const growsByItself = () => typeof CSS !== 'undefined' && CSS.supports('field-sizing', 'content');

/** As high as its text, within limits. */
export function GrowingText({
  onText,
  ref,
  rows = 1,
  className,
  ...rest
}: Omit<React.ComponentProps<'textarea'>, 'onChange'> & { onText: (text: string) => void }) {
  const own = useRef<HTMLTextAreaElement | null>(null);
  useLayoutEffect(() => {
    const area = own.current;
    if (!area || growsByItself()) return;
    area.style.height = 'auto';
    area.style.height = `${Math.min(area.scrollHeight + 2, 320)}px`;
  }, [rest.value]);
  return (
    <Textarea
      {...rest}
      ref={(area) => {
        own.current = area;
        if (typeof ref === 'function') ref(area);
        else if (ref) ref.current = area;
      }}
      rows={rows}
      onSelect={({ currentTarget }) => (currentTarget.dataset.caret = '')}
      className={cn(
        'field-sizing-content max-h-80 min-h-8 resize-none py-1 pointer-coarse:min-h-11 pointer-coarse:py-2.5',
        className
      )}
      onChange={({ target }) => onText(target.value)}
    />
  );
}
