'use client';

/** A schedule: its times in a month, the runs that it started, and what can be done with it. */
import { CalendarClock, History, Pause, Pencil, Play, Trash2, Zap } from 'lucide-react';
import Link from 'next/link';
import { useState, type ReactNode } from 'react';
import { pages, routes } from '@/app/_contract/routes';
import type { ScheduleDetail } from '@/app/_contract/schedules';
import type { RunSummary } from '@/app/_contract/runs';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { useWhyNot } from '@/components/people/person';
import { useAway } from '@/components/runs/use-away';
import { RunStatus } from '@/components/status/run-status';
import { Button } from '@/components/ui/button';
import { JsonTree } from '@/components/ui/json-tree';
import { LinkButton } from '@/components/ui/link-button';
import { EmptyState, ErrorState } from '@/components/ui/states';
import { Badge, Card, CardBody, CardHeader } from '@/components/ui/surface';
import { Ahead, Duration, Instant, RelativeTime } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { useLocalZone } from '@/components/ui/zone-field';
import { countOf } from '@/components/words';
import { MonthView } from './month-view';
import { NextTimes } from './next-times';
import { BackfillDialog, DeleteDialog, PauseDialog } from './schedule-dialogs';
import { overlapWords, whenWords } from './when-words';

type Asking = 'pause' | 'backfill' | 'delete' | null;

export function SchedulePage({ prefetched }: { prefetched: ScheduleDetail }) {
  const url = routes.schedule(prefetched.id);
  const read = useList<ScheduleDetail>('schedules', url, { data: prefetched });
  const schedule = read.data ?? prefetched;
  const [asking, setAsking] = useState<Asking>(null);
  const close = () => setAsking(null);
  const trigger = useSend(['schedules']);
  const { id, flow, paused, problem } = schedule;
  const local = useLocalZone();
  // An interval has no zone: its times are shown in that of the reader.
  const zone = schedule.when?.kind === 'every' ? local : schedule.zone;
  const away = useAway();
  const whyNot = useWhyNot('schedules.patch', flow) ?? away?.reason ?? null;
  const whyNotEdit = useWhyNot('schedules.update', flow) ?? (flow === null ? NO_FLOW : null);
  const start = async () => {
    if (await trigger.send(routes.triggerSchedule(id), {})) toast('A run is started.');
  };
  return (
    <div className="mx-auto grid max-w-5xl items-start gap-4 p-4 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <header className="flex flex-wrap items-start justify-between gap-3 lg:col-span-2">
        <div className="min-w-0">
          <h1 className="flex flex-wrap items-center gap-2 text-xl font-semibold [overflow-wrap:anywhere]">
            {id}
            {paused ? <Badge className="border-dashed border-mark">paused</Badge> : null}
          </h1>
          <p className="text-sm text-ink-2">
            {schedule.when ? whenWords(schedule.when) : 'At times that another program chose'}
            {' · '}
            {flow === null ? (
              schedule.title
            ) : (
              <Link className="underline" href={pages.flow(flow)}>
                {schedule.title}
              </Link>
            )}
          </p>
          {schedule.note ? <p className="text-sm text-ink-2">{schedule.note}</p> : null}
        </div>
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => void start()} pending={trigger.pending} disabledReason={whyNot}>
            <Zap aria-hidden />
            Start now
          </Button>
          <Button onClick={() => setAsking('pause')} disabledReason={whyNot}>
            {paused ? <Play aria-hidden /> : <Pause aria-hidden />}
            {paused ? 'Unpause' : 'Pause'}
          </Button>
          <Button onClick={() => setAsking('backfill')} disabledReason={whyNot}>
            <History aria-hidden />
            Fill in…
          </Button>
          <LinkButton href={pages.editSchedule(id)} disabledReason={whyNotEdit}>
            <Pencil aria-hidden />
            Edit
          </LinkButton>
          <Button variant="danger" onClick={() => setAsking('delete')} disabledReason={whyNot}>
            <Trash2 aria-hidden />
            Delete
          </Button>
        </div>
      </header>
      {read.failure || trigger.failure || problem ? (
        <div className="flex flex-col gap-2 lg:col-span-2">
          {read.failure ? <FailureBand failure={read.failure} asOfMs={read.readAtMs} onRetry={read.retry} /> : null}
          {trigger.failure ? <FailureBand failure={trigger.failure} /> : null}
          {problem ? (
            <ErrorState compact title="The last run was not started.">
              {problem}
            </ErrorState>
          ) : null}
        </div>
      ) : null}
      <div className="flex min-w-0 flex-col gap-4">
        <MonthView id={id} zone={zone} when={schedule.when} />
        <Runs runs={schedule.runs} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <Next schedule={schedule} zone={zone} />
        <Facts schedule={schedule} />
      </div>
      {asking === 'pause' ? <PauseDialog schedule={schedule} onClose={close} /> : null}
      {asking === 'backfill' ? <BackfillDialog schedule={schedule} zone={zone} onClose={close} /> : null}
      {asking === 'delete' ? <DeleteDialog schedule={schedule} onClose={close} /> : null}
    </div>
  );
}

