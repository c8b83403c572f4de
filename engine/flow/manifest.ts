/**
 * The data that is stored with a published version beside its code: everything that screens need to show a run of it.
 */
import type { FlowOfEntry } from './catalogue';
import type { Effect, FlowDocument, JsonSchema, NodeKind } from './document';

export interface NodeManifest {
  id: string;
  kind: NodeKind;
  title: string;
  activity: string | null;
  effect: Effect;
  undo: { title: string; activity: string; armed: 'completed' | 'attempted' } | null;
  /**
   * After an unknown outcome: can a forward call that arrives late still take effect after the undo or the look-up
   * was called with its key? Missing in versions that were published before this declaration existed; it then means
   * 'refused'.
   */
  lateCalls?: 'refused' | 'possible';
  /** After this time since the last attempt, an unanswered call has either taken effect or never will. */
  settlesWithinMs?: number;
  pivot: boolean;
  /** True if the step comes after the pivot of its scope. */
  afterPivot: boolean;
  /** First and last line in the generated code, from 1. */
  lines: [number, number];
  output: JsonSchema | null;
  /**
   * The schemas of the operations of connections that the step, its undo and its look-up call. Missing for activities
   * of the product, whose input has no schema of its own.
   */
  calls?: Partial<Record<'do' | 'undo' | 'check', CallSchemas>>;
  /** The flow that a child runs, in the version to which it was bound when this one was published. */
  child?: Omit<FlowOfEntry, 'name' | 'tooOld'> & { flow: string; waits: 'end' | 'start' };
}

interface CallSchemas {
  input: JsonSchema;
  output: JsonSchema;
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
  /**
   * The code checks its input, signals and updates against their schemas. Missing in versions that were compiled
   * before this check existed.
   */
  checksValues?: true;
  /**
   * A run hands over to the run of its parent what it has left (saga/handed.ts). Missing in versions that were compiled
   * before flows could be children: no flow may run them as a child.
   */
  handsOver?: true;
  /** sha256, hex, over generated code, saga library and activity schemas (design D2). */
  sha: string;
}
