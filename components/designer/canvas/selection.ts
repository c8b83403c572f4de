/** What is selected in the drawing of a draft. */
export interface Selection {
  /** The node that the inspector shows. */
  primary: string | null;
  part: 'step' | 'undo';
  /** Selected beside it. */
  also: readonly string[];
}
export const NOTHING: Selection = { primary: null, part: 'step', also: [] };
