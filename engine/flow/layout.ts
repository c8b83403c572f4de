/**
 * Layout of a flow: a pure function of its tree (design D12). Left to right; the first branch of a fork runs straight on,
 * the others below it in their order; what handles a failure runs above. The back thread of a sequence runs through the
 * linings, one path a sequence; inside a choice it goes 'the way it came', inside a parallel it splits at the join.
 *
 * Invariants, tested: boxes never overlap; siblings stand in their order; every node has its place; the same tree gives
 * the same layout; what is added behind a node moves nothing before it. Never read run state here.
 */
import type { Catch, FlowDocument, FlowNode } from './document';
import {
  BACK_OFFSET,
  SIZES,
  type Box,
  type BranchPlace,
  type CardBox,
  type FlowLayout,
  type LabelBox,
  type Thread,
} from './layout-model';
import { orthogonal, type Point } from './layout-path';
import { catchesOf, nestedSteps } from './tree';

export * from './layout-model';
export { catchesOf, nestedSteps };

const { cardWidth, face, lining, gap, rowGap, branchPadding, diamond, meet, bar, cap, label } = SIZES;
const CARD_ABOVE = face / 2;
const CARD_BELOW = face / 2 + lining;
/** From the merge of the forward threads to the right end of a fork; the meet of the back threads lies between. */
const MEET_ROOM = 28;
const ARROW_EVERY = 160;

interface Scope {
  branch: string | null;
  afterPivot: boolean;
  /** Is there anything to undo in this flow at all? Without, no back thread is drawn. */
  back: boolean;
}
/** A stretch of the back thread of the sequence that contains the block, from right to left. */
type Run = [left: number, right: number];
/** A measured piece of the drawing. `above` and `below` are taken from its forward thread. */
interface Block {
  width: number;
  above: number;
  below: number;
  /** Does the path go on behind it? Not after `fail` and `end`. */
  open: boolean;
  place(x: number, y: number, out: Sink): Run[];
}
interface Sequence extends Block {
  nodes: string[];
}
interface BranchPlan {
  key: string;
  owner: string;
  id: string | null;
  title: string | null;
  role: 'branch' | 'catch';
  sequence: Sequence;
}

class Sink {
  cards: CardBox[] = [];
  diamonds: FlowLayout['diamonds'] = [];
  bars: FlowLayout['bars'] = [];
  labels: LabelBox[] = [];
  pivots: FlowLayout['pivots'] = [];
  threads: Thread[] = [];
  branches: BranchPlace[] = [];

  thread(kind: Thread['kind'], points: Point[], from: string | null, to: string | null, branch: string | null): void {
    const id = `${kind}:${this.threads.length}:${branch ?? ''}:${from ?? ''}>${to ?? ''}`;
    this.threads.push({ id, kind, path: orthogonal(points), from, to, branch, arrows: [] });
  }
  label(box: Omit<LabelBox, 'height'>): void {
    this.labels.push({ ...box, height: 16 });
  }
}

export function layoutFlow(document: Pick<FlowDocument, 'steps'>): FlowLayout {
  const out = new Sink();
  const scope: Scope = { branch: null, afterPivot: false, back: hasUndo(document.steps) };
  const root = sequenceOf(document.steps, scope);
  const x = cap + gap / 2;
  const firstId = document.steps[0]?.id ?? null;
  out.thread(
    'forward',
    [
      { x: cap, y: 0 },
      { x, y: 0 },
    ],
    null,
    firstId,
    null
  );
  const runs = root.place(x, 0, out);
  const right = x + root.width;
  const end = root.open ? { x: right + gap / 2 + cap / 2, y: 0 } : null;
  if (end) {
    const last = document.steps.at(-1)?.id ?? null;
    out.thread(
      'forward',
      [
        { x: right, y: 0 },
        { x: right + gap / 2, y: 0 },
      ],
      last,
      null,
      null
    );
  }
  if (scope.back) backThread(runs, null, BACK_OFFSET, null, out);
  const width = right + (end ? gap / 2 + cap : 0);
  const { cards, diamonds, bars, labels, pivots, threads, branches } = out;
  const bounds: Box = { x: 0, y: -root.above, width, height: root.above + root.below };
  return {
    bounds,
    cards,
    diamonds,
    bars,
    labels,
    pivots,
    threads,
    branches,
    caps: { start: { x: cap / 2, y: 0 }, end },
  };
}

