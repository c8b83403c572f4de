/**
 * What the layout of a flow is made of. Sizes follow the visual language; every coordinate is in pixels, with y = 0 on
 * the forward thread of the outermost sequence, so that what is added above it moves nothing.
 */
import type { NodeKind } from '../document';
import type { Point } from './path';

export const SIZES = {
  cardWidth: 208,
  face: 56,
  lining: 24,
  gap: 56,
  rowGap: 40,
  branchPadding: 24,
  diamond: 40,
  meet: 14,
  bar: 8,
  cap: 12,
  label: 20,
} as const;
/** Distance from the forward thread to the back thread of the same sequence. */
export const BACK_OFFSET = SIZES.face / 2 + SIZES.lining / 2;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
/** Face and lining of one step; the lining's place is kept even where there is none, so that rows line up. */
export interface CardBox extends Box {
  id: string;
  kind: NodeKind;
  /** A later step than the pivot of its scope: retried until done, never undone. */
  afterPivot: boolean;
}
export interface DiamondBox extends Box {
  /** The choice; for a meet the choice (or card with a side branch) whose branches meet there on the way back. */
  id: string;
  role: 'choice' | 'meet';
}
export interface BarBox extends Box {
  id: string;
  role: 'fork' | 'join';
}
export interface LabelBox extends Box {
  role: 'title' | 'branch' | 'catch' | 'pivot';
  text: string;
  /** The node that the label belongs to. */
  owner: string;
  branch: string | null;
}
export interface PivotLine {
  id: string;
  x: number;
  top: number;
  bottom: number;
  /** Where the back thread ends. */
  capY: number;
}
/**
 * A thread. `forward` leads to `to` (null: out of the branch, or to the end); it was taken when what it leads to was
 * entered. `back` is one path a sequence; `catch` leads from a failing node to what handles it.
 */
export interface Thread {
  id: string;
  kind: 'forward' | 'back' | 'catch';
  path: string;
  from: string | null;
  to: string | null;
  /** The branch that it runs in: `<choice>/<branch id>`, `<choice>/otherwise`, `<node>/catch-<i>`; null in the outermost sequence. */
  branch: string | null;
  /** For back threads: where an arrowhead to the left is seen. */
  arrows: Point[];
}
export interface BranchPlace {
  /** As in `Thread.branch`. */
  key: string;
  owner: string;
  /** Id that the workflow reports on (`__nodes`); null for an implicit branch. */
  id: string | null;
  nodes: string[];
}
export interface FlowLayout {
  bounds: Box;
  cards: CardBox[];
  diamonds: DiamondBox[];
  bars: BarBox[];
  labels: LabelBox[];
  pivots: PivotLine[];
  threads: Thread[];
  caps: { start: Point; end: Point | null };
  branches: BranchPlace[];
}
