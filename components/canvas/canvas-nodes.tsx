/** The nodes that React Flow draws: one for every card, frame, diamond, bar, fold and cell of a layout. */
import type { Node, NodeHandle, NodeProps, NodeTypes } from '@xyflow/react';
import { entriesByNode } from '@/engine/run-view/loops';
import type { Box, FlowLayout } from '@/engine/flow/layout/layout';
import type { WhatIf } from '@/engine/flow/what-if';
import type { Ledger, NodeView } from '@/engine/run-view/model';
import type { LedgerState } from '@/engine/saga/contract';
import { previewOf, type StepFacts } from './card-model';
import { FoldCard, type FoldCardProps } from './fold-card';
import { foldFactsOf, type ProblemCount } from './fold-model';
import { ChoiceDiamond, ParallelBar, type ForkProps } from './fork-marks';
import { Frame, type FrameProps } from './frame';
import { StepCard, type SelectPart, type StepCardProps } from './step-card';
import { SummaryCell, type SummaryCellProps } from './summary-cell';
import type { TabStop } from './use-structure-keys';

type CardNode = Node<StepCardProps & Record<string, unknown>, 'card'>;
type FoldNode = Node<FoldCardProps & Record<string, unknown>, 'fold'>;
type DiamondNode = Node<ForkProps & Record<string, unknown>, 'diamond'>;
type BarNode = Node<ForkProps & { role: 'fork' | 'join' } & Record<string, unknown>, 'bar'>;
type FrameNode = Node<FrameProps & Record<string, unknown>, 'frame'>;
type SummaryNode = Node<SummaryCellProps & Record<string, unknown>, 'summary'>;
export type CanvasNode = FrameNode | CardNode | FoldNode | DiamondNode | BarNode | SummaryNode;
export const NODE_TYPES: NodeTypes = {
  frame: ({ data }: NodeProps<FrameNode>) => <Frame {...data} />,
  card: ({ data }: NodeProps<CardNode>) => <StepCard {...data} />,
  fold: ({ data }: NodeProps<FoldNode>) => <FoldCard {...data} />,
  diamond: ({ data }: NodeProps<DiamondNode>) => <ChoiceDiamond {...data} />,
  bar: ({ data }: NodeProps<BarNode>) => <ParallelBar {...data} />,
  summary: ({ data }: NodeProps<SummaryNode>) => <SummaryCell {...data} />,
};

/** What is drawn, beside the layout. */
export interface Drawn {
  facts: ReadonlyMap<string, StepFacts>;
  states: Record<string, NodeView> | undefined;
  ledger: Ledger | undefined;
  /** The run completed: what remains is meant to. */
  quiet: boolean;
  whatIf: WhatIf | null;
  problems: ReadonlyMap<string, ProblemCount> | undefined;
  selected: string | null;
  also: ReadonlySet<string>;
  stop: TabStop | null;
  /** The drawing can be edited. */
  edited: boolean;
  onSelect: SelectPart;
  onUnfold: (key: string) => void;
}

export function nodesOf(layout: FlowLayout, drawn: Drawn): CanvasNode[] {
  const { facts, states, ledger, quiet, whatIf, selected, also, stop, edited, onSelect } = drawn;
  const { direction } = layout;
  const common = {
    // No edges begin at a node. Without this React Flow renders every node once to look for where they begin.
    handles: [] as NodeHandle[],
    draggable: false,
    selectable: false,
    connectable: false,
    focusable: false,
    deletable: false,
    // A mouse drags the step itself. A finger moves the drawing.
    ...(edited && hasMouse() ? { className: 'nopan' } : {}),
  } as const;
  const entries = entriesByNode(ledger);
  const fork = (id: string): ForkProps => ({
    facts: facts.get(id)!,
    view: states?.[id] ?? null,
    dimmed: whatIf !== null,
    lies: direction === 'down' ? 'across' : 'upright',
    selected: selected === id || also.has(id),
    tabStop: stop?.id === id,
    onSelect,
  });
  return [
    ...layout.frames.map((box): FrameNode => {
      const data: FrameProps = {
        facts: facts.get(box.id)!,
        view: states?.[box.id] ?? null,
        preview: previewOf(whatIf, facts.get(box.id)!.node),
        header: box.header,
        selected: selected === box.id || also.has(box.id),
        tabStop: stop?.id === box.id,
        onSelect,
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
        preview: previewOf(whatIf, facts.get(box.id)!.node),
        selected: selected === box.id || also.has(box.id),
        tabStop: stop?.id === box.id ? stop.part : null,
        onSelect,
      };
      return { id: box.id, type: 'card', ...common, ...place(box), data: { ...data } };
    }),
    ...layout.folds.map((box): FoldNode => {
      const data: FoldCardProps = {
        fold: foldFactsOf(box, drawn),
        selected: selected === box.id || also.has(box.id),
        tabStop: stop?.id === box.id,
        onSelect,
        onUnfold: drawn.onUnfold,
      };
      return { id: box.id, type: 'fold', ...common, ...place(box), data: { ...data } };
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
  ];
}

const place = ({ x, y, width, height }: Box) => ({
  position: { x, y },
  width,
  height,
  initialWidth: width,
  initialHeight: height,
});
const hasMouse = () => typeof matchMedia === 'function' && matchMedia('(pointer: fine)').matches;

/** The states of all effects of these steps. */
function statesOf(steps: readonly string[], ledger: Ledger | undefined): LedgerState[] {
  const of = (id: string) => (ledger?.entries ?? []).filter((entry) => entry.nodeId === id).map(({ state }) => state);
  return steps.flatMap((id): LedgerState[] => {
    const states = of(id);
    return states.length > 0 ? states : ['notArmed'];
  });
}
