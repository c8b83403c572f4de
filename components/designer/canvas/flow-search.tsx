'use client';

/**
 * The search field above the drawing: Enter goes to the next match, Shift and Enter to the one before, Esc closes it.
 */
import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useMemo, useState, type Ref } from 'react';
import { IconButton } from '@/components/ui/button';
import { Input } from '@/components/ui/field';
import type { Draft } from '@/engine/flow/edit/draft';
import { findSteps } from './find-steps';

interface FlowSearchProps {
  draft: Draft;
  selected: string | null;
  field: Ref<HTMLInputElement>;
  /** Selects the step and brings it into view; the focus remains in the field. */
  onGo: (id: string) => void;
  onClose: () => void;
}

export function FlowSearch({ draft, selected, field, onGo, onClose }: FlowSearchProps) {
  const [text, setText] = useState('');
  const found = useMemo(() => findSteps(draft, text), [draft, text]);
  const at = selected === null ? -1 : found.indexOf(selected);
  const go = (by: 1 | -1) => {
    const next = at < 0 ? (by === 1 ? 0 : found.length - 1) : (at + by + found.length) % found.length;
    const id = found[next];
    if (id !== undefined) onGo(id);
  };
  const said =
    text.trim() === ''
      ? ''
      : found.length === 0
        ? 'Nothing found'
        : at < 0
          ? `${found.length} found`
          : `${at + 1} of ${found.length}`;
  return (
    <div
      role="search"
      aria-label="Search in this flow"
      className="absolute right-2 top-2 z-20 flex items-center gap-1 rounded-md border border-hairline bg-raised p-1 shadow-float"
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.nativeEvent.isComposing) return;
        if (event.key === 'Escape') onClose();
        else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) go(event.shiftKey ? -1 : 1);
        else return;
        event.preventDefault();
      }}
    >
      <Input
        ref={field}
        autoFocus
        aria-label="Search for a step"
        placeholder="Title, id, operation, text"
        autoComplete="off"
        value={text}
        className="h-8 w-52"
        onChange={({ target }) => {
          setText(target.value);
          const [first] = findSteps(draft, target.value);
          if (first !== undefined) onGo(first);
        }}
      />
      <span role="status" className="figures w-24 text-center text-xs text-ink-2">
        {said}
      </span>
      <IconButton label="Previous match" size="sm" disabled={found.length === 0} onClick={() => go(-1)}>
        <ChevronUp aria-hidden />
      </IconButton>
      <IconButton label="Next match" size="sm" disabled={found.length === 0} onClick={() => go(1)}>
        <ChevronDown aria-hidden />
      </IconButton>
      <IconButton label="Close the search" size="sm" onClick={onClose}>
        <X aria-hidden />
      </IconButton>
    </div>
  );
}
