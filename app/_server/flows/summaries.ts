/** Converts the engine's messages about versions to those of the contract. */
import type { FlowSummary, VersionSummary } from '@/app/_contract/flows';
import type { VersionMessage } from '@/engine/api/client';

export function versionSummary(version: VersionMessage): VersionSummary {
  return {
    flow: version.flow,
    version: version.version,
    revision: version.revision,
    workflowType: version.workflowType,
    sha: version.sha,
    publishedMs: Number(version.createdMs),
    publishedBy: version.createdBy || null,
  };
}

export function flowSummary(newest: VersionMessage, openRuns: number | null): FlowSummary {
  return {
    name: newest.flow,
    title: newest.title || newest.flow,
    description: newest.description || null,
    latestVersion: newest.version,
    publishedMs: Number(newest.createdMs),
    publishedBy: newest.createdBy || null,
    steps: newest.nodes,
    openRuns,
  };
}
