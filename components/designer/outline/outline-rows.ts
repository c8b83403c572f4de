/** The flow as the rows of a tree: steps, and under a step its branches with theirs. Pure. */
import { subtitleOf, type StepFacts } from '@/components/canvas/card-model';
import { sequencesIn } from '@/engine/flow/branches';
import type { FlowDocument, FlowNode } from '@/engine/flow/document';
import { nameOf } from '@/engine/flow/names';
import { factsOf } from '@/engine/flow/nodes/table';

export interface OutlineRow {
  /** The id of the step, or the key of the branch. */
  key: string;
  kind: 'step' | 'branch';
  /** The step, or the one that has the branch: what is selected with the row. */
  node: FlowNode;
  title: string;
  /** What a step does and how it is undone; of a branch: how many steps it has. */
  says: string;
  /** 1: outermost. */
  level: number;
  /** From 1, among its siblings. */
  position: number;
  siblings: number;
  /** The row that it is in; null: outermost. */
  parent: string | null;
  /** Null: there is nothing inside. */
  isOpen: boolean | null;
}

interface Outline {
  /** Of every step of the flow. */
  facts: ReadonlyMap<string, StepFacts>;
  /** The keys of rows that a person has closed. */
  closed: ReadonlySet<string>;
}

export function outlineRows({ steps }: Pick<FlowDocument, 'steps'>, outline: Outline): OutlineRow[] {
  const rows: OutlineRow[] = [];
  const visit = (nodes: readonly FlowNode[], place: Place, from: number, siblings: number) => {
    nodes.forEach((node, index) => {
      const sequences = sequencesIn(node).filter(({ title, steps: inner }) => title !== null || inner.length > 0);
      const isOpen = sequences.length === 0 ? null : !outline.closed.has(node.id);
      rows.push({
        ...place,
        key: node.id,
        kind: 'step',
        node,
        title: nameOf(node),
        says: stepWords(outline.facts.get(node.id)!),
        position: from + index + 1,
        siblings,
        isOpen,
      });
      if (isOpen) inside(node, sequences, place.level + 1);
    });
  };
  /** The steps of a frame are directly in it; those of branches are in the branch. */
  const inside = (node: FlowNode, sequences: ReturnType<typeof sequencesIn>, level: number) => {
    const siblings = sequences.reduce((sum, { title, steps: inner }) => sum + (title === null ? inner.length : 1), 0);
    let position = 0;
    for (const { key, title, steps: inner } of sequences) {
      const place = { level, parent: node.id };
      if (title === null) {
        visit(inner, place, position, siblings);
        position += inner.length;
        continue;
      }
      position++;
      const isOpen = inner.length === 0 ? null : !outline.closed.has(key);
      const says = inner.length === 0 ? 'empty' : inner.length === 1 ? '1 step' : `${inner.length} steps`;
      rows.push({ ...place, key, kind: 'branch', node, title, says, position, siblings, isOpen });
      if (isOpen) visit(inner, { level: level + 1, parent: key }, 0, inner.length);
    }
  };
  visit(steps, { level: 1, parent: null }, 0, steps.length);
  return rows;
}
type Place = Pick<OutlineRow, 'level' | 'parent'>;

function stepWords(facts: StepFacts): string {
  const { step, words } = factsOf(facts.node);
  const kind = step(facts.node) ? null : words.kind;
  return [kind, subtitleOf(facts), undoWords(facts)].filter(Boolean).join(' · ');
}

function undoWords({ lining, undoTitle }: StepFacts): string | null {
  if (lining === 'undo') return `undo: ${undoTitle ?? 'undo'}`;
  if (lining === 'noUndo') return 'no undo';
  return lining === 'forGood' ? 'cannot be undone' : null;
}

/** The keys of the rows around a step, which have to be open for it to be seen. */
export function rowsAround(rows: readonly OutlineRow[], key: string): string[] {
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const around: string[] = [];
  for (let at = byKey.get(key)?.parent ?? null; at !== null; at = byKey.get(at)?.parent ?? null) around.push(at);
  return around;
}
