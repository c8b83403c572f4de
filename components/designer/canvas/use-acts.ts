'use client';

/**
 * What can be done in the drawing of a draft, with its context: the edit that each action makes, the menu of a slot,
 * the title that is edited, and the place that is chosen for what is moved.
 */
import { useCallback, useMemo, useState, type RefObject } from 'react';
import type { CanvasHandle } from '@/components/canvas/saga-canvas';
import { useLatest } from '@/components/ui/use-latest';
import { findNode } from '@/engine/flow/edit/draft';
import { retitle } from '@/engine/flow/edit/compose';
import { pivotPlaces } from '@/engine/flow/pivots';
import type { FlowLayout, SlotPlace } from '@/engine/flow/layout/layout';
import type { PaletteItem } from '../palette';
import { actionsFor, type Act } from './actions';
import type { DesignerCanvasProps } from './canvas-props';
import { focusLabel } from './focus-label';
import type { Edit } from './node-actions';
import { slotKey } from './slot-places';
import { useDrops } from './use-drops';
import type { Moved } from './use-moving';

interface Places {
  canvas: RefObject<CanvasHandle | null>;
  /** The element of the drawing. */
  frame: RefObject<HTMLElement | null>;
  layout: RefObject<FlowLayout | null>;
}

export function useActs(props: DesignerCanvasProps, { canvas, frame, layout }: Places) {
  const { draft, document: flow, selected, onSelection, onEdit, readOnly, catalogue } = props;
  const { folded } = props.folds;
  const [menu, setMenu] = useState<{ slot: SlotPlace; mark: HTMLElement } | null>(null);
  const [outcomeOf, setOutcomeOf] = useState<string | null>(null);
  const [renaming, setRenaming] = useState<string | null>(null);

  const edit = useCallback(
    (made: Edit | null): boolean => {
      if (!made || readOnly !== null) return false;
      if (made.operations.length > 0 && !onEdit(made)) return false;
      if (made.select !== undefined) onSelection({ primary: made.select, part: made.part ?? 'step', also: [] });
      const { select, rename, show } = made;
      if (show !== undefined) requestAnimationFrame(() => canvas.current?.show(show));
      if (!select) return true;
      if (rename) setRenaming(select);
      // While its title is edited, the field has the focus.
      if (rename) requestAnimationFrame(() => canvas.current?.show(select));
      else canvas.current?.focusThrough(select);
      return true;
    },
    [onEdit, onSelection, readOnly]
  );

  const places = useMemo(() => pivotPlaces(flow.steps), [flow]);
  const isAfterPivot = useCallback((id: string) => places.get(id) === 'after', [places]);
  const drops = useDrops({
    draft,
    flow,
    catalogue,
    isAfterPivot,
    canvas,
    frame,
    layout,
    edit,
    onBranchMoved: (branch) => focusLabel(branch),
  });
  const { begin, drop } = drops;
  const insertAt = (place: SlotPlace, item: PaletteItem) => drop({ kind: 'item', item }, place);
  const slotsNow = () => layout.current?.slots ?? [];
  const openMenu = (place: SlotPlace | undefined) => {
    const mark = place && frame.current?.querySelector<HTMLElement>(`[data-slot="${CSS.escape(slotKey(place))}"]`);
    if (place && mark) setMenu({ slot: place, mark });
  };

  /** The place is chosen by a key or a click. */
  const choosePlace = (moved: Moved) => {
    begin(moved);
    requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>('[data-slot][tabindex="0"]')?.focus());
  };
  const actsNow = (): Map<string, Act> =>
    actionsFor({
      draft,
      catalogue,
      isAfterPivot,
      selected,
      gone: props.gone,
      readOnly,
      edit,
      rename: setRenaming,
      open: props.onOpen,
      whatIf: props.onWhatIf,
      folding: {
        steps: flow.steps,
        folded,
        fold: (ids) => canvas.current?.fold(ids),
        unfold: (id) => canvas.current?.unfold(id),
      },
      addAfter: (id) => openMenu(slotsNow().find(({ after }) => after === id) ?? slotsNow().at(-1)),
      move: (ids) => choosePlace({ kind: 'nodes', ids }),
      extract: props.onExtract,
      copy: props.onCopy,
      label: (ref) => focusLabel(ref),
      outcome(id) {
        const mark = frame.current?.querySelector(`[data-outcome-of="${CSS.escape(id)}"]`);
        // At a small zoom there are no marks.
        if (mark?.checkVisibility()) setOutcomeOf(id);
        else props.onProblem(id, ['unknown', 'policy']);
      },
    });
  // They are found when a key or a menu asks for them.
  const acts = useLatest(actsNow);

  const onRenamed = (title: string | null) => {
    const node = renaming === null ? null : findNode(draft, renaming);
    setRenaming(null);
    if (!node) return;
    if (title === null) return canvas.current?.focus(node.id);
    const operations = retitle(draft, node.id, title, props.idsFollowTitles);
    const renamed = operations.find(({ op }) => op === 'rename');
    edit({ operations, select: renamed?.op === 'rename' ? renamed.to : node.id });
  };
  return {
    edit,
    drops,
    acts,
    /** Those of this rendering. */
    actsNow,
    menu,
    setMenu,
    outcomeOf,
    setOutcomeOf,
    renaming,
    setRenaming,
    onRenamed,
    insertAt,
    choosePlace,
    /** The slots of the drawing that is shown. */
    slotsNow,
  };
}
