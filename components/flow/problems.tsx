'use client';

/** The problems of a flow, the most severe first. A click selects the node. */
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import type { Diagnostic, Severity } from '@/engine/flow/diagnostic';
import { messageText } from '@/engine/flow/values/text';

const ORDER: Severity[] = ['error', 'warning', 'info'];
const ICONS = { error: CircleAlert, warning: TriangleAlert, info: Info };

export function Problems({
  problems,
  onPick,
}: {
  problems: readonly Diagnostic[];
  onPick: (nodeId: string | null) => void;
}) {
  const sorted = [...problems].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <section aria-label="Problems" className="max-h-48 shrink-0 overflow-y-auto border-t border-hairline bg-card">
      <h2 className="sticky top-0 bg-card px-3 py-2 text-xs font-medium">
        {problems.length} {wordOf(problems)}
      </h2>
      <ul>
        {sorted.map((each, index) => {
          const Icon = ICONS[each.severity];
          return (
            <li key={`${each.code}-${each.nodeId}-${index}`}>
              <button
                type="button"
                disabled={each.nodeId === null}
                onClick={() => onPick(each.nodeId)}
                className="flex w-full items-start gap-2 px-3 py-1.5 text-left text-sm -outline-offset-2 enabled:hover:bg-ink/4"
              >
                <Icon
                  aria-hidden
                  className={cn('mt-0.5 size-4 shrink-0', each.severity === 'error' ? 'text-fail' : 'text-ink-2')}
                />
                <span className="min-w-0">
                  <span className="sr-only">{each.severity}: </span>
                  {messageText(each.message)}
                  {each.fix ? <span className="text-ink-2"> {each.fix}</span> : null}
                  {each.nodeId ? <span className="ml-2 font-mono text-xs text-ink-2">{each.nodeId}</span> : null}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function wordOf(problems: readonly Diagnostic[]): string {
  const word = problems.every(({ severity }) => severity === 'error') ? 'error' : 'problem';
  return problems.length === 1 ? word : `${word}s`;
}
