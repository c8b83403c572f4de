'use client';

/** What a drag, or 'Move…', does at the place where it ends, and why it cannot end there. */
import { useCallback, useMemo, type RefObject } from 'react';
import type { CanvasHandle } from '@/components/canvas/saga-canvas';
import type { Catalogue } from '@/engine/flow/catalogue';
import type { FlowDocument } from '@/engine/flow/document';
import { putBranch, whyNotBranchIn } from '@/engine/flow/edit/branches';
import { findNode, type Draft } from '@/engine/flow/edit/draft';
import { titleOf } from '@/engine/flow/edit/places';
import type { FlowLayout, SlotPlace } from '@/engine/flow/layout/layout';
import { nodeFor } from '../palette';
import { branchIn, branchMarks, markName, type BranchMark, type BranchRef } from './branch-places';
import {
  insert,
  moveTo,
  setAside,
  undoTitle,
  undoWith,
  whyNotUndoWith,
  type AfterPivot,
  type Edit,
} from './node-actions';
import { pivotAt, whyNotPivotAt } from './pivot-moves';
import { landingOf, slotName, whyNotHere } from './slot-places';
import { useMoving, type Moved, type Moving } from './use-moving';

interface Options {
  draft: Draft;
  flow: FlowDocument;
  catalogue: Catalogue;
  isAfterPivot: AfterPivot;
  canvas: RefObject<CanvasHandle | null>;
  /** The element of the drawing. */
  frame: RefObject<HTMLElement | null>;
  layout: RefObject<FlowLayout | null>;
  edit: (edit: Edit | null) => boolean;
  /** A branch is at another place, where it gets the focus. */
  onBranchMoved: (branch: BranchRef) => void;
}

export function useDrops(options: Options) {
  const { draft, flow, catalogue, isAfterPivot, canvas, frame, layout, edit, onBranchMoved } = options;
  const stepsOf = (moved: Moved): readonly string[] =>
    moved.kind === 'nodes'
      ? moved.ids
      : moved.kind === 'branch'
        ? (branchIn(draft, moved.branch)?.steps.map(({ id }) => id) ?? [])
        : [];
  /** The steps of a branch are there already. */
  const isOwn = (moved: Moved, place: SlotPlace) =>
    moved.kind === 'branch' && place.branch === `${moved.branch.owner}/${moved.branch.id}`;
  const whyNotSlot = (moved: Moved, place: SlotPlace): string | null => {
    if (moved.kind === 'item') return null;
    if (moved.kind === 'pivot') return whyNotPivotAt(draft, moved.id, place);
    const ids = stepsOf(moved);
    if (ids.length === 0) return 'This branch has no steps to move here.';
    if (isOwn(moved, place)) return null;
    return whyNotHere(draft, ids, place);
  };
  const whyNotMark = ({ owner, id }: BranchRef, mark: BranchMark) => whyNotBranchIn(draft, owner, id, mark.owner);

  const drop = (moved: Moved, place: SlotPlace) => {
    if (moved.kind === 'pivot') {
      const { after } = place;
      if (after === null || after === moved.id || whyNotSlot(moved, place) !== null) return;
      edit({ operations: pivotAt(draft, after), select: after });
      return;
    }
    const landing = landingOf(draft, flow, place);
    if (!landing || whyNotSlot(moved, place) !== null) return;
    if (moved.kind === 'item') {
      edit(insert(nodeFor(draft, moved.item, catalogue), landing.slot, landing.first));
      return;
    }
    const ids = stepsOf(moved);
    const { after, before } = landing.slot;
    if (isOwn(moved, place)) return;
    if (ids.length === 1 && (after === ids[0] || before === ids[0])) return;
    edit({ ...moveTo(draft, ids, landing.slot, landing.first), select: ids[0] });
  };
  const putBranchAt = ({ owner, id }: BranchRef, mark: BranchMark) => {
    const operations = putBranch(draft, owner, id, mark);
    if (operations.length > 0 && edit({ operations })) onBranchMoved({ owner: mark.owner, id });
  };
  /** The same list while the drawing and the branch are the same: a drag asks for it at every move. */
  const marksFor = useMemo(() => {
    let known: { at: FlowLayout; key: string; marks: readonly BranchMark[] } | null = null;
    return (branch: BranchRef): readonly BranchMark[] => {
      const at = layout.current;
      const key = `${branch.owner}/${branch.id}`;
      if (!at) return [];
      if (known?.at !== at || known.key !== key) known = { at, key, marks: branchMarks(at, draft, flow, branch) };
      return known.marks;
    };
  }, [layout, draft, flow]);

  const motion = useMoving({
    canvas,
    frame,
    layout,
    marksFor,
    onDrop: drop,
    onBranch: putBranchAt,
    onAside: (moved) => {
      if (moved.kind === 'nodes') edit(setAside(draft, moved.ids));
    },
    onUndo: (item, id) => void edit(undoWith(draft, id, item, catalogue, isAfterPivot)),
  });
  const { moving } = motion;
  const branch = moving?.moved.kind === 'branch' ? moving.moved.branch : null;
  return {
    ...motion,
    drop,
    putBranchAt,
    /** The places for the branch that is moved. */
    marks: branch ? marksFor(branch) : [],
    nameOfMark: useCallback((mark: BranchMark) => markName(draft, mark), [draft]),
    whyNotMark: (mark: BranchMark) => (branch ? whyNotMark(branch, mark) : null),
    /** Undefined: nothing is moved. */
    whyNot: moving ? (place: SlotPlace) => whyNotSlot(moving.moved, place) : undefined,
    ghost: moving ? ghostOf(moving) : null,
  };

  /** What the ghost says: why it cannot end here, or what would happen. */
  function ghostOf({ moved, lining, mark, aimed, overTray }: Moving): { whyNot: string | null; says: string | null } {
    if (moved.kind === 'item' && lining !== null) {
      const node = findNode(draft, lining);
      const was = node && undoTitle(node);
      const instead = was === null ? '' : ` instead of '${was}'`;
      return {
        whyNot: whyNotUndoWith(draft, lining, moved.item, catalogue, isAfterPivot),
        says: node ? `Undoes '${titleOf(node)}'${instead}` : null,
      };
    }
    if (moved.kind === 'branch') {
      if (overTray) return { whyNot: 'A branch cannot be set aside. Its steps can.', says: null };
      if (mark) {
        const { owner, id } = moved.branch;
        const stays = putBranch(draft, owner, id, mark).length === 0;
        return {
          whyNot: whyNotMark(moved.branch, mark),
          says: stays ? 'It is there already' : `Moves ${markName(draft, mark)}`,
        };
      }
      if (!aimed) return { whyNot: null, says: 'Drop it beside the branches of a fork' };
      const says = isOwn(moved, aimed)
        ? 'Its steps are here already'
        : `Moves its steps ${slotName(draft, aimed)}; the branch remains`;
      return { whyNot: whyNotSlot(moved, aimed), says };
    }
    if (moved.kind === 'pivot') {
      const behind = aimed?.after ? findNode(draft, aimed.after) : null;
      const says = !aimed
        ? 'Drop it behind another step'
        : aimed.after === moved.id
          ? 'It is here already'
          : `Behind '${behind ? titleOf(behind) : ''}'`;
      return { whyNot: aimed ? whyNotSlot(moved, aimed) : null, says };
    }
    return { whyNot: aimed ? whyNotSlot(moved, aimed) : null, says: null };
  }
}
