'use client';

/**
 * The check of a revision: how many runs were replayed, and those that would break, by the node at which they would.
 */
import Link from 'next/link';
import type { GateReport } from '@/app/_contract/gates';
import { pages } from '@/app/_contract/routes';
import { Details } from '@/components/ui/details';
import { runsOf, progressOf } from './words';

const LISTED = 20;

export function GateView({ report }: { report: GateReport }) {
  const { phase, total, proved, breaking, message } = report;
  const share = total > 0 ? proved / total : phase === 'checking' ? 0 : 1;
  return (
    <div className="flex flex-col gap-3">
      <div>
        <p className="figures text-sm font-medium" role="status">
          {phase === 'failed' || phase === 'ended' ? message : progressOf(report)}
        </p>
        {phase === 'checking' ? (
          <div
            role="progressbar"
            aria-label="Runs that were replayed"
            aria-valuemin={0}
            aria-valuemax={total}
            aria-valuenow={proved}
            className="mt-1.5 h-1.5 overflow-hidden rounded-full bg-hairline"
          >
            <div className="h-full bg-ink transition-[width]" style={{ width: `${share * 100}%` }} />
          </div>
        ) : null}
      </div>
      {breaking > 0 ? <BreakingNodes report={report} /> : null}
    </div>
  );
}

function BreakingNodes({ report: { breakingNodes, breakingRuns } }: { report: GateReport }) {
  return (
    <ul aria-label="Runs that would break" className="flex flex-col gap-2">
      {breakingNodes.map(({ nodeId, title, runs }) => {
        const own = breakingRuns.filter((run) => run.nodeId === nodeId);
        return (
          <li key={nodeId ?? ''} className="rounded-md border border-hairline">
            <Details openAtFirst={breakingNodes.length === 1}>
              <summary className="flex cursor-pointer items-baseline justify-between gap-3 px-3 py-2 text-sm">
                <span className="min-w-0 wrap-anywhere font-medium">{nodeId === null ? 'Elsewhere' : title}</span>
                <span className="figures shrink-0 text-xs text-fail">{runsOf(runs)} would break</span>
              </summary>
              <ul className="divide-y divide-hairline border-t border-hairline">
                {own.slice(0, LISTED).map(({ workflowId, runId, why, eventId }) => (
                  <li key={runId} className="px-3 py-1.5 text-xs">
                    <Link
                      href={pages.run(workflowId, runId)}
                      className="font-medium underline underline-offset-2"
                      target="_blank"
                    >
                      {workflowId}
                    </Link>{' '}
                    <span className="text-ink-2">
                      {why}
                      {eventId === null ? '' : ` Event ${eventId}.`}
                    </span>
                  </li>
                ))}
                {runs > Math.min(own.length, LISTED) ? (
                  <li className="px-3 py-1.5 text-xs text-ink-2">
                    and {runsOf(runs - Math.min(own.length, LISTED))} more at this step
                  </li>
                ) : null}
              </ul>
            </Details>
          </li>
        );
      })}
    </ul>
  );
}
