'use client';

import { Search, X } from 'lucide-react';
import { useEffect, useRef, useState, type RefObject } from 'react';
import { IconButton } from '@/components/ui/button';
import { focusHeading } from '@/components/ui/focus';
import { Input } from '@/components/ui/field';
import { LONGEST_ID } from '@/app/_contract/runs';
import type { FilterProps } from './filters';

const TYPING_MS = 250;

/** Filters while the person types, a short time after the last key. */
export function IdSearch({ filters, onFilters, search }: FilterProps & { search: RefObject<HTMLInputElement | null> }) {
  const [text, setText] = useState(filters.id ?? '');
  const sent = useRef(filters.id ?? '');
  // If the URL changes in another way, the field follows it.
  useEffect(() => {
    if ((filters.id ?? '') === sent.current) return;
    sent.current = filters.id ?? '';
    setText(sent.current);
  }, [filters.id]);
  useEffect(() => {
    if (text.trim() === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text.trim();
      onFilters({ id: sent.current || null });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, onFilters]);
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
