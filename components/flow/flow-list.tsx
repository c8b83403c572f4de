'use client';

/** All flows that have a published version, each with its description and the number of its open runs. */
import { ListTree, Play } from 'lucide-react';
import Link from 'next/link';
import type { ExampleOffer } from '@/app/_contract/examples';
import type { FlowSummary } from '@/app/_contract/flows';
import { pages, routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import type { Prefetched } from '@/app/_contract/prefetched';
import { useList } from '@/components/live/use-list';
import { useWhyNot } from '@/components/people/person';
import { LinkButton } from '@/components/ui/link-button';
import { Badge, Card } from '@/components/ui/surface';
import { EmptyState } from '@/components/ui/states';
import { RelativeTime } from '@/components/ui/time';
import { InstallExample } from './install-example';

interface FlowListProps {
  prefetched: Prefetched<{ flows: FlowSummary[] }>;
  example: ExampleOffer;
}

export function FlowList({ prefetched, example }: FlowListProps) {
  const { data, failure, readAtMs, retry } = useList('flows', routes.flows(), prefetched);
  return (
    <div className="mx-auto flex max-w-5xl flex-col gap-4 p-4">
      <h1 className="text-xl font-semibold">Flows</h1>
      {failure ? <FailureBand failure={failure} asOfMs={data ? readAtMs : null} onRetry={retry} /> : null}
      {data?.flows.length === 0 ? (
        <Card>
          <EmptyState icon={<ListTree aria-hidden />} title="No flow yet" action={<InstallExample />}>
            {example.text}
          </EmptyState>
        </Card>
      ) : (
        <ul className={failure ? 'flex flex-col gap-2 grayscale' : 'flex flex-col gap-2'}>
          {data?.flows.map((flow) => (
            <li key={flow.name}>
              <FlowRow flow={flow} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export function FlowRow({ flow }: { flow: FlowSummary }) {
  const openRuns = flow.openRuns ?? 0;
  return (
    <Card className="flex flex-wrap items-center gap-x-6 gap-y-3 px-4 py-3">
      <div className="min-w-0 flex-1 basis-80">
        <h2 className="flex items-center gap-2 text-base font-semibold">
          <Link href={pages.flow(flow.name)} className="rounded-sm underline-offset-2 hover:underline">
            {flow.title}
          </Link>
          <Badge>v{flow.latestVersion}</Badge>
        </h2>
        {flow.description ? <p className="mt-0.5 max-w-prose text-sm text-ink-2">{flow.description}</p> : null}
        <p className="figures mt-1 text-xs text-ink-2">
          {flow.steps} {flow.steps === 1 ? 'step' : 'steps'} · published <RelativeTime atMs={flow.publishedMs} />
          {flow.publishedBy ? ` by ${flow.publishedBy}` : ''}
          {flow.openRuns === null ? null : (
            <>
              {' · '}
              <Link
                href={pages.runs(`flow=${encodeURIComponent(flow.name)}`)}
                className="underline underline-offset-2 hover:text-ink"
              >
                {openRuns} open {openRuns === 1 ? 'run' : 'runs'}
              </Link>
            </>
          )}
        </p>
      </div>
      <LinkButton href={pages.start(flow.name)} disabledReason={useWhyNot('runs.start', flow.name)}>
        <Play aria-hidden />
        Start a run
      </LinkButton>
    </Card>
  );
}
