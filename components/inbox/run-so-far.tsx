'use client';

/** The drawing of the run that asks, live, folded until somebody wants it: what was done already, and where the question stands. */
import { useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import type { InboxTask } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import type { RunDetail } from '@/app/_contract/runs';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';

/** Whoever does not unfold it does not load the canvas. */
const RunDrawing = dynamic(() => import('./run-drawing').then((file) => file.RunDrawing), { ssr: false });

export function RunSoFar({ task }: { task: InboxTask }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)} className="rounded-lg border border-hairline">
      <summary className="cursor-pointer rounded-lg px-4 py-2.5 text-sm font-medium hover:bg-ink/3">
        The run so far
      </summary>
      {open ? <Unfolded task={task} /> : null}
    </details>
  );
}

function Unfolded({ task: { workflowId, currentRunId, nodeId } }: { task: InboxTask }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['run-of-task', workflowId, currentRunId],
    queryFn: ({ signal }) => getJson<RunDetail>(routes.run(workflowId, currentRunId), signal),
    // From here on the socket keeps it current.
    staleTime: Infinity,
  });
  if (data) return <RunDrawing run={data} nodeId={nodeId} />;
  if (error) return <FailureBand failure={failureFrom(error)} onRetry={() => void refetch()} className="m-3" />;
  return <div aria-busy className="h-80" />;
}
