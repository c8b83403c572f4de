/**
 * The rows of the list of flows: one for each flow, with its draft, and one for each draft without a published flow.
 */
import type { DraftRow, DraftSummary } from '@/app/_contract/drafts';
import type { FlowSummary } from '@/app/_contract/flows';
import { byName } from '@/engine/flow/values/name-order';

export interface FlowListRow {
  key: string;
  title: string;
  /** The name, where another row has the same title; null: no other row has its title. */
  name: string | null;
  /** Null: nothing was published yet. */
  flow: FlowSummary | null;
  /** The open draft of the flow; among archived ones, the archived draft. */
  draft: DraftRow | null;
}
export interface FlowListFilter {
  /** Part of a title or name. */
  search: string;
  tag: string | null;
  archived: boolean;
}

export const FLOW_SORTS = ['title', 'changed'] as const;
export type FlowSort = (typeof FLOW_SORTS)[number];

/** What a draft is called, whatever of it was written. */
export const draftTitle = ({ title, name }: Pick<DraftSummary, 'title' | 'name'>): string =>
  title || name || 'Without a title';

/** Those with changes that nobody has published, changed last first. */
export const unpublishedOf = <T extends Pick<DraftSummary, 'base' | 'number' | 'baseNumber' | 'changedMs'>>(
  drafts: readonly T[]
): T[] =>
  drafts
    .filter(({ base, number, baseNumber }) => base === null || number !== baseNumber)
    .sort((a, b) => b.changedMs - a.changedMs);

/** The titles that several have, in lower case. */
export function sharedTitles(titles: readonly string[]): ReadonlySet<string> {
  const lower = titles.map((title) => title.toLowerCase());
  return new Set(lower.filter((title, index) => lower.indexOf(title) !== index));
}

/** No version of it starts runs. */
export const isArchived = ({ servedVersion }: FlowSummary): boolean => servedVersion === null;

/**
 * Sorted by title, or with those first that were changed or published last. Archived flows and archived drafts are rows of their own, shown instead of the others. `drafts`
 * null: they cannot be read, and the flows are shown all the same.
 */
export function rowsOf(
  flows: readonly FlowSummary[],
  drafts: readonly DraftRow[] | null,
  { search, tag, archived }: FlowListFilter,
  sort: FlowSort = 'title'
): FlowListRow[] {
  const known = drafts ?? [];
  const wanted = known.filter(({ archivedMs }) => (archivedMs !== null) === archived);
  const rowOfDraft = (draft: DraftRow, flow: FlowSummary | null): FlowListRow => ({
    key: draft.id,
    title: draftTitle(draft),
    name: null,
    flow,
    draft,
  });
  const flowNamed = (name: string | null) => flows.find((flow) => flow.name === name) ?? null;
  const shown = flows.filter((flow) => isArchived(flow) === archived);
  const ofFlow = (flow: FlowSummary) => wanted.find((draft) => draft.flow === flow.name) ?? null;
  const rows = [
    ...shown.map((flow): FlowListRow => ({
      key: flow.name,
      title: flow.title,
      name: null,
      flow,
      draft: archived ? null : ofFlow(flow),
    })),
    ...wanted
      .filter((draft) => archived || !shown.some((flow) => flow.name === draft.flow))
      .map((draft) => rowOfDraft(draft, flowNamed(draft.flow))),
  ];
  const sought = search.trim().toLowerCase();
  const shared = sharedTitles(rows.map(({ title }) => title));
  return rows
    .map((row) =>
      shared.has(row.title.toLowerCase()) ? { ...row, name: row.flow?.name ?? row.draft?.name ?? null } : row
    )
    .filter(({ title, flow, draft }) =>
      [title, flow?.name, draft?.name, draft?.title].some((text) => text?.toLowerCase().includes(sought))
    )
    .filter(({ draft }) => tag === null || draft?.tags.includes(tag))
    .sort((a, b) => (sort === 'changed' ? changedOf(b) - changedOf(a) : 0) || byName(a.title, b.title));
}

const changedOf = ({ flow, draft }: FlowListRow): number => Math.max(flow?.publishedMs ?? 0, draft?.changedMs ?? 0);

/** Another revision of its base is live than the one that it was made from. */
export const isRevised = ({ baseRevision, liveRevision }: Pick<DraftSummary, 'baseRevision' | 'liveRevision'>) =>
  baseRevision !== null && liveRevision !== null && baseRevision !== liveRevision;

/** What a draft is to the versions of its flow. */
export function draftState(draft: DraftSummary): string {
  const { number, baseNumber, base, newest, liveRevision } = draft;
  if (base === null) return 'Draft, not published yet';
  if (newest !== null && newest > base) return `Draft of v${base}; v${newest} was published since`;
  if (isRevised(draft)) return `Draft of v${base}; revision ${liveRevision} is live since`;
  return number === baseNumber ? `Draft, the same as v${base}` : `Draft is ahead of v${base}`;
}
