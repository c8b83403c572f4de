/** A frame around the only branch of a node. The thread leads from its header into the branch. */
import type { FlowNode } from '../../document';
import { DOWN } from '../model';
import { isOpen } from '../scope';
import { SUMMARY, undoneIn } from './forks';
import { COLUMN, downward, HALF, placeBranch, type Block, type BranchPlan, type Scope } from './parts';

const { gap, liningWidth, header, framePadding } = DOWN;

export function frameBlock(node: FlowNode, branch: BranchPlan, scope: Scope): Block {
  const { block, steps, key } = branch;
  const left = Math.max(HALF, block.left) + framePadding;
  const right = Math.max(HALF, block.right) + framePadding;
  const begin = header + gap;
  const height = begin + block.height + gap;
  const undone = undoneIn(node, [branch], scope);
  const around = Math.max(COLUMN, right + gap + (undone.length > 0 ? liningWidth / 2 : 0));
  return {
    left,
    right: undone.length > 0 ? around + liningWidth / 2 : right,
    height,
    open: isOpen(node, [block.open]),
    wayBack: around,
    undoAt: height / 2,
    place(x, y, out) {
      out.frames.push({ id: node.id, kind: node.kind, x: x - left, y, width: left + right, height, header });
      out.thread('forward', downward(x, y + header, y + begin), node.id, steps[0]?.id ?? null, key);
      const { end } = placeBranch(branch, x, y + begin, out);
      if (block.open) out.thread('forward', downward(x, end, y + height), steps.at(-1)?.id ?? node.id, null, key);
      if (undone.length === 0) return;
      const cell = {
        x: x + around - liningWidth / 2,
        y: y + (height - SUMMARY) / 2,
        width: liningWidth,
        height: SUMMARY,
      };
      out.summaries.push({ ...cell, owner: node.id, steps: undone });
    },
  };
}
