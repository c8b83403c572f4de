/**
 * What the command menu has of the drawing of a draft: what can be done with the selection, its steps, what can be
 * inserted. Pure.
 */
import type { Command } from '@/components/commands/command';
import { draftNodes, findNode, type Draft } from '@/engine/flow/edit/draft';
import type { FlowNode } from '@/engine/flow/document';
import { titleOf } from '@/engine/flow/edit/places';
import { factsOf } from '@/engine/flow/nodes/table';
import type { PaletteItem } from '../palette';
import type { Act } from './actions';

/** The heading of what is about the whole draft. */
export const THIS_FLOW = 'This flow';

interface CanvasCommands {
  draft: Draft;
  selected: readonly string[];
  /** The title of the selected step if it is no longer in the draft. */
  gone: string | null;
  acts: ReadonlyMap<string, Act>;
  items: readonly PaletteItem[];
  readOnly: string | null;
  onInsert: (item: PaletteItem) => void;
  onGo: (id: string) => void;
  onSearch: () => void;
}

export function canvasCommands(of: CanvasCommands): Command[] {
  const { draft, selected, gone, acts, items, readOnly } = of;
  const about = gone ?? headingOf(draft, selected);
  return [
    ...[...acts.values()].map(({ id, words, keys, whyNot, danger, run }): Command => {
      return { id: `act-${id}`, group: about, title: words, keys, whyNot, danger, run };
    }),
    { id: 'find-step', group: THIS_FLOW, title: 'Search in the flow', keys: ['/'], run: of.onSearch },
    ...draftNodes(draft).map((node): Command => ({
      id: `step-${node.id}`,
      group: 'Steps of this flow',
      title: titleOf(node),
      says: factsOf({ kind: node.kind } as FlowNode).words.kind,
      words: [node.id],
      isOneOfMany: true,
      whenGone: `'${titleOf(node)}' is no longer in this flow.`,
      run: () => of.onGo(node.id),
    })),
    ...items.map((item): Command => ({
      id: `insert-${item.id}`,
      group: 'Insert',
      title: `Insert: ${item.title}`,
      says: item.group,
      words: [item.title, ...item.words],
      whyNot: readOnly,
      isOneOfMany: true,
      run: () => of.onInsert(item),
    })),
  ];
}

function headingOf(draft: Draft, selected: readonly string[]): string {
  const [id] = selected;
  if (selected.length > 1) return `${selected.length} selected steps`;
  const node = id === undefined ? null : findNode(draft, id);
  return node ? titleOf(node) : 'Selected step';
}
