'use client';

/**
 * The drawing of a draft, edited by hand and by keys. Every edit is one gesture; nothing here holds a draft: it asks
 * `onEdit`, and draws what it is given.
 */
import { memo, useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useCommands } from '@/components/commands/commands';
import { toast } from '@/components/ui/toast';
import {
  SagaCanvas,
  type CanvasEditing,
  type CanvasHandle,
  type SagaCanvasProps,
} from '@/components/canvas/saga-canvas';
import type { FlowLayout, SlotPlace } from '@/engine/flow/layout/layout';
import { canvasCommands } from './canvas-commands';
import { canvasKey } from './canvas-keys';
import { CanvasOverlay } from './canvas-overlay';
import type { DesignerCanvasProps } from './canvas-props';
import { FlowSearch } from './flow-search';
import { Ghost, TrayTarget } from './ghost';
import { extrasOf, InsertMenu, type Extra } from './insert-menu';
import { pasted } from './node-actions';
import { countsByNode } from './problem-marks';
import { NOTHING } from './selection';
import { SelectionBar } from './selection-bar';
import { landingOf } from './slot-places';
import { useActs } from './use-acts';
import { SelectionFrame, useFrame } from './use-frame';
import { useKeptFocus } from './use-kept-focus';
import { useRevertKeys } from './use-revert-keys';
import { useSelecting } from './use-selecting';

/** What else changes in the page does not draw it again. */
export const DesignerCanvas = memo(function DesignerCanvas(props: DesignerCanvasProps) {
  const { draft, document: flow, selection, selected, onSelection, readOnly, catalogue, items, clipboard } = props;
  const canvas = useRef<CanvasHandle>(null);
  const frame = useRef<HTMLDivElement>(null);
  const layout = useRef<FlowLayout | null>(null);
  const [searching, setSearching] = useState(false);
  const searchField = useRef<HTMLInputElement>(null);
  const search = () => {
    setSearching(true);
    searchField.current?.select();
  };
  const { folded } = props.folds;
  const selecting = useSelecting({ draft, flow, folded, canvas, selection, selected, onSelection });

  const { edit, drops, acts, ...doing } = useActs(props, { canvas, frame, layout });
  const { menu, setMenu, outcomeOf, setOutcomeOf, renaming, setRenaming } = doing;
  const { moving, cancel, drop, onPointerDown } = drops;
  const frameOf = useFrame({ canvas, layout, onSelect: selecting.chooseAll });

  const onKey = (event: KeyboardEvent): boolean =>
    canvasKey(event, {
      moving: moving !== null,
      cancel,
      drawing: frame.current,
      acts: acts(),
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
    if (part === 'undo' && readOnly === null) acts().get('undo')?.onPart?.(id);
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
        onRenamed={doing.onRenamed}
        onPress={onPress}
        onProblem={props.onProblem}
        onEdit={edit}
        onSelect={(id) => onSelection({ primary: id, part: 'step', also: [] })}
        onFocus={(id) => canvas.current?.focus(id)}
        onDrag={onPointerDown}
        onMoveBranch={(branch) => doing.choosePlace({ kind: 'branch', branch })}
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
    place: doing.choosePlace,
    insertItem(item) {
      const { primary } = selection;
      const slot =
        (primary !== null && doing.slotsNow().find(({ after }) => after === primary)) ||
        doing.slotsNow().findLast(({ branch }) => branch === null);
      if (slot) doing.insertAt(slot, item);
    },
    focus: (id) => canvas.current?.focus(id),
    show: (id) => canvas.current?.show(id),
  };

  useCommands(
    () =>
      canvasCommands({
        draft,
        selected,
        gone: props.gone,
        acts: acts(),
        items,
        readOnly,
        onInsert: (item) => props.handle.current?.insertItem(item),
        onGo(id) {
          onSelection({ primary: id, part: 'step', also: [] });
          canvas.current?.focus(id);
        },
        onSearch: search,
      }),
    { first: selected.length > 0 }
  );

  const isSeveral = selected.length > 1 && readOnly === null && !props.whatIf;
  return (
    <>
      {isSeveral ? (
        <SelectionBar
          count={selected.length}
          acts={doing.actsNow()}
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
        className="relative min-h-0 flex-1 [--corner:0.75rem]"
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
            if (place) doing.insertAt(place, item);
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
});

/** One at a time, however often the key is pressed. */
const sayWhyNot = (why: string) => void toast(why, { id: 'why-not' });
