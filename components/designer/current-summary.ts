import type { DraftSummary } from '@/app/_contract/drafts';
import type { Json } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';

/** The summary that the page was opened with, after what was published from it or taken over since. */
export function currentSummary(
  opened: DraftSummary,
  published: { flow: string; version: number } | null
): DraftSummary {
  const later = (version: number | null) => Math.max(published?.version ?? 0, version ?? 0) || null;
  return {
    ...opened,
    flow: published?.flow ?? opened.flow,
    base: later(opened.base),
    newest: later(opened.newest),
  };
}

/** Gives the flow another title. */
export const flowTitle = (was: Json | undefined, value: string): Operation => ({
  op: 'set',
  target: { node: null },
  path: ['title'],
  value,
  ...(was === undefined ? {} : { was }),
});