const NO_FLOW = 'It starts a workflow that is no flow of this Backstitch. Change it with the program that made it.';

function Next({ schedule: { paused, nextTimes }, zone }: { schedule: ScheduleDetail; zone: string }) {
  const [first] = nextTimes;
  return (
    <Card>
      <CardHeader
        title="Next times"
        description={
          paused ? (
            'Paused: they pass without a run.'
          ) : first === undefined ? (
            'There is none.'
          ) : (
            <>
              The next one is <Ahead atMs={first} />
            </>
          )
        }
      />
      {nextTimes.length > 0 ? (
        <CardBody>
          <NextTimes times={nextTimes} zone={zone} label="Next times" />
        </CardBody>
      ) : null}
    </Card>
  );
}

function Runs({ runs }: { runs: readonly RunSummary[] }) {
  return (
    <Card>
      <CardHeader title="Runs" description={runs.length >= 50 ? 'The last 50' : undefined} />
      {runs.length === 0 ? (
        <EmptyState icon={<CalendarClock aria-hidden />} title="It has started no run yet" />
      ) : (
        <ul aria-label="Runs of this schedule">
          {runs.map((run) => (
            <li
              key={run.runId}
              className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 border-b border-hairline px-4 py-1.5 last:border-b-0 hover:bg-ink/3 sm:grid-cols-[13rem_minmax(0,1fr)_5rem_5rem]"
            >
              <RunStatus {...run} size={14} />
              <Link
                href={pages.run(run.workflowId, run.runId)}
                prefetch={false}
                className="truncate rounded-sm font-mono text-xs outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ink max-sm:col-span-2 max-sm:row-start-2"
              >
                {run.workflowId}
              </Link>
              <RelativeTime atMs={run.startMs} className="relative z-10 text-xs text-ink-2 max-sm:row-start-1" />
              <Duration
                startMs={run.startMs}
                endMs={run.closeMs}
                className="text-right text-xs text-ink-2 max-sm:hidden"
              />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Facts({ schedule }: { schedule: ScheduleDetail }) {
  const { settings, counts, createdMs, changedMs } = schedule;
  const facts: [string, ReactNode][] = [
    ['If a run is open', overlapWords(settings.overlap)],
    ['Catch-up window', settings.catchupMinutes === null ? 'a year' : countOf(settings.catchupMinutes, 'minute')],
    ...(settings.jitterSeconds > 0
      ? [['Spread', `up to ${countOf(settings.jitterSeconds, 'second')}`] as [string, ReactNode]]
      : []),
    ...(settings.remaining === null ? [] : [['Runs left', settings.remaining] as [string, ReactNode]]),
    ...(settings.pausesOnFailure ? [['After a failure', 'it pauses itself'] as [string, ReactNode]] : []),
    ['Started', countOf(counts.started, 'run')],
    ...(counts.skipped > 0 ? [['Skipped', countOf(counts.skipped, 'time')] as [string, ReactNode]] : []),
    ...(counts.missed > 0 ? [['Missed', countOf(counts.missed, 'time')] as [string, ReactNode]] : []),
    ...(counts.waiting > 0 ? [['Waiting', countOf(counts.waiting, 'run')] as [string, ReactNode]] : []),
    ['Made', <Instant key="made" atMs={createdMs} to="minute" />],
    ...(changedMs === null
      ? []
      : [['Changed', <Instant key="changed" atMs={changedMs} to="minute" />] as [string, ReactNode]]),
  ];
  return (
    <Card>
      <CardHeader title="Details" />
      <CardBody className="flex flex-col gap-3">
        <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-y-1 text-sm">
          {facts.map(([name, fact]) => (
            <div key={name} className="contents">
              <dt className="text-ink-2">{name}</dt>
              <dd>{fact}</dd>
            </div>
          ))}
        </dl>
        <section aria-label="Input">
          <h3 className="mb-1 text-xs font-medium">Input</h3>
          <JsonTree value={settings.input} schema={schedule.schema} openDepth={1} />
        </section>
        {schedule.when ? null : (
          <section aria-label="Times">
            <h3 className="mb-1 text-xs font-medium">Times</h3>
            <JsonTree value={schedule.spec} openDepth={1} />
          </section>
        )}
      </CardBody>
    </Card>
  );
}
