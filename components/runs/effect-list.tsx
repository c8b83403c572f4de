/** Effects in a dialog: what would happen to each of them. */
import type { ReactNode } from 'react';
import { effectWords } from '@/components/words';
import type { LedgerEntry } from '@/engine/run-view/model';

export function EffectList({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 text-xs font-medium">{title}</h3>
      <ul className="divide-y divide-hairline rounded-md border border-hairline">{children}</ul>
    </section>
  );
}
export function EffectRow({
  number,
  entry,
  text,
  detail = null,
}: {
  number: number | null;
  entry: LedgerEntry;
  text: string;
  /** A second line of text. */
  detail?: string | null;
}) {
  const maybe = entry.happened === 'maybe';
  return (
    <li className="flex items-baseline gap-2.5 px-3 py-1.5 text-sm">
      {number === null ? null : <span className="figures w-4 shrink-0 text-right font-medium text-back">{number}</span>}
      {/* On a phone the words about it are below it. */}
      <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2.5">
        <span className="min-w-[min(100%,14rem)] flex-1">
          {text}
          {detail ? <span className="block text-xs text-ink-2">{detail}</span> : null}
        </span>
        <span className="text-xs text-ink-2">
          {number === null ? effectWords(entry) : `undoes '${entry.title}'${maybe ? ', which may have happened' : ''}`}
        </span>
      </span>
    </li>
  );
}
