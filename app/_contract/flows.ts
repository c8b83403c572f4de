/** The messages about flows and their published versions. */
import { z } from 'zod';
import type { DraftSummary } from './drafts';
import type { TemplateRef } from './templates';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { FlowDocument, JsonSchema } from '@/engine/flow/document';
import type { FlowManifest } from '@/engine/flow/manifest';
import type { SearchableField } from '@/engine/flow/searchable';

export interface FlowSummary {
  name: string;
  title: string;
  description: string | null;
  latestVersion: number;
  /** The version with which new runs start: the newest that is not retired; null: all are. */
  servedVersion: number | null;
  publishedMs: number;
  publishedBy: string | null;
  steps: number;
  /** By which lists of its runs can be filtered, in any of its versions. */
  searchable: SearchableField[];
  /** Number of open runs of all versions; null if the cluster cannot count. */
  openRuns: number | null;
}
export interface VersionSummary {
  flow: string;
  version: number;
  /** 'v3.0' */
  revision: string;
  workflowType: string;
  /** sha256, hex, of the code that runs (design D2). */
  sha: string;
  publishedMs: number;
  publishedBy: string | null;
  /** What changed and why, as the publisher wrote it; '' for none. */
  note: string;
  /** It starts no new runs; null: it does. */
  retired: { by: string; atMs: number; reason: string } | null;
}
/** A version in the list of versions: its newest revision. */
export interface VersionRow extends VersionSummary {
  /** How many runs of it are open; null if the cluster cannot count. */
  openRuns: number | null;
}
export interface VersionList {
  /** Newest first. */
  versions: VersionRow[];
  /** The version with which new runs start; null: all are retired. */
  served: number | null;
  /** The open draft of the flow; null: there is none. */
  draft: DraftSummary | null;
}
/** One published version: its document, its manifest for the screens, and its TypeScript. */
export interface FlowVersion extends VersionSummary {
  manifest: FlowManifest;
  code: string;
}
export interface FlowDetail {
  summary: FlowSummary;
  /** The newest first. */
  versions: VersionSummary[];
  /** The requested version; without a request the newest. */
  shown: FlowVersion;
  /**
   * What is wrong with that version now, although it was published: candidates of approvals who do not exist (any
   * more).
   */
  problems: Diagnostic[];
  /** The template that it was made from; null: none. */
  template: TemplateRef | null;
}
/** The schema of the start form. */
export interface StartFormModel {
  /** Where programs reach this Backstitch. */
  origin: string;
  flow: string;
  title: string;
  version: number;
  /** No version of the flow starts runs, also not this one. */
  archived: boolean;
  input: JsonSchema;
  scenarios: FlowDocument['scenarios'];
  /** The input of an earlier run, if that run is to be started again. */
  again: { workflowId: string; input: unknown } | null;
}

export const publishFlowSchema = z.object({
  /** A flow document (engine/flow/document.ts); the server checks and migrates it. */
  document: z.unknown(),
  note: z.string().max(2_000).optional(),
  /** The newest version that the publisher saw, 0 for none. If a newer one exists, publishing is refused. */
  base: z.int().min(0).max(1_000_000_000).optional(),
  /** The revision of the base that was live then. If another one is live, publishing is refused. */
  baseRevision: z.string().max(40).optional(),
});
export type PublishFlow = z.infer<typeof publishFlowSchema>;
export interface PublishedVersion {
  version: VersionSummary;
  /** True if the same content had been published before. */
  again: boolean;
  warnings: { nodeId: string | null; message: string }[];
}
const reason = z.string().trim().max(2_000).default('');
export const retireVersionSchema = z.strictObject({
  reason,
  /** Also the only version that starts runs. */
  evenLast: z.boolean().default(false),
});
export const unretireVersionSchema = z.strictObject({ reason });
export const archiveFlowSchema = z.strictObject({ reason });

/** Makes the open draft of a flow the same as a version, by one gesture. */
export const restoreVersionSchema = z.strictObject({
  /** The id of the gesture, chosen by the browser. */
  gesture: z.uuid().toLowerCase(),
  /** The id of the draft, should the flow have no open one. */
  draft: z.uuid().toLowerCase(),
});
export type RestoreVersion = z.infer<typeof restoreVersionSchema>;
export interface RestoredVersion {
  draft: DraftSummary;
  /** The draft was made for this; false: the content of the open draft was replaced. */
  created: boolean;
}
export const installExampleSchema = z.object({});
