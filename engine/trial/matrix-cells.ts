/** The shapes of the failure matrix, shared with the browser. */
import type { Effect, NodeKind } from '../flow/document';
import type { TrialPlan } from '../flow/trial-plan';
import type { LeftEffect, TrialEnd } from './result';

/** How a node fails: [FM2] of matrix.ts; an approval is rejected, an approval or a signal comes too late. */
export type MatrixFailure = 'before' | 'after' | 'unknown' | 'stopped' | 'rejected' | 'late';
/** 'none': the node has no undo, or nothing to undo. */
export type MatrixUndo = 'works' | 'fails' | 'none';

/** One run of a step in a loop, which fails while the others succeed. */
export interface MatrixItem {
  at: 'first' | 'middle' | 'last';
  /** '2', or '2.1' in a loop inside a loop: from 1, the outermost loop first. */
  item: string;
  /** How often the step runs. */
  of: number;
  unit: 'item' | 'round';
}

/** A step in a loop has a row in which all of its items fail, and one for each item that fails alone. */
export interface MatrixRow {
  nodeId: string;
  title: string;
  kind: NodeKind;
  effect: Effect;
  /** The title of its undo. */
  undo: string | null;
  /** False: no input that is known leads to it. */
  reached: boolean;
  failures: MatrixFailure[];
  /** Null: outside loops, or all items fail alike. */
  item: MatrixItem | null;
}

export interface MatrixCell {
  nodeId: string;
  failure: MatrixFailure;
  undo: MatrixUndo;
  /** As in its row. */
  item: MatrixItem | null;
  end: TrialEnd;
  /** What remains or may have happened, beside what a completed run is meant to have. */
  left: LeftEffect[];
  /** The nodes whose effects a completed run is meant to have; of another run, none. */
  meant: string[];
  /** The nodes whose effects were undone, in the order of their undos. */
  undone: string[];
  /** The undo of this node was called; otherwise it makes no difference whether it works. */
  undoCalled: boolean;
  /** Opens the cell as a trial. */
  plan: TrialPlan;
}
