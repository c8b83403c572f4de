'use client';

/** What an act on many runs does, by consequence, while the runs are read. */
import { FailureBand } from '@/components/live/failure-band';
import { countOf } from '@/components/words';
import { useCount } from '@/components/ui/writing';
import type { ConsequenceRow } from './consequence-words';
import { ProgressBar } from './progress-bar';
import type { PreviewState } from './use-batch-preview';

interface PreviewPartProps {
  preview: PreviewState;
  rows: readonly ConsequenceRow[];
  notes: readonly string[];
  /** If no run can be asked. */
  none: string;
}

export function PreviewPart({ preview, rows, notes, none }: PreviewPartProps) {
  const count = useCount();
  const { read, total, isRead, isWhole, closed, missing, failure, retry } = preview;
  const of = isWhole ? read : Math.max(total ?? 0, read);
  const others = [
    closed > 0
      ? `${countOf(closed, 'run')} ${closed === 1 ? 'has' : 'have'} closed and ${closed === 1 ? 'is' : 'are'} left alone`
      : '',
    missing > 0
      ? `${countOf(missing, 'run')} ${missing === 1 ? 'is' : 'are'} gone, or of a flow that you may not operate`
      : '',
  ].filter(Boolean);
  return (
    <section aria-label="What this does" className="flex min-h-28 flex-col gap-2 text-sm">
      <ProgressBar label="Runs that were read" now={isRead ? of : read} of={of} isDone={isRead} />
      <p className="figures text-xs text-ink-2" role="status">
        {readWords(preview, none, count)}
      </p>
      <ul className="flex flex-col gap-1">
        {rows.map(({ runs, words }) => (
          <li key={words} className="flex gap-2">
            <span className="figures min-w-10 shrink-0 text-right font-medium">{count(runs)}</span>
            <span className="min-w-0 [overflow-wrap:anywhere]">{words}</span>
          </li>
        ))}
      </ul>
      {[...notes, ...others].map((note) => (
        <p key={note} className="text-ink-2">
          {note}.
        </p>
      ))}
      {failure ? <FailureBand failure={failure} onRetry={retry} /> : null}
    </section>
  );
}

function readWords(
  { read, total, isRead, isWhole, failure }: PreviewState,
  none: string,
  count: (things: number) => string
): string {
  if (failure) return 'What this does could not be read.';
  if (total === 0) return none;
  const of = total === null ? '' : ` of ${count(total)}`;
  if (!isRead) return read === 0 ? 'Reading the runs' : `Reading the runs: ${count(read)}${of}`;
  return isWhole ? `Of ${count(read)} ${read === 1 ? 'run' : 'runs'}` : `Of the newest ${count(read)}${of} runs`;
}
