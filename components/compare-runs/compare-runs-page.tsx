'use client';

/**
 * Two runs side by side: where they part, on one drawing and step by step, what differs in their values, and both ledgers
 * and timelines. Open runs stay live. The runs, the tab and the selected step are in the URL, so that a comparison can be
 * sent to somebody.
 */
import { useQuery } from '@tanstack/react-query';
import { ArrowLeftRight, GitCompare } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useMemo, useRef, type ReactNode } from 'react';
import type { RunName } from '@/app/_contract/batches';
import { pages, routes } from '@/app/_contract/routes';
import type { RunDetail } from '@/app/_contract/runs';
import { SagaCanvas, type CanvasHandle } from '@/components/canvas/saga-canvas';
import { foldsOfFlow, useFolds } from '@/components/canvas/use-folds';
import { failureFrom, getJson } from '@/components/live/api';
import { FailurePage } from '@/components/live/failure-page';
import { AwayBand } from '@/components/runs/away-band';
import { useRunView, type RunView } from '@/components/runs/run-view';
import { Timeline } from '@/components/runs/timeline';
import { RunStatus } from '@/components/status/run-status';
import { Button, IconButton } from '@/components/ui/button';
import { LinkButton } from '@/components/ui/link-button';
import { usePageKeys } from '@/components/ui/page-keys';
import { Panels } from '@/components/ui/panels';
import { EmptyState } from '@/components/ui/states';
import { Badge } from '@/components/ui/surface';
import { Tabs } from '@/components/ui/tabs';
import { Duration, RelativeTime } from '@/components/ui/time';
import { rowAfter, useListKeys } from '@/components/ui/use-list-keys';
import { useWide } from '@/components/ui/use-wide';
import { compareRuns, type ComparedRun, type RunComparison } from '@/engine/run-view/compare-runs';
import { EffectsCompared } from './effects-compared';
import { RunMarks } from './run-marks';
import { differentIds, StepDifferences } from './step-differences';
import { partingWords } from './words';

const TABS = ['steps', 'effects', 'timelines'] as const;
const KEYS = [
  { keys: ['n', 'p'], does: 'Next difference, previous difference' },
  { keys: ['Esc'], does: 'End the selection' },
];

interface Served {
  run: RunName;
  /** Null: its history is long, and the browser reads it. */
  initial: RunDetail | null;
}

export function CompareRunsPage({ a, b }: { a: Served; b: Served }) {
  const [left, right] = [useWhole(a), useWhole(b)];
  const failure = left.failure ?? right.failure;
  if (failure) return <FailurePage failure={failure} />;
  if (left.detail && right.detail) return <RunsCompared a={left.detail} b={right.detail} />;
  return (
    <div className="grid h-full place-items-center p-8" aria-busy>
      <p role="status" className="text-sm text-ink-2">
        Reading the events of both runs …
      </p>
    </div>
  );
}

function useWhole({ run: { workflowId, runId }, initial }: Served) {
  const { data, error } = useQuery({
    queryKey: ['run', workflowId, runId],
    queryFn: ({ signal }) => getJson<RunDetail>(routes.run(workflowId, runId), signal),
    ...(initial ? { initialData: initial } : {}),
    staleTime: Infinity,
    refetchOnReconnect: false,
  });
  return { detail: initial ?? data ?? null, failure: error && !data ? failureFrom(error) : null };
}

/** The address names no two runs. */
export function WhichRuns({ isOne = false }: { isOne?: boolean }) {
  return (
    <>
      <h1 className="sr-only">Compare two runs</h1>
      <EmptyState
        icon={<GitCompare aria-hidden />}
        title={isOne ? 'This is the same run twice' : 'Which two runs?'}
        action={<LinkButton href={pages.runs()}>Choose two runs</LinkButton>}
        className="h-full"
      >
        Select two runs in the list and choose ‘Compare’, or ‘Compare with…’ on the page of a run.
      </EmptyState>
    </>
  );
}

const sideOf = ({ live, readBy, projection }: RunView): ComparedRun => ({ facts: live, manifest: readBy, projection });

