'use client';

import { Search, X } from 'lucide-react';
import { useCallback, type RefObject } from 'react';
import { IconButton } from '@/components/ui/button';
import { focusHeading } from '@/components/ui/focus';
import { Input } from '@/components/ui/field';
import { useSentText } from '@/components/ui/use-sent-text';
import { LONGEST_ID } from '@/app/_contract/runs';
import type { FilterProps } from './filters';

/** Filters while the person types, a short time after the last key. */
export function IdSearch({ filters, onFilters, search }: FilterProps & { search: RefObject<HTMLInputElement | null> }) {
  const send = useCallback((sent: string) => onFilters({ id: sent || null }), [onFilters]);
  const [text, setText] = useSentText(filters.id ?? '', send);
  return (
    <div className="relative max-md:flex-1">
      <Search aria-hidden className="pointer-events-none absolute left-2.5 top-1/2 size-4 -translate-y-1/2 text-mark" />
      <Input
        ref={search}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          if (text) setText('');
          else focusHeading();
        }}
        placeholder="Workflow id begins with…"
        aria-label="Workflow id begins with"
        aria-keyshortcuts="/"
        maxLength={LONGEST_ID}
        autoComplete="off"
        spellCheck={false}
        className="pl-8 pr-8 md:w-60"
      />
      {text ? (
        <IconButton
          label="Clear"
          size="sm"
          className="absolute right-1 top-1/2 -translate-y-1/2"
          onClick={() => {
            setText('');
            search.current?.focus();
          }}
        >
          <X aria-hidden />
        </IconButton>
      ) : null}
    </div>
  );
}
