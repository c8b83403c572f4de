'use client';

/**
 * A batch with what became of each of its runs: done, nothing to do, refused with its reason, not reached. The engine keeps
 * it, so it is the same after a restart and for everybody who may read the flows of the runs.
 */
import { CircleCheckBig, CircleDashed, CircleMinus, Download, ListChecks, OctagonX } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useState, type ReactNode } from 'react';
import {
  BATCH_RESULTS,
  MOST_NAMED_RUNS,
  type Batch,
  type BatchOutcome,
  type BatchRun,
  type BatchRuns,
} from '@/app/_contract/batches';
import type { Prefetched } from '@/app/_contract/prefetched';
import { pages, routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { usePages } from '@/components/live/use-pages';
import { useSend } from '@/components/live/use-send';
import { useReason } from '@/components/runs/reason-field';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { FormDialog } from '@/components/ui/form-dialog';
import { EmptyState } from '@/components/ui/states';
import { Card } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { useRows } from '@/components/ui/use-rows';
import { useCount } from '@/components/ui/writing';
import { countOf } from '@/components/words';
import { HowFar, STOP_WHY_NOT } from './batch-dialog';
import { LOOK_MS, useBatch } from './use-batch';
import { batchWords, notReached, RESULT_WORDS, STATE_WORDS } from './words';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next run, previous run' },
  { keys: ['Enter'], does: 'Open the run' },
  { keys: ['Esc'], does: 'Leave the row' },
];

export function BatchPage({ id, prefetched }: { id: string; prefetched: Prefetched<Batch> }) {
  const { data: batch, error, refetch } = useBatch(id, prefetched.data);
  const failure = error ? failureFrom(error) : batch ? null : (prefetched.failure ?? null);
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-4 p-4">
      <header className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="text-xl font-semibold [overflow-wrap:anywhere]">
            {batch ? batchWords(batch) : 'A batch of runs'}
          </h1>
          {batch ? <About batch={batch} /> : null}
        </div>
        {batch ? <Acts batch={batch} /> : null}
      </header>
      {failure ? <FailureBand failure={failure} onRetry={() => void refetch()} /> : null}
      {batch ? (
        <>
          <HowFar batch={batch} />
          <Runs batch={batch} />
        </>
      ) : null}
    </div>
  );
}

function About({ batch: { state, by, reason, startedMs } }: { batch: Batch }) {
  return (
    <p className="text-sm text-ink-2 [overflow-wrap:anywhere]">
      {STATE_WORDS[state]} · began <RelativeTime atMs={startedMs} />
      {by ? ` by ${by}` : ''}
      {reason ? ` · ${reason}` : ''}
    </p>
  );
}

function Acts({ batch }: { batch: Batch }) {
  const { id, state, mayStop, canRepeat, failed } = batch;
  const stop = useSend(['batch', id]);
  const [isRepeating, setRepeating] = useState(false);
  return (
    <div className="flex flex-wrap items-center gap-2">
      {state === 'running' ? (
        <Button
          pending={stop.pending}
          disabledReason={mayStop ? null : STOP_WHY_NOT}
          onClick={() => void stop.send(routes.stopBatch(id), { reason: 'Stopped on its page' })}
        >
          <OctagonX aria-hidden />
          Stop
        </Button>
      ) : null}
      {failed > 0 && state !== 'running' ? (
        <Button
          disabledReason={canRepeat ? null : 'This batch was not begun here, or you may not operate all of its flows.'}
          onClick={() => setRepeating(true)}
        >
          Try again those that refused…
        </Button>
      ) : null}
      <Button asChild>
        <a href={routes.exportBatch(id)} download title="Each run that was asked with its result, as CSV">
          <Download aria-hidden />
          Export
        </a>
      </Button>
      {stop.failure ? <FailureBand failure={stop.failure} /> : null}
      {isRepeating ? <RepeatDialog batch={batch} onClose={() => setRepeating(false)} /> : null}
    </div>
  );
}

