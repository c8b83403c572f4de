'use client';

/** Who worked on the draft and when, by day. Any state is looked at on the drawing, and restored from there. */
import { useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { DraftHistory, DraftHistoryEntry, DraftStretch } from '@/app/_contract/drafts';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { EmptyState } from '@/components/ui/states';
import { Clock, useDayOf } from './times';
import type { Draft } from '@/engine/flow/edit/draft';
import { daysOf, entryWords, saidGestures } from './stretches';

export interface HistoryPanelProps {
  draftId: string;
  draft: Draft;
  /** The number of the draft now: the history is read again when it grows. */
  number: number;
  /** The state that the drawing shows; null: the draft as it is now. */
  at: number | null;
  onAt: (number: number | null) => void;
}

export function HistoryPanel({ draftId, draft, number, at, onAt }: HistoryPanelProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ['draft-history', draftId, number],
    queryFn: ({ signal }) => getJson<DraftHistory>(routes.draftHistory(draftId), signal),
    placeholderData: (before) => before,
  });
  const dayOf = useDayOf();
  if (error && !data)
    return <FailureBand failure={failureFrom(error)} onRetry={() => void refetch()} className="m-3" />;
  if (!data) return <EmptyState title="The history is read…" />;
  return (
    <section aria-label="History of the draft">
      {daysOf(data.entries, dayOf).map(({ atMs, entries }) => (
        <div key={`${atMs} ${entries[0]?.number}`}>
          <h3 className="sticky top-0 z-10 border-b border-hairline bg-sunken px-3 py-1.5 text-xs font-medium">
            {dayOf(atMs)}
          </h3>
          <ul>
            {entries.map((entry) => (
              <Entry
                key={`${entry.number} ${entry.tab ?? ''}`}
                draftId={draftId}
                entry={entry}
                draft={draft}
                isNow={entry.number === number}
                at={at}
                onAt={onAt}
              />
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

interface EntryProps extends Pick<HistoryPanelProps, 'draftId' | 'draft' | 'at' | 'onAt'> {
  entry: DraftHistoryEntry;
  isNow: boolean;
}

function Entry({ draftId, entry, draft, isNow, at, onAt }: EntryProps) {
  const [open, setOpen] = useState(false);
  const canOpen = entry.tab !== null && entry.gestures > 0;
  const people = [entry.by, ...entry.others].map(({ name }) => name).join(', ');
  return (
    <li className={cn('border-b border-hairline', at === entry.number && 'bg-ink/4')}>
      <div className="flex items-start gap-2 px-3 py-2">
        <button
          type="button"
          disabled={!canOpen}
          aria-expanded={canOpen ? open : undefined}
          onClick={() => setOpen(!open)}
          className="flex min-w-0 flex-1 items-start gap-1.5 text-left text-sm"
        >
          <ChevronRight
            aria-hidden
            className={cn(
              'mt-0.5 size-4 shrink-0 text-ink-2 transition-transform',
              open && 'rotate-90',
              !canOpen && 'invisible'
            )}
          />
          <span className="min-w-0 wrap-anywhere">
            {entryWords(entry, draft)}
            <span className="figures block text-xs text-ink-2">
              {people}, <Clock atMs={entry.fromMs} />
              {entry.toMs - entry.fromMs >= 60_000 ? (
                <>
                  {' '}
                  to <Clock atMs={entry.toMs} />
                </>
              ) : null}
            </span>
          </span>
        </button>
        {isNow ? (
          <span className="shrink-0 py-1 text-xs text-ink-2">now</span>
        ) : (
          <Button
            size="sm"
            aria-pressed={at === entry.number}
            onClick={() => onAt(at === entry.number ? null : entry.number)}
          >
            {at === entry.number ? 'Shown' : 'Look at it'}
          </Button>
        )}
      </div>
      {open ? <Gestures draftId={draftId} entry={entry} at={at} onAt={onAt} /> : null}
    </li>
  );
}

/** `until`: the last number of a page; earlier pages follow on request. */
function Gestures({
  draftId,
  entry,
  until = entry.number,
  at,
  onAt,
}: Pick<EntryProps, 'draftId' | 'entry' | 'at' | 'onAt'> & { until?: number }) {
  const { since } = entry;
  const [earlier, setEarlier] = useState(false);
  const { data, error } = useQuery({
    queryKey: ['draft-stretch', draftId, since, until],
    queryFn: ({ signal }) => getJson<DraftStretch>(routes.draftStretch(draftId, since, until), signal),
    staleTime: Infinity,
    retry: false,
  });
  if (error) return <p className="px-9 pb-2 text-xs text-ink-2">{failureFrom(error).message}</p>;
  if (!data) return <p className="px-9 pb-2 text-xs text-ink-2">Reading…</p>;
  const before = (data.gestures[0]?.number ?? 0) - 1;
  return (
    <>
      <ol className="pb-2 pl-9 pr-3">
        {saidGestures(data.before, data.gestures, entry).map((each) => (
          <li key={each.number}>
            <button
              type="button"
              aria-pressed={at === each.number}
              onClick={() => onAt(each.number)}
              className={cn(
                'flex w-full items-baseline justify-between gap-3 rounded-sm px-1.5 py-1 text-left text-xs hover:bg-ink/4',
                at === each.number && 'bg-ink/8 font-medium'
              )}
            >
              <span className="min-w-0 wrap-anywhere">{each.words}</span>
              <span className="figures shrink-0 text-ink-2">
                <Clock atMs={each.atMs} />
              </span>
            </button>
          </li>
        ))}
      </ol>
      {earlier ? (
        <Gestures draftId={draftId} entry={entry} until={before} at={at} onAt={onAt} />
      ) : before > since ? (
        <Button size="sm" className="mb-2 ml-9" onClick={() => setEarlier(true)}>
          Show earlier edits
        </Button>
      ) : null}
    </>
  );
}
