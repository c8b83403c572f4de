'use client';

/**
 * The drawing of a draft, edited by hand and by keys. Every edit is one gesture; nothing here holds a draft: it asks
 * `onEdit`, and draws what it is given.
 */
import {
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
} from 'react';
import {
  SagaCanvas,
  type CanvasEditing,
  type CanvasHandle,
  type SagaCanvasProps,
} from '@/components/canvas/saga-canvas';
import type { Folds } from '@/components/canvas/use-folds';
import type { Declared } from '@/components/canvas/card-model';
import type { Catalogue } from '@/engine/flow/catalogue';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { FlowDocument } from '@/engine/flow/document';
import { findNode, type Draft, type DraftNode } from '@/engine/flow/edit/draft';
import { retitle } from '@/engine/flow/edit/compose';
import { pivotPlaces } from '@/engine/flow/pivots';
import type { FlowLayout, SlotPlace } from '@/engine/flow/layout/layout';
import type { PaletteItem } from '../palette';
import { actionsFor, type Act } from './actions';
import type { DesignerCanvasHandle } from './canvas-handle';
import { canvasKey } from './canvas-keys';
import { focusLabel } from './focus-label';
import { CanvasOverlay } from './canvas-overlay';
import { FlowSearch } from './flow-search';
import { Ghost, TrayTarget } from './ghost';
import { extrasOf, InsertMenu, type Extra } from './insert-menu';
import { pasted, type Edit } from './node-actions';
import { landingOf, slotKey } from './slot-places';
import { countsByNode } from './problem-marks';
import type { Other } from './presence-marks';
import { toast } from '@/components/ui/toast';
import { NOTHING, type Selection } from './selection';
import { SelectionBar } from './selection-bar';
import { SelectionFrame, useFrame } from './use-frame';
import { useDrops } from './use-drops';
import { useKeptFocus } from './use-kept-focus';
import { useRevertKeys } from './use-revert-keys';
import { useSelecting } from './use-selecting';
import type { Moved } from './use-moving';

export interface DesignerCanvasProps extends Pick<
  SagaCanvasProps,
  'states' | 'branches' | 'ledger' | 'status' | 'whatIf' | 'className'
