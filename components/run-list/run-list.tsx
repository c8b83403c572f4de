'use client';

/**
 * The live list of runs. Filters are in the URL. Rows change in place, and while somebody uses the list no row moves:
 * new runs are counted in '3 new runs · show'.
 */
import { Download, FileClock, ListChecks, OctagonX, Play, SearchX } from 'lucide-react';
import { parseAsString, useQueryState, useQueryStates } from 'nuqs';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { FlowSummary } from '@/app/_contract/flows';
import { pages, routes } from '@/app/_contract/routes';
import type { RunsPage, RunSummary } from '@/app/_contract/runs';
import { ALL_RUNS as ALL, type SavedView, type ViewList } from '@/app/_contract/views';
import { ActDialog } from '@/components/batches/act-dialog';
import { BatchDialog } from '@/components/batches/batch-dialog';
import type { ActName, Targets } from '@/components/batches/targets';
import { InstallExample } from '@/components/flow/install-example';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import type { Prefetched } from '@/app/_contract/prefetched';
import { AwayBand } from '@/components/runs/away-band';
import { useAway } from '@/components/runs/use-away';
import { useWhyNot, useWhyNotAnywhere } from '@/components/people/person';
import { Button } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import { cn } from '@/components/ui/cn';
import { useCount } from '@/components/ui/writing';
import { focusHeading } from '@/components/ui/focus';
import { usePageKeys } from '@/components/ui/page-keys';
import { EmptyState } from '@/components/ui/states';
import { rowAfter, useListKeys } from '@/components/ui/use-list-keys';
import { keyOf } from './row';
import { FilterBar } from './filter-bar';
import type { ColumnChoice } from './columns';
import { filterKind, filterParsers, NO_FILTERS, readFilters, searchOf, type RunFilters } from './filters';
import { RunTable } from './run-table';
import { SelectionBar } from './selection-bar';
import { StandingChips } from './standing-chips';
import { useColumns } from './use-columns';
import { useRuns, type RunsState } from './use-runs';
import { useSelection, type Selection } from './use-selection';
import { ViewTabs } from './view-tabs';
import { fieldsOfFlows, OF_EVERY_RUN } from './where';
import { WhereChips } from './where-chips';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next run, previous run' },
  { keys: ['Enter'], does: 'Open the run' },
  { keys: ['/'], does: 'Search by workflow id' },
  { keys: ['x'], does: 'Select the run, or unselect it' },
  { keys: ['Shift', 'X'], does: 'Select all from the last one to this one' },
  { keys: ['a'], does: 'Select all runs that are shown, or none' },
  { keys: ['Esc'], does: 'Leave the search, then the row, then the selection' },
];
/** The list counts as scrolled from this offset on, in pixels. */
const SCROLLED_PX = 4;

export interface RunListProps {
  prefetched: Prefetched<RunsPage>;
  /** The query that `prefetched` answers. */
  prefetchedSearch: string;
  flows: readonly FlowSummary[];
  /** Name of the example flow. */
  example: string;
  prefetchedViews: Prefetched<ViewList>;
  /** Lists know where runs failed, and with which error. */
  knowsErrors: boolean;
}

