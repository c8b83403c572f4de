/**
 * The downward layout: reading down the faces is the way forward, reading up the right column is the way back. Up to
 * three branches of a fork of the outermost sequence are beside each other, the first one straight on; more of them,
 * and those of a fork within a fork or where the room is short, are below each other and indented. What handles a failure is to the left of its
 * scope.
 *
 * Only the outermost sequence has the right column and a back thread. Inside a fork each undo is a band under its face,
 * and the right column has one cell that sums them up.
 *
 * First everything is measured, from the inside out (`sequenceOf`, `blockOf`), then placed, from the outside in
 * (`place`).
 */
import { sequencesIn, type InnerSequence } from '../../branches';
import type { FlowNode } from '../../document';
import { factsOf } from '../../nodes/table';
import { unitsOf, type Folded } from '../folds';
import { DOWN, type FlowLayout } from '../model';
import { isOpen, pivotIn, treeOf } from '../scope';
import { Sink } from '../sink';
import { wayBack } from './back';
import { foldBlock } from './fold';
import { forkBlock, withHandlers } from './forks';
import { frameBlock } from './frame';
import { COLUMN, downward, HALF, type Block, type BranchPlan, type Placed, type Scope } from './parts';

const { faceWidth, face, liningWidth, band, gap, cap } = DOWN;
/** The line of a pivot and its flag are between two steps. */
const PIVOT_GAP = 48;
const PIVOT_LINE = 14;
/** A branch without steps is drawn as a piece of thread. */
const EMPTY = 24;
/** For a slot at the start and at the end of a branch. */
const SLOT = 20;
const NARROW = 12;
/** Space for the title of a branch without steps. */
const TITLE = 176;

/** As in `LayoutOptions` (layout.ts). */
interface DownOptions {
  lined: ReadonlySet<string> | undefined;
  edited: boolean;
  folded: Folded;
  stacked: ReadonlySet<string>;
}

export function layoutDown(steps: readonly FlowNode[], { lined, edited, folded, stacked }: DownOptions): FlowLayout {
  const out = new Sink(edited);
  const tree = treeOf(steps);
  const isLined = (node: FlowNode) => (lined ? lined.has(node.id) : hasLining(node));
  const { block: root, places } = sequenceOf(steps, { tree, isLined, branch: null, depth: 0, edited, folded, stacked });
  const top = cap + gap;
  const bottom = top + root.height;
  out.thread('forward', downward(0, cap, top), null, steps[0]?.id ?? null, null);
  if (steps.length > 0) out.slot({ x: 0, y: cap + gap / 2 }, null, null, steps[0]!.id);
  root.place(0, top, out);
  if (steps.length > 0 && root.open) out.slot({ x: 0, y: bottom + gap / 2 }, null, steps.at(-1)!.id, null);
  const end = root.open ? { x: 0, y: bottom + gap + cap / 2 } : null;
  if (end) out.thread('forward', downward(0, bottom, bottom + gap), steps.at(-1)?.id ?? null, null, null);
  wayBack(places, top, tree, out);
  const height = bottom + (end ? gap + cap : 0);
  const bounds = { x: -root.left, y: 0, width: root.left + root.right, height };
  return { direction: 'down', bounds, ...out, caps: { start: { x: 0, y: cap / 2 }, end } };
}

function hasLining(node: FlowNode): boolean {
  const step = factsOf(node).step(node);
  return step !== null && (step.undo !== undefined || (step.effect ?? 'none') !== 'none');
}

