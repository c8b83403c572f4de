'use client';

/** The parts of the run page for every layout: drawing, ledger and tabs, and the selection among them (in the URL). */
import { Shapes } from 'lucide-react';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useState, type ReactNode } from 'react';
import { SagaCanvas } from '@/components/canvas/saga-canvas';
import { foldsOfFlow, useFolds } from '@/components/canvas/use-folds';
import { useWidthToRead } from '@/components/canvas/use-room-beside';
import { SagaList } from '@/components/canvas/saga-list';
import { EmptyState } from '@/components/ui/states';
import type { TabItem } from '@/components/ui/tabs';
import { BooksPanel } from './books-panel';
import { CodePanel } from './code-panel';
import { endableWait, EndWaitAct, onlyWait } from './end-wait-dialog';
import { EventList } from './event-list';
import { FamilyPanel, hasFamily } from './family-panel';
import { PassedOnNotes } from './passed-on-notes';
import { UndoActs } from './hand-band';
import { LedgerPanel } from './ledger-panel';
import { PendingPanel, pendingOf } from './pending-panel';
import { callsService, type BookedService } from '@/engine/run-view/books';
import type { LedgerEntry } from '@/engine/run-view/model';
import { isLeftBehind } from '@/engine/run-view/remaining';
import { pictureOf, type RunView } from './run-view';
import { SettleAct } from './settle-dialog';
import { StepPanel } from './step-panel';
import { Timeline } from './timeline';
import { AboutPanel, InputPanel, ResultPanel, ValuesPanel } from './value-panels';

/** Of a run that continued as new nothing is settled: it took its undos along. */
const SETTLED_AFTER: ReadonlySet<string> = new Set(['completed', 'failed', 'canceled', 'terminated', 'timedOut']);
/** Of a completed run only the effects that it was not meant to leave. */
const mayBeSettled = (status: string, entry: LedgerEntry): boolean =>
  SETTLED_AFTER.has(status) && isLeftBehind(entry, status === 'completed');

const MAIN = ['timeline', 'events', 'code', 'books'] as const;
const SIDE = ['step', 'pending', 'input', 'values', 'result', 'runs', 'about'] as const;
export type MainTab = (typeof MAIN)[number];
export type SideTab = (typeof SIDE)[number];

export interface RunParts {
  view: RunView;
  drawing: ReactNode;
  /** The least width at which the whole drawing can be read, in pixels. */
  drawingWidth: number;
  list: ReactNode;
  ledger: ReactNode;
  main: TabItem<MainTab>[];
  side: TabItem<SideTab>[];
  tab: MainTab | SideTab;
  setTab: (tab: MainTab | SideTab) => void;
  sideTab: SideTab;
  setSideTab: (tab: SideTab) => void;
  selected: string | null;
  select: (nodeId: string | null) => void;
}

/** The tab that has something to say when the page is opened. */
function firstSide(view: RunView, node: string | null): SideTab {
  if (node && view.readBy.nodes[node]) return 'step';
  if (view.live.summary.closeMs !== null) return 'result';
  return pendingOf(view).count > 0 ? 'pending' : 'input';
}

interface History {
  /** The run of now: the list of events has all of them. */
  events: RunView;
  /** The number of the event after which the other parts show the run; null: now. */
  at: number | null;
  go: (at: number | null) => void;
}