export function RunList({ prefetched, prefetchedSearch, flows, example, prefetchedViews, knowsErrors }: RunListProps) {
  const [filters, setFilters] = useQueryStates(filterParsers, { history: 'replace' });
  const count = useCount();
  const change = useCallback((next: Partial<RunFilters>) => void setFilters(next), [setFilters]);
  const [columns, setColumns] = useColumns();
  const fields = useMemo(() => fieldsOfFlows(flows, filters.flow), [flows, filters.flow]);
  const filterFields = useMemo(() => (knowsErrors ? [...fields, ...OF_EVERY_RUN] : fields), [fields, knowsErrors]);
  const [active, setActive] = useState<string | null>(null);
  const [scrolled, setScrolled] = useState(false);
  const [pointed, setPointed] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const asked = searchOf(filters);
  const runs = useRuns(asked, scrolled || pointed || active !== null, prefetched, prefetchedSearch);
  const { rows } = runs;
  const [viewId, setViewId] = useQueryState('view', parseAsString.withOptions({ history: 'replace' }));
  const views = useList<ViewList>('views', routes.views(), prefetchedViews);
  const open = views.data?.views.find(({ id }) => id === viewId) ?? null;
  const openView = (view: SavedView | null) => {
    void setViewId(view?.id ?? ALL);
    void setFilters(view ? readFilters(new URLSearchParams(view.search)) : NO_FILTERS);
  };
  // Also for a view that came with the address.
  const opened = useRef<string | null>(null);
  useEffect(() => {
    if (!open || opened.current === open.id) return;
    opened.current = open.id;
    setColumns(open.columns as ColumnChoice);
  });
  const away = useAway();
  /** What is about to be done, and to which runs. */
  const [acting, setActing] = useState<{ act: ActName; targets: Targets } | null>(null);
  const selection = useSelection(asked, rows);
  const [batchId, setBatchId] = useQueryState('batch', parseAsString.withOptions({ history: 'replace' }));
  const whyNotStop = useWhyNotAnywhere('batches.start');

  const move = (by: 1 | -1) => {
    const at = rows.findIndex(({ item }) => keyOf(item) === active);
    const next = rows[rowAfter(at, by, rows.length)];
    if (next) setActive(keyOf(next.item));
  };
  const leave = () => {
    setActive(null);
    focusHeading();
  };
  const escape = () => {
    if (active === null) selection.clear();
    leave();
  };
  const selectable = whyNotStop === null;
  const pick = (extend: boolean) => active !== null && selection.toggle(active, extend);
  useListKeys({
    onMove: move,
    onSearch: () => search.current?.focus(),
    onEscape: escape,
    others: selectable ? { x: () => pick(false), X: () => pick(true), a: selection.toggleShown } : {},
  });
  usePageKeys(KEYS);

  /** Nobody uses the list any more: it shows the new runs, from the top. */
  const showHeld = () => {
    leave();
    setPointed(false);
    setScrolled(false);
    scroller.current?.scrollTo({ top: 0 });
  };

  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2">
        <h1 className="text-xl font-semibold">Runs</h1>
        <p className="figures text-sm text-ink-2" aria-live="off">
          {howMany(runs, filters.standing, count)}
        </p>
        {rows.length > 0 ? (
          <Button variant="ghost" size="sm" className="max-md:hidden" asChild>
            <a href={routes.exportRuns(asked)} download title="These runs, with these filters, as CSV">
              <Download aria-hidden />
              Export
            </a>
          </Button>
        ) : null}
        {rows.length > 0 ? (
          <Button
            variant="ghost"
            size="sm"
            disabledReason={whyNotStop ?? away?.reason}
            onClick={() => setActing({ act: 'stop', targets: { search: asked } })}
          >
            <OctagonX aria-hidden />
            Stop these…
          </Button>
        ) : null}
        <LinkButton
          variant="ghost"
          size="sm"
          href={pages.openHistory()}
          title="Open a history"
          className="max-md:pointer-coarse:min-w-11"
        >
          <FileClock aria-hidden />
          <span className="max-md:sr-only">Open a history</span>
        </LinkButton>
        <LinkButton
          variant="ghost"
          size="sm"
          href={pages.batches()}
          title="Batches"
          className="max-md:pointer-coarse:min-w-11"
        >
          <ListChecks aria-hidden />
          <span className="max-md:sr-only">Batches</span>
        </LinkButton>
        <div className="ml-auto max-md:ml-0 max-md:w-full">
          <FilterBar
            {...{ filters, flows, search, columns, fields, filterFields }}
            onFilters={change}
            onColumns={setColumns}
          />
        </div>
      </header>
      <ViewTabs list={views.data} open={open} search={asked} columns={columns} onOpen={openView} />
      <StandingChips
        chosen={filters.standing ?? []}
        counts={runs.counts}
        onChosen={(standing) => change({ standing })}
      />
      {filters.where ? (
        <WhereChips where={filters.where} fields={filterFields} onWhere={(where) => change({ where })} />
      ) : null}
      {runs.failure ? (
        <FailureBand
          failure={runs.failure}
          asOfMs={runs.answered ? runs.readAtMs : null}
          onRetry={runs.retry}
          className="mx-4 mb-2"
        />
      ) : away && runs.readAtMs ? (
        <AwayBand away={away} asOfMs={runs.readAtMs} />
      ) : null}
      <div
        onPointerMove={(event) => event.pointerType === 'mouse' && setPointed(overRows(event.target))}
        onPointerLeave={() => setPointed(false)}
        className="relative min-h-0 flex-1 border-t border-hairline"
      >
        {runs.held > 0 ? <HeldRuns held={runs.held} onShow={showHeld} /> : null}
        <div
          ref={scroller}
          aria-busy={runs.changing || undefined}
          onScroll={(event) => setScrolled(event.currentTarget.scrollTop > SCROLLED_PX)}
          onBlur={(event) => {
            if (!event.currentTarget.contains(event.relatedTarget)) setActive(null);
          }}
          className={cn(
            'relative h-full overflow-auto',
            runs.changing && 'opacity-60',
            // The last row is not below the bar.
            (selection.isAll || selection.runs.length > 0) && 'pb-16'
          )}
        >
          {rows.length > 0 ? (
            <>
              <RunTable
                {...{ rows, columns, fields, active, scroller }}
                onActive={setActive}
                more={runs.more !== null}
                stale={runs.failure !== null || away !== null}
                selection={selectable ? selection : null}
              />
              <More shown={rows.length} {...runs} />
            </>
          ) : runs.answered ? (
            <Nothing
              filters={filters}
              others={runs.total ?? 0}
              onFilters={change}
              installed={flows.some(({ name }) => name === example)}
              example={example}
            />
          ) : null}
        </div>
        <SelectionBar
          selection={selection}
          total={selectedTotal(runs, filters.standing)}
          hasMore={runs.more !== null}
          isCluster={!knowsErrors}
          isOneFlow={flowOf(targetsOf(selection, asked), selection.runs, filters).flow !== null}
          disabledReason={away?.reason ?? null}
          onAct={(act) => setActing({ act, targets: targetsOf(selection, asked) })}
        />
      </div>
      {acting ? (
        <ActDialog
          {...acting}
          {...flowOf(acting.targets, selection.runs, filters)}
          isCluster={!knowsErrors}
          onStarted={({ id }) => {
            setActing(null);
            selection.clear();
            void setBatchId(id);
          }}
          onClose={() => setActing(null)}
        />
      ) : null}
      {batchId ? <BatchDialog id={batchId} onClose={() => void setBatchId(null)} /> : null}
    </div>
  );
}