function RunsCompared({ a: first, b: second }: { a: RunDetail; b: RunDetail }) {
  const [a, b] = [useRunView(first), useRunView(second)];
  const comparison = useMemo(() => compareRuns(sideOf(a), sideOf(b)), [a, b]);
  const [{ tab, step, all }, setUrl] = useQueryStates(
    {
      tab: parseAsStringLiteral(TABS).withDefault('steps'),
      step: parseAsString,
      all: parseAsBoolean.withDefault(false),
    },
    { history: 'replace' }
  );
  const isOpen = a.live.status === 'running' || b.live.status === 'running';
  const manifests = [a.readBy, b.readBy];
  const canvas = useRef<CanvasHandle>(null);
  const select = (id: string | null) => {
    void setUrl({ step: id });
    if (id === null) return;
    const node = nodeOf(comparison, id);
    if (node !== null) canvas.current?.show(node);
    requestAnimationFrame(() => entryOf(id)?.scrollIntoView({ block: 'nearest' }));
  };
  const ids = differentIds(comparison);
  const go = (by: 1 | -1) => {
    const next = ids[rowAfter(ids.indexOf(step ?? ''), by, ids.length)];
    if (!next || tab !== 'steps') return;
    select(next);
    entryOf(next)?.focus({ preventScroll: true });
  };
  usePageKeys(KEYS);
  useListKeys({
    onMove: go,
    others: { n: () => go(1), p: () => go(-1) },
    onEscape: step === null ? undefined : () => select(null),
  });
  const away = a.away ?? b.away;
  return (
    <div className="flex h-full min-h-0 flex-col max-xl:h-auto max-xl:min-h-full">
      {away ? <AwayBand away={away} asOfMs={Math.min(a.live.asOfMs, b.live.asOfMs)} /> : null}
      <Header a={a} b={b} />
      <p role="status" className="px-4 pb-2 text-sm font-medium wrap-anywhere">
        {partingWords(comparison, isOpen, manifests)}
        {comparison.flows === 'otherVersion' ? (
          <span className="font-normal text-ink-2"> The drawing has the steps of both versions.</span>
        ) : null}
      </p>
      <Tabs
        label="What is compared"
        value={tab}
        onValueChange={(next) => void setUrl({ tab: next })}
        className="min-h-0 flex-1 border-t border-hairline"
        panelClassName="overflow-auto"
        items={[
          {
            value: 'steps',
            label: 'Steps',
            count: ids.length,
            content: comparison.document ? (
              <Steps
                {...{ a, b, comparison, canvas, select }}
                step={step}
                list={
                  <div className="@container relative h-full overflow-auto bg-card">
                    <div className="flex flex-wrap items-center gap-2 border-b border-hairline px-3 py-1.5">
                      <Button
                        size="sm"
                        variant={all ? 'secondary' : 'ghost'}
                        aria-pressed={all}
                        onClick={() => void setUrl({ all: !all })}
                      >
                        All steps
                      </Button>
                      <span className="ml-auto flex gap-1">
                        <Button size="sm" disabled={ids.length === 0} onClick={() => go(-1)}>
                          Previous
                        </Button>
                        <Button size="sm" disabled={ids.length === 0} onClick={() => go(1)}>
                          Next difference
                        </Button>
                      </span>
                    </div>
                    <StepDifferences
                      comparison={comparison}
                      isAll={all}
                      manifests={manifests}
                      runs={{ a: a.live.summary, b: b.live.summary }}
                      selected={step}
                      onSelect={select}
                    />
                    {ids.length === 0 && !all ? (
                      <EmptyState title={isOpen ? 'Nothing differs so far' : 'Nothing differs'}>
                        Inputs, outcomes, attempts and outputs are the same in both runs.
                      </EmptyState>
                    ) : null}
                  </div>
                }
              />
            ) : (
              <Timelines a={a} b={b} />
            ),
          },
          {
            value: 'effects',
            label: 'Effects',
            count: comparison.effects.filter(({ differs }) => differs).length,
            content: <EffectsCompared effects={comparison.effects} />,
          },
          { value: 'timelines', label: 'Timelines', content: <Timelines a={a} b={b} /> },
        ]}
      />
    </div>
  );
}

const entryOf = (id: string) => document.querySelector<HTMLElement>(`[data-difference="${CSS.escape(id)}"]`);

interface StepsProps {
  a: RunView;
  b: RunView;
  comparison: RunComparison;
  canvas: React.RefObject<CanvasHandle | null>;
  step: string | null;
  select: (id: string | null) => void;
  list: ReactNode;
}

