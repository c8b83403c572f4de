/**
 * The sideways layout: left to right; the first branch of a fork runs straight on, the others below it in their order;
 * what handles a failure runs above. The back thread of a sequence runs through the linings, one path a sequence;
 * inside a choice it goes 'the way it came', inside a parallel it splits at the join.
 *
 * First everything is measured, from the inside out (`sequenceOf`, `blockOf`), then placed, from the outside in
 * (`place`).
 */
import { sequencesIn, type InnerSequence } from '../../branches';
import type { FlowNode } from '../../document';
import { factsOf } from '../../nodes/table';
import { unitsOf, type Folded, type Unit } from '../folds';
import { BACK_OFFSET, SIDEWAYS, type Box, type FlowLayout } from '../model';
import { continuesAfter, isOpen, pivotIn, treeOf } from '../scope';
import { Sink } from '../sink';
import { backThread } from './back';
import { forkBlock, parallelBlock, withHandlers } from './forks';
import { frameBlock } from './frame';
import {
  along,
  CARD_ABOVE,
  CARD_BELOW,
  type Block,
  type BranchPlan,
  type Run,
  type Scope,
  type Sequence,
} from './parts';

const { cardWidth, face, lining, gap, cap, label } = SIDEWAYS;
/** The distance of a pivot's line after the last step of a sequence. */
const PIVOT_ROOM = 12;
/** The distance of the slots at the start and at the end of a sequence from its cards. */
const SLOT = 12;

export function layoutSideways(steps: readonly FlowNode[], edited: boolean, folded: Folded): FlowLayout {
  const out = new Sink(edited);
  const tree = treeOf(steps);
  const scope: Scope = { tree, branch: null, afterPivot: false, back: tree.undoes(steps).length > 0, folded };
  const root = sequenceOf(steps, scope);
  const x = cap + gap / 2;
  out.thread('forward', along(0, cap, x), null, steps[0]?.id ?? null, null);
  const runs = root.place(x, 0, out);
  const right = x + root.width;
  const end = root.open ? { x: right + gap / 2 + cap / 2, y: 0 } : null;
  if (end) out.thread('forward', along(0, right, right + gap / 2), steps.at(-1)?.id ?? null, null, null);
  if (scope.back) backThread(runs, null, BACK_OFFSET, null, out);
  const width = right + (end ? gap / 2 + cap : 0);
  const bounds: Box = { x: 0, y: -root.above, width, height: root.above + root.below };
  return { direction: 'sideways', bounds, ...out, caps: { start: { x: cap / 2, y: 0 }, end } };
}

function sequenceOf(steps: readonly FlowNode[], scope: Scope): Sequence {
  const units = unitsOf(steps, scope.folded);
  const pivotAt = pivotIn(units.map(({ last }) => last));
  const items = units.map((unit) => {
    const inner = { ...scope, afterPivot: scope.tree.isAfterPivot(unit.first.id) };
    return { unit, block: unit.fold === null ? blockOf(unit.first, inner) : foldBlock(unit) };
  });
  const blocks = items.map((item) => item.block);
  const width = items.length === 0 ? cardWidth / 2 : sum(blocks.map((block) => block.width)) + gap * (items.length - 1);
  const above = Math.max(CARD_ABOVE, ...blocks.map((block) => block.above)) + (pivotAt >= 0 ? label + 4 : 0);
  const below = Math.max(CARD_BELOW, ...blocks.map((block) => block.below));
  return {
    width,
    above,
    below,
    open: blocks.every((block) => block.open),
    nodes: steps.map((node) => node.id),
    undoes: scope.tree.undoes(steps).length > 0,
    place(x, y, out) {
      const [first, ending] = [items[0], items.at(-1)];
      if (!first || !ending) {
        out.slot({ x: x + width / 2, y }, scope.branch, null, null);
        return [[x, x + width]];
      }
      out.slot({ x: x - SLOT, y }, scope.branch, null, first.unit.first.id);
      if (ending.block.open) out.slot({ x: x + width + SLOT, y }, scope.branch, ending.unit.last.id, null);
      const runs: Run[] = [];
      let cursor = x;
      /** How far to the right the back thread reaches. */
      let limit = x + width;
      items.forEach(({ unit: { first: head, last: node }, block }, index) => {
        const end = cursor + block.width;
        const next = items[index + 1]?.unit.first;
        if (scope.tree.isAfterPivot(head.id)) limit = Math.min(limit, cursor - gap / 2);
        runs.push(...block.place(cursor, y, out));
        if (next && block.open) out.thread('forward', along(y, end, end + gap), node.id, next.id, scope.branch);
        if (next) {
          runs.push([end, end + gap]);
          out.slot({ x: end + gap / 2, y }, scope.branch, node.id, next.id);
        }
        if (index === pivotAt) {
          limit = next ? end + gap / 2 : end + PIVOT_ROOM;
          const top = y - above + label;
          const at = (height: number) => ({ x: limit, y: height });
          out.pivots.push({ id: node.id, line: [at(top), at(y + below)], cap: at(y + BACK_OFFSET) });
          const owned = { owner: node.id, branch: scope.branch };
          out.label({
            x: limit - 124,
            y: top - label,
            width: 124,
            role: 'pivot',
            text: 'Point of no return',
            ...owned,
          });
        }
        cursor = end + gap;
      });
      const last = items.at(-1)!;
      if (pivotAt < 0 && factsOf(last.unit.last).ends) limit -= last.block.width + (items.length > 1 ? gap : 0);
      if (scope.afterPivot) return [];
      return runs.map(([left, right]): Run => [left, Math.min(right, limit)]).filter(([left, right]) => right > left);
    },
  };
}

function blockOf(node: FlowNode, scope: Scope): Block {
  const plan = (inner: InnerSequence): BranchPlan => ({
    ...inner,
    sequence: sequenceOf(inner.steps, { ...scope, branch: inner.key }),
  });
  const inner = sequencesIn(node);
  const branches = inner.filter(({ role }) => role === 'branch').map(plan);
  const handlers = inner.filter(({ role }) => role === 'catch').map(plan);
  const bare = bareBlockOf(node, branches, scope);
  return handlers.length === 0 ? bare : withHandlers(node, bare, handlers, scope);
}

function bareBlockOf(node: FlowNode, branches: readonly BranchPlan[], scope: Scope): Block {
  switch (factsOf(node).drawing.shape) {
    case 'diamond':
      return forkBlock(node, null, branches, scope);
    case 'frame':
      return frameBlock(node, branches[0]!);
    case 'bars':
      return parallelBlock(node, branches, scope);
    case 'card':
      return branches.length === 0 ? cardBlock(node) : forkBlock(node, cardBlock(node), branches, scope);
  }
}

function cardBlock(node: FlowNode): Block {
  return {
    width: cardWidth,
    above: CARD_ABOVE,
    below: CARD_BELOW,
    open: isOpen(node, []),
    place(x, y, out) {
      const { id, kind } = node;
      out.cards.push({ id, kind, x, y: y - CARD_ABOVE, width: cardWidth, height: face + lining, lining: 'below' });
      return [[x, x + cardWidth]];
    },
  };
}

/** The card of a fold. The back thread passes it as it passes a step. */
function foldBlock(unit: Unit): Block {
  return {
    width: cardWidth,
    above: CARD_ABOVE,
    below: CARD_BELOW,
    open: unit.nodes.every(continuesAfter),
    place(x, y, out) {
      out.fold(unit, { x, y: y - CARD_ABOVE, width: cardWidth, height: face });
      return [[x, x + cardWidth]];
    },
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