function sequenceOf(steps: readonly FlowNode[], scope: Scope): { block: Block; places: Placed[] } {
  const units = unitsOf(steps, scope.folded);
  const pivotAt = pivotIn(units.map(({ last }) => last));
  const places: Placed[] = [];
  /* The outermost sequence has its slots on the threads from its start and to its end. */
  const room = scope.edited && scope.depth > 0 && steps.length > 0 ? SLOT : 0;
  let height = room;
  units.forEach((unit, index) => {
    const isLast = index === units.length - 1;
    const free = index === pivotAt ? PIVOT_GAP : isLast ? 0 : gap;
    const block = unit.fold === null ? blockOf(unit.first, scope) : foldBlock(unit, scope);
    places.push({ unit, block, top: height, gap: free });
    height += block.height + free;
  });
  height += room;
  const blocks = places.map((each) => each.block);
  const hasColumn = scope.depth === 0 && pivotAt >= 0;
  const block: Block = {
    left: steps.length === 0 ? NARROW : Math.max(HALF, ...blocks.map((each) => each.left)),
    right: Math.max(
      steps.length === 0 ? TITLE : hasColumn ? HALF + liningWidth : HALF,
      ...blocks.map((each) => each.right)
    ),
    height: steps.length === 0 ? EMPTY : height,
    open: blocks.every((each) => each.open),
    wayBack: COLUMN,
    undoAt: 0,
    place(x, y, out) {
      const [start, ending] = [places[0], places.at(-1)];
      if (!start || !ending) out.slot({ x, y: y + EMPTY / 2 }, scope.branch, null, null);
      else if (room > 0) {
        const [first, last] = [start.unit.first.id, ending.unit.last.id];
        out.thread('forward', downward(x, y, y + room), null, first, scope.branch);
        out.slot({ x, y: y + room / 2 }, scope.branch, null, first);
        const end = y + height;
        if (ending.block.open) {
          out.thread('forward', downward(x, end - room, end), last, null, scope.branch);
          out.slot({ x, y: end - room / 2 }, scope.branch, last, null);
        }
      }
      places.forEach(({ unit: { last }, block: inner, top, gap: free }, index) => {
        inner.place(x, y + top, out);
        const end = y + top + inner.height;
        const next = places[index + 1]?.unit.first;
        if (next) out.slot({ x, y: end + free - gap / 2 }, scope.branch, last.id, next.id);
        if (free > 0 && inner.open)
          out.thread('forward', downward(x, end, end + free), last.id, next?.id ?? null, scope.branch);
        if (index === pivotAt) placePivot(last, x, end + PIVOT_LINE, scope, out);
      });
    },
  };
  return { block, places };
}

/** A line across both columns; the back thread begins there. */
function placePivot({ id }: FlowNode, x: number, y: number, { branch, depth }: Scope, out: Sink): void {
  const right = depth === 0 ? HALF + liningWidth : HALF;
  out.pivots.push({
    id,
    line: [
      { x: x - HALF, y },
      { x: x + right, y },
    ],
    cap: depth === 0 ? { x: x + COLUMN, y } : null,
  });
  const width = 124;
  out.label(
    { x: x + right - width, y: y + 1, width, role: 'pivot', text: 'Point of no return', owner: id, branch },
    20
  );
}

function blockOf(node: FlowNode, scope: Scope): Block {
  const plan = (inner: InnerSequence): BranchPlan => ({
    ...inner,
    block: sequenceOf(inner.steps, { ...scope, branch: inner.key, depth: scope.depth + 1 }).block,
  });
  const inner = sequencesIn(node);
  const branches = inner.filter(({ role }) => role === 'branch').map(plan);
  const handlers = inner.filter(({ role }) => role === 'catch').map(plan);
  const [only] = branches;
  const bare =
    only && factsOf(node).drawing.shape === 'frame'
      ? frameBlock(node, only, scope)
      : branches.length === 0
        ? cardBlock(node, scope)
        : forkBlock(node, cardBlock(node, scope), branches, scope);
  return handlers.length === 0 ? bare : withHandlers(node, bare, handlers, scope);
}

function cardBlock(node: FlowNode, { depth, isLined }: Scope): Block {
  const beside = depth === 0;
  const lined = isLined(node);
  const width = faceWidth + (lined && beside ? liningWidth : 0);
  const height = face + (lined && !beside ? band : 0);
  return {
    left: HALF,
    right: width - HALF,
    height,
    open: isOpen(node, []),
    wayBack: COLUMN,
    undoAt: face / 2,
    place(x, y, out) {
      const { id, kind } = node;
      out.cards.push({ id, kind, x: x - HALF, y, width, height, lining: beside ? 'beside' : 'below' });
    },
  };
}
