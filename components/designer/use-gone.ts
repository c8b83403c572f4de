'use client';

import { useEffect, useRef } from 'react';
import { findNode, type Draft } from '@/engine/flow/edit/draft';
import { titleOf } from '@/engine/flow/edit/places';

/**
 * [GON1] The title of the selected step if it was in the draft a moment ago and is no longer, because somebody else deleted it
 * or its insertion was reverted; null: it is there, or no step is selected. It remains selected: if it comes back, so
 * does the selection.
 */
export function useGone(draft: Draft, selected: string | null): string | null {
  const seen = useRef<{ id: string; title: string } | null>(null);
  const node = selected === null ? null : findNode(draft, selected);
  const title = node ? titleOf(node) : null;
  useEffect(() => {
    if (selected !== null && title !== null) seen.current = { id: selected, title };
  }, [selected, title]);
  return selected !== null && node === null && seen.current?.id === selected ? seen.current.title : null;
}
