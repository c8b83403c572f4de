'use client';

/**
 * The saga canvas: draws a flow at design time, or one run of it, never both. It changes nothing by itself; the designer adds
 * its editing on top (`editing`).
 *
 * Invariants: only the person moves the camera (camera.tsx). Every node is one card (500 steps are 500 nodes). One
 * tab stop.
 */
import {
  Background,
  BackgroundVariant,
  MiniMap,
  ReactFlow,
  ReactFlowProvider,
  ViewportPortal,
  useReactFlow,
  useStore,
  type Node,
  type NodeProps,
  type NodeTypes,
} from '@xyflow/react';
import {
  useCallback,
  useImperativeHandle,
  useMemo,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from 'react';
import { cn } from '@/components/ui/cn';
import type { FlowDocument } from '@/engine/flow/document';
import { layoutFlow, type FlowLayout } from '@/engine/flow/layout/layout';
import type { Point } from '@/engine/flow/layout/path';
import type { BranchState, Ledger, NodeView, RunFacts } from '@/engine/run-view/model';
import type { LedgerState } from '@/engine/saga/contract';
import { entriesByNode } from '@/engine/run-view/loops';
import { backRanges, threadsGone, type BackRange } from '@/engine/run-view/threads';
import type { WhatIf } from '@/engine/flow/what-if';
import { Controls, FirstView, levelOf, SMALLEST_ZOOM, stepOf, useAnchor, useShow, WayToStop } from './camera';
import { previewOf, stepFactsOf, type Declared, type StepFacts } from './card-model';
import { ChoiceDiamond, ParallelBar, type ForkProps } from './fork-marks';
import { Frame, type FrameProps } from './frame';
import { nodeKeeper } from './keep-nodes';
import { Scene } from './scene';
import { StepCard, type SelectPart, type StepCardProps } from './step-card';
import { SummaryCell, type SummaryCellProps } from './summary-cell';
import { useDirection } from './use-direction';
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
}
export interface CanvasHandle {
  /** Brings a node into view and gives it the focus. */
  focus(id: string, part?: TabStop['part']): void;
  show(id: string): void;
  /** From the coordinates of the window to those of the drawing. */
  at(point: Point): Point;
  zoom(): number;
  /** Moves the drawing under the pointer, in pixels of the screen. */
  pan(by: Point): void;
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
  /** Drawn above the cards, in the coordinates of the drawing. */
  overlay?: (layout: FlowLayout) => ReactNode;
  ref?: Ref<CanvasHandle>;
  className?: string;
}

/** From this number of cards on there is a small map, and only visible cards are rendered. */
const LARGE = 40;

