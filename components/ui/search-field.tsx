'use client';

/**
 * The search field of a list.
 *
 * Rules
 * [SFD1] Esc empties the field. In an empty one it leaves it, so that j and k move through the list again.
 * [SFD2] Enter or the arrow down key goes to the first row.
 */
import type { ComponentProps } from 'react';
import { focusHeading } from './focus';
import { Input } from './field';

interface SearchFieldProps extends Omit<ComponentProps<typeof Input>, 'type' | 'value' | 'onChange'> {
  value: string;
  onValue: (value: string) => void;
  /** Gives the first row the focus. */
  onRows?: () => void;
}

export function SearchField({ value, onValue, onRows, ...rest }: SearchFieldProps) {
  return (
    <Input
      type="search"
      autoComplete="off"
      spellCheck={false}
      {...rest}
      value={value}
      onChange={({ target }) => onValue(target.value)}
      onKeyDown={(event) => {
        // An input method takes its own Esc and Enter.
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Escape') {
          event.preventDefault();
          if (value === '') focusHeading();
          else onValue('');
        } else if (onRows && (event.key === 'Enter' || event.key === 'ArrowDown')) {
          event.preventDefault();
          onRows();
        }
      }}
    />
  );
}
