'use client';

/**
 * Where an operator starts the day: what needs somebody, in groups of one flow, reason, step and error. What somebody has
 * acknowledged or snoozed is in a list of its own until there is something new.
 */
import { CircleCheckBig } from 'lucide-react';
import Link from 'next/link';
import { parseAsInteger, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import {
  ATTENTION_KINDS,
  isQuiet,
  type AttentionGroup,
  type AttentionList,
  type StoppedEvents,
} from '@/app/_contract/attention';
import type { Prefetched } from '@/app/_contract/prefetched';
import { pages, routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { AwayBand } from '@/components/runs/away-band';
import { useAway } from '@/components/runs/use-away';
import { StatusMark } from '@/components/status/status-mark';
import { Button } from '@/components/ui/button';
import { Select } from '@/components/ui/field';
import { EmptyState } from '@/components/ui/states';
import { Card, CardHeader } from '@/components/ui/surface';
import { Instant, useNow } from '@/components/ui/time';
import { useRows } from '@/components/ui/use-rows';
import { useCount } from '@/components/ui/writing';
import { GroupRow } from './group-row';
import { KIND_WORDS } from './words';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next group, previous group' },
  { keys: ['Enter'], does: 'Show the runs of the group' },
  { keys: ['Esc'], does: 'Leave the row' },
];
const SHOWN = ['open', 'quiet'] as const;
type Shown = (typeof SHOWN)[number];
const DAYS = [
  { value: '1', label: 'Failed in the last day' },
  { value: '7', label: 'Failed in the last 7 days' },
  { value: '30', label: 'Failed in the last 30 days' },
];

export function AttentionPage({
  prefetched,
  prefetchedDays,
}: {
  prefetched: Prefetched<AttentionList>;
  prefetchedDays: number;
}) {
  const [{ days, show }, set] = useQueryStates(
    { days: parseAsInteger.withDefault(7), show: parseAsStringLiteral(SHOWN).withDefault('open') },
    { history: 'replace' }
  );
  const list = useList('attention', routes.attention(days), days === prefetchedDays ? prefetched : undefined);
  const away = useAway();
  const now = useNow();
  const count = useCount();
  const all = useMemo(() => list.data?.groups ?? [], [list.data]);
  const nowMs = now ?? list.data?.readAtMs ?? 0;
  const of = (shown: Shown) => all.filter((group) => isQuiet(group, nowMs) === (shown === 'quiet'));
  const groups = of(show);
  const stopped = list.data?.stoppedEvents ?? [];
  const rows = useRows<HTMLDivElement>({ keys: KEYS });
  const options = DAYS.some(({ value }) => value === String(days))
    ? DAYS
    : [...DAYS, { value: String(days), label: `Failed in the last ${days} days` }];
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-4 p-4">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="text-xl font-semibold">Attention</h1>
          <p className="text-sm text-ink-2">
            What needs somebody, by flow, step and error. What was done to many runs at once is in{' '}
            <Link href={pages.batches()} className="underline underline-offset-2">
              Batches
            </Link>
            , who is told of what in{' '}
            <Link href={pages.alerts()} className="underline underline-offset-2">
              Alerts
            </Link>
            .
          </p>
        </div>
        <div role="group" aria-label="Which groups" className="flex gap-1 max-sm:w-full">
          <Choice isChosen={show === 'open'} onChoose={() => void set({ show: 'open' })}>
            To do {list.data ? <span className="figures">{count(of('open').length + stopped.length)}</span> : null}
          </Choice>
          <Choice isChosen={show === 'quiet'} onChoose={() => void set({ show: 'quiet' })}>
            Acknowledged or snoozed {list.data ? <span className="figures">{count(of('quiet').length)}</span> : null}
          </Choice>
        </div>
        <div className="w-56 max-sm:w-full">
          <Select
            aria-label="How far back failed runs are listed"
            value={String(days)}
            onValueChange={(value) => void set({ days: Number(value) })}
            options={options}
          />
        </div>
      </header>
      {list.failure ? (
        <FailureBand failure={list.failure} asOfMs={list.data ? list.readAtMs : null} onRetry={list.retry} />
      ) : away && list.readAtMs ? (
        <AwayBand away={away} asOfMs={list.readAtMs} />
      ) : null}
      {list.data && !list.data.isWhole ? (
        <p className="text-sm text-ink-2">
          A Temporal cluster does not group runs by step and error: only approvals past their due time are listed here.
        </p>
      ) : null}
      <div ref={rows} className="flex flex-col gap-4">
        {show === 'open' && stopped.length > 0 ? <Stopped subscriptions={stopped} /> : null}
        {list.data && groups.length === 0 ? (
          show === 'open' && stopped.length > 0 ? null : (
            <Nothing show={show} quiet={of('quiet').length} onShow={() => void set({ show: 'quiet' })} />
          )
        ) : (
          ATTENTION_KINDS.map((kind) => {
            const ofKind = groups.filter((group) => group.kind === kind);
            return ofKind.length === 0 ? null : <Part key={kind} groups={ofKind} away={away?.reason ?? null} />;
          })
        )}
      </div>
    </div>
  );
}