export function SagaCanvas(props: SagaCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

type CardNode = Node<StepCardProps & Record<string, unknown>, 'card'>;
type DiamondNode = Node<ForkProps & Record<string, unknown>, 'diamond'>;
type BarNode = Node<ForkProps & { role: 'fork' | 'join' } & Record<string, unknown>, 'bar'>;
type FrameNode = Node<FrameProps & Record<string, unknown>, 'frame'>;
type SummaryNode = Node<SummaryCellProps & Record<string, unknown>, 'summary'>;
type CanvasNode = FrameNode | CardNode | DiamondNode | BarNode | SummaryNode;
const NODE_TYPES: NodeTypes = {
  frame: ({ data }: NodeProps<FrameNode>) => <Frame {...data} />,
  card: ({ data }: NodeProps<CardNode>) => <StepCard {...data} />,
  diamond: ({ data }: NodeProps<DiamondNode>) => <ChoiceDiamond {...data} />,
  bar: ({ data }: NodeProps<BarNode>) => <ParallelBar {...data} />,
  summary: ({ data }: NodeProps<SummaryNode>) => <SummaryCell {...data} />,
};

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
  overlay,
  ref,
  className,
}: SagaCanvasProps) {
  const { direction, turn } = useDirection();
  const edited = editing !== undefined;
  const facts = useMemo(() => stepFactsOf(document, manifest), [document, manifest]);
  const linings = useMemo(
    () => new Set([...facts.values()].filter(({ lining }) => lining !== 'none' && lining !== 'afterPivot').map(idOf)),
    [facts]
  );
  const layout = useMemo(
    () => layoutFlow(document, direction, { lined: linings, edited }),
    [document, direction, linings, edited]
  );
  const gone = useMemo(
    () => (states ? threadsGone(layout, states, branches ?? {}, ledger ?? null) : null),
    [layout, states, branches, ledger]
  );
  const show = useShow(layout);
  const { stop, go, onKeyDown, onFocusPart } = useStructureKeys({
    document,
    direction,
    linings,
    selected,
    previewing: whatIf !== null,
    onSelect,
    onWhatIf,
    onShow: show,
    // Whoever draws sees the fields of the step that has the focus.
    onMove: edited ? ({ id, part }) => onSelect(id, { part, extend: false }) : undefined,
  });
  const select = useCallback<SelectPart>((id, how) => onSelect(id, how), [onSelect]);
  const also = editing?.also ?? NOTHING;
  const flow = useReactFlow();
  useImperativeHandle(
    ref,
    (): CanvasHandle => ({
      focus: (id, part = 'face') => go({ id, part }),
      show,
      at: (point) => flow.screenToFlowPosition(point),
      zoom: () => flow.getZoom(),
      pan({ x, y }) {
        const now = flow.getViewport();
        void flow.setViewport({ ...now, x: now.x + x, y: now.y + y });
      },
    }),
    [flow, go, show]
  );
  useAnchor(layout, editing?.anchor ?? null);
  const quiet = status === 'completed';

  const [keep] = useState(() => nodeKeeper<CanvasNode>());
  const nodes = useMemo((): CanvasNode[] => {
    const common = {
      draggable: false,
      selectable: false,
      connectable: false,
      focusable: false,
      deletable: false,
      // A mouse drags the step itself. A finger moves the drawing.
      ...(edited && hasMouse() ? { className: 'nopan' } : {}),
    } as const;
    const place = (box: { x: number; y: number; width: number; height: number }) => ({
      position: { x: box.x, y: box.y },
      width: box.width,
      height: box.height,
      initialWidth: box.width,
      initialHeight: box.height,
    });
    const entries = entriesByNode(ledger);
    const fork = (id: string): ForkProps => ({
      facts: facts.get(id)!,
      view: states?.[id] ?? null,
      dimmed: whatIf !== null,
      lies: direction === 'down' ? 'across' : 'upright',
      selected: selected === id || also.has(id),
      tabStop: stop?.id === id,
      onSelect: select,
    });
    return keep([
      ...layout.frames.map((box): FrameNode => {
        const data: FrameProps = {
          facts: facts.get(box.id)!,
          view: states?.[box.id] ?? null,
          preview: previewOf(whatIf, box.id),
          header: box.header,
          selected: selected === box.id,
          tabStop: stop?.id === box.id,
          onSelect: select,
        };
        // What is inside comes later in the page and gets the clicks there.
        const style = { pointerEvents: 'none' } as const;
        return { id: box.id, type: 'frame', ...common, ...place(box), style, data: { ...data } };
      }),
      ...layout.cards.map((box): CardNode => {
        const data: StepCardProps = {
          facts: facts.get(box.id)!,
          view: states?.[box.id] ?? null,
          entry: entries.get(box.id) ?? null,
          quiet,
          shape: direction === 'sideways' ? 'sideways' : box.lining,
          preview: previewOf(whatIf, box.id),
          selected: selected === box.id || also.has(box.id),
          tabStop: stop?.id === box.id ? stop.part : null,
          onSelect: select,
        };
        return { id: box.id, type: 'card', ...common, ...place(box), data: { ...data } };
      }),
      ...layout.diamonds
        .filter((box) => box.role === 'choice')
        .map((box): DiamondNode => ({
          id: box.id,
          type: 'diamond',
          ...common,
          ...place(box),
          data: { ...fork(box.id) },
        })),
      ...layout.bars.map((box): BarNode => ({
        id: box.role === 'fork' ? box.id : `${box.id}:join`,
        type: 'bar',
        ...common,
        ...place(box),
        data: { ...fork(box.id), role: box.role },
      })),
      ...layout.summaries.map((box): SummaryNode => {
        const data: SummaryCellProps = {
          steps: box.steps.map((id) => facts.get(id)!),
          // A step in a loop has an entry for each item.
          states: states ? statesOf(box.steps, ledger) : null,
          orders: whatIf ? box.steps.flatMap((id) => whatIf.nodes[id]?.order ?? []) : null,
          quiet,
        };
        return { id: `${box.owner}:undo`, type: 'summary', ...common, ...place(box), data: { ...data } };
      }),
    ]);
  }, [
    keep,
    layout,
    direction,
    facts,
    states,
    ledger,
    quiet,
    whatIf,
    selected,
    also,
    edited,
    stop?.id,
    stop?.part,
    select,
  ]);
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
        if (editing?.onKey(event, stop)) return;
        onKeyDown(event);
      }}
      onFocus={onFocus}
      data-zoom={level}
      style={{ ['--zoom' as string]: zoom }}
      className={cn('relative h-full min-h-64 w-full bg-paper', className)}
    >
      <ReactFlow<CanvasNode>
        nodes={nodes}
        nodeTypes={NODE_TYPES}
        minZoom={SMALLEST_ZOOM}
        onlyRenderVisibleElements={layout.cards.length >= LARGE}
        maxZoom={1.5}
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
        <FirstView layout={layout} focus={selected ?? firstInteresting(states)} grows={edited} />
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
          {editing?.overlay(layout)}
          {overlay?.(layout)}
        </ViewportPortal>
        {stop && layout.cards.length >= LARGE ? (
          <WayToStop
            layout={layout}
            id={stop.id}
            title={facts.get(stop.id)?.node.title ?? stop.id}
            onGo={() => go(stop)}
          />
        ) : null}
        <Controls layout={layout} onTurn={turn} />
        {layout.cards.length >= LARGE ? (
          <MiniMap
            pannable
            ariaLabel="Small map of the drawing"
            nodeColor="var(--mark)"
            maskColor="color-mix(in srgb, var(--paper) 70%, transparent)"
            style={direction === 'down' ? { width: 48, height: 240 } : { width: 144, height: 72 }}
            className="!bg-card rounded-md border border-hairline"
          />
        ) : null}
      </ReactFlow>
    </div>
  );
}
/** The states of all effects of these steps. */
function statesOf(steps: readonly string[], ledger: Ledger | undefined): LedgerState[] {
  const of = (id: string) => (ledger?.entries ?? []).filter((entry) => entry.nodeId === id).map(({ state }) => state);
  return steps.flatMap((id): LedgerState[] => {
    const states = of(id);
    return states.length > 0 ? states : ['notArmed'];
  });
}
const NOTHING: ReadonlySet<string> = new Set();

