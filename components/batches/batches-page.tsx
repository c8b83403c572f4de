'use client';

/** All batches that this person may read, the newest first: what, how far, who and why. */
import { CircleCheckBig, CircleMinus, ListChecks } from 'lucide-react';
import Link from 'next/link';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import type { Batch, BatchList } from '@/app/_contract/batches';
import type { Prefetched } from '@/app/_contract/prefetched';
import { pages, routes } from '@/app/_contract/routes';
import { getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { usePages } from '@/components/live/use-pages';
import { StatusMark } from '@/components/status/status-mark';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { EmptyState } from '@/components/ui/states';
import { Card } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { useRows } from '@/components/ui/use-rows';
import { useCount } from '@/components/ui/writing';
import { ProgressBar } from './progress-bar';
import { LOOK_MS } from './use-batch';
import { batchWords, STATE_WORDS } from './words';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next batch, previous batch' },
  { keys: ['Enter'], does: 'Open the batch' },
  { keys: ['Esc'], does: 'Leave the row' },
];
const OF = ['all', 'own'] as const;

interface BatchesPageProps {
  prefetched: Prefetched<BatchList>;
  prefetchedOf: (typeof OF)[number];
}

export function BatchesPage({ prefetched, prefetchedOf }: BatchesPageProps) {
  const [of, setOf] = useQueryState(
    'of',
    parseAsStringLiteral(OF).withDefault('all').withOptions({ history: 'replace' })
  );
  const rows = useRows<HTMLDivElement>({ keys: KEYS });
  const {
    pages: read,
    changing,
    failure,
    more,
    loadingMore,
    retry,
  } = usePages({
    queryKey: ['batches', of],
    read: (token, signal) =>
      getJson<BatchList>(routes.batches(`of=${of}${token ? `&pageToken=${token}` : ''}`), signal),
    next: ({ nextPageToken }) => nextPageToken,
    everyMs: (all) => (all.some((page) => page.batches.some(isRunning)) ? 2 * LOOK_MS : false),
    ...(of === prefetchedOf ? { prefetched } : {}),
  });
  const batches = read?.flatMap((page) => page.batches) ?? [];
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-4 p-4">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="text-xl font-semibold">Batches</h1>
          <p className="text-sm text-ink-2">What was done to many runs at once, the newest first.</p>
        </div>
        <div role="group" aria-label="Which batches" className="flex gap-1">
          <Button aria-pressed={of === 'all'} variant={variantOf(of === 'all')} onClick={() => void setOf('all')}>
            All
          </Button>
          <Button aria-pressed={of === 'own'} variant={variantOf(of === 'own')} onClick={() => void setOf('own')}>
            Begun by me
          </Button>
        </div>
      </header>
      {failure ? <FailureBand failure={failure} onRetry={retry} /> : null}
      <Card className={cn(changing && 'opacity-60')}>
        <div ref={rows} data-rows>
          {batches.length > 0 ? (
            <ul aria-label="Batches" className="divide-y divide-hairline">
              {batches.map((batch) => (
                <Row key={batch.id} batch={batch} />
              ))}
            </ul>
          ) : failure || !read || more ? null : (
            <EmptyState
              icon={<ListChecks aria-hidden />}
              title={of === 'own' ? 'You have begun no batch' : 'No batch yet'}
            >
              Select runs in the list of runs to stop, signal, reset or pause them together.
            </EmptyState>
          )}
        </div>
      </Card>
      {more ? (
        <div className="flex justify-center pb-4">
          <Button pending={loadingMore} onClick={more}>
            Show more
          </Button>
        </div>
      ) : null}
    </div>
  );
}

const isRunning = ({ state }: Batch): boolean => state === 'running';
const variantOf = (isChosen: boolean) => (isChosen ? 'primary' : 'secondary');

function Row({ batch }: { batch: Batch }) {
  const { id, state, total, done, failed, by, reason, startedMs } = batch;
  const count = useCount();
  return (
    <li className="relative grid items-center gap-x-4 gap-y-1 px-4 py-2 text-sm hover:bg-ink/3 md:grid-cols-[minmax(0,3fr)_minmax(0,2fr)_auto] max-md:py-3">
      <span className="min-w-0">
        <Link
          href={pages.batch(id)}
          prefetch={false}
          data-row
          className="rounded-sm font-medium wrap-anywhere outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ink"
        >
          {batchWords(batch)}
        </Link>
        {reason ? <span className="block truncate text-xs text-ink-2">{reason}</span> : null}
      </span>
      <span className="flex min-w-0 flex-col gap-1">
        <span className="figures flex flex-wrap items-center gap-x-2 text-xs">
          <State batch={batch} />
          <span className="text-ink-2">
            {count(done + failed)} of {count(total)} asked
          </span>
          {failed > 0 ? <span className="text-fail">{count(failed)} refused</span> : null}
        </span>
        {state === 'running' ? (
          <ProgressBar label="Runs that were asked" now={done + failed} of={total} isDone={false} />
        ) : null}
      </span>
      <span className="relative z-10 text-xs text-ink-2 md:text-right">
        <RelativeTime atMs={startedMs} />
        {by ? ` by ${by}` : ''}
      </span>
    </li>
  );
}

function State({ batch: { state } }: { batch: Batch }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      {state === 'running' ? (
        <StatusMark state="running" size={14} word="none" />
      ) : state === 'completed' ? (
        <CircleCheckBig aria-hidden className="size-3.5 text-forward" />
      ) : (
        <CircleMinus aria-hidden className="size-3.5 text-mark" />
      )}
      {STATE_WORDS[state]}
    </span>
  );
}
