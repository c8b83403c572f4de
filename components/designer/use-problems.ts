'use client';

/**
 * The problems of a draft that the page finds itself, with those that only the compiler finds.
 *
 * Rules
 * [UPR1] A draft is drawn before its problems are looked for: opening a large one does not wait for them.
 */
import { useMemo } from 'react';
import { usePainted } from '@/components/ui/use-after-paint';
import type { Catalogue } from '@/engine/flow/catalogue';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { Draft } from '@/engine/flow/edit/draft';
import { withDeletions, type DeletedNames } from '@/engine/flow/edit/deleted';
import { problemsOf } from '@/engine/flow/edit/problems';

/** Null: nobody has looked for them yet. */
export function useProblems(
  draft: Draft,
  catalogue: Catalogue,
  ofTypes: readonly Diagnostic[],
  deleted: DeletedNames
): readonly Diagnostic[] | null {
  const isPainted = usePainted();
  const found = useMemo(
    () => (isPainted ? problemsOf(draft, catalogue, ofTypes) : null),
    [isPainted, draft, catalogue, ofTypes]
  );
  return useMemo(() => found && withDeletions(found, draft, deleted), [found, draft, deleted]);
}