function RepeatDialog({ batch, onClose }: { batch: Batch; onClose: () => void }) {
  const router = useRouter();
  const reason = useReason({ required: true, most: 1_000 });
  const { pending, failure, send } = useSend();
  const runs = Math.min(batch.failed, MOST_NAMED_RUNS);
  const submit = async () => {
    if (!reason.isGiven()) return;
    const next = await send<Batch>(routes.repeatBatch(batch.id), { reason: reason.text });
    if (!next) return;
    onClose();
    router.push(pages.batch(next.id));
  };
  return (
    <FormDialog
      title={`Again for ${countOf(runs, 'run')}?`}
      description={`${batchWords(batch)}, for ${runs < batch.failed ? `the first ${runs} of those` : 'those'} that refused and are still open. A run may refuse again.`}
      action={`Try ${countOf(runs, 'run')} again`}
      pending={pending}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {reason.field}
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}

function Runs({ batch }: { batch: Batch }) {
  const [result, setResult] = useQueryState(
    'result',
    parseAsStringLiteral(BATCH_RESULTS).withOptions({ history: 'replace' })
  );
  const isRunning = batch.state === 'running';
  const rows = useRows<HTMLDivElement>({ keys: KEYS });
  const {
    pages: read,
    changing,
    failure,
    more,
    loadingMore,
    retry,
  } = usePages({
    queryKey: ['batch-results', batch.id, result, isRunning],
    read: (token, signal) => getJson<BatchRuns>(routes.batchResults(batch.id, searchOf(result, token)), signal),
    next: ({ nextPageToken }) => nextPageToken,
    everyMs: () => (isRunning ? 2 * LOOK_MS : false),
  });
  const runs = read?.flatMap((page) => page.runs) ?? [];
  return (
    <>
      <div role="group" aria-label="Which runs" className="flex flex-wrap gap-1">
        <Choice isChosen={result === null} onChoose={() => void setResult(null)}>
          Asked
        </Choice>
        {BATCH_RESULTS.map((each) => (
          <Choice key={each} isChosen={result === each} onChoose={() => void setResult(each)}>
            {RESULT_WORDS[each]} <Count batch={batch} of={each} />
          </Choice>
        ))}
      </div>
      {failure ? <FailureBand failure={failure} onRetry={retry} /> : null}
      <Card className={cn(changing && 'opacity-60')}>
        <div ref={rows} data-rows>
          {runs.length > 0 ? (
            <ul aria-label="Runs" className="divide-y divide-hairline">
              {runs.map((run) => (
                <Row key={run.runId || run.workflowId} run={run} />
              ))}
            </ul>
          ) : failure || !read ? null : (
            <EmptyState
              icon={<ListChecks aria-hidden />}
              title={result ? `${RESULT_WORDS[result]}: none` : 'No run was asked yet'}
            />
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
    </>
  );
}

/** Those that are counted: of what was done, some may have had nothing to do. */
function Count({ batch, of }: { batch: Batch; of: BatchOutcome }) {
  const count = useCount();
  const number =
    of === 'refused' ? batch.failed : of === 'waiting' && batch.state !== 'completed' ? notReached(batch) : null;
  return number === null ? null : <span className="figures">{count(number)}</span>;
}

function Choice({ isChosen, onChoose, children }: { isChosen: boolean; onChoose: () => void; children: ReactNode }) {
  return (
    <Button size="sm" variant={isChosen ? 'secondary' : 'ghost'} aria-pressed={isChosen} onClick={onChoose}>
      {children}
    </Button>
  );
}

const MARKS: Record<BatchOutcome, ReactNode> = {
  done: <CircleCheckBig aria-hidden className="size-4 shrink-0 text-forward" />,
  nothing: <CircleMinus aria-hidden className="size-4 shrink-0 text-mark" />,
  refused: <OctagonX aria-hidden className="size-4 shrink-0 text-fail" />,
  waiting: <CircleDashed aria-hidden className="size-4 shrink-0 text-mark" />,
};

function Row({ run: { workflowId, runId, outcome, problem, atMs } }: { run: BatchRun }) {
  return (
    <li className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-0.5 px-4 py-1.5 text-sm hover:bg-ink/3 md:grid-cols-[9rem_minmax(0,2fr)_minmax(0,3fr)_auto] max-md:py-3">
      <span className="flex items-center gap-2">
        {MARKS[outcome]}
        {RESULT_WORDS[outcome]}
      </span>
      <Link
        href={pages.run(workflowId, runId)}
        prefetch={false}
        data-row
        title={workflowId}
        className="truncate rounded-sm font-mono text-xs leading-5 outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ink max-md:col-span-2 max-md:row-start-2"
      >
        {workflowId}
      </Link>
      <span className="text-ink-2 [overflow-wrap:anywhere] max-md:col-span-2 max-md:row-start-3 max-md:empty:hidden">
        {problem}
      </span>
      {atMs === null ? (
        <span />
      ) : (
        <RelativeTime atMs={atMs} className="relative z-10 text-ink-2 max-md:col-start-2 max-md:row-start-1" />
      )}
    </li>
  );
}

function searchOf(result: BatchOutcome | null, pageToken: string | null): string {
  const search = new URLSearchParams();
  if (result) search.set('outcome', result);
  if (pageToken) search.set('pageToken', pageToken);
  return search.toString();
}