function hasUndo(steps: readonly FlowNode[]): boolean {
  return steps.some((node) => (node.kind === 'action' && node.undo) || nestedSteps(node).some(hasUndo));
}
function sequenceOf(steps: readonly FlowNode[], scope: Scope): Sequence {
  const pivotAt = steps.findIndex((node) => node.kind === 'action' && node.pivot);
  const items = steps.map((node, index) => ({
    node,
    block: blockOf(node, { ...scope, afterPivot: scope.afterPivot || (pivotAt >= 0 && index > pivotAt) }),
  }));
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
    place(x, y, out) {
      const runs: Run[] = [];
      if (items.length === 0) {
        return [[x, x + width]];
      }
      let cursor = x;
      items.forEach(({ node, block }, index) => {
        const end = cursor + block.width;
        runs.push(...block.place(cursor, y, out));
        const next = items[index + 1];
        if (next && block.open) {
          out.thread(
            'forward',
            [
              { x: end, y },
              { x: end + gap, y },
            ],
            node.id,
            next.node.id,
            scope.branch
          );
        }
        if (next) runs.push([end, end + gap]);
        if (index === pivotAt) {
          const line = next ? end + gap / 2 : end + 12;
          const top = y - above + label;
          out.pivots.push({ id: node.id, x: line, top, bottom: y + below, capY: y + BACK_OFFSET });
          out.label({
            x: line - 124,
            y: top - label,
            width: 124,
            role: 'pivot',
            text: 'Point of no return',
            owner: node.id,
            branch: scope.branch,
          });
        }
        cursor = end + gap;
      });
      const lastNode = items.at(-1)!;
      let limit = x + width;
      if (pivotAt >= 0) {
        const upTo = x + sum(blocks.slice(0, pivotAt + 1).map((block) => block.width)) + gap * pivotAt;
        limit = items[pivotAt + 1] ? upTo + gap / 2 : upTo + 12;
      } else if (lastNode.node.kind === 'end') {
        limit = x + width - lastNode.block.width - (items.length > 1 ? gap : 0);
      }
      if (scope.afterPivot) return [];
      return runs.map(([left, right]): Run => [left, Math.min(right, limit)]).filter(([left, right]) => right > left);
    },
  };
}

function blockOf(node: FlowNode, scope: Scope): Block {
  const bare = bareBlockOf(node, scope);
  const catches = catchesOf(node);
  return catches.length === 0 ? bare : withCatches(node, bare, catches, scope);
}

function bareBlockOf(node: FlowNode, scope: Scope): Block {
  const inner = (key: string, steps: readonly FlowNode[]) =>
    sequenceOf(steps, { ...scope, branch: `${node.id}/${key}` });
  const plan = (key: string, id: string | null, title: string | null, steps: readonly FlowNode[]): BranchPlan => ({
    key: `${node.id}/${key}`,
    owner: node.id,
    id,
    title,
    role: 'branch',
    sequence: inner(key, steps),
  });
  switch (node.kind) {
    case 'choice': {
      const branches = node.branches.map((branch) => plan(branch.id, branch.id, branch.title, branch.steps));
      branches.push(plan('otherwise', null, node.otherwise?.title ?? 'Otherwise', node.otherwise?.steps ?? []));
      return forkBlock(node, branches, scope);
    }
    case 'parallel':
      return parallelBlock(
        node,
        node.branches.map((branch) => plan(branch.id, branch.id, branch.title, branch.steps)),
        scope
      );
    case 'approval':
      if (!node.onReject) return cardBlock(node, scope);
      return forkBlock(
        node,
        [plan('approved', null, null, []), plan('rejected', null, 'If rejected', node.onReject)],
        scope
      );
    case 'waitForSignal':
      if (!node.onTimeout) return cardBlock(node, scope);
      return forkBlock(
        node,
        [plan('received', null, null, []), plan('timeout', null, 'After the timeout', node.onTimeout)],
        scope
      );
    default:
      return cardBlock(node, scope);
  }
}

function pushCard(node: FlowNode, x: number, y: number, scope: Scope, out: Sink): void {
  const { id, kind } = node;
  out.cards.push({
    id,
    kind,
    x,
    y: y - CARD_ABOVE,
    width: cardWidth,
    height: face + lining,
    afterPivot: scope.afterPivot,
  });
}

function cardBlock(node: FlowNode, scope: Scope): Block {
  return {
    width: cardWidth,
    above: CARD_ABOVE,
    below: CARD_BELOW,
    open: node.kind !== 'fail' && node.kind !== 'end',
    place(x, y, out) {
      pushCard(node, x, y, scope, out);
      return [[x, x + cardWidth]];
    },
  };
}