function Part({ groups, away }: { groups: AttentionGroup[]; away: string | null }) {
  const { title, description } = KIND_WORDS[groups[0]!.kind];
  return (
    <Card>
      <CardHeader title={title} description={description} />
      <ul aria-label={title}>
        {groups.map((group) => (
          <GroupRow key={`${group.flow} ${group.key}`} group={group} away={away} />
        ))}
      </ul>
    </Card>
  );
}

/** Other systems wait for what is not sent to them. */
function Stopped({ subscriptions }: { subscriptions: StoppedEvents[] }) {
  const title = 'Events are not sent';
  return (
    <Card>
      <CardHeader
        title={title}
        description="These subscriptions are stopped, because they failed for days or their receiver is gone. Events are kept for some days: save the subscription to send them."
      />
      <ul aria-label={title}>
        {subscriptions.map(({ id, title: name, stoppedMs, error }) => (
          <li
            key={id}
            className="relative flex gap-3 border-b border-hairline px-4 py-3 last:border-b-0 hover:bg-ink/3"
          >
            <StatusMark state="failed" size={16} word="none" className="mt-0.5 self-start" />
            <div className="min-w-0 flex-1">
              <Link
                href={pages.subscription(id)}
                data-row
                className="rounded-sm text-sm font-medium wrap-anywhere outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-ink"
              >
                {name}
              </Link>
              <p className="text-xs text-ink-2">
                since <Instant atMs={stoppedMs} to="minute" />
              </p>
              {error ? <p className="text-xs wrap-anywhere text-ink-2">{error}</p> : null}
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Choice({
  isChosen,
  onChoose,
  children,
}: {
  isChosen: boolean;
  onChoose: () => void;
  children: React.ReactNode;
}) {
  return (
    <Button aria-pressed={isChosen} variant={isChosen ? 'primary' : 'secondary'} onClick={onChoose}>
      {children}
    </Button>
  );
}

function Nothing({ show, quiet, onShow }: { show: Shown; quiet: number; onShow: () => void }) {
  if (show === 'quiet')
    return (
      <Card>
        <EmptyState title="Nothing is acknowledged or snoozed">
          A group that somebody acknowledges is kept here until another run comes into it.
        </EmptyState>
      </Card>
    );
  return (
    <Card>
      <EmptyState
        icon={<CircleCheckBig aria-hidden />}
        title="Nothing needs somebody"
        action={quiet > 0 ? <Button onClick={onShow}>Show what is acknowledged or snoozed</Button> : undefined}
      >
        No run waits for a decision, no step is tried again, and nothing has failed in this time.
      </EmptyState>
    </Card>
  );
}
