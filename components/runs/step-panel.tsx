'use client';

/** Everything known about one step of a run: its state, attempts, effect, input and output. */
import { MousePointerClick } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { SchemaView } from '@/components/ui/schema-value';
import { EmptyState } from '@/components/ui/states';
import { Ahead, Duration, Instant, RelativeTime } from '@/components/ui/time';
import { StatusMark } from '@/components/status/status-mark';
import { parseActivityId } from '@/engine/run-view/activity-id';
import { clauseOf } from '@/engine/run-view/failure';
import { entriesByNode } from '@/engine/run-view/loops';
import type { NodeManifest } from '@/engine/flow/manifest';
import type { LedgerEntry, NodeView, PendingActivityView, TimelineRow } from '@/engine/run-view/model';
import { revisionSpans, revisionsOfStep } from '@/engine/run-view/revisions';
import { ItemList } from './item-list';
import { LedgerLine } from './ledger-panel';
import { Part } from './part';
import { PendingActivity } from './pending-activity';
import { ResetAct } from './reset-dialog';
import { RunLink } from './run-link';
import type { RunView } from './run-view';

const ROLES: Record<TimelineRow['role'], string> = { do: 'Step', undo: 'Undo', wait: 'Wait', human: 'Decision' };

export function StepPanel({
  view,
  nodeId,
  onCode,
}: {
  view: RunView;
  nodeId: string | null;
  /** Shows the lines of this step in the generated code. */
  onCode: () => void;
}) {
  const node = nodeId ? view.readBy.nodes[nodeId] : undefined;
  const state = nodeId ? view.projection.nodes[nodeId] : undefined;
  if (!node || !state) {
    return (
      <EmptyState icon={<MousePointerClick aria-hidden />} title="Select a step">
        Its attempts, its effect, its input and its output are shown here.
      </EmptyState>
    );
  }
  const rows = view.projection.timeline.filter((row) => row.nodeId === node.id);
  const items = view.projection.items[node.id];
  const pending = view.live.pending.filter(({ activityId }) => parseActivityId(activityId)?.nodeId === node.id);
  const entry = entriesByNode(view.projection.ledger).get(node.id) ?? null;
  // Of a child: each effect that it handed over.
  const effects = node.child
    ? view.projection.ledger.entries.filter((each) => each.nodeId === node.id && each.state !== 'notArmed')
    : entry && entry.state !== 'notArmed'
      ? [entry]
      : [];
  return (
    <div className="flex flex-col gap-4 p-3">
      <header className="flex flex-wrap items-start justify-between gap-2">
        <div className="min-w-0">
          <h3 className="text-base font-semibold">{node.title}</h3>
          <p className="font-mono text-xs text-ink-2">{node.activity ?? node.kind}</p>
        </div>
        <StatusMark
          state={state.state}
          attempt={state.attempt}
          maximumAttempts={state.maximumAttempts}
          word="visible"
        />
      </header>
      {state.note && state.note !== node.activity && state.state !== 'paused' ? (
        <p className="text-sm text-ink-2">{state.note}</p>
      ) : null}
      {state.dueMs !== null && state.endedMs === null && view.live.summary.closeMs === null ? (
        <p className="text-sm text-ink-2">
          {view.projection.pause ? 'Its time is over' : 'Continues automatically'} <Ahead atMs={state.dueMs} />:{' '}
          <Instant atMs={state.dueMs} to="minute" />
        </p>
      ) : null}
      {state.failure && !pending.some(({ lastFailure }) => lastFailure) ? (
        <p className="rounded-md border border-fail/40 bg-fail-tint px-3 py-2 text-sm">
          <span className="block font-mono text-xs text-fail">{state.failure.type}</span>
          {clauseOf(state.failure)}.
        </p>
      ) : null}
      {state.childRun ? <ChildRun run={state.childRun} node={node} /> : null}
      <Pending view={view} pending={pending} />
      {items && items.length > 0 ? <ItemList items={items} of={node.kind === 'repeat' ? 'round' : 'item'} /> : null}
      <RanOn view={view} nodeId={node.id} />
      {rows.length > 0 ? <Attempts rows={rows} /> : null}
      {effects.length > 0 ? <Effects entries={effects} /> : null}
      <Value title="Input" value={state.input} schema={null} />
      <Value title="Output" value={state.output} schema={node.output} />
      {view.manifest ? (
        <div className="flex flex-wrap gap-2">
          <Button size="sm" onClick={onCode}>
            Lines {node.lines[0]} to {node.lines[1]} of the code
          </Button>
          <ResetAct view={view} nodeId={node.id} />
        </div>
      ) : null}
    </div>
  );
}

/** Of a step in a loop, more can be pending at once than anybody reads. */
const MOST_PENDING = 5;