> {
  draft: Draft;
  document: FlowDocument;
  declared: Declared;
  catalogue: Catalogue;
  items: readonly PaletteItem[];
  selection: Selection;
  /** What is moved, copied or deleted together (selectedIn). */
  selected: readonly string[];
  onSelection: (selection: Selection) => void;
  /** Why nothing can be edited; null: it can. */
  readOnly: string | null;
  idsFollowTitles: boolean;
  /** Applies an edit. False: it was refused, and the person was told why. */
  onEdit: (edit: Edit) => boolean;
  onWhatIf: (id: string | null) => void;
  /** The person wants to edit the fields of the selected node. */
  onOpen: () => void;
  onRevert: () => void;
  onAgain: () => void;
  /** Where others are. */
  others: readonly Other[];
  /** Those with a node are marked on it. */
  problems: readonly Diagnostic[];
  onProblem: (nodeId: string | null, path: readonly (string | number)[]) => void;
  /** What was copied last, in this tab. */
  clipboard: readonly DraftNode[];
  onCopy: (how: { cut: boolean }) => void;
  /** Above the drawing, unless several steps are selected: then there is what can be done with them. */
  band: ReactNode;
  folds: Folds;
  handle: RefObject<DesignerCanvasHandle | null>;
}
export function DesignerCanvas(props: DesignerCanvasProps) {
  const {
    draft,
    document: flow,
    selection,
    selected,
    onSelection,
    onEdit,
    readOnly,
    catalogue,
    items,
    clipboard,
  } = props;
  const canvas = useRef<CanvasHandle>(null);
  const frame = useRef<HTMLDivElement>(null);
  const layout = useRef<FlowLayout | null>(null);
  const [menu, setMenu] = useState<{ slot: SlotPlace; mark: HTMLElement } | null>(null);
  const [outcomeOf, setOutcomeOf] = useState<string | null>(null);
  const [renaming, setRenaming] = useState<string | null>(null);
  const [searching, setSearching] = useState(false);
  const searchField = useRef<HTMLInputElement>(null);
  const search = () => {
    setSearching(true);
    searchField.current?.select();
  };
  const { folded } = props.folds;
  const selecting = useSelecting({ draft, flow, folded, canvas, selection, selected, onSelection });

  const edit = useCallback(
    (made: Edit | null): boolean => {
      if (!made || readOnly !== null) return false;
      if (made.operations.length > 0 && !onEdit(made)) return false;
      if (made.select !== undefined) onSelection({ primary: made.select, part: made.part ?? 'step', also: [] });
      const { select, rename, show } = made;
      if (show !== undefined) requestAnimationFrame(() => canvas.current?.show(show));
      if (!select) return true;
      if (rename) setRenaming(select);
      // The next drawing contains it. While its title is edited, the field has the focus.
      requestAnimationFrame(() => (rename ? canvas.current?.show(select) : canvas.current?.focus(select)));
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
  const { moving, begin, cancel, drop, onPointerDown } = drops;
  const frameOf = useFrame({ canvas, layout, onSelect: selecting.chooseAll });
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
  const acts: Map<string, Act> = actionsFor({
    draft,
    catalogue,
    isAfterPivot,
    selected,
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
    copy: props.onCopy,
    label: (ref) => focusLabel(ref),
    outcome(id) {
      const mark = frame.current?.querySelector(`[data-outcome-of="${CSS.escape(id)}"]`);
      // At a small zoom there are no marks.
      if (mark?.checkVisibility()) setOutcomeOf(id);
      else props.onProblem(id, ['unknown', 'policy']);
    },
  });

  const onKey = (event: KeyboardEvent): boolean =>
    canvasKey(event, {
      moving: moving !== null,
      cancel,
      drawing: frame.current,
      acts,
      search,
      onWhyNot: sayWhyNot,
      onRevert: props.onRevert,
      onAgain: props.onAgain,
      extend: selecting.extend,
    });
  const onSelect: SagaCanvasProps['onSelect'] = (id, how) => {
    if (id === null) {
      if (moving) cancel();
      else onSelection(NOTHING);
      return;
    }
    const part = selecting.choose(id, how);
    if (part === 'undo' && readOnly === null) acts.get('undo')?.onPart?.(id);
  };

  const pressed = useRef((_slot: SlotPlace, _mark: HTMLElement) => {});
  useEffect(() => {
    pressed.current = (slot, mark) => {
      if (!moving) return setMenu({ slot, mark });
      cancel();
      drop(moving.moved, slot);
    };
  });
  /** The same function in every rendering, so that no slot is drawn again. */
  const onPress = useCallback((slot: SlotPlace, mark: HTMLElement) => pressed.current(slot, mark), []);

  const onRenamed = (title: string | null) => {
    const node = renaming === null ? null : findNode(draft, renaming);
    setRenaming(null);
    if (!node) return;
    if (title === null) return canvas.current?.focus(node.id);
    const operations = retitle(draft, node.id, title, props.idsFollowTitles);
    const renamed = operations.find(({ op }) => op === 'rename');
    edit({ operations, select: renamed?.op === 'rename' ? renamed.to : node.id });
  };
  const overlay = (drawn: FlowLayout) => {
    layout.current = drawn;
    return (
      <CanvasOverlay
        layout={drawn}
        draft={draft}
        flow={flow}
        catalogue={catalogue}
        selection={selection}
        readOnly={readOnly}
        problems={props.problems}
        others={props.others}
        drops={drops}
        acts={acts}
        isPreview={Boolean(props.whatIf)}
        open={menu?.slot ?? null}
        renaming={renaming}
        outcomeOf={outcomeOf}
        onOutcome={(id) => {
          setOutcomeOf(id);
          // The step of the menu is the one that the keys are about.
          if (id !== null && id !== selection.primary) onSelection({ primary: id, part: 'step', also: [] });
        }}
        onRenamed={onRenamed}
        onPress={onPress}
        onProblem={props.onProblem}
        onEdit={edit}
        onSelect={(id) => onSelection({ primary: id, part: 'step', also: [] })}
        onFocus={(id) => canvas.current?.focus(id)}
        onDrag={onPointerDown}
        onMoveBranch={(branch) => choosePlace({ kind: 'branch', branch })}
        onWhyNot={sayWhyNot}
      />
    );
  };
  useRevertKeys(props.onRevert, props.onAgain);
  const keptFocus = useKeptFocus(canvas, draft, selection.primary);
  const editing: CanvasEditing = {
    overlay,
    onKey,
    anchor: selection.primary,
    also: useMemo(() => new Set(selection.also), [selection.also]),
    problems: useMemo(() => countsByNode(props.problems), [props.problems]),
  };

  const extras: Extra[] = menu
    ? extrasOf(
        draft,
        clipboard,
        () => {
          const landing = landingOf(draft, flow, menu.slot);
          setMenu(null);
          if (landing) edit(pasted(draft, clipboard, landing.slot, landing.first));
        },
        (id) => {
          setMenu(null);
          drop({ kind: 'nodes', ids: [id] }, menu.slot);
        }
      )
    : [];

  props.handle.current = {
    search,
    startDrag: onPointerDown,
    place: choosePlace,
    insertItem(item) {
      const { primary } = selection;
      const slot =
        (primary !== null && slotsNow().find(({ after }) => after === primary)) ||
        slotsNow().findLast(({ branch }) => branch === null);
      if (slot) insertAt(slot, item);
    },
    focus: (id) => canvas.current?.focus(id),
    show: (id) => canvas.current?.show(id),
  };

  const isSeveral = selected.length > 1 && readOnly === null && !props.whatIf;
  return (
    <>
      {isSeveral ? (
        <SelectionBar
          count={selected.length}
          acts={acts}
          onEnd={selection.also.length > 0 ? () => onSelection({ ...selection, also: [] }) : null}
          onFocus={() => selection.primary !== null && canvas.current?.focus(selection.primary)}
        />
      ) : (
        props.band
      )}
      <div
        ref={frame}
        data-designer-canvas
        {...keptFocus}
        className="relative min-h-0 flex-1"
        onPointerDownCapture={frameOf.onPointerDown}
        onPointerDown={(event) => {
          if (readOnly !== null || !(event.target instanceof Element)) return;
          const id = event.target.closest('[data-node]')?.getAttribute('data-node');
          if (!id || event.target.closest('input')) return;
          onPointerDown(event, { kind: 'nodes', ids: selecting.movedWith(id) });
        }}
        onDoubleClick={(event) => {
          if (!(event.target instanceof Element) || event.target.closest('[data-fold]')) return;
          const id = event.target.closest('[data-node]')?.getAttribute('data-node');
          if (id && readOnly === null) setRenaming(id);
        }}
      >
        <SagaCanvas
          document={flow}
          manifest={props.declared}
          states={props.states}
          branches={props.branches}
          ledger={props.ledger}
          status={props.status}
          whatIf={props.whatIf}
          selected={selection.primary}
          onSelect={onSelect}
          onWhatIf={props.onWhatIf}
          editing={editing}
          folds={props.folds}
          ref={canvas}
          className={props.className}
        />
        {searching ? (
          <FlowSearch
            draft={draft}
            selected={selection.primary}
            field={searchField}
            onGo={(id) => {
              onSelection({ primary: id, part: 'step', also: [] });
              canvas.current?.show(id);
            }}
            onClose={() => {
              setSearching(false);
              if (selection.primary !== null) canvas.current?.focus(selection.primary);
              else frame.current?.querySelector<HTMLElement>('[id^="face-"][tabindex="0"]')?.focus();
            }}
          />
        ) : null}
        {moving?.pointer && moving.moved.kind === 'nodes' && draft.tray.length === 0 ? (
          <TrayTarget isAimed={moving.overTray} />
        ) : null}
        <SelectionFrame box={frameOf.box} />
        <InsertMenu
          anchor={menu?.mark ?? null}
          items={items}
          extras={extras}
          onInsert={(item) => {
            const place = menu?.slot;
            setMenu(null);
            if (place) insertAt(place, item);
          }}
          onClose={() => {
            setMenu(null);
            if (selection.primary !== null) canvas.current?.focus(selection.primary);
          }}
        />
        {moving && drops.ghost ? <Ghost moving={moving} draft={draft} {...drops.ghost} /> : null}
      </div>
    </>
  );
}

/** One at a time, however often the key is pressed. */
const sayWhyNot = (why: string) => void toast(why, { id: 'why-not' });
