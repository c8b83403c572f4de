import type { DraftSummary } from '@/app/_contract/drafts';
import type { Json } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';

/** What was published while the page is open, or went live as a fix. */
export interface Published {
  flow: string;
  version: number;
  revision: string;
}

/** The summary that the page was opened with, after what was published from it or taken over since. */
export function currentSummary(opened: DraftSummary, published: Published | null): DraftSummary {
  const later = (version: number | null) => Math.max(published?.version ?? 0, version ?? 0) || null;
  const isOfPublished = published !== null && (opened.base ?? 0) <= published.version;
  return {
    ...opened,
    flow: published?.flow ?? opened.flow,
    base: later(opened.base),
    newest: later(opened.newest),
    baseRevision: isOfPublished ? published.revision : opened.baseRevision,
    liveRevision: isOfPublished ? published.revision : opened.liveRevision,
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

/** The version with which the draft is compared: the one that it was made from or last published as. */
export const publishedOf = (
  now: { flow: string; version: number } | null,
  { flow, base }: DraftSummary
): { flow: string; version: number } | null => now ?? (flow !== null && base !== null ? { flow, version: base } : null);
