/**
 * What the layout of a flow is made of. Sizes follow the visual language; every coordinate is in pixels. The forward
 * thread of the outermost sequence is at x = 0 downward and at y = 0 sideways, so that what is added beside it moves
 * nothing of it.
 */
import type { NodeKind } from '../document';
import type { Point } from './path';

/** 'down': faces in the left column, undos in the right one. 'sideways': each undo under its face. */
export type DrawingDirection = 'down' | 'sideways';

export const NOTHING_STACKED: ReadonlySet<string> = new Set();

/** Sizes of the sideways drawing. */
export const SIDEWAYS = {
  cardWidth: 208,
  face: 56,
  lining: 24,
  gap: 56,
  rowGap: 40,
  branchPadding: 24,
  /** The header of a frame, and the distance of a frame from what it contains. */
  header: 52,
  framePadding: 16,
  diamond: 40,
  meet: 14,
  bar: 8,
  cap: 12,
  label: 20,
} as const;
/** Sizes of the downward drawing. */
export const DOWN = {
  faceWidth: 240,
  face: 64,
  /** The right column: the undo of the step beside it. */
  liningWidth: 168,
  /** An undo inside a fork: under its face. */
  band: 24,
  gap: 24,
  indent: 24,
  /** From a fork to the point where its branches part, and from their ends to the point where they meet. */
  lead: 16,
  label: 24,
  diamond: 40,
  bar: 8,
  cap: 12,
  /** The header of a frame, and the distance of a frame from what it contains. */
  header: 52,
  framePadding: 16,
} as const;
/** Sideways: distance from the forward thread to the back thread of the same sequence. */
export const BACK_OFFSET = SIDEWAYS.face / 2 + SIDEWAYS.lining / 2;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
/**
 * Face and lining of one step. In a sideways drawing the space of the lining is kept even if there is none, so that
 * rows are aligned.
 */
export interface CardBox extends Box {
  id: string;
  kind: NodeKind;
  /** The place of the lining, if the step has one: under the face, or in the right column. */
  lining: 'below' | 'beside';
}
/** The card of a fold (folds.ts). */
export interface FoldBox extends Box {
  key: string;
  /** Of its first node, by which the keyboard and threads know it. */
  id: string;
  /** The nodes of the sequence whose place it takes. */
  nodes: string[];
  /** All that is hidden, the nodes of the sequence included. */
  inside: string[];
}
/** In a downward drawing: the undos inside a fork, as one cell of the right column. */
export interface SummaryBox extends Box {
  /** The fork, or the first node of a fold. */
  owner: string;
  /** Steps inside it that have an undo, in reading order. */
  steps: string[];
}
/** Around the only branch of a node. The header is at its top. */
export interface FrameBox extends Box {
  id: string;
  kind: NodeKind;
  /** The height of the header. */
  header: number;
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
  /** Lies on its thread and covers it. */
  centred?: boolean;
  /** The node that the label belongs to. */
  owner: string;
  branch: string | null;
}
export interface PivotLine {
  id: string;
  line: [from: Point, to: Point];
  /** Where the back thread begins, with a cap; null if it does not run here. */
  cap: Point | null;
}
/**
 * A thread. `forward` leads to `to` (null: out of the branch, or to the end); it was taken when what it leads to was
 * entered. `back` is one path a sequence; `catch` leads from a failing node to what handles it.
 */
export interface Thread {
  id: string;
  kind: 'forward' | 'back' | 'catch';
  path: string;
  /** Around all points of the path. */
  box: Box;
  from: string | null;
  to: string | null;
  /**
   * The branch in which it runs: `<choice>/<branch id>`, `<choice>/otherwise`, `<node>/<id of a handler>`; null in the
   * outermost sequence.
   */
  branch: string | null;
  /** For back threads: the places of arrowheads, which point upward or to the left. */
  arrows: Point[];
  /**
   * For back threads, which can be as long as the flow: the path in pieces, so that only what is seen of it is drawn.
   */
  pieces: ThreadPiece[];
}
export interface ThreadPiece extends Box {
  path: string;
}
export interface BranchPlace {
  /** As in `Thread.branch`. */
  key: string;
  owner: string;
  role: 'branch' | 'catch';
  /** The id that the workflow reports (`__nodes`); null for an implicit branch. */
  id: string | null;
  nodes: string[];
}
/** A place where a node can be inserted. Only in drawings that are edited. */
export interface SlotPlace {
  /** The middle of its mark, on the forward thread. */
  at: Point;
  /** The sequence, as in `Thread.branch`. */
  branch: string | null;
  /** The nodes between which it is; null at the start or the end of the sequence. */
  after: string | null;
  before: string | null;
}
export interface FlowLayout {
  direction: DrawingDirection;
  bounds: Box;
  cards: CardBox[];
  folds: FoldBox[];
  frames: FrameBox[];
  diamonds: DiamondBox[];
  bars: BarBox[];
  summaries: SummaryBox[];
  labels: LabelBox[];
  pivots: PivotLine[];
  threads: Thread[];
  caps: { start: Point; end: Point | null };
  branches: BranchPlace[];
  slots: SlotPlace[];
}
