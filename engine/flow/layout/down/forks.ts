/** Forks: choices and side branches, parallel branches, and failure handlers. */
import type { FlowNode } from '../../document';
import { nameOf } from '../../names';
import { factsOf } from '../../nodes/table';
import { DOWN } from '../model';
import type { Point } from '../path';
import { isOpen } from '../scope';
import type { Sink } from '../sink';
import { COLUMN, downward, HALF, placeBranch, type Block, type BranchPlan, type Scope } from './parts';

const { face, liningWidth, gap, indent, lead, label, diamond, bar, header } = DOWN;
/** With more branches than this they are below each other. */
const SIDE_BY_SIDE = 3;
/** The distance of lines that lead around branches. */
const RAIL = 12;
/** The height of a summary cell. */
export const SUMMARY = 56;

type Shape = 'card' | 'diamond' | 'bars';
/** The result of placing the branches: the size, and where threads leave. */
interface Head {
  shape: Shape;
  height: number;
  place(x: number, y: number, width: number, out: Sink): void;
}
/** The place of each branch, relative to the head's thread and top. */
interface Arrangement {
  at: Point[];
  right: number;
  /** Everything except the merge below. */
  height: number;
}

/** A node whose branches part and meet again. `card`: its face, if it has one. */
export function forkBlock(node: FlowNode, card: Block, branches: readonly BranchPlan[], scope: Scope): Block {
  const head = headOf(node, card, scope);
  const stacked = scope.depth > 0 || branches.length > SIDE_BY_SIDE || scope.stacked.has(node.id);
  const { at, right: content, height: inner } = stacked ? stack(branches, head) : sideBySide(branches, head);
  const bars = head.shape === 'bars';
  const height = inner + lead + (bars ? bar : 0);
  const right = stacked ? content + RAIL + 4 : content;
  const undone = undoneIn(node, branches, scope);
  const around = Math.max(COLUMN, right + (undone.length > 0 ? gap + liningWidth / 2 : gap));
  return {
    left: Math.max(HALF, ...branches.map(({ block }, index) => block.left - at[index]!.x)),
    right: undone.length > 0 ? around + liningWidth / 2 : right,
    height,
    open: isOpen(
      node,
      branches.map(({ block }) => block.open)
    ),
    wayBack: around,
    undoAt: height / 2,
    place(x, y, out) {
      head.place(x, y, right, out);
      const fork = y + head.height;
      const meet = y + height;
      const join = bars ? meet - bar : meet;
      if (bars) out.bars.push({ id: node.id, role: 'join', x: x - HALF, y: join, width: HALF + right, height: bar });
      branches.forEach((branch, index) => {
        const middle = x + at[index]!.x;
        const top = y + at[index]!.y;
        const { key, steps, block } = branch;
        const into = stacked
          ? aroundLeft(x, fork, middle, top - (branch.title === null ? lead / 2 : label + 2), bars)
          : bars
            ? [{ x: middle, y: fork }]
            : across(x, fork, middle, fork + lead / 2);
        out.thread('forward', [...into, { x: middle, y: top }], node.id, steps[0]?.id ?? null, key);
        const { end } = placeBranch(branch, middle, top, out);
        if (!block.open) return;
        const outOf = stacked
          ? aroundRight(middle, end, x + content + RAIL, join, bars ? null : x)
          : bars
            ? downward(middle, end, join)
            : [...across(middle, end, x, join - lead / 2), { x, y: join }];
        out.thread('forward', outOf, steps.at(-1)?.id ?? node.id, null, key);
      });
      if (undone.length > 0) {
        const box = { x: x + around - liningWidth / 2, width: liningWidth, height: SUMMARY };
        out.summaries.push({ ...box, y: y + (height - SUMMARY) / 2, owner: node.id, steps: undone });
      }
    },
  };
}

/**
 * The steps inside a node that the right column sums up: only beside the outermost sequence, and not after the pivot.
 */
export const undoneIn = (node: FlowNode, branches: readonly BranchPlan[], { tree, depth }: Scope): string[] =>
  depth === 0 && !tree.isAfterPivot(node.id) ? branches.flatMap((branch) => tree.undoes(branch.steps)) : [];

