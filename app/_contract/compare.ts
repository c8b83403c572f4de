/** Two states of a flow that are compared: published versions, or a draft. */
import type { Catalogue } from '@/engine/flow/catalogue';
import type { Draft } from '@/engine/flow/edit/draft';

export interface ComparedSide {
  /** As in the address: '3', 'v3.1' for a revision, 'draft:<id>', or 'draft:<id>@<number>'. */
  key: string;
  /** 'v3', 'Draft', 'Draft at change 12' */
  label: string;
  draft: Draft;
  /** The published code; null: a draft, whose code is generated when it is asked for. */
  code: string | null;
  /** The workflow type in the code; it differs in every version. */
  workflowType: string | null;
  note: string;
  by: string | null;
  atMs: number;
}
export interface FlowComparison {
  flow: string;
  title: string;
  from: ComparedSide;
  to: ComparedSide;
  /** What can be compared: every version, newest first, and the open draft. */
  choices: { key: string; label: string; description: string }[];
  catalogue: Catalogue;
}