const targetsOf = ({ isAll, runs }: Selection, search: string): Targets => (isAll ? { search } : { runs });

/** The flow and the version that all of the runs have. */
function flowOf(
  targets: Targets,
  chosen: readonly RunSummary[],
  { flow, version }: RunFilters
): { flow: string | null; version: number | null } {
  if (!('runs' in targets)) return { flow, version: flow && version ? version : null };
  const [first] = chosen;
  const isOne = first !== undefined && chosen.every((run) => run.flow === first.flow);
  const isOneVersion = isOne && chosen.every((run) => run.version === first.version);
  return { flow: isOne ? first.flow : null, version: isOneVersion ? first.version : null };
}

/** All runs that the filters find; null: they were not counted. */
function selectedTotal(
  { total, counts }: Pick<RunsState, 'total' | 'counts'>,
  chosen: RunFilters['standing']
): number | null {
  if (!chosen?.length) return total;
  return counts && chosen.reduce((sum, each) => sum + (counts[each] ?? 0), 0);
}

/** '74 runs', or with a status selected '3 of 74 runs'. */
function howMany(
  { total, counts, isUncounted }: Pick<RunsState, 'total' | 'counts' | 'isUncounted'>,
  chosen: RunFilters['standing'],
  count: (things: number) => string
): string {
  if (isUncounted) return 'Too many to count now';
  if (total === null) return '';
  const all = `${count(total)} ${total === 1 ? 'run' : 'runs'}`;
  if (!chosen?.length || !counts) return all;
  return `${count(selectedTotal({ total, counts }, chosen) ?? 0)} of ${all}`;
}

/**
 * The pointer may also be above the rows: if the button disappeared under the pointer, the next click would open a
 * row.
 */
const overRows = (target: EventTarget) =>
  target instanceof Element && target.closest('[data-rows], [data-held]') !== null;

/** Lies over the list, so that it moves nothing. */
function HeldRuns({ held, onShow }: { held: number; onShow: () => void }) {
  return (
    <div
      data-held
      role="status"
      className="pointer-events-none absolute inset-x-0 top-9 z-30 flex justify-center max-md:top-2"
    >
      <Button variant="primary" size="sm" className="figures pointer-events-auto shadow-float" onClick={onShow}>
        {held} new {held === 1 ? 'run' : 'runs'} · show
      </Button>
    </div>
  );
}

function More({
  shown,
  total,
  more,
  loadingMore,
}: {
  shown: number;
  total: number | null;
  more: (() => void) | null;
  loadingMore: boolean;
}) {
  const count = useCount();
  if (!more) return null;
  return (
    <div className="flex items-center justify-center gap-3 py-4">
      <Button onClick={more} pending={loadingMore}>
        Load more
      </Button>
      <span className="figures text-xs text-ink-2">
        {count(shown)} shown{total !== null && total > shown ? ` of ${count(total)}` : ''}
      </span>
    </div>
  );
}

function Nothing({
  filters,
  others,
  onFilters,
  installed,
  example,
}: {
  filters: RunFilters;
  /** The number of runs that match all filters but the status. */
  others: number;
  onFilters: (change: Partial<RunFilters>) => void;
  installed: boolean;
  example: string;
}) {
  const whyNot = useWhyNot('runs.start', example);
  const kind = filterKind(filters);
  if (kind === 'none') {
    return (
      <EmptyState
        icon={<Play aria-hidden />}
        title="No run yet"
        action={
          installed ? (
            <LinkButton variant="primary" href={pages.start(example)} disabledReason={whyNot}>
              Start the example
            </LinkButton>
          ) : (
            <InstallExample />
          )
        }
      >
        Runs of all flows are listed here, the newest first. The list is updated live.
      </EmptyState>
    );
  }
  const byStatus = kind === 'standing' || (filters.standing !== null && others > 0);
  return (
    <EmptyState
      icon={<SearchX aria-hidden />}
      title="No run matches"
      action={
        <Button onClick={() => onFilters(byStatus ? { standing: null } : NO_FILTERS)}>
          {byStatus ? 'Clear status' : 'Clear filters'}
        </Button>
      }
    >
      {byStatus ? 'There are runs, but none has this status now.' : 'No run matches these filters.'}
    </EmptyState>
  );
}
