/** The units of the downward layout. `x` is always the forward thread of the sequence, `y` the top of the block. */
import type { InnerSequence } from '../../branches';
import type { FlowNode } from '../../document';
import type { Folded, Unit } from '../folds';
import { DOWN } from '../model';
import type { Point } from '../path';
import type { Tree } from '../scope';
import type { Sink } from '../sink';

/** Half the width of a face: from the forward thread to its sides. */
export const HALF = DOWN.faceWidth / 2;
/** From the forward thread to the back thread in the right column. */
export const COLUMN = HALF + DOWN.liningWidth / 2;

export interface Scope {
  tree: Tree;
  isLined(node: FlowNode): boolean;
  branch: string | null;
  /** 0 in the outermost sequence, which alone has the right column; inside forks an undo is a band under its face. */
  depth: number;
  /** There is room for slots. */
  edited: boolean;
  folded: Folded;
  /** Forks whose branches are below each other, however few they are. */
  stacked: ReadonlySet<string>;
}
/** A measured piece of the drawing. */
export interface Block {
  /** Its extent to both sides of the forward thread. */
  left: number;
  right: number;
  height: number;
  /** True if the path continues after it. */
  open: boolean;
  /** Where the back thread of the outermost sequence passes it, relative to the forward thread. */
  wayBack: number;
  /** The height at which the back thread meets its undo, from its top. */
  undoAt: number;
  place(x: number, y: number, out: Sink): void;
}
/** A block and its place in its sequence. */
export interface Placed {
  unit: Unit;
  block: Block;
  /** From the top of the sequence. */
  top: number;
  /** What is left free behind it. */
  gap: number;
}

export interface BranchPlan extends InnerSequence {
  block: Block;
}

/** A straight piece of a thread. */
export const downward = (x: number, from: number, to: number): Point[] => [
  { x, y: from },
  { x, y: to },
];

/** Places a branch with its title above its first step, and the thread through it if it has no steps. */
export function placeBranch(branch: BranchPlan, x: number, y: number, out: Sink): { end: number } {
  const { key, owner, id, title, role, steps, block } = branch;
  const end = y + block.height;
  out.branches.push({ key, owner, role, id, nodes: steps.map((step) => step.id) });
  if (title !== null) {
    const place =
      steps.length === 0 ? { x: x + 8, width: block.right - 8 } : { x: x - HALF, width: DOWN.faceWidth, centred: true };
    out.label({ ...place, y: y - DOWN.label + 2, role, text: title, owner, branch: key }, DOWN.label - 4);
  }
  block.place(x, y, out);
  if (steps.length === 0) out.thread(role === 'catch' ? 'catch' : 'forward', downward(x, y, end), owner, null, key);
  return { end };
}
