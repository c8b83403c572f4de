'use client';

/** The errors and warnings of a node, as a mark on its icon that leads to the field of the first one. */
import { CircleAlert, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import { cn } from '@/components/ui/cn';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { FlowLayout } from '@/engine/flow/layout/layout';
import type { ProblemCount } from '@/components/canvas/fold-model';
import { messageText } from '@/engine/flow/values/text';
import { useSeen } from '@/components/canvas/seen';
import { titleBoxOf } from './title-box';

export function ProblemMarks({
  layout,
  problems,
  onGo,
}: {
  layout: FlowLayout;
  problems: readonly Diagnostic[];
  onGo: (nodeId: string | null, path: Diagnostic['path']) => void;
}) {
  const marks = useMemo(() => marksOf(layout, problems), [layout, problems]);
  const isSeen = useSeen(layout);
  return marks.filter(isSeen).map(({ nodeId, x, y, first, words }) => {
    const isError = first.severity === 'error';
    const Icon = isError ? CircleAlert : TriangleAlert;
    return (
      <button
        key={nodeId}
        type="button"
        data-problem-of={nodeId}
        // The list of problems is the way of the keyboard: the drawing has one tab stop.
        tabIndex={-1}
        title={words}
        aria-label={words}
        onClick={() => onGo(nodeId, first.path)}
        style={{ left: x, top: y }}
        className={cn(
          'nodrag nopan pointer-events-auto absolute z-10 grid size-[18px] place-items-center rounded-full bg-card',
          'before:absolute before:-inset-1',
          // Of a constant size, and beside a card that shows no icon.
          'small:[scale:calc(1/var(--zoom))] band:-translate-x-14 band:-translate-y-3',
          isError ? 'text-fail' : 'text-back'
        )}
      >
        <Icon aria-hidden className="size-4" />
      </button>
    );
  });
}

interface Mark {
  nodeId: string;
  x: number;
  y: number;
  first: Diagnostic;
  words: string;
}

/** How many errors and warnings every node has. */
export function countsByNode(problems: readonly Diagnostic[]): ReadonlyMap<string, ProblemCount> {
  const counts = new Map<string, ProblemCount>();
  for (const { nodeId, severity } of problems) {
    if (nodeId === null || severity === 'info') continue;
    const { errors, warnings } = counts.get(nodeId) ?? { errors: 0, warnings: 0 };
    const isError = severity === 'error';
    counts.set(nodeId, { errors: errors + (isError ? 1 : 0), warnings: warnings + (isError ? 0 : 1) });
  }
  return counts;
}

/** The first error, or the first warning, of every node that is drawn. */
export function marksOf(layout: FlowLayout, problems: readonly Diagnostic[]): Mark[] {
  const byNode = new Map<string, Diagnostic[]>();
  for (const each of problems) {
    if (each.nodeId === null || each.severity === 'info') continue;
    const own = byNode.get(each.nodeId);
    if (own) own.push(each);
    else byNode.set(each.nodeId, [each]);
  }
  // The card of a fold counts what it hides.
  const hidden = new Set(layout.folds.flatMap(({ inside }) => inside));
  return [...byNode].flatMap(([nodeId, own]): Mark[] => {
    const box = hidden.has(nodeId) ? null : titleBoxOf(layout, nodeId);
    if (!box) return [];
    const first = own.find(({ severity }) => severity === 'error') ?? own[0]!;
    const more = own.length === 1 ? '' : ` And ${own.length - 1} more.`;
    return [{ nodeId, x: box.x - 15, y: box.y + box.height - 5, first, words: `${messageText(first.message)}${more}` }];
  });
}