/** The drawing beside the list; one under the other where there is no room. */
function Steps({ a, b, comparison, canvas, step, select, list }: StepsProps) {
  const wide = useWide();
  const folds = useFolds(foldsOfFlow(a.readBy.flow));
  const changed = useMemo(
    () => comparison.steps.flatMap(({ nodeId, differs }) => (differs.length > 0 ? [nodeId] : [])),
    [comparison]
  );
  const declared = useMemo(() => ({ nodes: { ...a.readBy.nodes, ...b.readBy.nodes } }), [a.readBy, b.readBy]);
  const { document } = comparison;
  if (!document || wide === null) return <div className="h-full" />;
  const drawing = (
    <SagaCanvas
      ref={canvas}
      document={document}
      manifest={declared}
      selected={nodeOf(comparison, step)}
      onSelect={(id) => select(id === null ? null : stepIn(comparison, id))}
      folds={folds}
      keepOpen={changed}
      overlay={(layout) => <RunMarks layout={layout} comparison={comparison} a={a.projection} b={b.projection} />}
      className="h-full"
    />
  );
  return wide ? (
    <Panels
      name="compare-runs"
      className="h-full"
      items={[
        { id: 'compared-drawing', defaultSize: '50%', minSize: '30%', content: drawing },
        { id: 'compared-steps', defaultSize: '50%', minSize: '320px', content: list },
      ]}
    />
  ) : (
    <div className="flex flex-col">
      <div className="h-80 shrink-0 md:h-[32rem]">{drawing}</div>
      <div className="border-t border-hairline">{list}</div>
    </div>
  );
}

/** Null for what is no step. */
const nodeOf = ({ steps }: RunComparison, id: string | null): string | null =>
  steps.find(({ stepId }) => stepId === id)?.nodeId ?? null;
/** Of a card in a loop: the first of its steps that differs. */
const stepIn = ({ steps }: RunComparison, nodeId: string): string => {
  const own = steps.filter((each) => each.nodeId === nodeId);
  return (own.find(({ differs }) => differs.length > 0) ?? own[0])?.stepId ?? nodeId;
};

function Timelines({ a, b }: { a: RunView; b: RunView }) {
  return (
    <div className="grid gap-px bg-hairline xl:h-full xl:grid-cols-2">
      {[
        { letter: 'A', view: a },
        { letter: 'B', view: b },
      ].map(({ letter, view }) => (
        <section
          key={letter}
          aria-label={`Timeline of run ${letter}`}
          className="flex min-h-0 min-w-0 flex-col bg-card"
        >
          <h2 className="border-b border-hairline px-3 py-1.5 text-sm font-semibold">{letter}</h2>
          <Timeline
            rows={view.projection.timeline}
            closedMs={view.live.summary.closeMs}
            selected={null}
            onSelect={() => {}}
            className="min-h-0 flex-1"
          />
        </section>
      ))}
    </div>
  );
}

function Header({ a, b }: { a: RunView; b: RunView }) {
  const router = useRouter();
  return (
    <header className="flex flex-col gap-2 px-4 pb-2 pt-4">
      <h1 className="text-xl font-semibold">Compare two runs</h1>
      <div className="flex flex-wrap items-center gap-2">
        <RunCard letter="A" view={a} />
        <IconButton
          label="Exchange the two"
          onClick={() => router.replace(pages.compareRuns(b.live.summary, a.live.summary))}
        >
          <ArrowLeftRight aria-hidden />
        </IconButton>
        <RunCard letter="B" view={b} />
      </div>
    </header>
  );
}

function RunCard({ letter, view: { live, manifest } }: { letter: 'A' | 'B'; view: RunView }) {
  const { summary } = live;
  return (
    <section
      aria-label={`Run ${letter}`}
      className="flex min-w-0 flex-1 basis-72 items-start gap-3 rounded-lg border border-hairline bg-card px-3 py-2"
    >
      <span aria-hidden className="text-lg font-semibold">
        {letter}
      </span>
      <div className="min-w-0 flex-1">
        <Link
          href={pages.run(summary.workflowId, summary.runId)}
          className="block truncate rounded-sm font-mono text-sm underline underline-offset-2"
          title={`${summary.workflowId} ${summary.runId}`}
        >
          {summary.workflowId}
        </Link>
        <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-xs text-ink-2">
          <RunStatus {...summary} size={14} className="text-ink" />
          <span className="inline-flex items-center gap-1.5">
            {manifest?.document.title ?? summary.workflowType}
            {summary.revision ? <Badge>{summary.revision}</Badge> : null}
          </span>
          <Duration startMs={summary.startMs} endMs={summary.closeMs} />
          <span>
            started <RelativeTime atMs={summary.startMs} />
          </span>
        </p>
      </div>
    </section>
  );
}
