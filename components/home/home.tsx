'use client';

/** What needs somebody now, how the runs of the last day ended, and where to continue. */
import { Hand, Play } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { OpenAlerts } from '@/app/_contract/alerts';
import type { DraftList } from '@/app/_contract/drafts';
import type { FlowSummary } from '@/app/_contract/flows';
import type { InboxList } from '@/app/_contract/inbox';
import { pages, routes } from '@/app/_contract/routes';
import type { RunsPage } from '@/app/_contract/runs';
import { FlowRow } from '@/components/flow/flow-list';
import { sharedTitles } from '@/components/flow/rows';
import type { ExampleOffer } from '@/app/_contract/examples';
import { FailureBand } from '@/components/live/failure-band';
import type { Prefetched } from '@/app/_contract/prefetched';
import { useList } from '@/components/live/use-list';
import { useWhyNot } from '@/components/people/person';
import { LinkButton } from '@/components/ui/link-button';
import { cn } from '@/components/ui/cn';
import { EmptyState } from '@/components/ui/states';
import { Card, CardHeader } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { primaryText } from '@/components/inbox/shown-data';
import { useCount, useWriting } from '@/components/ui/writing';
import { DayCounts } from './day-counts';
import { AlertLine } from './alert-line';
import { DraftLines } from './draft-lines';
import { LATEST_RUNS, NEEDS_A_PERSON, NEEDS_A_PERSON_FILTER } from './questions';
import { RunLines } from './run-lines';
import { Welcome } from './welcome';

const APPROVALS_SHOWN = 5;
const DRAFTS_SHOWN = 3;

export interface HomeProps {
  example: ExampleOffer;
  /** The person who looks at the page. */
  name: string;
  since: string;
  flows: Prefetched<{ flows: FlowSummary[] }>;
  drafts: Prefetched<DraftList>;
  inbox: Prefetched<InboxList>;
  needsHand: Prefetched<RunsPage>;
  latest: Prefetched<RunsPage>;
  day: Prefetched<RunsPage>;
  alerts: Prefetched<OpenAlerts>;
}

