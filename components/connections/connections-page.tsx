'use client';

/** Settings, Connections: the services that steps call. */
import { Cable, ChevronRight, Plus } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { ConnectionList, ConnectionRow } from '@/app/_contract/connections';
import type { Prefetched } from '@/app/_contract/prefetched';
import { pages, routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useWhyNot } from '@/components/people/person';
import { useAway } from '@/components/runs/use-away';
import { useRows } from '@/components/ui/use-rows';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/states';
import { Badge, Card } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { addressOf, loginOf } from '@/engine/flow/connections/connection';
import { factsAtRunTime } from '@/engine/flow/connections/kinds/table';
import { ConnectionForm } from './connection-form';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next connection, previous connection' },
  { keys: ['Enter'], does: 'Open the connection' },
  { keys: ['Esc'], does: 'Leave the row' },
];

export function ConnectionsPage({ prefetched }: { prefetched: Prefetched<ConnectionList> }) {
  const { data, failure, readAtMs, retry } = useList('flows', routes.connections(), prefetched);
  const router = useRouter();
  const away = useAway();
  const whyNot = useWhyNot('connections.put');
  const [making, setMaking] = useState(false);
  const rows = useRows({ keys: KEYS });
  const add = (
    <Button
      variant="primary"
      disabledReason={
        whyNot ??
        away?.reason ??
        (data && !failure ? null : 'Connections are stored in the engine, which does not answer now.')
      }
      onClick={() => setMaking(true)}
    >
      <Plus aria-hidden />
      New connection
    </Button>
  );
  const live = data?.connections.filter(({ archivedMs }) => archivedMs === null) ?? [];
  const archived = data?.connections.filter(({ archivedMs }) => archivedMs !== null) ?? [];
  return (
    <>
      <header className="flex flex-wrap items-center gap-3">
        <div>
          <h1 className="text-xl font-semibold">Connections</h1>
          <p className="text-sm text-ink-2">
            The services that steps call. Each has an address, a way to authenticate, and operations.
          </p>
        </div>
        {data?.connections.length ? <div className="ml-auto">{add}</div> : null}
      </header>
      {failure ? <FailureBand failure={failure} asOfMs={data ? readAtMs : null} onRetry={retry} /> : null}
      {data ? (
        <div ref={rows} data-rows className="flex flex-col gap-4">
          <Card>
            {live.length === 0 ? (
              <EmptyState icon={<Cable aria-hidden />} title="No connection yet" action={add}>
                Name a service once. Its operations then appear in the palette of every flow.
              </EmptyState>
            ) : (
              <ul className="divide-y divide-hairline">
                {live.map((row) => (
                  <OneConnection key={row.connection.name} row={row} />
                ))}
              </ul>
            )}
          </Card>
          {archived.length > 0 ? (
            <section aria-label="Archived connections">
              <h2 className="mb-2 text-sm font-semibold">Archived</h2>
              <Card>
                <ul className="divide-y divide-hairline">
                  {archived.map((row) => (
                    <OneConnection key={row.connection.name} row={row} />
                  ))}
                </ul>
              </Card>
            </section>
          ) : null}
        </div>
      ) : null}
      {data && making ? (
        <ConnectionForm
          row={null}
          environment={data.environment}
          onClose={() => setMaking(false)}
          onSaved={({ connection }) => router.push(pages.connection(connection.name))}
        />
      ) : null}
    </>
  );
}

function OneConnection({ row }: { row: ConnectionRow }) {
  const { connection, operations } = row;
  return (
    <li className="relative flex items-center gap-x-4 px-4 py-2.5 hover:bg-ink/3">
      <div className="grid min-w-0 flex-1 gap-x-4 gap-y-1 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_minmax(0,2fr)] md:items-center">
        <div className="min-w-0">
          <Link
            href={pages.connection(connection.name)}
            data-row
            className="block truncate text-sm font-medium after:absolute after:inset-0"
          >
            {connection.title}
          </Link>
          <p className="truncate text-xs text-ink-2">
            <span className="font-mono">{connection.name}</span> · {factsAtRunTime(connection.kind).words}
          </p>
        </div>
        <div className="min-w-0">
          <p className="truncate font-mono text-xs" title={addressOf(connection)}>
            {addressOf(connection)}
          </p>
          <p className="text-xs text-ink-2">{loginOf(connection)}</p>
        </div>
        <p className="text-xs text-ink-2">
          {row.archivedMs !== null ? (
            <>
              <Badge>Archived</Badge> by {row.archivedBy} <RelativeTime atMs={row.archivedMs} />
            </>
          ) : (
            <>
              {operations === 1 ? '1 operation' : `${operations} operations`}
              {' · '}
              <RelativeTime prefix="changed " atMs={row.changedMs} />
            </>
          )}
        </p>
      </div>
      <ChevronRight aria-hidden className="size-4 shrink-0 text-mark" />
    </li>
  );
}