/** Baselines of branches under each other; the first on the fork's own thread. */
function stack(branches: readonly BranchPlan[]): { offsets: number[]; above: number; below: number; width: number } {
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

function placeBranch(branch: BranchPlan, x: number, y: number, out: Sink): Run[] {
  const { key, owner, id, title, role, sequence } = branch;
  out.branches.push({ key, owner, id, nodes: sequence.nodes });
  if (title !== null) {
    const width = Math.max(cardWidth / 2, Math.min(sequence.width, cardWidth));
    out.label({ x, y: y - sequence.above - label, width, role, text: title, owner, branch: key });
  }
  return sequence.place(x, y, out);
}

/** A choice, or a card with a side branch: branches leave the head and meet again; back they go the way they came. */
function forkBlock(node: FlowNode, branches: BranchPlan[], scope: Scope): Block {
  const isChoice = node.kind === 'choice';
  const headWidth = isChoice ? diamond : cardWidth;
  const headDrop = isChoice ? diamond / 2 : face / 2;
  const { offsets, above, below, width: content } = stack(branches);
  const width = headWidth + branchPadding + content + branchPadding + MEET_ROOM;
  const open = branches.some((branch) => branch.sequence.open);
  return {
    width,
    above: isChoice ? above + label : Math.max(above, CARD_ABOVE),
    below,
    open,
    place(x, y, out) {
      const headX = x + headWidth / 2;
      const start = x + headWidth + branchPadding;
      const merge = start + content + branchPadding;
      const meetX = merge + MEET_ROOM / 2;
      const joint = headX - meet;
      if (isChoice) {
        out.diamonds.push({ id: node.id, role: 'choice', x, y: y - diamond / 2, width: diamond, height: diamond });
        out.label({
          x: x - 8,
          y: y - above - label,
          width: cardWidth,
          role: 'title',
          text: node.title,
          owner: node.id,
          branch: scope.branch,
        });
      } else {
        pushCard(node, x, y, scope, out);
      }
      const backs = scope.back && !scope.afterPivot;
      branches.forEach((branch, index) => {
        const row = y + offsets[index]!;
        const straight = index === 0;
        const steps = branch.sequence.nodes;
        const first = steps[0] ?? null;
        const lead = straight
          ? [
              { x: x + headWidth, y },
              { x: start, y },
            ]
          : [
              { x: headX, y: y + headDrop },
              { x: headX, y: row },
              { x: start, y: row },
            ];
        out.thread('forward', lead, node.id, first, branch.key);
        const runs = placeBranch(branch, start, row, out);
        const end = start + branch.sequence.width;
        if (steps.length === 0)
          out.thread(
            'forward',
            [
              { x: start, y: row },
              { x: end, y: row },
            ],
            node.id,
            null,
            branch.key
          );
        if (branch.sequence.open) {
          const tail = straight
            ? [
                { x: end, y },
                { x: merge, y },
              ]
            : [
                { x: end, y: row },
                { x: merge, y: row },
                { x: merge, y },
              ];
          out.thread('forward', tail, steps.at(-1) ?? node.id, null, branch.key);
          runs.push([end, meetX]);
        }
        runs.push([straight ? joint : joint, start]);
        if (backs)
          backThread(runs, branch.key, row + BACK_OFFSET, straight ? null : { joint, meetX, y: y + BACK_OFFSET }, out);
      });
      if (open)
        out.thread(
          'forward',
          [
            { x: merge, y },
            { x: x + width, y },
          ],
          node.id,
          null,
          scope.branch
        );
      if (backs && open) {
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
function parallelBlock(node: FlowNode, branches: BranchPlan[], scope: Scope): Block {
  const { offsets, above, below, width: content } = stack(branches);
  const width = bar + branchPadding + content + branchPadding + bar;
  return {
    width,
    above: above + label,
    below,
    open: branches.every((branch) => branch.sequence.open),
    place(x, y, out) {
      const start = x + bar + branchPadding;
      const join = x + width - bar;
      const top = y - CARD_ABOVE;
      const height = CARD_ABOVE + offsets.at(-1)! + CARD_BELOW;
      out.bars.push({ id: node.id, role: 'fork', x, y: top, width: bar, height });
      out.bars.push({ id: node.id, role: 'join', x: join, y: top, width: bar, height });
      out.label({
        x: x - 8,
        y: y - above - label,
        width: cardWidth,
        role: 'title',
        text: node.title,
        owner: node.id,
        branch: scope.branch,
      });
      branches.forEach((branch, index) => {
        const row = y + offsets[index]!;
        const steps = branch.sequence.nodes;
        out.thread(
          'forward',
          [
            { x: x + bar, y: row },
            { x: start, y: row },
          ],
          node.id,
          steps[0] ?? null,
          branch.key
        );
        const runs = placeBranch(branch, start, row, out);
        const end = start + branch.sequence.width;
        if (steps.length === 0)
          out.thread(
            'forward',
            [
              { x: start, y: row },
              { x: end, y: row },
            ],
            node.id,
            null,
            branch.key
          );
        if (branch.sequence.open) {
          out.thread(
            'forward',
            [
              { x: end, y: row },
              { x: join, y: row },
            ],
            steps.at(-1) ?? node.id,
            null,
            branch.key
          );
          runs.push([end, join]);
        }
        runs.push([x + bar, start]);
        if (scope.back && !scope.afterPivot) backThread(runs, branch.key, row + BACK_OFFSET, null, out);
      });
      return [];
    },
  };
}

/** What handles a failure runs above its scope and comes down again behind it. */
function withCatches(node: FlowNode, inner: Block, catches: readonly Catch[], scope: Scope): Block {
  const rows = catches.map((each, index): BranchPlan => {
    const key = `${node.id}/catch-${index}`;
    const title = each.types.length === 0 ? 'On any failure' : `On ${each.types.join(', ')}`;
    const sequence = sequenceOf(each.then, { ...scope, branch: key });
    return { key, owner: node.id, id: null, title, role: 'catch', sequence };
  });
  const entry = inner.width - 20;
  const content = Math.max(...rows.map((row) => row.sequence.width));
  const width = Math.max(inner.width + branchPadding, entry + branchPadding + content + branchPadding);
  const heights: number[] = [];
  let above = inner.above;
  for (const row of rows) {
    heights.push(above + rowGap + row.sequence.below);
    above = heights.at(-1)! + row.sequence.above + label;
  }
  return {
    width,
    above,
    below: inner.below,
    open: inner.open || rows.some((row) => row.sequence.open),
    place(x, y, out) {
      const runs = inner.place(x, y, out);
      const end = x + width;
      const up = x + entry;
      const from = node.kind === 'choice' ? y : y - CARD_ABOVE;
      if (inner.open)
        out.thread(
          'forward',
          [
            { x: x + inner.width, y },
            { x: end, y },
          ],
          node.id,
          null,
          scope.branch
        );
      runs.push([x + inner.width, end]);
      rows.forEach((row, index) => {
        const line = y - heights[index]!;
        const steps = row.sequence.nodes;
        const start = up + branchPadding;
        out.thread(
          'catch',
          [
            { x: up, y: from },
            { x: up, y: line },
            { x: start, y: line },
          ],
          node.id,
          steps[0] ?? null,
          row.key
        );
        const rowRuns = placeBranch(row, start, line, out);
        const tail = start + row.sequence.width;
        if (steps.length === 0)
          out.thread(
            'catch',
            [
              { x: start, y: line },
              { x: tail, y: line },
            ],
            node.id,
            null,
            row.key
          );
        if (row.sequence.open) {
          const points = [
            { x: tail, y: line },
            { x: end, y: line },
            { x: end, y },
          ];
          out.thread(steps.length === 0 ? 'catch' : 'forward', points, steps.at(-1) ?? node.id, null, row.key);
        }
        const undoes = catches[index]!.then.length > 0 && hasUndo(catches[index]!.then);
        if (undoes && scope.back && !scope.afterPivot) backThread(rowRuns, row.key, line + BACK_OFFSET, null, out);
      });
      return runs;
    },
  };
}

/**
 * One path for the back thread of a sequence, out of its runs. `bend`: a lower branch comes down from the meet of its
 * fork and goes up again to the joint; where it does not reach one of them it simply begins or ends.
 */
function backThread(
  runs: readonly Run[],
  branch: string | null,
  y: number,
  bend: { joint: number; meetX: number; y: number } | null,
  out: Sink
): void {
  const merged: Run[] = [];
  for (const [left, right] of [...runs].sort((a, b) => b[1] - a[1])) {
    const last = merged.at(-1);
    if (last && Math.abs(last[0] - right) < 0.5) last[0] = left;
    else merged.push([left, right]);
  }
  if (merged.length === 0) return;
  const arrows: Point[] = [];
  const path = merged.map(([left, right]) => {
    const points: Point[] = [
      { x: right, y },
      { x: left, y },
    ];
    if (bend && right === bend.meetX) points.unshift({ x: right, y: bend.y });
    if (bend && left === bend.joint) points.push({ x: left, y: bend.y });
    return orthogonal(points);
  });
  for (const [left, right] of runs) {
    if (right - left === cardWidth || right - left < 20) continue;
    const count = Math.max(1, Math.floor((right - left) / ARROW_EVERY));
    for (let index = 0; index < count; index++) arrows.push({ x: left + ((right - left) * (index + 0.5)) / count, y });
  }
  const id = `back:${branch ?? ''}`;
  out.threads.push({ id, kind: 'back', path: path.join(''), from: null, to: null, branch, arrows });
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
