/** The units of the sideways layout: blocks that have a size and draw themselves. */
import type { InnerSequence } from '../../branches';
import type { Folded } from '../folds';
import { SIDEWAYS } from '../model';
import type { Point } from '../path';
import type { Tree } from '../scope';
import type { Sink } from '../sink';

const { cardWidth, face, lining, rowGap, label } = SIDEWAYS;
export const CARD_ABOVE = face / 2;
export const CARD_BELOW = face / 2 + lining;

export interface Scope {
  tree: Tree;
  branch: string | null;
  /** No step of the sequence is undone, because the point of no return was passed before it. */
  afterPivot: boolean;
  /** True if the flow has anything to undo; otherwise no back thread is drawn. */
  back: boolean;
  folded: Folded;
}
/** A stretch of the back thread of the sequence that contains the block, from right to left. */
export type Run = [left: number, right: number];
/** A measured piece of the drawing. `above` and `below` are taken from its forward thread. */
export interface Block {
  width: number;
  above: number;
  below: number;
  /** True if the path continues after it. It does not after `fail` and `end`. */
  open: boolean;
  place(x: number, y: number, out: Sink): Run[];
}
export interface Sequence extends Block {
  nodes: string[];
  /** True if anything in it is undone. */
  undoes: boolean;
}
export interface BranchPlan extends Omit<InnerSequence, 'steps'> {
  sequence: Sequence;
}

/** A straight piece of a thread. */
export const along = (y: number, from: number, to: number): Point[] => [
  { x: from, y },
  { x: to, y },
];

/** Baselines of branches under each other; the first on the fork's own thread. */
export function stack(branches: readonly BranchPlan[]) {
  const labelled = (branch: BranchPlan) => branch.sequence.above + (branch.title === null ? 0 : label);
  const offsets: number[] = [];
  let below = 0;
  branches.forEach((branch, index) => {
    const offset = index === 0 ? 0 : below + rowGap + labelled(branch);
    offsets.push(offset);
    below = offset + branch.sequence.below;
  });
  const width = Math.max(cardWidth, ...branches.map((branch) => branch.sequence.width));
  return { offsets, above: labelled(branches[0]!), below, width };
}

/** Places a branch with its label, and the thread through it if it has no steps. Returns its runs and its end. */
export function placeBranch(branch: BranchPlan, x: number, y: number, out: Sink): { runs: Run[]; end: number } {
  const { key, owner, id, title, role, sequence } = branch;
  const end = x + sequence.width;
  out.branches.push({ key, owner, role, id, nodes: sequence.nodes });
  if (title !== null) {
    const width = Math.max(cardWidth / 2, Math.min(sequence.width, cardWidth));
    out.label({ x, y: y - sequence.above - label, width, role, text: title, owner, branch: key });
  }
  const runs = sequence.place(x, y, out);
  const isEmpty = sequence.nodes.length === 0;
  if (isEmpty) out.thread(role === 'catch' ? 'catch' : 'forward', along(y, x, end), owner, null, key);
  return { runs, end };
}