export function Home({ example, name, since, ...first }: HomeProps) {
  const flows = useList('flows', routes.flows(), first.flows);
  const drafts = useList('drafts', routes.drafts(), first.drafts);
  const inbox = useList('inbox', routes.inbox(), first.inbox);
  const needsHand = useList('runs', routes.runs(NEEDS_A_PERSON), first.needsHand);
  const latest = useList('runs', routes.runs(LATEST_RUNS), first.latest);
  const day = useList('runs', routes.runs(since), first.day);
  const alerts = useList('alerts', routes.openAlerts(), first.alerts);

  const failure =
    flows.failure ?? latest.failure ?? needsHand.failure ?? day.failure ?? inbox.failure ?? drafts.failure;
  /** If a list cannot be read yet, it is not known whether something waits. */
  const unread = needsHand.data === null || inbox.data === null;
  const list = flows.data?.flows ?? null;
  const mine = inbox.data?.tasks.filter((task) => task.mine) ?? [];
  const waiting = inbox.data?.waiting ?? 0;
  const writing = useWriting();
  const count = useCount();
  const stuck = needsHand.data?.runs ?? [];
  const shared = sharedTitles((list ?? []).map(({ title }) => title));
  const fresh = list?.length === 0;

  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-4 p-4">
      <h1 className="text-xl font-semibold">{fresh ? `Welcome, ${name}` : 'Home'}</h1>
      {failure ? <FailureBand failure={failure} asOfMs={list ? flows.readAtMs : null} onRetry={flows.retry} /> : null}
      {alerts.data?.newest ? <AlertLine count={alerts.data.count} newest={alerts.data.newest} /> : null}
      {fresh ? (
        <Welcome example={example} drafts={drafts.data?.drafts ?? []} />
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <div className="flex min-w-0 flex-col gap-4">
            <Card>
              <CardHeader
                title="Waits for somebody"
                description="Approvals, decisions, and runs that ended while effects may remain."
                actions={
                  <Link
                    href={pages.attention()}
                    className="text-xs text-ink-2 underline underline-offset-2 hover:text-ink"
                  >
                    Everything, by cause
                  </Link>
                }
              />
              {mine.length + stuck.length === 0 ? (
                <p className="px-4 py-5 text-sm text-ink-2">
                  {unread ? 'Not known: this list cannot be read now.' : 'Nothing waits for you.'}
                </p>
              ) : (
                <>
                  {mine.length ? (
                    <ul aria-label="Approvals that wait for you">
                      {mine.slice(0, APPROVALS_SHOWN).map((task) => (
                        <li
                          key={task.taskId}
                          className={cn('border-b border-hairline', stuck.length === 0 && 'last:border-b-0')}
                        >
                          <Link
                            href={pages.task(task.taskId)}
                            className="flex min-h-10 flex-wrap items-center gap-x-3 px-4 py-1.5 text-sm hover:bg-ink/3 sm:flex-nowrap"
                          >
                            <span className="inline-flex h-5 shrink-0 items-center gap-1 rounded-sm bg-ink px-1.5 text-xs font-medium text-paper">
                              <Hand aria-hidden className="size-3" />
                              Approval
                            </span>
                            <span className="min-w-0 flex-1 truncate max-sm:order-last max-sm:basis-full">
                              {task.question || task.title}
                            </span>
                            <span className="figures shrink-0 font-medium">
                              {primaryText(task.data, task.schema, writing)}
                            </span>
                            <span className="figures shrink-0 text-xs text-ink-2 max-sm:ml-auto">
                              asked <RelativeTime atMs={task.openedMs} />
                            </span>
                          </Link>
                        </li>
                      ))}
                    </ul>
                  ) : null}
                  {waiting > APPROVALS_SHOWN ? (
                    <More href={pages.inbox()}>{`All ${count(waiting)} approvals that wait for you`}</More>
                  ) : null}
                  {stuck.length ? <RunLines runs={stuck} label="Runs that need somebody" /> : null}
                  {needsHand.data?.nextPageToken ? (
                    <More href={pages.runs(NEEDS_A_PERSON_FILTER)}>All runs that need somebody</More>
                  ) : null}
                  {unread ? (
                    <p className="px-4 py-2 text-xs text-ink-2">
                      This list is incomplete: a part of it cannot be read now.
                    </p>
                  ) : null}
                </>
              )}
            </Card>
            <Card>
              <CardHeader
                title="Latest runs"
                actions={
                  <Link href={pages.runs()} className="text-xs text-ink-2 underline underline-offset-2 hover:text-ink">
                    All runs
                  </Link>
                }
              />
              {latest.data && latest.data.runs.length === 0 ? (
                <EmptyState
                  className="py-8"
                  title="No run yet"
                  action={
                    list?.[0] ? (
                      <StartOne flow={list.find((flow) => flow.name === example.flow)?.name ?? list[0].name} />
                    ) : null
                  }
                />
              ) : (
                <>
                  <RunLines runs={latest.data?.runs ?? []} label="Latest runs" />
                  {latest.data === null ? (
                    <p className="px-4 py-5 text-sm text-ink-2">The runs cannot be read now.</p>
                  ) : null}
                </>
              )}
            </Card>
          </div>
          <div className="flex min-w-0 flex-col gap-4">
            <DayCounts
              counts={day.data?.counts ?? null}
              since={since}
              unread={day.data === null || day.data.isUncounted === true}
            />
            <DraftLines drafts={drafts.data?.drafts ?? []} most={DRAFTS_SHOWN} />
            <section aria-labelledby="home-flows" className="flex flex-col gap-2">
              <h2 id="home-flows" className="text-sm font-semibold">
                Flows
              </h2>
              {list?.slice(0, 5).map((flow) => (
                <FlowRow key={flow.name} flow={flow} name={shared.has(flow.title.toLowerCase()) ? flow.name : null} />
              ))}
            </section>
          </div>
        </div>
      )}
    </div>
  );
}

/** Below a part of a list: the way to all of it. */
function More({ href, children }: { href: string; children: ReactNode }) {
  return (
    <p className="border-b border-hairline px-4 py-2 text-xs last:border-b-0">
      <Link href={href} className="text-ink-2 underline underline-offset-2 hover:text-ink">
        {children}
      </Link>
    </p>
  );
}

function StartOne({ flow }: { flow: string }) {
  return (
    <LinkButton variant="primary" href={pages.start(flow)} disabledReason={useWhyNot('runs.start', flow)}>
      <Play aria-hidden />
      Start one
    </LinkButton>
  );
}
