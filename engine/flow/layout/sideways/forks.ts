/** Forks: choices and side branches, parallel branches, and failure handlers. */
import type { FlowNode } from '../../document';
import { nameOf } from '../../names';
import { factsOf } from '../../nodes/table';
import { BACK_OFFSET, SIDEWAYS } from '../model';
import { isOpen } from '../scope';
import { backThread } from './back';
import { along, CARD_ABOVE, CARD_BELOW, placeBranch, stack, type Block, type BranchPlan, type Scope } from './parts';

const { cardWidth, face, rowGap, branchPadding, diamond, meet, bar, label } = SIDEWAYS;
/** From the merge of the forward threads to the right end of a fork; the meet of the back threads lies between. */
const MEET_ROOM = 28;

const hasBack = (scope: Scope) => scope.back && !scope.afterPivot;

/**
 * A choice, or a card with a side branch: branches leave the head and meet again; back they go the way they came.
 * `head` is the card; null for a choice.
 */
export function forkBlock(node: FlowNode, head: Block | null, branches: readonly BranchPlan[], scope: Scope): Block {
  const headWidth = head === null ? diamond : head.width;
  const headDrop = head === null ? diamond / 2 : face / 2;
  const { offsets, above, below, width: content } = stack(branches);
  const width = headWidth + branchPadding + content + branchPadding + MEET_ROOM;
  const open = isOpen(
    node,
    branches.map((branch) => branch.sequence.open)
  );
  return {
    width,
    above: head === null ? above + label : Math.max(above, CARD_ABOVE),
    below,
    open,
    place(x, y, out) {
      const headX = x + headWidth / 2;
      const start = x + headWidth + branchPadding;
      const merge = start + content + branchPadding;
      const meetX = merge + MEET_ROOM / 2;
      const joint = headX - meet;
      if (head === null) {
        out.diamonds.push({ id: node.id, role: 'choice', x, y: y - diamond / 2, width: diamond, height: diamond });
        const title = { role: 'title', text: nameOf(node), owner: node.id, branch: scope.branch } as const;
        out.label({ x: x - 8, y: y - above - label, width: cardWidth, ...title });
      } else {
        head.place(x, y, out);
      }
      branches.forEach((branch, index) => {
        const { key, sequence } = branch;
        const row = y + offsets[index]!;
        const straight = index === 0;
        const lead = straight
          ? along(y, x + headWidth, start)
          : [{ x: headX, y: y + headDrop }, ...along(row, headX, start)];
        out.thread('forward', lead, node.id, sequence.nodes[0] ?? null, key);
        const { runs, end } = placeBranch(branch, start, row, out);
        if (sequence.open) {
          const tail = straight ? along(y, end, merge) : [...along(row, end, merge), { x: merge, y }];
          out.thread('forward', tail, sequence.nodes.at(-1) ?? node.id, null, key);
          runs.push([end, meetX]);
        }
        runs.push([joint, start]);
        const bend = straight ? null : { joint, meetX, y: y + BACK_OFFSET };
        if (hasBack(scope)) backThread(runs, key, row + BACK_OFFSET, bend, out);
      });
      if (open) out.thread('forward', along(y, merge, x + width), node.id, null, scope.branch);
      if (hasBack(scope) && open) {
        const size = { width: meet, height: meet };
        out.diamonds.push({ id: node.id, role: 'meet', x: meetX - meet / 2, y: y + BACK_OFFSET - meet / 2, ...size });
      }
      return [
        [x, joint],
        [meetX, x + width],
      ];
    },
  };
}

/** Bars at fork and join; back threads split at the join and meet at the fork. */
export function parallelBlock(node: FlowNode, branches: readonly BranchPlan[], scope: Scope): Block {
  const { offsets, above, below, width: content } = stack(branches);
  const width = bar + branchPadding + content + branchPadding + bar;
  return {
    width,
    above: above + label,
    below,
    open: isOpen(
      node,
      branches.map((branch) => branch.sequence.open)
    ),
    place(x, y, out) {
      const start = x + bar + branchPadding;
      const join = x + width - bar;
      const top = y - CARD_ABOVE;
      const height = CARD_ABOVE + offsets.at(-1)! + CARD_BELOW;
      out.bars.push({ id: node.id, role: 'fork', x, y: top, width: bar, height });
      out.bars.push({ id: node.id, role: 'join', x: join, y: top, width: bar, height });
      const title = { role: 'title', text: nameOf(node), owner: node.id, branch: scope.branch } as const;
      out.label({ x: x - 8, y: y - above - label, width: cardWidth, ...title });
      branches.forEach((branch, index) => {
        const { key, sequence } = branch;
        const row = y + offsets[index]!;
        out.thread('forward', along(row, x + bar, start), node.id, sequence.nodes[0] ?? null, key);
        const { runs, end } = placeBranch(branch, start, row, out);
        if (sequence.open) {
          out.thread('forward', along(row, end, join), sequence.nodes.at(-1) ?? node.id, null, key);
          runs.push([end, join]);
        }
        runs.push([x + bar, start]);
        if (hasBack(scope)) backThread(runs, key, row + BACK_OFFSET, null, out);
      });
      return [];
    },
  };
}

/** A failure handler runs above its scope and comes down again after it. */
export function withHandlers(node: FlowNode, inner: Block, handlers: readonly BranchPlan[], scope: Scope): Block {
  const { shape } = factsOf(node).drawing;
  const entry = inner.width - 20;
  const content = Math.max(...handlers.map(({ sequence }) => sequence.width));
  const width = Math.max(inner.width + branchPadding, entry + branchPadding + content + branchPadding);
  const heights: number[] = [];
  let above = inner.above;
  for (const { sequence } of handlers) {
    heights.push(above + rowGap + sequence.below);
    above = heights.at(-1)! + sequence.above + label;
  }
  return {
    width,
    above,
    below: inner.below,
    open: inner.open || handlers.some(({ sequence }) => sequence.open),
    place(x, y, out) {
      const runs = inner.place(x, y, out);
      const end = x + width;
      const up = x + entry;
      const from = { diamond: y, frame: y - inner.above, card: y - CARD_ABOVE, bars: y - CARD_ABOVE }[shape];
      if (inner.open) out.thread('forward', along(y, x + inner.width, end), node.id, null, scope.branch);
      runs.push([x + inner.width, end]);
      handlers.forEach((handler, index) => {
        const { key, sequence } = handler;
        const line = y - heights[index]!;
        const start = up + branchPadding;
        const isEmpty = sequence.nodes.length === 0;
        out.thread('catch', [{ x: up, y: from }, ...along(line, up, start)], node.id, sequence.nodes[0] ?? null, key);
        const { runs: rowRuns, end: tail } = placeBranch(handler, start, line, out);
        if (sequence.open) {
          const points = [...along(line, tail, end), { x: end, y }];
          out.thread(isEmpty ? 'catch' : 'forward', points, sequence.nodes.at(-1) ?? node.id, null, key);
        }
        if (sequence.undoes && hasBack(scope)) backThread(rowRuns, key, line + BACK_OFFSET, null, out);
      });
      return runs;
    },
  };
}
