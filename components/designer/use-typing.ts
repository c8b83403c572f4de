'use client';

/** The field in which this person is typing, for the others; and the fields in which others are. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { DraftVisitor } from '@/app/_contract/live';
import { FIELD_ATTRIBUTE, typingKey } from './inspector/place';

/** Somebody who has not typed for so long is reading. */
const PAUSE_MS = 6_000;

/** The second value notes that a text of a node was changed; without an element: that the field was left. */
export function useTyping(): [typing: string | null, note: (nodeId: string | null, at: EventTarget | null) => void] {
  const [typing, setTyping] = useState<string | null>(null);
  const pause = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(pause.current), []);
  const note = useCallback((nodeId: string | null, at: EventTarget | null) => {
    clearTimeout(pause.current);
    const field = at instanceof Element ? at.closest(`[${FIELD_ATTRIBUTE}]`)?.getAttribute(FIELD_ATTRIBUTE) : null;
    setTyping(field ? typingKey(nodeId, field) : null);
    if (field) pause.current = setTimeout(() => setTyping(null), PAUSE_MS);
  }, []);
  return [typing, note];
}

/** Names by field; several people in one field are one text. */
export function typistsOf(others: readonly Pick<DraftVisitor, 'name' | 'typing'>[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, typing } of others) {
    const before = typing === null ? undefined : found.get(typing);
    if (typing !== null) found.set(typing, before === undefined ? name : `${before} and ${name}`);
  }
  return found;
}
