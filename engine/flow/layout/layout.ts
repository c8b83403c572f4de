/**
 * Layout of a flow: a pure function of its tree (design D12). Left to right; the first branch of a fork runs straight on,
 * the others below it in their order; what handles a failure runs above. The back thread of a sequence runs through the
 * linings, one path a sequence; inside a choice it goes 'the way it came', inside a parallel it splits at the join.
 *
 * First everything is measured, from the inside out (`sequenceOf`, `blockOf`), then placed, from the outside in (`place`).
 *
 * Invariants, tested: boxes never overlap; siblings stand in their order; every node has its place; the same tree gives
 * the same layout; what is added behind a node moves nothing before it. Never read run state here.
 */
import type { FlowDocument, FlowNode } from '../document';
import { backThread } from './back';
import { forkBlock, parallelBlock, withHandlers } from './forks';
import { BACK_OFFSET, SIZES, type Box, type FlowLayout } from './model';
import {
  along,
  CARD_ABOVE,
  CARD_BELOW,
  Sink,
  type Block,
  type BranchPlan,
  type Run,
  type Scope,
  type Sequence,
} from './parts';
import { catchesOf, nestedSteps } from '../tree';

export * from './model';

const { cardWidth, face, lining, gap, cap, label } = SIZES;
/** Behind the last step of a sequence the line of its pivot stands this far off. */
const PIVOT_ROOM = 12;

export function layoutFlow(document: Pick<FlowDocument, 'steps'>): FlowLayout {
  const { steps } = document;
  const out = new Sink();
  const scope: Scope = { branch: null, afterPivot: false, back: hasUndo(steps) };
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
  const { cards, diamonds, bars, labels, pivots, threads, branches } = out;
  const caps = { start: { x: cap / 2, y: 0 }, end };
  return { bounds, cards, diamonds, bars, labels, pivots, threads, branches, caps };
}

function hasUndo(steps: readonly FlowNode[]): boolean {
  return steps.some((node) => (node.kind === 'action' && node.undo) || nestedSteps(node).some(hasUndo));
}

function sequenceOf(steps: readonly FlowNode[], scope: Scope): Sequence {
  const pivotAt = steps.findIndex((node) => node.kind === 'action' && node.pivot);
  const items = steps.map((node, index) => {
    const afterPivot = scope.afterPivot || (pivotAt >= 0 && index > pivotAt);
    return { node, block: blockOf(node, { ...scope, afterPivot }) };
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
    undoes: hasUndo(steps),
    place(x, y, out) {
      if (items.length === 0) return [[x, x + width]];
      const runs: Run[] = [];
      let cursor = x;
      /** How far the back thread reaches to the right. */
      let limit = x + width;
      items.forEach(({ node, block }, index) => {
        const end = cursor + block.width;
        const next = items[index + 1];
        runs.push(...block.place(cursor, y, out));
        if (next && block.open) out.thread('forward', along(y, end, end + gap), node.id, next.node.id, scope.branch);
        if (next) runs.push([end, end + gap]);
        if (index === pivotAt) {
          limit = next ? end + gap / 2 : end + PIVOT_ROOM;
          const top = y - above + label;
          out.pivots.push({ id: node.id, x: limit, top, bottom: y + below, capY: y + BACK_OFFSET });
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
      if (pivotAt < 0 && last.node.kind === 'end') limit -= last.block.width + (items.length > 1 ? gap : 0);
      if (scope.afterPivot) return [];
      return runs.map(([left, right]): Run => [left, Math.min(right, limit)]).filter(([left, right]) => right > left);
    },
  };
}

function blockOf(node: FlowNode, scope: Scope): Block {
  const bare = bareBlockOf(node, scope);
  const catches = catchesOf(node);
  if (catches.length === 0) return bare;
  const handlers = catches.map(({ types, then }, index): BranchPlan => {
    const title = types.length === 0 ? 'On any failure' : `On ${types.join(', ')}`;
    return { ...planOf(node, `catch-${index}`, null, title, then, scope), role: 'catch' };
  });
  return withHandlers(node, bare, handlers, scope);
}

function bareBlockOf(node: FlowNode, scope: Scope): Block {
  const plan = (key: string, id: string | null, title: string | null, steps: readonly FlowNode[]) =>
    planOf(node, key, id, title, steps, scope);
  const card = cardBlock(node, scope);
  switch (node.kind) {
    case 'choice': {
      const branches = node.branches.map((branch) => plan(branch.id, branch.id, branch.title, branch.steps));
      branches.push(plan('otherwise', null, node.otherwise?.title ?? 'Otherwise', node.otherwise?.steps ?? []));
      return forkBlock(node, null, branches, scope);
    }
    case 'parallel': {
      const branches = node.branches.map((branch) => plan(branch.id, branch.id, branch.title, branch.steps));
      return parallelBlock(node, branches, scope);
    }
    case 'approval': {
      if (!node.onReject) return card;
      const branches = [plan('approved', null, null, []), plan('rejected', null, 'If rejected', node.onReject)];
      return forkBlock(node, card, branches, scope);
    }
    case 'waitForSignal': {
      if (!node.onTimeout) return card;
      const branches = [plan('received', null, null, []), plan('timeout', null, 'After the timeout', node.onTimeout)];
      return forkBlock(node, card, branches, scope);
    }
    default:
      return card;
  }
}

function planOf(
  node: FlowNode,
  key: string,
  id: string | null,
  title: string | null,
  steps: readonly FlowNode[],
  scope: Scope
): BranchPlan {
  const branch = `${node.id}/${key}`;
  return { key: branch, owner: node.id, id, title, role: 'branch', sequence: sequenceOf(steps, { ...scope, branch }) };
}

function cardBlock({ id, kind }: FlowNode, { afterPivot }: Scope): Block {
  return {
    width: cardWidth,
    above: CARD_ABOVE,
    below: CARD_BELOW,
    open: kind !== 'fail' && kind !== 'end',
    place(x, y, out) {
      out.cards.push({ id, kind, x, y: y - CARD_ABOVE, width: cardWidth, height: face + lining, afterPivot });
      return [[x, x + cardWidth]];
    },
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
