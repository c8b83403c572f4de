import type { FlowDocument } from '@/engine/flow/document';
import { findNode, type Draft } from '@/engine/flow/edit/draft';
import { cardAt, type Folded } from '@/engine/flow/layout/folds';
import { outermost } from './node-actions';

/** What is selected in the drawing of a draft. */
export interface Selection {
  /** The node that the inspector shows, if it is the only one. */
  primary: string | null;
  part: 'step' | 'undo';
  /** Selected beside it. */
  also: readonly string[];
}
export const NOTHING: Selection = { primary: null, part: 'step', also: [] };

/** The card of a fold is all the steps whose place it takes. */
export const withFolded = ({ steps }: FlowDocument, folded: Folded, ids: readonly string[]): string[] =>
  ids.flatMap((id) => cardAt(steps, folded, id));

/** What is moved, copied or deleted together, in reading order. */
export function selectedIn(draft: Draft, flow: FlowDocument, folded: Folded, { primary, also }: Selection): string[] {
  return primary === null || !findNode(draft, primary)
    ? []
    : outermost(draft, withFolded(flow, folded, [primary, ...also]));
}
