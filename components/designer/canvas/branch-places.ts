/**
 * Where a whole branch can be put: between the branches of a fork, and behind its last one. Pure, from the labels that
 * are drawn.
 */
import type { FlowDocument } from '@/engine/flow/document';
import { findNode, holdOf, type Draft, type DraftBranch } from '@/engine/flow/edit/draft';
import type { BranchPlace } from '@/engine/flow/edit/branches';
import { titleOf } from '@/engine/flow/edit/places';
import type { FlowLayout, LabelBox } from '@/engine/flow/layout/layout';
import type { Point } from '@/engine/flow/layout/path';
import { branchOf } from './slot-places';

/** A mark between two branches: upright where they are side by side, across where they are below each other. */
export interface BranchMark extends BranchPlace {
  at: Point;
  lies: 'upright' | 'across';
}
/** A branch that is drawn, with its node. */
export interface DrawnBranch {
  owner: string;
  branch: DraftBranch;
  label: LabelBox;
}

/** From the left edge of a branch's label, or from its top, to the mark before it. */
const BESIDE = 12;
const ABOVE = 9;
/** From the last slot of a branch to the mark below it. */
const BELOW = 22;
/** The width of a column whose width is not known. */
const COLUMN = 240;
/** From the left edge of a branch without steps to its label. */
const EMPTY = 20;

export const markKey = ({ owner, before }: BranchPlace): string => `branch|${owner}|${before ?? ''}`;

/** The labels that belong to a branch of the draft, in the order in which they are drawn. */
export function drawnBranches({ labels }: Pick<FlowLayout, 'labels'>, draft: Draft, flow: FlowDocument): DrawnBranch[] {
  return labels.flatMap((label): DrawnBranch[] => {
    if (label.branch === null || (label.role !== 'branch' && label.role !== 'catch')) return [];
    const branch = findNode(draft, label.owner) ? branchOf(draft, flow, label.branch) : null;
    return branch ? [{ owner: label.owner, branch, label }] : [];
  });
}

/** The places for a branch of this field: 'branches', or 'catch' for the handlers of one node, which stay there. */
export function branchMarks(layout: FlowLayout, draft: Draft, flow: FlowDocument, moved: BranchRef): BranchMark[] {
  const { at } = branchIn(draft, moved) ?? { at: null };
  const drawn = drawnBranches(layout, draft, flow).filter(({ branch }) => branch.at === at);
  const owners = [...new Set(drawn.map(({ owner }) => owner))];
  return owners.flatMap((owner) => {
    const node = findNode(draft, owner)!;
    if (at === null || holdOf(node.kind, at) === 'branch') return [];
    const own = drawn.filter((each) => each.owner === owner);
    // 'Otherwise' is behind them, and its label says how they lie.
    const next = layout.labels.find(
      (label) => label.role === 'branch' && label.owner === owner && !own.some((each) => each.label === label)
    );
    const [first, second] = [own[0]!.label, own[1]?.label ?? next];
    const lies = second && Math.abs(second.y - first.y) > 2 ? 'across' : 'upright';
    const lie: Lie = { lies, isLeftward: lies === 'upright' && second !== undefined && second.x < first.x };
    const last = own.at(-1)!.label;
    return [
      ...own.map(({ branch, label }): BranchMark => ({ owner, before: branch.id, at: before(label, lie), lies })),
      { owner, before: null, at: next ? before(next, lie) : behind(layout, last, lie), lies },
    ];
  });
}

interface Lie {
  lies: BranchMark['lies'];
  /** Handlers of failures are drawn from right to left. */
  isLeftward: boolean;
}
function before(label: LabelBox, { lies, isLeftward }: Lie): Point {
  const { x, y, width } = label;
  if (lies === 'across') return { x: x + COLUMN / 2, y: y - ABOVE };
  if (isLeftward) return { x: x + width + BESIDE, y };
  // The label of a branch without steps is at the right of its thread.
  return { x: x - (label.centred ? BESIDE : BESIDE + EMPTY), y };
}
function behind({ slots }: FlowLayout, label: LabelBox, { lies, isLeftward }: Lie): Point {
  const { x, y, width } = label;
  if (isLeftward) return { x: x - BESIDE, y };
  if (lies === 'upright') return { x: x + Math.max(width, label.centred ? COLUMN : 0) + BESIDE, y };
  const bottom = Math.max(y, ...slots.filter(({ branch }) => branch === label.branch).map(({ at }) => at.y));
  return { x: x + COLUMN / 2, y: bottom + BELOW };
}

/** A branch by its node and its id. */
export interface BranchRef {
  owner: string;
  id: string;
}
export const branchIn = (draft: Draft, { owner, id }: BranchRef): DraftBranch | null =>
  findNode(draft, owner)?.branches.find((each) => each.id === id) ?? null;

/** The element of a branch's label. */
export const labelId = ({ owner, id }: BranchRef): string => `branch-${owner}-${id}`;

/** The title of a branch, or what it is. */
export function branchTitle({ id, at, fields }: DraftBranch): string {
  if (typeof fields.title === 'string' && fields.title !== '') return fields.title;
  return at === 'catch' ? 'Failure handler' : id;
}

/** Where a mark is, in words. */
export function markName(draft: Draft, { owner, before }: BranchPlace): string {
  const node = findNode(draft, owner);
  if (!node) return owner;
  const next = before === null ? null : node.branches.find(({ id }) => id === before);
  return next ? `before '${branchTitle(next)}' of '${titleOf(node)}'` : `behind the branches of '${titleOf(node)}'`;
}
