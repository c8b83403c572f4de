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
                {byReason(own.slice(0, LISTED)).map(([why, alike]) => (
                  <li key={why} className="px-3 py-1.5 text-xs">
                    <p className="text-ink-2">{why}</p>
                    <p className="mt-1 flex flex-wrap gap-x-3 gap-y-1">
                      {alike.map(({ workflowId, runId, eventId }) => (
                        <Link
                          key={runId}
                          href={pages.run(workflowId, runId)}
                          title={eventId === null ? undefined : `Event ${eventId}`}
                          className="font-medium underline underline-offset-2 wrap-anywhere"
                          target="_blank"
                        >
                          {workflowId}
                        </Link>
                      ))}
                    </p>
                  </li>
                ))}
                {runs > Math.min(own.length, LISTED) ? (
                  <li className="px-3 py-1.5 text-xs text-ink-2">
                    and {moreOf(runs - Math.min(own.length, LISTED))} at this step
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

/** Runs that break for the same reason share its sentence: often that is all of them. */
function byReason(runs: GateReport['breakingRuns']): [why: string, runs: GateReport['breakingRuns']][] {
  const groups = new Map<string, GateReport['breakingRuns']>();
  for (const run of runs) groups.set(run.why, [...(groups.get(run.why) ?? []), run]);
  return [...groups];
}

const moreOf = (count: number): string => (count === 1 ? '1 more run' : `${count} more runs`);
