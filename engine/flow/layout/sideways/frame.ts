/** A frame around the only branch of a node. Its header is above the branch; the back thread runs through it. */
import type { FlowNode } from '../../document';
import { SIDEWAYS } from '../model';
import { isOpen } from '../scope';
import { along, placeBranch, type Block, type BranchPlan } from './parts';

const { cardWidth, header, framePadding } = SIDEWAYS;

export function frameBlock(node: FlowNode, branch: BranchPlan): Block {
  const { sequence, key } = branch;
  const width = Math.max(cardWidth, sequence.width) + 2 * framePadding;
  const above = sequence.above + framePadding + header;
  const below = sequence.below + framePadding;
  return {
    width,
    above,
    below,
    open: isOpen(node, [sequence.open]),
    place(x, y, out) {
      const box = { x, y: y - above, width, height: above + below };
      out.frames.push({ id: node.id, kind: node.kind, ...box, header });
      const start = x + framePadding;
      out.thread('forward', along(y, x, start), node.id, sequence.nodes[0] ?? null, key);
      const { runs, end } = placeBranch(branch, start, y, out);
      if (sequence.open) out.thread('forward', along(y, end, x + width), sequence.nodes.at(-1) ?? node.id, null, key);
      return [[x, start], ...runs, [end, x + width]];
    },
  };
}
