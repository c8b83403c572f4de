'use client';

/**
 * The live drawing of the run that waits, folded at first: it shows what was done already and which step waits for
 * the decision.
 */
import { useQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import type { InboxTask } from '@/app/_contract/inbox';
import { routes } from '@/app/_contract/routes';
import type { RunDetail } from '@/app/_contract/runs';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';

/** The canvas is loaded only when somebody unfolds it. */
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
    // After this the socket keeps the data current.
    staleTime: Infinity,
  });
  if (data) return <RunDrawing run={data} nodeId={nodeId} />;
  if (error) return <FailureBand failure={failureFrom(error)} onRetry={() => void refetch()} className="m-3" />;
  return <div aria-busy className="h-80" />;
}
