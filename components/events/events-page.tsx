'use client';

/** Settings, Events out: which other systems hear of changes of flows and runs, and whether they do. */
import { ChevronRight, Plus, Radio } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { EVENT_KINDS, type EventsList, type EventSubscription } from '@/app/_contract/events';
import type { Prefetched } from '@/app/_contract/prefetched';
import { pages, routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useWhyNot } from '@/components/people/person';
import { useAway } from '@/components/runs/use-away';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/states';
import { Card } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { useRows } from '@/components/ui/use-rows';
import { SecretOnce } from './secret-once';
import { StateBadge } from './state-badge';
import { SubscriptionForm } from './subscription-form';
import { scopeWords, stateOf, targetWords, whereOf } from './words';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next subscription, previous subscription' },
  { keys: ['Enter'], does: 'Open the subscription' },
  { keys: ['Esc'], does: 'Leave the row' },
];

export function EventsPage({ prefetched }: { prefetched: Prefetched<EventsList> }) {
  const { data, failure, readAtMs, retry } = useList('events', routes.events(), prefetched);
  const router = useRouter();
  const away = useAway();
  const whyNot = useWhyNot('events.put');
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<{ subscription: EventSubscription; secret: string } | null>(null);
  const rows = useRows({ keys: KEYS });
  const add = (
    <Button variant="primary" disabledReason={whyNot ?? away?.reason ?? null} onClick={() => setMaking(true)}>
      <Plus aria-hidden />
      New subscription
    </Button>
  );
  return (
    <>
      <header className="flex flex-wrap items-center gap-3">
        <div>
          <h1 className="text-xl font-semibold">Events out</h1>
          <p className="max-w-prose text-sm text-ink-2">
            Other systems hear when a run starts, waits, fails or ends, and when a flow is published: at least once, in
            order, signed. Events have names and counts, and no values of a run.
          </p>
        </div>
        {data?.subscriptions.length ? <div className="ml-auto">{add}</div> : null}
      </header>
      {failure ? <FailureBand failure={failure} asOfMs={data ? readAtMs : null} onRetry={retry} /> : null}
      {data?.flowsAlone ? (
        <p className="rounded-lg border border-hairline bg-sunken px-4 py-2 text-sm">
          Runs are on a Temporal cluster, which keeps no log of their changes. Subscriptions get events of flows alone.
        </p>
      ) : null}
      {data ? (
        <Card>
          <div ref={rows} data-rows>
            {data.subscriptions.length === 0 ? (
              <EmptyState icon={<Radio aria-hidden />} title="No subscription yet" action={add}>
                A warehouse, a chat or a data store can follow your runs: by a webhook, or by a stream in Redis.
              </EmptyState>
            ) : (
              <ul className="divide-y divide-hairline">
                {data.subscriptions.map((each) => (
                  <OneSubscription key={each.id} subscription={each} />
                ))}
              </ul>
            )}
          </div>
        </Card>
      ) : null}
      {data && making ? (
        <SubscriptionForm
          list={data}
          subscription={null}
          onClose={() => setMaking(false)}
          onSaved={({ subscription, secret }) => {
            setMaking(false);
            if (secret) setMade({ subscription, secret });
          }}
        />
      ) : null}
      {made ? (
        <SecretOnce
          title={made.subscription.title}
          secret={made.secret}
          onClose={() => router.push(pages.subscription(made.subscription.id))}
        />
      ) : null}
    </>
  );
}

function OneSubscription({ subscription }: { subscription: EventSubscription }) {
  const { id, title, target, failing, deliveredMs } = subscription;
  const state = stateOf(subscription);
  return (
    <li className="relative flex items-center gap-x-4 px-4 py-2.5 hover:bg-ink/3">
      <div className="grid min-w-0 flex-1 gap-x-4 gap-y-1 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_minmax(0,2fr)] md:items-center">
        <div className="min-w-0">
          <Link
            href={pages.subscription(id)}
            data-row
            className="block truncate text-sm font-medium after:absolute after:inset-0"
          >
            {title}
          </Link>
          <p className="truncate text-xs text-ink-2">{targetWords(target)}</p>
        </div>
        <div className="min-w-0">
          <p className="truncate font-mono text-xs" title={whereOf(target)}>
            {whereOf(target)}
          </p>
          <p className="truncate text-xs text-ink-2">{scopeWords(subscription, EVENT_KINDS.length)}</p>
        </div>
        <div className="min-w-0 text-xs text-ink-2">
          <StateBadge state={state} />
          <p className="mt-0.5 truncate">
            {state === 'failing' && failing ? (
              <>
                since <RelativeTime atMs={failing.sinceMs} />
              </>
            ) : deliveredMs ? (
              <RelativeTime prefix="delivered " atMs={deliveredMs} />
            ) : (
              'nothing delivered yet'
            )}
          </p>
        </div>
      </div>
      <ChevronRight aria-hidden className="size-4 shrink-0 text-mark" />
    </li>
  );
}
