'use client';

import { useEffect, useRef } from 'react';
import { usePerson } from '@/components/people/person';
import { toast } from '@/components/ui/toast';
import { findNode, type Draft } from '@/engine/flow/edit/draft';
import { titleOf } from '@/engine/flow/edit/places';
import type { DraftSession } from './session/draft-session';

/**
 * [GON1] The title of the selected step if it was in the draft a moment ago and is no longer, because somebody else
 * deleted it or its insertion was reverted; null: it is there, or no step is selected. It remains selected: if it comes
 * back, so does the selection. [GON2] Whoever had it selected is told who deleted it: its fields are gone from the
 * screen.
 */
export function useGone(session: DraftSession, draft: Draft, selected: string | null): string | null {
  const me = usePerson().id;
  const seen = useRef<{ id: string; title: string } | null>(null);
  const node = selected === null ? null : findNode(draft, selected);
  const title = node ? titleOf(node) : null;
  useEffect(() => {
    if (selected !== null && title !== null) seen.current = { id: selected, title };
  }, [selected, title]);
  useEffect(
    () =>
      session.onOthersDeleted((nodes, by) => {
        const lost = nodes.find(({ id }) => id === selected);
        if (!lost) return;
        toast(
          `'${titleOf(lost)}', which you had selected, was deleted${by.id === me ? ' in another tab' : ` by ${by.name}`}.`
        );
      }),
    [session, selected, me]
  );
  return selected !== null && node === null && seen.current?.id === selected ? seen.current.title : null;
}