/** What of the step is under way or waits for its next attempt, with what can be done about it. */
function Pending({ view, pending }: { view: RunView; pending: readonly PendingActivityView[] }) {
  if (pending.length === 0) return null;
  return (
    <Part title="Pending">
      <ul className="divide-y divide-hairline rounded-md border border-hairline">
        {pending.slice(0, MOST_PENDING).map((each) => (
          <PendingActivity key={each.activityId} view={view} activity={each} />
        ))}
      </ul>
      {pending.length > MOST_PENDING ? (
        <p className="mt-1 text-xs text-ink-2">
          {MOST_PENDING} of {pending.length}. The tab Pending has all.
        </p>
      ) : null}
    </Part>
  );
}

/** Which revision ran the step; only in a run on which more than one did. */
function RanOn({ view, nodeId }: { view: RunView; nodeId: string }) {
  const { events, summary } = view.live;
  const first = `v${summary.version ?? 1}.0`;
  const spans = useMemo(() => revisionSpans(events, first), [events, first]);
  if (spans.length < 2) return null;
  const own = revisionsOfStep(events, nodeId, first);
  const all = spans.map(({ revision, fromEventId }, index) =>
    index === 0 ? revision : `${revision} from event ${fromEventId}`
  );
  return (
    <p className="text-sm text-ink-2">
      {own.length > 0 ? `Ran on ${own.join(', then ')}. ` : null}
      This run was on {all.join(', then ')}.
    </p>
  );
}

/** A step in a loop has many. */
const MOST_ROWS = 50;

function Attempts({ rows }: { rows: readonly TimelineRow[] }) {
  return (
    <Part title="What happened">
      <ul className="flex flex-col gap-2">
        {rows.length > MOST_ROWS ? (
          <li className="text-xs text-ink-2">
            The last {MOST_ROWS} of {rows.length}. The timeline has all.
          </li>
        ) : null}
        {rows.slice(-MOST_ROWS).map((row, index) => (
          <li key={`${row.role}-${row.startMs}-${index}`} className="text-sm">
            <p className="flex items-baseline justify-between gap-2">
              <span>
                {row.role === 'do' || row.role === 'undo' ? row.title : ROLES[row.role]}
                <span className="ml-2 text-xs text-ink-2">
                  <Duration startMs={row.startMs} endMs={row.endMs} />
                </span>
              </span>
              <RelativeTime atMs={row.startMs} className="text-xs text-ink-2" />
            </p>
            {row.attempts.length > 1 || row.attempts.some((each) => each.failure) ? (
              <ol className="mt-1 flex flex-col gap-0.5 border-l border-hairline pl-3 text-xs">
                {row.attempts.map((each) => (
                  <li key={each.attempt} className="flex justify-between gap-3">
                    <span className="min-w-0">
                      <span className="figures text-ink-2">{each.attempt}. </span>
                      <span className={cn(each.failure && 'text-fail')}>
                        {each.failure ? clauseOf(each.failure) : each.endedMs === null ? 'running' : 'succeeded'}
                      </span>
                    </span>
                    <RelativeTime atMs={each.startedMs} className="shrink-0 text-ink-2" />
                  </li>
                ))}
              </ol>
            ) : null}
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Effects({ entries }: { entries: readonly LedgerEntry[] }) {
  return (
    <Part title={entries.length === 1 ? 'Its effect' : 'Its effects'}>
      <ul className="flex flex-col gap-2">
        {entries.map((entry) => (
          <li key={entry.activityId}>
            <LedgerLine entry={entry} />
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** The run that a child flow is; in a loop the list of runs has all of them. */
function ChildRun({ run, node }: { run: NonNullable<NodeView['childRun']>; node: NodeManifest }) {
  const { workflowId, runId } = run;
  return (
    <Part title="Its run">
      <p className="text-sm">
        {runId === null ? (
          <span className="text-ink-2">{workflowId} has not started yet.</span>
        ) : (
          <RunLink workflowId={workflowId} runId={runId} className="wrap-anywhere underline underline-offset-2">
            {workflowId}
          </RunLink>
        )}
      </p>
      {node.child ? (
        <p className="text-xs text-ink-2">
          {node.child.flow} v{node.child.version}
          {node.child.waits === 'start' ? ', on its own: it keeps its effects.' : null}
        </p>
      ) : null}
    </Part>
  );
}

function Value({
  title,
  value,
  schema,
}: {
  title: string;
  value: unknown;
  schema: Parameters<typeof SchemaView>[0]['schema'];
}): ReactNode {
  if (value === undefined || value === null) return null;
  return (
    <Part title={title}>
      <SchemaView value={value} schema={schema} />
    </Part>
  );
}
