'use client';

/** The effects of both ledgers, side by side. */
import { EmptyState } from '@/components/ui/states';
import { cn } from '@/components/ui/cn';
import { effectWords } from '@/components/words';
import type { ComparedEffect } from '@/engine/run-view/compare-runs';
import type { LedgerEntry } from '@/engine/run-view/model';

export function EffectsCompared({ effects }: { effects: readonly ComparedEffect[] }) {
  if (effects.length === 0)
    return <EmptyState title="No effects">No step with an effect has run in either run.</EmptyState>;
  return (
    <ul aria-label="Effects" className="flex flex-col">
      {effects.map(({ activityId, title, a, b, differs }) => (
        <li
          key={activityId}
          className={cn(
            'grid gap-x-4 gap-y-1 border-b border-hairline px-4 py-2 text-sm md:grid-cols-3',
            differs && 'border-l-2 border-l-ink'
          )}
        >
          <span className="font-medium wrap-anywhere">
            {title}
            {differs ? <span className="sr-only"> (differs)</span> : null}
          </span>
          <Side letter="A" entry={a} />
          <Side letter="B" entry={b} />
        </li>
      ))}
    </ul>
  );
}

function Side({ letter, entry }: { letter: 'A' | 'B'; entry: LedgerEntry | null }) {
  return (
    <span className="wrap-anywhere">
      <span className="font-semibold">{letter}</span>{' '}
      <span className="text-ink-2">{entry ? effectWords(entry) : 'has not happened'}</span>
    </span>
  );
}
