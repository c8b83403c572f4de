/** The shapes of the failure matrix, shared with the browser. */
import type { Effect, NodeKind } from '../flow/document';
import type { TrialPlan } from '../flow/trial-plan';
import type { LeftEffect, TrialEnd } from './result';

/** How a node fails: [FM2] of matrix.ts; an approval is rejected, an approval or a signal comes too late. */
export type MatrixFailure = 'before' | 'after' | 'unknown' | 'stopped' | 'rejected' | 'late';
/** 'none': the node has no undo, or nothing to undo. */
export type MatrixUndo = 'works' | 'fails' | 'none';

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
}

export interface MatrixCell {
  nodeId: string;
  failure: MatrixFailure;
  undo: MatrixUndo;
  end: TrialEnd;
  /** What remains or may have happened, beside what a completed run is meant to have. */
  left: LeftEffect[];
  /** The nodes whose effects were undone, in the order of their undos. */
  undone: string[];
  /** The undo of this node was called; otherwise it makes no difference whether it works. */
  undoCalled: boolean;
  /** Opens the cell as a trial. */
  plan: TrialPlan;
}
