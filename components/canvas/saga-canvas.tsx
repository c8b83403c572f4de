'use client';

/**
 * The saga canvas: draws a flow at design time, or one run of it, never both. It changes nothing by itself; the
 * designer adds its editing on top (`editing`).
 *
 * Invariants: only the person moves the camera (camera.tsx). Every node is one card (500 steps are 500 nodes). One
 * tab stop.
 */
import {
  Background,
  BackgroundVariant,
  ReactFlow,
  ReactFlowProvider,
  ViewportPortal,
  useReactFlow,
  useStore,
} from '@xyflow/react';
import {
  useImperativeHandle,
  useMemo,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from 'react';
import { cn } from '@/components/ui/cn';
import { useLatest } from '@/components/ui/use-latest';
import type { FlowDocument } from '@/engine/flow/document';
import { NO_FOLDS } from '@/engine/flow/layout/folds';
import { layoutFlow, type FlowLayout } from '@/engine/flow/layout/layout';
import type { Point } from '@/engine/flow/layout/path';
import type { BranchState, Ledger, NodeView, RunFacts } from '@/engine/run-view/model';
import { threadsGone } from '@/engine/run-view/threads';
import type { WhatIf } from '@/engine/flow/what-if';
import { Controls, FirstView, levelOf, SMALLEST_ZOOM, stepOf, useAnchor, useShow, WayToStop } from './camera';
import { NODE_TYPES, nodesOf, type CanvasNode } from './canvas-nodes';
import { linedOf, stepFactsOf, type Declared } from './card-model';
import { FoldMarks } from './fold-marks';
import type { ProblemCount } from './fold-model';
import { nodeKeeper } from './keep-nodes';
import { firstInteresting, previewRanges, selectionRanges, settlingOf } from './ranges';
import { Scene } from './scene';
import { isLarge } from './seen';
import { SmallMap } from './small-map';
import type { SelectPart } from './step-card';
import { useDirection } from './use-direction';
import { useFitting } from './use-fitting';
import { useFolding } from './use-folding';
import type { Folds } from './use-folds';
import { useStructureKeys, type TabStop } from './use-structure-keys';

/** What the designer adds to the drawing. */
export interface CanvasEditing {
  /** Drawn above the cards, in the coordinates of the drawing. */
  overlay: (layout: FlowLayout) => ReactNode;
  /** A key at a node, before those of the structure. True: it was handled. */
  onKey: (event: KeyboardEvent, at: TabStop | null) => boolean;
  /** Keeps its place on the screen while the drawing around it changes. */
  anchor: string | null;
  /** Selected beside `selected`. */
  also: ReadonlySet<string>;
  /** By node; the card of a fold counts those of what it hides. */
  problems: ReadonlyMap<string, ProblemCount>;
}
export interface CanvasHandle {
  /** Brings a node into view and gives it the focus. */
  focus(id: string, part?: TabStop['part']): void;
  /** As `focus`, for a node that the next drawing contains, before what is drawn now changes to it. */
  focusThrough(id: string): void;
  show(id: string): void;
  /** From the coordinates of the window to those of the drawing. */
  at(point: Point): Point;
  zoom(): number;
  /** Moves the drawing under the pointer, in pixels of the screen. */
  pan(by: Point): void;
  /** One node with parts, the steps around one without, or neighbours. */
  fold(ids: readonly string[]): void;
  unfold(id: string): void;
}

export interface SagaCanvasProps {
  document: FlowDocument;
  /** A manifest adds the effects that the catalogue declares; optional at design time. */
  manifest?: Declared | null;
  /** All three together show a run; none of them shows the design. */
  states?: Record<string, NodeView>;
  branches?: Record<string, BranchState>;
  ledger?: Ledger;
  status?: RunFacts['status'];
  selected: string | null;
  onSelect: (id: string | null, how?: { part: TabStop['part']; extend: boolean }) => void;
  /** The result of 'what if this fails' for a node (engine/flow/what-if.ts); null if there is no preview. */
  whatIf?: WhatIf | null;
  /** Called for F on a node; without it the key does nothing. */
  onWhatIf?: (id: string) => void;
  editing?: CanvasEditing;
  /** What the person has folded; without it nothing can be folded. */
  folds?: Folds;
  /** These nodes are not folded because the drawing does not fit. */
  keepOpen?: readonly string[];
  /** Drawn above the cards, in the coordinates of the drawing. */
  overlay?: (layout: FlowLayout) => ReactNode;
  ref?: Ref<CanvasHandle>;
  className?: string;
}

const NONE_OPEN: readonly string[] = [];

export function SagaCanvas(props: SagaCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({
  document,
  manifest,
  states,
  branches,
  ledger,
  status,
  selected,
  onSelect,
  whatIf = null,
  onWhatIf,
  editing,
  folds: foldedByHand,
  keepOpen = NONE_OPEN,
  overlay,
  ref,
  className,
}: SagaCanvasProps) {
  const { direction, turn } = useDirection();
  const edited = editing !== undefined;
  const facts = useMemo(() => stepFactsOf(document, manifest), [document, manifest]);
  const linings = useMemo(() => linedOf(facts), [facts]);
  const fitting = useFitting({
    document,
    direction,
    linings,
    states,
    ledger,
    status,
    selected,
    keep: keepOpen,
    folds: foldedByHand,
    edited,
  });
  const { folds, stacked } = fitting;
  const folded = folds?.folded ?? NO_FOLDS;
  const layout = useMemo(
    () => layoutFlow(document, direction, { lined: linings, edited, folded, stacked }),
    [document, direction, linings, edited, folded, stacked]
  );
  const shownLinings = useMemo(() => {
    const hidden = new Set(layout.folds.flatMap(({ inside }) => inside));
    return hidden.size === 0 ? linings : new Set([...linings].filter((id) => !hidden.has(id)));
  }, [layout, linings]);
  const gone = useMemo(
    () => (states ? threadsGone(layout, states, branches ?? {}, ledger ?? null) : null),
    [layout, states, branches, ledger]
  );
  const show = useShow(layout);
  const { stop, go, goThrough, onKeyDown, onFocusPart } = useStructureKeys({
    document,
    direction,
    folded,
    linings: shownLinings,
    isDrawn: (id) => facts.has(id) && !layout.folds.some((fold) => fold.id !== id && fold.inside.includes(id)),
    selected,
    previewing: whatIf !== null,
    onSelect,
    onWhatIf,
    onShow: show,
    // Whoever draws sees the fields of the step that has the focus.
    onMove: edited ? ({ id, part }) => onSelect(id, { part, extend: false }) : undefined,
  });
  // Every card has it, and a card that gets another one is drawn again.
  const select = useLatest((id: string, how?: Parameters<SelectPart>[1]) => onSelect(id, how));
  const folding = useFolding({ document, layout, folds, selected, onSelect: select, focus: go });
  const foldAll = useLatest(() => folding.foldAll());
  const unfoldAll = useLatest(() => folding.unfoldAll());
  const also = editing?.also ?? NOTHING;
  const flow = useReactFlow();
  useImperativeHandle(
    ref,
    (): CanvasHandle => ({
      focus: (id, part = 'face') => go({ id, part }),
      focusThrough: (id) => goThrough({ id, part: 'face' }),
      show,
      at: (point) => flow.screenToFlowPosition(point),
      zoom: () => flow.getZoom(),
      pan({ x, y }) {
        const now = flow.getViewport();
        void flow.setViewport({ ...now, x: now.x + x, y: now.y + y });
      },
      fold: folding.fold,
      unfold: folding.unfoldAt,
    }),
    [flow, go, goThrough, show, folding]
  );
  useAnchor(layout, editing?.anchor ?? null);
  const quiet = status === 'completed';
  const problems = editing?.problems;
  const [stopId, stopPart] = [stop?.id, stop?.part];

  const [keep] = useState(() => nodeKeeper<CanvasNode>());
  const nodes = useMemo(
    () =>
      keep(
        nodesOf(layout, {
          facts,
          states,
          ledger,
          quiet,
          whatIf,
          problems,
          selected,
          also,
          stop: stopId === undefined ? null : { id: stopId, part: stopPart! },
          edited,
          onSelect: select,
          onUnfold: folding.unfold,
        })
      ),
    [
      keep,
      layout,
      facts,
      states,
      ledger,
      quiet,
      whatIf,
      problems,
      selected,
      also,
      edited,
      stopId,
      stopPart,
      select,
      folding.unfold,
    ]
  );
  const back = useMemo(
    () => gone?.back ?? (whatIf ? previewRanges(layout, whatIf) : selectionRanges(layout, facts, selected)),
    [gone, layout, facts, selected, whatIf]
  );
  const settling = useMemo(() => settlingOf(layout, states), [layout, states]);
  const zoom = useStore((store) => stepOf(store.transform[2]));
  const level = useStore((store) => levelOf(store.transform[2]));

  const onFocus = (event: FocusEvent) => {
    const [part, ...rest] = event.target.id.split('-');
    if (part === 'face' || part === 'lining') onFocusPart(rest.join('-'), part);
  };
  return (
    <div
      role="group"
      aria-label={`Drawing of ${document.title}. The arrow keys follow the flow. Alt and arrow down goes to the undo of a step.`}
      onKeyDown={(event) => {
        // A menu or dialog that something of the drawing has opened is elsewhere in the page, with keys of its own.
        if (!(event.target instanceof Node) || !event.currentTarget.contains(event.target)) return;
        if (editing?.onKey(event, stop) || folding.onKey(event, stop)) return;
        onKeyDown(event);
      }}
      onFocus={onFocus}
      data-zoom={level}
      style={{ ['--zoom' as string]: zoom }}
      className={cn('relative flex h-full min-h-64 w-full flex-col bg-paper', className)}
    >
      <ReactFlow<CanvasNode>
        nodes={nodes}
        nodeTypes={NODE_TYPES}
        minZoom={SMALLEST_ZOOM}
        onlyRenderVisibleElements={isLarge(layout)}
        maxZoom={1.5}
        className="min-h-0 flex-1"
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        panOnScroll
        zoomOnDoubleClick={false}
        onNodeClick={ignore}
        onPaneClick={() => onSelect(null)}
        proOptions={{ hideAttribution: true }}
      >
        <Background variant={BackgroundVariant.Dots} gap={24} size={1} color="var(--hairline)" />
        <FirstView layout={layout} focus={selected ?? firstInteresting(states)} grows={edited} asked={fitting.asked} />
        <ViewportPortal>
          <Scene
            layout={layout}
            gone={gone}
            branches={branches ?? null}
            back={back}
            previewing={whatIf !== null}
            settling={settling}
            ended={status === 'completed'}
          />
          {folds ? <FoldMarks layout={layout} facts={facts} onFold={folding.fold} /> : null}
          {editing?.overlay(layout)}
          {overlay?.(layout)}
        </ViewportPortal>
        {stop && isLarge(layout) ? (
          <WayToStop
            layout={layout}
            id={stop.id}
            title={facts.get(stop.id)?.node.title ?? stop.id}
            onGo={() => go(stop)}
          />
        ) : null}
        {isLarge(layout) ? <SmallMap layout={layout} /> : null}
      </ReactFlow>
      <Controls
        direction={direction}
        onFit={fitting.ask}
        onTurn={turn}
        folds={!folds || facts.size === layout.cards.length ? null : layout.folds.length > 0 ? 'some' : 'none'}
        onFoldAll={foldAll}
        onUnfoldAll={unfoldAll}
      />
    </div>
  );
}
const NOTHING: ReadonlySet<string> = new Set();

/** Cards are selected by their own buttons; React Flow gives pointer events only to nodes with a handler. */
const ignore = () => {};
