'use client';

/**
 * A run, live: the drawing of its version, what it needs, its ledger, its history, and everything that can be done to it.
 * From 1280 px panels; from 768 a page with the ledger in a drawer; below that one column. Step and tabs live in the URL.
 */
import { BookOpen, Maximize2, Shapes } from 'lucide-react';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { useState, type ReactNode } from 'react';
import type { RunDetail } from '@/app/_contract/runs';
import { SagaCanvas } from '@/components/canvas/saga-canvas';
import { SagaList } from '@/components/canvas/saga-list';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Sheet } from '@/components/ui/dialog';
import { Panels } from '@/components/ui/panels';
import { EmptyState } from '@/components/ui/states';
import { Tabs, type TabItem } from '@/components/ui/tabs';
import { AwayBand } from './away-band';
import { CodePanel } from './code-panel';
import { EventList } from './event-list';
import { HandBand, UndoActs } from './hand-band';
import { LedgerPanel } from './ledger-panel';
import { PendingPanel } from './pending-panel';
import { RunHeader } from './run-header';
import { useRunView, type RunView } from './run-view';
import { ShopPanel } from './shop-panel';
import { StepPanel } from './step-panel';
import { Timeline } from './timeline';
import { useRoom } from './use-room';
import { AboutPanel, InputPanel, inputOf, ResultPanel } from './value-panels';

const MAIN = ['timeline', 'events', 'code', 'shop'] as const;
const SIDE = ['step', 'pending', 'input', 'result', 'about'] as const;
type MainTab = (typeof MAIN)[number];
type SideTab = (typeof SIDE)[number];

export interface RunPageProps {
  initial: RunDetail;
  /** Flow of the example, whose shop has books of its own; null when there is no shop. */
  shopFlow: string | null;
}

export function RunPage({ initial, shopFlow }: RunPageProps) {
  const view = useRunView(initial);
  const room = useRoom();
  const parts = useParts(view, shopFlow);
  return (
    <div className={cn('flex flex-col', room === 'desk' || room === null ? 'h-full min-h-0' : 'min-h-full')}>
      {view.away ? <AwayBand away={view.away} asOfMs={view.live.asOfMs} /> : null}
      <RunHeader view={view} room={room} />
      <HandBand view={view} onSelect={parts.select} />
      <div className={cn('flex min-h-0 flex-1 flex-col', view.away && 'grayscale')}>
        {room === 'desk' ? <Desk {...parts} /> : null}
        {room === 'tablet' ? <Tablet {...parts} /> : null}
        {room === 'phone' ? <Phone {...parts} /> : null}
      </div>
    </div>
  );
}

interface Parts {
  view: RunView;
  drawing: ReactNode;
  list: ReactNode;
  ledger: ReactNode;
  main: TabItem<MainTab>[];
  side: TabItem<SideTab>[];
  tab: MainTab | SideTab;
  setTab: (tab: MainTab | SideTab) => void;
  sideTab: SideTab;
  setSideTab: (tab: SideTab) => void;
  select: (nodeId: string | null) => void;
}

