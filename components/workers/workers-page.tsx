'use client';

/** What runs where: the process of the engine, the queues with what waits, and the flows that are served. */
import { Plug, Workflow } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { Prefetched } from '@/app/_contract/prefetched';
import { pages, routes } from '@/app/_contract/routes';
import type { EngineProcess, Queue, ServedFlow, WebProcess, Workers } from '@/app/_contract/workers';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { StatusMark } from '@/components/status/status-mark';
import { EmptyState } from '@/components/ui/states';
import {
  Badge,
  Card,
  CardHeader,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeading,
  TableRow,
} from '@/components/ui/surface';
import { Duration, RelativeTime } from '@/components/ui/time';
import { memoryWords, perMinute } from './words';

/** Nothing announces a change of these. */
const LOOK_MS = 5_000;

export function WorkersPage({ prefetched }: { prefetched: Prefetched<Workers> }) {
  const { data, error, dataUpdatedAt, refetch } = useQuery({
    queryKey: ['workers'],
    queryFn: ({ signal }) => getJson<Workers>(routes.workers(), signal),
    refetchInterval: LOOK_MS,
    ...(prefetched.data ? { initialData: prefetched.data } : {}),
  });
  const failure = error ? failureFrom(error) : data ? null : (prefetched.failure ?? null);
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-4 p-4">
      <header>
        <h1 className="text-xl font-semibold">Workers</h1>
        <p className="max-w-prose text-sm text-ink-2">
          What runs where: the process that carries out runs, those that serve these pages, what waits on the queues,
          and the versions of flows that are served.
        </p>
      </header>
      {failure ? (
        <FailureBand failure={failure} asOfMs={data ? dataUpdatedAt : null} onRetry={() => void refetch()} />
      ) : null}
      {data ? (
        <>
          {data.missing ? (
            <p className="rounded-lg border border-hairline bg-sunken px-4 py-2 text-sm">{data.missing}</p>
          ) : null}
          {data.engine ? <Engine engine={data.engine} standbys={data.standbys} /> : <Pollers pollers={data.pollers} />}
          <Webs webs={data.webs} />
          <Queues queues={data.queues} ofEngine={data.engine !== null} />
          <Flows flows={data.flows} />
        </>
      ) : null}
    </div>
  );
}

