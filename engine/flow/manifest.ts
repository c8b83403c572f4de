/** What is stored with a published version beside its code: everything that screens need to read a run of it. */
import type { Effect, FlowDocument, JsonSchema, NodeKind } from './document';

export interface NodeManifest {
  id: string;
  kind: NodeKind;
  title: string;
  activity: string | null;
  effect: Effect;
  undo: { title: string; activity: string; armed: 'completed' | 'attempted' } | null;
  /**
   * After an unknown outcome: may a forward call that arrives late still be carried out, once the undo or the look-up was asked with its
   * key? Missing: published before this was declared, and read as 'refused'.
   */
  lateCalls?: 'refused' | 'possible';
  /** Within this time after the last attempt a call that nobody answered was carried out, or never will be. */
  settlesWithinMs?: number;
  pivot: boolean;
  /** Is a later step than the pivot of its scope. */
  afterPivot: boolean;
  /** First and last line in the generated code, from 1. */
  lines: [number, number];
  output: JsonSchema | null;
}

export interface FlowManifest {
  format: 1;
  flow: string;
  version: number;
  /** 'v3.0': the first revision of version 3. */
  revision: string;
  workflowType: string;
  document: FlowDocument;
  nodes: Record<string, NodeManifest>;
  /** The code checks its input, signals and updates against their schemas. Missing where it was compiled before it did. */
  checksValues?: true;
  /** sha256, hex, over generated code, saga library and activity schemas (design D2). */
  sha: string;
}