export function useRunParts(view: RunView, withBooks: readonly BookedService[], history: History): RunParts {
  const [{ node, tab, side }, setUrl] = useQueryStates(
    {
      node: parseAsString,
      tab: parseAsStringLiteral([...MAIN, ...SIDE]).withDefault('timeline'),
      side: parseAsStringLiteral(SIDE),
    },
    { history: 'replace' }
  );
  /* Whether the run was open when the page was opened. If it ends later, the page keeps its layout. */
  const [first] = useState<SideTab>(() => firstSide(view, node));
  const { live, manifest, readBy, projection } = view;
  const selected = node && readBy.nodes[node] ? node : null;
  const select = (nodeId: string | null) => void setUrl({ node: nodeId, ...(nodeId ? { side: 'step' as const } : {}) });
  const keepers = manifest ? withBooks.filter((each) => callsService(each, manifest.document)) : [];
  const picture = { ...pictureOf(view), selected, onSelect: select };
  const folds = useFolds(foldsOfFlow(manifest?.flow ?? ''));
  const drawingWidth = useWidthToRead(manifest?.document ?? null, manifest);
  const foreign = (
    <EmptyState icon={<Shapes aria-hidden />} title="No drawing" className="h-full">
      {live.summary.workflowType} is not a flow of this Backstitch. Its timeline and its events are below.
    </EmptyState>
  );
  return {
    view,
    drawing: manifest ? <SagaCanvas {...picture} folds={folds} className="h-full min-h-0" /> : foreign,
    drawingWidth,
    list: manifest ? <SagaList {...picture} className="px-2 py-4" /> : foreign,
    ledger:
      view.isFile && !manifest ? (
        <EmptyState title="No ledger" className="h-full">
          Which steps have effects is known with the flow only.
        </EmptyState>
      ) : (
        <LedgerPanel
          ledger={projection.ledger}
          completed={live.status === 'completed'}
          selected={selected}
          onSelect={select}
          actions={(entry) => {
            const wait = endableWait(view, entry.activityId);
            // The band above has the button of the only one.
            if (wait && (projection.whatNow || !onlyWait(view))) {
              return (
                <div className="pb-2 pl-9.5 pr-3">
                  <EndWaitAct view={view} wait={wait} size="sm" />
                </div>
              );
            }
            return entry.state === 'undoFailed' &&
              live.summary.closeMs === null &&
              projection.whatNow?.stepId !== entry.activityId ? (
              <div className="pb-2 pl-9.5 pr-3">
                <UndoActs view={view} stepId={entry.activityId} size="sm" />
              </div>
            ) : mayBeSettled(live.status, entry) && entry.heldBy === null && !view.detail.handedOver ? (
              <div className="pb-2 pl-9.5 pr-3">
                <SettleAct view={view} entry={entry} />
              </div>
            ) : null;
          }}
          note={<PassedOnNotes view={view} />}
          className="h-full"
        />
      ),
    main: [
      {
        value: 'timeline',
        label: 'Timeline',
        content: (
          <Timeline
            rows={projection.timeline}
            closedMs={view.past === null ? live.summary.closeMs : live.asOfMs}
            selected={selected}
            onSelect={select}
            className="h-full"
          />
        ),
      },
      {
        value: 'events',
        label: 'Events',
        count: history.events.live.events.length,
        content: (
          <EventList view={history.events} selected={selected} onSelect={select} at={history.at} onAt={history.go} />
        ),
      },
      ...(manifest
        ? [
            {
              value: 'code' as const,
              label: 'Code',
              content: <CodePanel manifest={manifest} selected={selected} onSelect={select} />,
            },
          ]
        : []),
      ...(keepers.length > 0
        ? [
            {
              value: 'books' as const,
              label: 'Books',
              content: <BooksPanel view={view} services={keepers} onSelect={select} />,
            },
          ]
        : []),
    ],
    side: [
      {
        value: 'step',
        label: 'Step',
        content: <StepPanel view={view} nodeId={selected} onCode={() => void setUrl({ tab: 'code' })} />,
      },
      {
        value: 'pending',
        label: 'Pending',
        count: pendingOf(view).count,
        content: <PendingPanel view={view} onSelect={select} />,
      },
      { value: 'input', label: 'Input', content: <InputPanel view={view} /> },
      ...(manifest
        ? [{ value: 'values' as const, label: 'Values', content: <ValuesPanel view={view} onSelect={select} /> }]
        : []),
      { value: 'result', label: 'Result', content: <ResultPanel view={view} /> },
      ...(hasFamily(view) && !view.isFile
        ? [{ value: 'runs' as const, label: 'Runs', content: <FamilyPanel view={view} /> }]
        : []),
      { value: 'about', label: 'About', content: <AboutPanel view={view} /> },
    ],
    tab,
    setTab: (next) => void setUrl({ tab: next }),
    sideTab: side ?? first,
    setSideTab: (next) => void setUrl({ side: next }),
    selected,
    select,
  };
}
