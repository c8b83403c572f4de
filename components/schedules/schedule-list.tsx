'use client';

/** All schedules: what they start, when in words, the next time, and how the last run ended. */
import { CalendarClock, Plus } from 'lucide-react';
import Link from 'next/link';
import { parseAsString, useQueryState } from 'nuqs';
import type { Prefetched } from '@/app/_contract/prefetched';
import { pages, routes } from '@/app/_contract/routes';
import type { ScheduleAction, ScheduleList as Listed, ScheduleRow } from '@/app/_contract/schedules';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useWhyNotAnywhere } from '@/components/people/person';
import { RunStatus } from '@/components/status/run-status';
import { Button } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import { EmptyState } from '@/components/ui/states';
import { Badge, Card } from '@/components/ui/surface';
import { Ahead, RelativeTime } from '@/components/ui/time';
import { useRows } from '@/components/ui/use-rows';
import { whenWords } from './when-words';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next schedule, previous schedule' },
  { keys: ['Enter'], does: 'Open the schedule' },
  { keys: ['Esc'], does: 'Leave the row' },
];

export function ScheduleList({ prefetched }: { prefetched: Prefetched<Listed> }) {
  const list = useList('schedules', routes.schedules(), prefetched);
  const [flow, setFlow] = useQueryState('flow', parseAsString);
  const listed = useRows<HTMLUListElement>({ keys: KEYS });
  const create = (
    <LinkButton
      href={pages.newSchedule(flow ?? undefined)}
      variant="primary"
      disabledReason={useWhyNotAnywhere('schedules.create')}
    >
      <Plus aria-hidden />
      New schedule
    </LinkButton>
  );
  const all = list.data?.schedules ?? [];
  const rows = flow === null ? all : all.filter((row) => row.flow === flow);
  const isEmpty = list.data !== null && rows.length === 0;
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-4 p-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-xl font-semibold">Schedules</h1>
        {isEmpty ? null : create}
      </div>
      {flow === null ? null : (
        <p className="flex flex-wrap items-center gap-2 text-sm text-ink-2">
          Schedules of {flow}
          <Button size="sm" onClick={() => void setFlow(null)}>
            Show all
          </Button>
        </p>
      )}
      {list.failure ? (
        <FailureBand failure={list.failure} asOfMs={list.data ? list.readAtMs : null} onRetry={list.retry} />
      ) : null}
      {isEmpty ? (
        <Card>
          <EmptyState
            icon={<CalendarClock aria-hidden />}
            title={flow === null ? 'No schedule yet' : `No schedule starts ${flow}`}
            action={create}
          >
            A schedule starts a flow at times that you choose: every weekday at nine, every 15 minutes, on the last day
            of the month.
          </EmptyState>
        </Card>
      ) : rows.length > 0 ? (
        <Card>
          <ul ref={listed} aria-label="Schedules">
            {rows.map((row) => (
              <Row key={row.id} row={row} />
            ))}
          </ul>
        </Card>
      ) : null}
    </div>
  );
}

/** Lies above the link that covers the row. */
const OWN = 'relative z-10';

function Row({ row }: { row: ScheduleRow }) {
  const [last] = row.recent;
  return (
    <li className="relative grid gap-x-4 gap-y-1 border-b border-hairline px-4 py-2.5 last:border-b-0 hover:bg-ink/3 md:grid-cols-[minmax(0,1fr)_9rem_13rem] md:items-center">
      <div className="min-w-0">
        <div className="flex min-w-0 items-center gap-2">
          <Link
            href={pages.schedule(row.id)}
            data-row
            className="truncate rounded-sm text-sm font-medium outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ink"
          >
            {row.id}
          </Link>
          {row.paused ? <Badge className="border-dashed border-mark">paused</Badge> : null}
        </div>
        <p className="truncate text-xs text-ink-2">
          {row.when ? whenWords(row.when) : 'At times that another program chose'} · {row.title}
        </p>
        {row.note ? <p className="truncate text-xs text-ink-2">{row.note}</p> : null}
      </div>
      <p className="text-xs text-ink-2">
        {row.nextMs === null ? (
          row.paused ? (
            'Starts nothing'
          ) : (
            'No further time'
          )
        ) : (
          <>
            Next <Ahead atMs={row.nextMs} className={OWN} />
          </>
        )}
      </p>
      <p className="flex flex-wrap items-center gap-x-2 text-xs text-ink-2">
        {last ? (
          <>
            <ActionStatus action={last} />
            <RelativeTime atMs={last.startedMs} className={OWN} />
          </>
        ) : (
          'No run yet'
        )}
      </p>
    </li>
  );
}

/** What remains of its effects is known on the page of the run. */
function ActionStatus({ action: { status } }: { action: ScheduleAction }) {
  return <RunStatus status={status} standingState={status} phase={null} standing={null} size={14} />;
}
