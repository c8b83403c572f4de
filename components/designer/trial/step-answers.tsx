'use client';

import { X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import type { FlowDocument, FlowNode } from '@/engine/flow/document';
import { allNodes } from '@/engine/flow/tree';
import { loopWordOf } from '@/engine/run-view/item-words';
import type { TrialResult } from '@/engine/trial/result';
import { factsOf } from '@/engine/flow/nodes/table';
import { ItemList } from '@/components/runs/item-list';
import { AnswerEditor } from './answer-editor';
import type { Trial } from './use-trial';

/** What the selected node answers. */
export function StepAnswers({
  trial,
  document,
  result,
  selected,
  item,
  onItem,
  onSelect,
  lastRun,
}: {
  trial: Trial;
  document: FlowDocument;
  result: TrialResult;
  selected: string | null;
  /** The item that is chosen, for the steps of its loop. */
  item: string | null;
  /** Shows the first step of an item of the selected loop; null: it has none that calls anything. */
  onItem: (path: readonly number[]) => (() => void) | null;
  onSelect: (nodeId: string | null) => void;
  lastRun: ((nodeId: string) => unknown) | undefined;
}) {
  const node = allNodes(document.steps).find(({ id }) => id === selected);
  if (!node)
    return (
      <p className="border-t border-hairline px-3 py-2 text-xs text-ink-2">Select a step to change what it answers.</p>
    );
  const loopItems = trial.projection?.items[node.id] ?? [];
  const items = itemsOf(result, node.id);
  const selectedItem = item !== null && items.includes(item) ? item : null;
  const answered = (of: string | null): unknown => {
    const call = result.calls.findLast(
      ({ nodeId, role, path }) =>
        nodeId === node.id && (role === 'do' || role === 'signal') && (of === null || path.join('.') === of)
    );
    if (call?.role === 'signal') return call.input;
    return call?.answer?.kind === 'output' ? call.answer.output : undefined;
  };
  return (
    <div className="shrink-0 border-t md:max-h-[48%] md:min-h-24 md:overflow-y-auto border-hairline px-3 py-2.5">
      <div className="mb-2 flex items-baseline gap-2">
        <h3 className="min-w-0 flex-1 truncate text-sm font-semibold">{node.title}</h3>
        <Button
          size="sm"
          variant="ghost"
          className="px-1.5"
          aria-label="End the selection"
          onClick={() => onSelect(null)}
        >
          <X aria-hidden />
        </Button>
      </div>
      {loopItems.length > 0 ? (
        <div className="mb-3">
          <ItemList
            items={loopItems}
            of={isRounds(node) ? 'round' : 'item'}
            nowMs={result.moments[trial.at]?.atMs}
            onChoose={onItem}
          />
        </div>
      ) : null}
      <AnswerEditor
        // A click on the call of another item leads to what that item answers.
        key={`${node.id} ${selectedItem}`}
        selectedItem={selectedItem}
        node={node}
        plan={trial.plan}
        onPlan={trial.setPlan}
        answered={answered}
        lastRun={lastRun?.(node.id)}
        effect={result.manifest.nodes[node.id]?.effect}
        items={items}
        unit={loopWordOf(node.id, result.manifest)}
      />
    </div>
  );
}

/** The items for which a step in a loop ran. */
const itemsOf = ({ calls }: TrialResult, nodeId: string): string[] => {
  const own = calls.filter((call) => call.nodeId === nodeId && call.path.length > 0);
  return [...new Set(own.map(({ path }) => path.join('.')))];
};
const isRounds = (node: FlowNode): boolean => factsOf(node).runs === 'rounds';