function useParts(view: RunView, shopFlow: string | null): Parts {
  const [{ node, tab, side }, setUrl] = useQueryStates(
    {
      node: parseAsString,
      tab: parseAsStringLiteral([...MAIN, ...SIDE]).withDefault('timeline'),
      side: parseAsStringLiteral(SIDE),
    },
    { history: 'replace' }
  );
  /* What was open when the page was: a run that ends meanwhile does not turn the page over. */
  const [first] = useState<SideTab>(() => (node ? 'step' : view.live.summary.closeMs === null ? 'pending' : 'result'));
  const { live, manifest, readBy, projection } = view;
  const selected = node && readBy.nodes[node] ? node : null;
  const select = (nodeId: string | null) => void setUrl({ node: nodeId, ...(nodeId ? { side: 'step' as const } : {}) });
  const input = inputOf(live.events);
  const orderId =
    shopFlow !== null &&
    live.summary.flow === shopFlow &&
    typeof input === 'object' &&
    input !== null &&
    'orderId' in input
      ? String(input.orderId)
      : null;
  const picture = {
    document: readBy.document,
    manifest,
    states: projection.nodes,
    branches: projection.branches,
    ledger: projection.ledger,
    status: live.status,
    selected,
    onSelect: select,
  };
  const foreign = (
    <EmptyState icon={<Shapes aria-hidden />} title="No drawing" className="h-full">
      {live.summary.workflowType} is no flow of this Backstitch. Its timeline and its events are below.
    </EmptyState>
  );
  return {
    view,
    drawing: manifest ? <SagaCanvas {...picture} className="h-full min-h-0" /> : foreign,
    list: manifest ? <SagaList {...picture} className="px-2 py-4" /> : foreign,
    ledger: (
      <LedgerPanel
        ledger={projection.ledger}
        completed={live.status === 'completed'}
        selected={selected}
        onSelect={select}
        actions={(entry) =>
          entry.state === 'undoFailed' && live.summary.closeMs === null ? (
            <div className="px-3 pb-2">
              <UndoActs view={view} nodeId={entry.nodeId} size="sm" />
            </div>
          ) : null
        }
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
            closedMs={live.summary.closeMs}
            selected={selected}
            onSelect={select}
            className="h-full"
          />
        ),
      },
      {
        value: 'events',
        label: 'Events',
        count: live.events.length,
        content: <EventList view={view} selected={selected} onSelect={select} />,
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
      ...(orderId
        ? [
            {
              value: 'shop' as const,
              label: 'Shop',
              content: <ShopPanel view={view} orderId={orderId} onSelect={select} />,
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
        count: live.pending.length,
        content: <PendingPanel view={view} onSelect={select} />,
      },
      { value: 'input', label: 'Input', content: <InputPanel view={view} /> },
      { value: 'result', label: 'Result', content: <ResultPanel view={view} /> },
      { value: 'about', label: 'About', content: <AboutPanel view={view} /> },
    ],
    tab,
    setTab: (next) => void setUrl({ tab: next }),
    sideTab: side ?? first,
    setSideTab: (next) => void setUrl({ side: next }),
    select,
  };
}

function Desk({ drawing, ledger, main, side, tab, setTab, sideTab, setSideTab }: Parts) {
  return (
    <Panels
      name="run"
      className="min-h-0 flex-1"
      items={[
        {
          id: 'run-left',
          defaultSize: '73%',
          minSize: '40%',
          content: (
            <Panels
              name="run-left"
              orientation="vertical"
              className="h-full"
              items={[
                { id: 'run-drawing', defaultSize: '56%', content: drawing },
                {
                  id: 'run-main',
                  defaultSize: '44%',
                  content: (
                    <Tabs
                      label="History"
                      value={main.find(({ value }) => value === tab)?.value ?? 'timeline'}
                      onValueChange={setTab}
                      items={main}
                      className="h-full bg-card"
                      panelClassName="overflow-hidden"
                    />
                  ),
                },
              ]}
            />
          ),
        },
        {
          id: 'run-right',
          defaultSize: '27%',
          minSize: '18%',
          content: (
            <Panels
              name="run-right"
              orientation="vertical"
              className="h-full bg-card"
              items={[
                { id: 'run-ledger', defaultSize: '42%', content: ledger },
                {
                  id: 'run-side',
                  defaultSize: '58%',
                  content: (
                    <Tabs
                      label="About the run"
                      value={sideTab}
                      onValueChange={setSideTab}
                      items={side}
                      className="h-full"
                      panelClassName="overflow-auto"
                    />
                  ),
                },
              ]}
            />
          ),
        },
      ]}
    />
  );
}

/** All tabs in one row; a picked step opens its own. */
function AllTabs({ main, side, tab, setTab, className }: Parts & { className?: string }) {
  const items: TabItem<MainTab | SideTab>[] = [...main, ...side];
  return (
    <Tabs
      label="About the run"
      value={items.find(({ value }) => value === tab)?.value ?? 'timeline'}
      onValueChange={setTab}
      items={items}
      className={cn('border-t border-hairline bg-card', className)}
      panelClassName="overflow-auto"
    />
  );
}

function Tablet(parts: Parts) {
  const [open, setOpen] = useState(false);
  const { ledger } = parts.view.projection;
  return (
    <>
      <div className="relative h-[24rem] shrink-0">
        {parts.drawing}
        <Button className="absolute right-3 top-3 z-10" onClick={() => setOpen(true)}>
          <BookOpen aria-hidden />
          Ledger
          <span className="figures text-ink-2">{ledger.standing}</span>
        </Button>
      </div>
      <AllTabs {...parts} className="h-[30rem] shrink-0" />
      <Sheet open={open} onOpenChange={setOpen} title="Ledger" description="What this run did, and what still stands.">
        <div className="-mx-5 -my-4">{parts.ledger}</div>
      </Sheet>
    </>
  );
}

function Phone(parts: Parts) {
  const [drawn, setDrawn] = useState(false);
  return (
    <>
      <div className="border-b border-hairline bg-card">{parts.ledger}</div>
      <div className="flex items-center justify-between px-4 pt-3">
        <h2 className="text-sm font-semibold">Steps</h2>
        <Button size="sm" onClick={() => setDrawn(true)}>
          <Maximize2 aria-hidden />
          Drawing
        </Button>
      </div>
      {parts.list}
      <AllTabs {...parts} className="h-[32rem] shrink-0" />
      <Sheet side="bottom" open={drawn} onOpenChange={setDrawn} title="Drawing" className="h-[90dvh]">
        <div className="-mx-5 -my-4 h-[calc(90dvh-3.5rem)]">{drawn ? parts.drawing : null}</div>
      </Sheet>
    </>
  );
}