function headOf(node: FlowNode, card: Block, { branch }: Scope): Head {
  const { shape } = factsOf(node).drawing;
  const title = { role: 'title', text: nameOf(node), owner: node.id, branch } as const;
  switch (shape) {
    case 'frame':
    case 'card':
      return { shape: 'card', height: card.height, place: (x, y, _width, out) => card.place(x, y, out) };
    case 'diamond':
      return {
        shape,
        height: diamond,
        place(x, y, right, out) {
          out.diamonds.push({ id: node.id, role: 'choice', x: x - diamond / 2, y, width: diamond, height: diamond });
          out.label({ x: x + 28, y: y + 2, width: Math.max(HALF, right) - 28, ...title }, diamond - 4);
        },
      };
    case 'bars':
      return {
        shape,
        height: label + bar,
        place(x, y, right, out) {
          out.thread('forward', downward(x, y, y + label), null, node.id, branch);
          out.label({ x: x + 10, y: y + 2, width: right - 10, ...title });
          out.bars.push({ id: node.id, role: 'fork', x: x - HALF, y: y + label, width: HALF + right, height: bar });
        },
      };
  }
}

function sideBySide(branches: readonly BranchPlan[], head: Head): Arrangement {
  const top = head.height + lead + label;
  const at: Point[] = [];
  let edge = 0;
  branches.forEach(({ block }, index) => {
    const x = index === 0 ? 0 : edge + gap + block.left;
    at.push({ x, y: top });
    edge = x + Math.max(HALF, block.right);
  });
  return { at, right: edge, height: top + Math.max(...branches.map(({ block }) => block.height)) };
}

function stack(branches: readonly BranchPlan[], head: Head): Arrangement {
  const at: Point[] = [];
  let bottom = head.height + lead / 2;
  let right = HALF;
  for (const { block, title } of branches) {
    const x = indent - HALF + block.left;
    const y = bottom + lead / 2 + (title === null ? lead / 2 : label);
    at.push({ x, y });
    right = Math.max(right, x + block.right);
    bottom = y + block.height + lead / 2;
  }
  return { at, right, height: bottom };
}

/** From one thread across to another, at a height between them. */
const across = (from: number, top: number, to: number, level: number): Point[] => [
  { x: from, y: top },
  { x: from, y: level },
  { x: to, y: level },
];

/** To a branch that is below others: down along their left side. */
function aroundLeft(x: number, fork: number, middle: number, level: number, bars: boolean): Point[] {
  const rail = x - HALF + RAIL;
  const start = bars ? [{ x: rail, y: fork }] : across(x, fork, rail, fork + lead / 4);
  return [...start, { x: rail, y: level }, { x: middle, y: level }];
}

/**
 * From the end of a branch down along the right side of those below it; back to the thread `x`, or (null) to a bar.
 */
function aroundRight(middle: number, end: number, rail: number, join: number, x: number | null): Point[] {
  const level = end + lead / 4;
  const over = [...across(middle, end, rail, level), { x: rail, y: x === null ? join : join - lead / 2 }];
  return x === null ? over : [...over, { x, y: join - lead / 2 }, { x, y: join }];
}

/** A failure handler is to the left of its scope and continues after it. */
export function withHandlers(node: FlowNode, inner: Block, handlers: readonly BranchPlan[], scope: Scope): Block {
  const { shape } = factsOf(node).drawing;
  /** Where the failure leaves the head, relative to its thread and top. */
  const leaves = {
    card: { x: HALF, y: face / 2 },
    diamond: { x: diamond / 2, y: diamond / 2 },
    bars: { x: HALF, y: label + bar / 2 },
    frame: { x: inner.left, y: header / 2 },
  };
  const from = leaves[shape];
  const start = from.y + lead + label;
  let left = inner.left;
  const middles = handlers.map(({ block }) => {
    const middle = -(left + gap + block.right);
    left = block.left - middle;
    return middle;
  });
  const deepest = Math.max(...handlers.map(({ block }) => start + block.height));
  const rejoins = handlers.some(({ block }) => block.open);
  const height = Math.max(inner.height, deepest) + (rejoins ? lead : 0);
  return {
    left,
    right: inner.right,
    height,
    open: inner.open || rejoins,
    wayBack: inner.wayBack,
    undoAt: inner.undoAt,
    place(x, y, out) {
      inner.place(x, y, out);
      const meet = y + height;
      if (inner.open && height > inner.height)
        out.thread('forward', downward(x, y + inner.height, meet), node.id, null, scope.branch);
      handlers.forEach((handler, index) => {
        const { key, steps, block } = handler;
        const middle = x + middles[index]!;
        const top = y + start;
        const level = y + from.y - index * 4;
        const into = [
          { x: x - from.x, y: level },
          { x: middle, y: level },
          { x: middle, y: top },
        ];
        out.thread('catch', into, node.id, steps[0]?.id ?? null, key);
        const { end } = placeBranch(handler, middle, top, out);
        if (!block.open) return;
        const outOf = [...across(middle, end, x, meet - lead / 2), { x, y: meet }];
        out.thread(steps.length === 0 ? 'catch' : 'forward', outOf, steps.at(-1)?.id ?? node.id, null, key);
      });
    },
  };
}
