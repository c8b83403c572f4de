/**
 * The messages about revisions: fixes of a published version for its running runs, and the check before one goes live.
 */
import { z } from 'zod';
import type { GateReport } from '@/engine/versions/gate/report';

export type { GateReport } from '@/engine/versions/gate/report';

const draftAtSchema = z.object({ id: z.string(), number: z.int().min(0) });

/** What a draft is at a number, as a fix of the version; or an earlier revision of the version. */
export const startGateSchema = z.object({
  version: z.int().min(1).max(1_000_000_000),
  draft: draftAtSchema.optional(),
  revision: z.string().max(40).optional(),
});
export type StartGate = z.infer<typeof startGateSchema>;

export const goLiveSchema = z.object({
  note: z.string().max(2_000),
  /** How many runs would break, as the person saw it. With more it is refused. */
  breaking: z.int().min(0),
  /** The draft from which the revision was made: it counts as unchanged from now on. */
  draft: draftAtSchema.optional(),
});
export type GoLive = z.infer<typeof goLiveSchema>;

export interface GateAnswer {
  report: GateReport;
}

export interface RevisionRow {
  version: number;
  revision: string;
  live: boolean;
  publishedBy: string | null;
  publishedMs: number;
  /** Why it was published; '' if nobody said it. */
  note: string;
  /** Open runs whose last task it decided; null if they cannot be counted now. */
  openRuns: number | null;
}
export interface SwitchRow {
  version: number;
  revision: string;
  replaced: string;
  by: string;
  atMs: number;
  note: string;
  holding: number;
  breaking: number;
}
export interface RevisionList {
  /** Of versions with several revisions only; the newest version first, within it the newest revision. */
  revisions: RevisionRow[];
  /** Newest first. */
  switches: SwitchRow[];
}
