import Link from 'next/link';
import { pages } from '@/app/_contract/routes';
import type { RunSummary } from '@/app/_contract/runs';
import { RunStatus } from '@/components/status/run-status';
import { RelativeTime } from '@/components/ui/time';

/** Runs, one line each. All rows have the same height, whatever they contain. */
export function RunLines({ runs, label }: { runs: RunSummary[]; label: string }) {
  return (
    <ul aria-label={label}>
      {runs.map((run) => (
        <li key={`${run.workflowId} ${run.runId}`} className="border-b border-hairline last:border-b-0">
          <Link
            href={pages.run(run.workflowId, run.runId)}
            className="flex min-h-10 flex-wrap items-center gap-x-3 px-4 py-1.5 text-sm hover:bg-ink/3 sm:flex-nowrap"
          >
            <RunStatus {...run} className="shrink-0 sm:min-w-60" />
            <span className="min-w-0 flex-1 truncate font-mono text-xs max-sm:order-last max-sm:basis-full">
              {run.workflowId}
            </span>
            <span className="figures shrink-0 text-xs text-ink-2 max-sm:ml-auto">
              <RelativeTime atMs={run.startMs} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
