/** What a check of a revision against the open runs has found, as people see it. JSON. */
import type { RunAddress } from '../../run-name';

/** Null fields: nothing particular is known. */
export interface Breaking extends RunAddress {
  /** The revision that the run is on, and stays on. */
  revision: string;
  eventId: number | null;
  nodeId: string | null;
  /** One sentence. */
  why: string;
}

export type GatePhase = 'checking' | 'checked' | 'live' | 'failed' | 'ended';

export interface GateReport {
  id: string;
  flow: string;
  version: number;
  workflowType: string;
  /** The revision that would go live, and the one that is live. */
  revision: string;
  live: string;
  /** The revision exists already: an earlier one that goes live again. */
  rollback: boolean;
  phase: GatePhase;
  /** What the revision changes compared with the live one, by node. */
  changes: { nodeId: string | null; message: string }[];
  /** Open runs as far as they are counted, and how many of them were replayed. */
  total: number;
  proved: number;
  holding: number;
  breaking: number;
  /** The first ones; `breakingNodes` counts all. */
  breakingRuns: Breaking[];
  breakingNodes: { nodeId: string | null; title: string; runs: number }[];
  /** Why the check failed or was ended; '' otherwise. */
  message: string;
}
