'use client';

import { Hand } from 'lucide-react';
import Link from 'next/link';
import type { InboxTask } from '@/app/_contract/inbox';
import { pages } from '@/app/_contract/routes';
import { StatusMark } from '@/components/status/status-mark';
import { cn } from '@/components/ui/cn';
import { Checkbox } from '@/components/ui/field';
import { shortenMiddle } from '@/engine/flow/values/format';
import { RelativeTime } from '@/components/ui/time';
import { Due } from './due';
import { PriorityMark } from './priority';
import { Escalated, Questioned } from './task-events';
import { visibleText } from '@/engine/flow/values/text';
import { useWriting } from '@/components/ui/writing';
import { primaryText } from './shown-data';
import { TakeBackButton } from './take-back';
import { OUTCOMES, outcomeWords, whoMay } from './words';

export interface TaskRowProps {
  task: InboxTask;
  /** The view and the filters of the list, kept in the address of the task. */
  search: string;
  chosen: boolean;
  /** Its box; null: none is shown. */
  tick: { isTicked: boolean; disabledReason: string | null; onTick: (range: boolean) => void } | null;
  /** The task no longer belongs to the list; its row remains while somebody uses the list. */
  gone: boolean;
}

/**
 * The question and the amount, who may decide, since when and until when. A settled task shows who decided what, and
 * why.
 */
export function TaskRow({ task, search, chosen, gone, tick }: TaskRowProps) {
  const writing = useWriting();
  const amount = primaryText(task.data, task.schema, writing);
  const { settled } = task;
  return (
    <div
      className={cn(
        'relative flex gap-3 border-b border-hairline px-4 py-3 transition-colors hover:bg-ink/3',
        chosen && 'bg-ink/6 hover:bg-ink/6',
        gone && 'grayscale'
      )}
    >
      {tick ? (
        // In the place of the mark, so that nothing moves. A finger finds it in the whole height of the row.
        <label
          title={tick.disabledReason ?? undefined}
          className="relative z-10 -my-3 -ml-4 flex w-11 shrink-0 cursor-pointer items-start py-3.5 pl-4 pr-3 -mr-3"
        >
          <Checkbox
            checked={tick.isTicked}
            disabled={tick.disabledReason !== null}
            aria-label={`Tick: ${task.question || task.title}, ${task.workflowId}`}
            onClick={(event) => tick.onTick(event.shiftKey)}
          />
        </label>
      ) : (
        <StatusMark
          state={settled ? OUTCOMES[settled.outcome].mark : gone ? 'cancelled' : 'waitsForPerson'}
          word="none"
          className="mt-0.5 self-start"
        />
      )}
      <div className="min-w-0 flex-1">
        <div className="flex items-start justify-between gap-3">
          <Link
            href={pages.task(task.taskId, search)}
            prefetch={false}
            data-task={task.taskId}
            aria-current={chosen ? 'page' : undefined}
            className="line-clamp-2 min-w-0 rounded-sm text-sm font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ink"
          >
            {task.question || task.title}
          </Link>
          {amount ? <span className="figures shrink-0 text-sm font-semibold">{amount}</span> : null}
        </div>
        <p className="mt-0.5 truncate text-xs text-ink-2">
          {task.flow} · <span className="font-mono">{shortenMiddle(task.workflowId, 28)}</span>
        </p>
        {settled ? <Settled settled={settled} decisions={task.decisions} /> : <Waits task={task} gone={gone} />}
        <TakeBackButton task={task} />
      </div>
    </div>
  );
}

/** Lies above the link that covers the row, so that its tooltip works. */
const OWN = 'relative z-10';

function Waits({ task, gone }: { task: InboxTask; gone: boolean }) {
  if (gone) return <p className="mt-1 text-xs text-ink-2">No longer waiting</p>;
  return (
    <p className="mt-1 flex flex-wrap gap-x-3 text-xs text-ink-2">
      <span>
        Asked <RelativeTime atMs={task.openedMs} className={OWN} />
      </span>
      {task.dueAtMs === null ? null : <Due atMs={task.dueAtMs} className={OWN} />}
      <PriorityMark priority={task.priority} />
      <Escalated events={task.events} className={OWN} />
      <Questioned events={task.events} className={OWN} />
      {task.actingFor ? <span className="truncate font-medium text-ink">for {task.actingFor}</span> : null}
      {task.howMany === null ? null : (
        <span className="figures">
          {task.votes.length} of {task.needed}
        </span>
      )}
      {task.claim ? (
        <span className={cn('inline-flex min-w-0 items-center gap-1', task.claim.own && 'font-medium text-ink')}>
          <Hand aria-hidden className="size-3.5 shrink-0" />
          <span className="truncate">{task.claim.own ? 'claimed by you' : `claimed by ${task.claim.name}`}</span>
        </span>
      ) : task.mine && task.candidates.length === 0 ? null : task.fromData && task.candidates.length === 0 ? (
        <span className="font-medium text-fail">for nobody: assign it</span>
      ) : (
        <span className={cn('truncate', OWN)} title={`To be decided by ${whoMay(task)}`}>
          for {task.asked.join(', ') || 'anybody'}
        </span>
      )}
    </p>
  );
}

function Settled({
  settled,
  decisions,
}: {
  settled: NonNullable<InboxTask['settled']>;
  decisions: InboxTask['decisions'];
}) {
  const decided = settled.outcome === 'approved' || settled.outcome === 'rejected';
  return (
    <>
      <p className="mt-1 text-xs text-ink-2">
        <span className="font-medium text-ink">{outcomeWords(settled, decisions)}</span>
        {decided && settled.by ? ` by ${settled.by}` : ''} <RelativeTime atMs={settled.atMs} className={OWN} />
      </p>
      {settled.comment ? (
        <p className="mt-1 line-clamp-2 text-xs text-ink-2">“{visibleText(settled.comment)}”</p>
      ) : null}
    </>
  );
}
