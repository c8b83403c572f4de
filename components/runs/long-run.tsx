'use client';

/**
 * The page of a run with a long history. The browser reads its events after the page has loaded, because ten thousand
 * events in the page are five megabytes of HTML, and nothing would be visible before the last one has arrived.
 */
import { useQuery } from '@tanstack/react-query';
import { routes } from '@/app/_contract/routes';
import type { RunDetail, RunSummary } from '@/app/_contract/runs';
import { failureFrom, getJson } from '@/components/live/api';
import { FailurePage } from '@/components/live/failure-page';
import { useCount } from '@/components/ui/writing';
import { RunPage, type RunPageProps } from './run-page';

export interface LongRunProps extends Omit<RunPageProps, 'initial'> {
  summary: RunSummary;
  events: number;
}

export function LongRun({ summary, events, ...rest }: LongRunProps) {
  const count = useCount();
  const { workflowId, runId } = summary;
  const { data, error } = useQuery({
    queryKey: ['run', workflowId, runId],
    queryFn: ({ signal }) => getJson<RunDetail>(routes.run(workflowId, runId), signal),
    staleTime: Infinity,
    refetchOnReconnect: false,
  });
  if (data) return <RunPage initial={data} {...rest} />;
  if (error) return <FailurePage failure={failureFrom(error)} />;
  return (
    <div className="grid h-full place-items-center p-8" aria-busy>
      <p role="status" className="text-sm text-ink-2">
        Reading {count(events)} events of <span className="font-mono break-all text-ink">{workflowId}</span> …
      </p>
    </div>
  );
}
