/** Converts the engine's messages about versions to those of the contract. */
import type { FlowSummary, VersionSummary } from '@/app/_contract/flows';
import type { VersionMessage } from '@/engine/api/client';
import type { SearchableField } from '@/engine/flow/searchable';
import { byName } from '@/engine/flow/values/name-order';

export function versionSummary(version: VersionMessage): VersionSummary {
  return {
    flow: version.flow,
    version: version.version,
    revision: version.revision,
    workflowType: version.workflowType,
    sha: version.sha,
    publishedMs: Number(version.createdMs),
    publishedBy: version.createdBy || null,
    note: version.note,
    retired:
      version.retiredMs > 0
        ? { by: version.retiredBy, atMs: Number(version.retiredMs), reason: version.retiredReason }
        : null,
  };
}

/** Newest first; within a version the live revision first, then the newest. */
export const newestFirst = (a: VersionMessage, b: VersionMessage): number =>
  b.version - a.version || Number(b.live) - Number(a.live) || byName(b.revision, a.revision);

/** The version with which new runs of a flow start: the newest that is not retired; null: all are. */
export function servedOf(ofFlow: readonly VersionMessage[]): VersionMessage | null {
  return ofFlow.filter(({ retiredMs }) => retiredMs === 0).sort(newestFirst)[0] ?? null;
}

/** `ofFlow`: all versions of one flow, at least one. */
export function flowSummary(ofFlow: readonly VersionMessage[], openRuns: number | null): FlowSummary {
  const newest = ofFlow.toSorted(newestFirst)[0]!;
  return {
    name: newest.flow,
    title: newest.title || newest.flow,
    description: newest.description || null,
    latestVersion: newest.version,
    servedVersion: servedOf(ofFlow)?.version ?? null,
    publishedMs: Number(newest.createdMs),
    publishedBy: newest.createdBy || null,
    steps: newest.nodes,
    searchable: searchableOf(ofFlow),
    openRuns,
  };
}

/** Of all versions; of one name, the title of the newest. */
function searchableOf(ofFlow: readonly VersionMessage[]): SearchableField[] {
  const oldestFirst = ofFlow.toSorted(newestFirst).reverse();
  const fields = oldestFirst.flatMap(({ searchable }) => searchable);
  return [...new Map(fields.map((field) => [field.name, field])).values()];
}
