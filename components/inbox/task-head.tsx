'use client';

/** The question, the primary value, who may decide, and which run waits. */
import Link from 'next/link';
import type { InboxTask } from '@/app/_contract/inbox';
import { pages } from '@/app/_contract/routes';
import { RelativeTime } from '@/components/ui/time';
import { Due } from './due';
import { PriorityMark } from './priority';
import { primaryOf } from './shown-data';
import { PrimaryValue } from './task-parts';
import { whoMay } from './words';

export function TaskHead({ task }: { task: InboxTask }) {
  const primary = primaryOf(task.data, task.schema);
  return (
    <header className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-x-1.5 text-xs text-ink-2">
        <Link href={pages.flow(task.flow)} className="rounded-sm hover:text-ink hover:underline">
          {task.flow}
        </Link>
        <span aria-hidden>·</span>
        <span>{task.title}</span>
        <span aria-hidden>·</span>
        <Link
          href={pages.run(task.workflowId, task.currentRunId)}
          className="rounded-sm font-mono break-all underline underline-offset-2 hover:text-ink"
        >
          {task.workflowId}
        </Link>
      </p>
      <h1 className="text-xl font-semibold text-balance">{task.question || task.title}</h1>
      <PrimaryValue primary={primary} data={task.data} />
      {task.settled ? null : (
        <p className="flex flex-wrap items-center gap-x-3 text-sm text-ink-2">
          <span>
            Asked <RelativeTime atMs={task.openedMs} />
          </span>
          <span className="break-words">To be decided by {whoMay(task)}</span>
          {task.dueAtMs === null ? null : <Due atMs={task.dueAtMs} />}
          <PriorityMark priority={task.priority} />
        </p>
      )}
    </header>
  );
}