const hasMouse = () => typeof matchMedia === 'function' && matchMedia('(pointer: fine)').matches;

/** Cards are selected by their own buttons; React Flow gives pointer events only to nodes with a handler. */
const ignore = () => {};

const idOf = ({ node }: StepFacts) => node.id;

/** The node that matters now in a run: the first view shows it if the whole drawing does not fit. */
function firstInteresting(states: Record<string, NodeView> | undefined): string | null {
  if (!states) return null;
  const rank = [
    'undoFailed',
    'unknown',
    'unwinding',
    'noWorker',
    'waitsForPerson',
    'retrying',
    'running',
    'failed',
    'waitsForSignal',
    'waitsForTimer',
  ];
  const views = Object.values(states).filter((view) => rank.includes(view.state));
  return views.sort((a, b) => rank.indexOf(a.state) - rank.indexOf(b.state))[0]?.nodeId ?? null;
}

/** In a preview the back thread runs from the failing step through all steps that would be undone. */
function previewRanges(layout: FlowLayout, { nodes }: WhatIf): ReadonlyMap<string | null, BackRange> {
  const is = (id: string, ...roles: string[]) => roles.includes(nodes[id]?.role ?? 'neverStarted');
  const undone = Object.keys(nodes).filter((id) => is(id, 'undone'));
  return backRanges(
    layout,
    undone,
    (id) => !is(id, 'neverStarted', 'handles'),
    () => true
  );
}

/** At design time the back threads of the selected step's sequences are orange. */
function selectionRanges(
  layout: FlowLayout,
  facts: ReadonlyMap<string, StepFacts>,
  selected: string | null
): ReadonlyMap<string | null, BackRange> {
  const ranges = new Map<string | null, BackRange>();
  if (!selected || facts.get(selected)?.lining !== 'undo') return ranges;
  const owners = new Map(layout.branches.flatMap((place) => place.nodes.map((id) => [id, place] as const)));
  for (let place = owners.get(selected); ; place = owners.get(place.owner)) {
    ranges.set(place?.key ?? null, [-Infinity, Infinity]);
    if (!place) return ranges;
  }
}

/** 'waits for 2 branches': shown for a failed parallel whose other branches have not ended. */
function settlingOf(layout: FlowLayout, states: Record<string, NodeView> | undefined): Record<string, string> {
  const said: Record<string, string> = {};
  if (!states) return said;
  const busy = new Set(['running', 'retrying', 'waitsForPerson', 'waitsForTimer', 'waitsForSignal', 'noWorker']);
  for (const bar of layout.bars) {
    if (bar.role !== 'join') continue;
    const rows = layout.branches.filter((place) => place.owner === bar.id && place.role === 'branch');
    const failed = rows.some((place) => place.nodes.some((id) => states[id]?.state === 'failed'));
    const open = rows.filter((place) => place.nodes.some((id) => busy.has(states[id]?.state ?? 'notYet'))).length;
    if (failed && open > 0) said[bar.id] = `waits for ${open} ${open === 1 ? 'branch' : 'branches'}`;
  }
  return said;
}
