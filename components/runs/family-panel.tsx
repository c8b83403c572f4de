'use client';

/** The tree of runs to which a run belongs: who started it, and what it has started. */
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { pages, routes } from '@/app/_contract/routes';
import type { FamilyRun, RunFamily } from '@/app/_contract/runs';
import { getJson } from '@/components/live/api';
import { RunStatus } from '@/components/status/run-status';
import { cn } from '@/components/ui/cn';
import { Badge } from '@/components/ui/surface';
import { Duration } from '@/components/ui/time';
import type { RunView } from './run-view';

/** True if the run was started by another one, or has started others. */
export const hasFamily = ({ detail, live }: RunView): boolean => detail.parent !== null || childEvents(live.events) > 0;

const CHILD = /ChildWorkflowExecution/;
const childEvents = (events: RunView['live']['events']): number =>
  events.reduce((count, { type }) => count + Number(CHILD.test(type)), 0);

/** Other runs of the tree change too, and nothing announces it here. */
const AGAIN_MS = 5_000;

export function FamilyPanel({ view }: { view: RunView }) {
  const { summary, events } = view.live;
  const { workflowId, runId } = summary;
  const { data, isError } = useQuery({
    queryKey: ['family', workflowId, runId, childEvents(events), summary.closeMs],
    queryFn: () => getJson<RunFamily>(routes.family(workflowId, runId)),
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => (state.data && isOver(state.data.root) ? false : AGAIN_MS),
  });
  if (!data)
    return (
      <p role="status" className="p-3 text-sm text-ink-2">
        {isError ? 'The runs could not be read now. They are read again soon.' : 'Reading the runs…'}
      </p>
    );
  return (
    <div className="flex flex-col gap-3 p-3">
      <ul aria-label="Tree of runs" className="flex flex-col gap-1">
        <Branch run={data.root} here={runId} />
      </ul>
      {data.isWhole ? null : <p className="text-xs text-ink-2">There are more runs than are shown here.</p>}
    </div>
  );
}

const isOver = ({ summary, children }: FamilyRun): boolean =>
  (summary === null || summary.closeMs !== null) && children.every(isOver);

function Branch({ run, here }: { run: FamilyRun; here: string }) {
  const { workflowId, runId, title, stepId, summary, children } = run;
  const isHere = runId === here;
  return (
    <li>
      <div
        aria-current={isHere ? 'true' : undefined}
        className={cn('rounded-md border border-transparent px-2 py-1.5', isHere && 'border-hairline bg-sunken')}
      >
        <p className="flex flex-wrap items-baseline gap-x-2 text-sm">
          {isHere ? (
            <span className="min-w-0 font-semibold wrap-anywhere">{workflowId}</span>
          ) : (
            <Link href={pages.run(workflowId, runId)} className="min-w-0 underline underline-offset-2 wrap-anywhere">
              {workflowId}
            </Link>
          )}
          {summary?.version ? <Badge>v{summary.version}</Badge> : null}
        </p>
        <p className="flex flex-wrap items-center gap-x-2 text-xs text-ink-2">
          {summary ? <RunStatus {...summary} className="text-xs" /> : 'Deleted, or of a flow that you may not see'}
          {summary ? <Duration startMs={summary.startMs} endMs={summary.closeMs} /> : null}
          {stepId === null ? null : <span className="min-w-0 wrap-anywhere">by {title ?? stepId}</span>}
        </p>
      </div>
      {children.length > 0 ? (
        <ul className="ml-3 flex flex-col gap-1 border-l border-hairline pl-2 pt-1">
          {children.map((child) => (
            <Branch key={child.runId} run={child} here={here} />
          ))}
        </ul>
      ) : null}
    </li>
  );
}