function Engine({ engine, standbys }: { engine: EngineProcess; standbys: Workers['standbys'] }) {
  const { host, pid, version, node, startedMs, isActive, residentBytes, runsInMemory, hostedRuns, threads } = engine;
  return (
    <Card aria-label="Processes">
      <CardHeader
        title={
          <span className="flex flex-wrap items-center gap-2">
            Engine with its worker
            <Badge tone={isActive ? 'forward' : 'fail'}>
              <StatusMark state={isActive ? 'done' : 'paused'} size={12} word="none" />
              {isActive ? 'At work' : 'Waits for the lease'}
            </Badge>
          </span>
        }
        description={
          <span className="break-all font-mono">
            {host} · process {pid}
          </span>
        }
      />
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 px-4 py-3 sm:grid-cols-3 lg:grid-cols-6">
        <Fact term="Started">
          <RelativeTime atMs={startedMs} />
        </Fact>
        <Fact term="Version">
          {version} <span className="whitespace-nowrap text-xs text-ink-2">Node {node}</span>
        </Fact>
        <Fact term="Memory">{memoryWords(residentBytes)}</Fact>
        <Fact term="Runs in memory">{runsInMemory.toLocaleString('en')}</Fact>
        <Fact term="Worker threads">
          {threads}{' '}
          <span className="whitespace-nowrap text-xs text-ink-2">
            {hostedRuns.toLocaleString('en')} {hostedRuns === 1 ? 'run' : 'runs'} hosted
          </span>
        </Fact>
        <Fact term="Threads ended">
          {engine.endedThreads}{' '}
          <span className="text-xs text-ink-2">{engine.endedThreads > 0 ? 'by code that did not return' : ''}</span>
        </Fact>
      </dl>
      <p className="border-t border-hairline px-4 py-2 text-xs text-ink-2">
        In the last minute: {perMinute(engine.attempts, 'step', 'steps')} and{' '}
        {perMinute(engine.workflowTasks, 'decision of a flow', 'decisions of flows')}.
      </p>
      {standbys.length > 0 ? (
        <div className="border-t border-hairline px-4 py-2 text-xs">
          <h3 className="text-ink-2">On standby: one of these takes over when this process is gone</h3>
          <ul className="mt-1 flex flex-col gap-1">
            {standbys.map(({ name, sinceMs }) => (
              <li key={name} className="flex flex-wrap gap-x-3">
                <span className="break-all font-mono">{name.replace(/\/(\d+)$/, ' · process $1')}</span>
                <span className="text-ink-2">
                  has waited for <Duration startMs={sinceMs} endMs={null} />
                </span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </Card>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-2">{term}</dt>
      <dd className="figures text-sm">{children}</dd>
    </div>
  );
}

function Webs({ webs }: { webs: readonly WebProcess[] }) {
  return (
    <Card aria-label="Web processes">
      <CardHeader
        title="Web"
        description="Each one serves all pages. One that was killed is shown for a moment longer."
      />
      <Table label="Web processes">
        <TableHead>
          <TableRow>
            <TableHeading>Process</TableHeading>
            <TableHeading>Started</TableHeading>
            <TableHeading>Version</TableHeading>
            <TableHeading className="text-right">Memory</TableHeading>
          </TableRow>
        </TableHead>
        <TableBody>
          {webs.map(({ id, host, pid, version, node, startedMs, residentBytes }) => (
            <TableRow key={id}>
              <TableCell className="whitespace-nowrap font-mono text-xs">
                {host} · process {pid}
              </TableCell>
              <TableCell className="whitespace-nowrap">
                <RelativeTime atMs={startedMs} />
              </TableCell>
              <TableCell className="whitespace-nowrap">
                {version} <span className="text-xs text-ink-2">Node {node}</span>
              </TableCell>
              <TableCell className="whitespace-nowrap text-right">{memoryWords(residentBytes)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

function Pollers({ pollers }: { pollers: Workers['pollers'] }) {
  return (
    <Card aria-label="Processes">
      <CardHeader title="Workers that ask for tasks" />
      {pollers.length === 0 ? (
        <EmptyState icon={<Plug aria-hidden />} title="No worker asks for tasks">
          Runs wait until one does.
        </EmptyState>
      ) : (
        <ul className="divide-y divide-hairline">
          {pollers.map(({ identity, lastSeenMs }) => (
            <li key={identity} className="flex flex-wrap items-center justify-between gap-x-4 px-4 py-2 text-sm">
              <span className="break-all font-mono text-xs">{identity}</span>
              <RelativeTime prefix="asked " atMs={lastSeenMs} className="text-xs text-ink-2" />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Queues({ queues, ofEngine }: { queues: readonly Queue[]; ofEngine: boolean }) {
  return (
    <Card>
      <CardHeader title="Queues" description="What waits because no worker has taken it." />
      <Table label="Queues">
        <TableHead>
          <TableRow>
            <TableHeading>Queue</TableHeading>
            <TableHeading>Served by</TableHeading>
            <TableHeading className="text-right">Runs that wait</TableHeading>
            <TableHeading className="text-right">Steps that wait</TableHeading>
            <TableHeading>The oldest waits</TableHeading>
          </TableRow>
        </TableHead>
        <TableBody>
          {queues.map(({ name, isServed, workflow, activity }) => {
            const since = [workflow.sinceMs, activity.sinceMs].filter((each) => each !== null);
            return (
              <TableRow key={name}>
                <TableCell className="font-mono text-xs">{name}</TableCell>
                <TableCell className="whitespace-nowrap">
                  {isServed ? (
                    ofEngine ? (
                      'The engine’s worker'
                    ) : (
                      'The workers above'
                    )
                  ) : (
                    <span className="inline-flex items-center gap-1.5 text-fail">
                      <StatusMark state="noWorker" size={14} word="none" />
                      No worker
                    </span>
                  )}
                </TableCell>
                <TableCell className="text-right">{workflow.count.toLocaleString('en')}</TableCell>
                <TableCell className="text-right">{activity.count.toLocaleString('en')}</TableCell>
                <TableCell>
                  {since.length > 0 ? <Duration startMs={Math.min(...since)} endMs={null} /> : 'Nothing waits'}
                </TableCell>
              </TableRow>
            );
          })}
        </TableBody>
      </Table>
      <Unserved queues={queues} />
    </Card>
  );
}

/** What nobody serves, by type: with the runs of it, one click away. */
function Unserved({ queues }: { queues: readonly Queue[] }) {
  const waiting = queues.flatMap(({ name, workflow, activity }) => [
    ...workflow.types.map((each) => ({ ...each, queue: name, kind: 'run' as const })),
    ...activity.types.map((each) => ({ ...each, queue: name, kind: 'step' as const })),
  ]);
  if (waiting.length === 0) return null;
  return (
    <div className="border-t border-hairline px-4 py-3">
      <h3 className="text-xs font-medium text-ink-2">No worker serves these</h3>
      <ul className="mt-1 flex flex-col gap-1">
        {waiting.map(({ name, count, queue, kind }) => (
          <li key={`${queue} ${kind} ${name}`} className="flex flex-wrap items-center gap-x-2 text-sm">
            <StatusMark state="noWorker" size={14} word="none" />
            <span className="break-all font-mono text-xs">{name}</span>
            {kind === 'run' ? (
              <Link
                className="inline-flex items-center underline underline-offset-2 pointer-coarse:min-h-11"
                href={pages.runs(
                  new URLSearchParams({ query: `WorkflowType = '${name}' AND ExecutionStatus = 'Running'` }).toString()
                )}
              >
                {count.toLocaleString('en')} {count === 1 ? 'run waits' : 'runs wait'}
              </Link>
            ) : (
              <span>
                {count.toLocaleString('en')} {count === 1 ? 'step waits' : 'steps wait'}
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Flows({ flows }: { flows: readonly ServedFlow[] }) {
  return (
    <Card>
      <CardHeader
        title="Flows that are served"
        description="Every published version stays here for its open runs. New runs start on the newest that is not retired."
      />
      {flows.length === 0 ? (
        <EmptyState icon={<Workflow aria-hidden />} title="No flow is published">
          What is published is served at once.
        </EmptyState>
      ) : (
        <ul className="divide-y divide-hairline">
          {flows.map(({ flow, versions }) => (
            <li key={flow} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
              <Link
                href={pages.flow(flow)}
                className="inline-flex min-h-6 min-w-0 items-center truncate text-sm font-medium hover:underline pointer-coarse:min-h-11"
              >
                {flow}
              </Link>
              <span className="flex flex-wrap gap-1">
                {versions.map(({ workflowType, live, revisions, retired }) => (
                  <Badge key={workflowType} className={retired ? 'border-dashed border-mark' : undefined}>
                    {live}
                    {revisions > 1 ? <span className="font-normal">of {revisions} revisions</span> : null}
                    {retired ? <span className="font-normal">retired</span> : null}
                  </Badge>
                ))}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
