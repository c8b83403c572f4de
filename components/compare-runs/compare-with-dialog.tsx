'use client';

/** With which run this one is compared: those that are likely, or one that is found by its id. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import type { RunName } from '@/app/_contract/batches';
import { toRunAddress } from '@/app/_contract/run-address';
import { pages, routes } from '@/app/_contract/routes';
import { LONGEST_ID, type RunsPage, type RunSummary } from '@/app/_contract/runs';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import type { RunView } from '@/components/runs/run-view';
import { RunStatus } from '@/components/status/run-status';
import { Dialog } from '@/components/ui/dialog';
import { Input } from '@/components/ui/field';
import { RelativeTime } from '@/components/ui/time';
import { useSentText } from '@/components/ui/use-sent-text';
import { neighboursOf } from '@/engine/run-view/chain';
import { resetFrom } from '@/engine/run-view/reset-from';

const MOST_FOUND = 8;

export function CompareWithDialog({ view, onClose }: { view: RunView; onClose: () => void }) {
  const { summary, events } = view.live;
  const { workflowId, runId, flow } = summary;
  const [id, setId] = useState('');
  const [text, setText] = useSentText(id, setId);
  const isOther = (run: RunName) => toRunAddress(run) !== toRunAddress(summary);
  const good = useRunsOf(`flow=${encodeURIComponent(flow ?? '')}&standing=completed&pageSize=2`, flow !== null);
  const found = useRunsOf(`id=${encodeURIComponent(id)}&pageSize=${MOST_FOUND + 1}`, id !== '');
  const related = useMemo(() => {
    const from = resetFrom(events, runId);
    const { before } = neighboursOf(events);
    return [
      ...(from ? [{ label: 'The run that it was reset from', runId: from.runId }] : []),
      ...(before && before !== from?.runId ? [{ label: 'The run before it', runId: before }] : []),
    ];
  }, [events, runId]);
  const last = good.data?.runs.find(isOther);
  const matches = found.data?.runs.filter(isOther).slice(0, MOST_FOUND) ?? [];
  const failure = good.error ?? found.error;
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title="Compare with…"
      description="The other run is A, this one is B."
    >
      <div className="flex flex-col gap-4">
        {last || related.length > 0 ? (
          <ul aria-label="Suggested" className="flex flex-col rounded-lg border border-hairline">
            {last ? <Choice label={lastWords(view)} run={last} with={summary} summary={last} /> : null}
            {related.map((each) => (
              <Choice
                key={each.runId}
                label={each.label}
                run={{ workflowId, runId: each.runId }}
                with={summary}
                summary={null}
              />
            ))}
          </ul>
        ) : null}
        <div>
          <label htmlFor="compared-id" className="mb-1 block text-xs font-medium">
            Workflow id begins with
          </label>
          <Input
            id="compared-id"
            value={text}
            onChange={(event) => setText(event.target.value)}
            maxLength={LONGEST_ID}
            autoComplete="off"
            spellCheck={false}
          />
        </div>
        {failure ? <FailureBand failure={failureFrom(failure)} /> : null}
        {matches.length > 0 ? (
          <ul aria-label="Found" className="flex flex-col rounded-lg border border-hairline">
            {matches.map((run) => (
              <Choice key={run.runId} label={run.workflowId} run={run} with={summary} summary={run} />
            ))}
          </ul>
        ) : id !== '' && found.data ? (
          <p role="status" className="text-sm text-ink-2">
            No other run has an id that begins so.
          </p>
        ) : null}
      </div>
    </Dialog>
  );
}

const lastWords = ({ manifest, live }: RunView): string =>
  `The last completed run of ${manifest?.document.title ?? live.summary.flow}`;

const useRunsOf = (search: string, enabled: boolean) =>
  useQuery({
    queryKey: ['runs', 'choice', search],
    queryFn: ({ signal }) => getJson<RunsPage>(routes.runs(search), signal),
    enabled,
  });

interface ChoiceProps {
  label: string;
  run: RunName;
  with: RunName;
  /** Null: known by its id alone. */
  summary: RunSummary | null;
}
function Choice({ label, run, with: other, summary }: ChoiceProps) {
  return (
    <li className="relative border-b border-hairline px-3 py-2 text-sm last:border-b-0 hover:bg-ink/3 pointer-coarse:min-h-11">
      <Link
        href={pages.compareRuns(run, other)}
        prefetch={false}
        className="rounded-sm font-medium wrap-anywhere outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ink"
      >
        {label}
      </Link>
      <span className="flex flex-wrap items-center gap-x-3 text-xs text-ink-2">
        {summary ? (
          <>
            {label === run.workflowId ? null : <span className="font-mono wrap-anywhere">{run.workflowId}</span>}
            <RunStatus {...summary} size={14} />
            <RelativeTime atMs={summary.startMs} />
          </>
        ) : (
          <span className="font-mono wrap-anywhere">{run.runId}</span>
        )}
      </span>
    </li>
  );
}
