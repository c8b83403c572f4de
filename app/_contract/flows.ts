/** Flows and their published versions on the wire. */
import { z } from 'zod';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { FlowDocument, JsonSchema } from '@/engine/flow/document';
import type { FlowManifest } from '@/engine/flow/manifest';

export interface FlowSummary {
  name: string;
  title: string;
  description: string | null;
  latestVersion: number;
  publishedMs: number;
  publishedBy: string | null;
  steps: number;
  /** Open runs of every version; null when the cluster cannot count. */
  openRuns: number | null;
}
export interface VersionSummary {
  flow: string;
  version: number;
  /** 'v3.0' */
  revision: string;
  workflowType: string;
  /** sha256, hex, of what runs (design D2). */
  sha: string;
  publishedMs: number;
  publishedBy: string | null;
}
/** One published version: the document that was drawn, the manifest screens read, the TypeScript that runs. */
export interface FlowVersion extends VersionSummary {
  manifest: FlowManifest;
  code: string;
}
export interface FlowDetail {
  summary: FlowSummary;
  /** Newest first. */
  versions: VersionSummary[];
  /** The version asked for, the newest otherwise. */
  shown: FlowVersion;
  /** What is wrong with that version now, although it was published: candidates of approvals who do not exist (any more). */
  problems: Diagnostic[];
}
/** What the start form is made from. */
export interface StartFormModel {
  flow: string;
  title: string;
  version: number;
  input: JsonSchema;
  scenarios: FlowDocument['scenarios'];
  /** What an earlier run was started with, when it is started again. */
  again: { workflowId: string; input: unknown } | null;
}

export const publishFlowSchema = z.object({
  /** A flow document (engine/flow/document.ts); checked and migrated by the server. */
  document: z.unknown(),
  note: z.string().max(2_000).optional(),
  /** The newest version that the publisher saw, 0 for none: when another one was published since, this is refused. */
  base: z.int().min(0).max(1_000_000_000).optional(),
});
export type PublishFlow = z.infer<typeof publishFlowSchema>;
export interface PublishedVersion {
  version: VersionSummary;
  /** True when this very content had been published before. */
  again: boolean;
  warnings: { nodeId: string | null; message: string }[];
}
export const installExampleSchema = z.object({});
