'use client';

/**
 * The parts of a run for each layout: panels on wide screens, a page with a drawer on a tablet, one column on a
 * phone.
 */
import { BookOpen, Maximize2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Sheet } from '@/components/ui/dialog';
import { Panels } from '@/components/ui/panels';
import { Tabs, type TabItem } from '@/components/ui/tabs';
import type { MainTab, RunParts, SideTab } from './run-parts';

/** A drawing that needs more has a larger share of the desk. */
const NARROW_DRAWING = 540;

/** The drawing reads downward, so it has the whole height; the panels beside it can be compared with it. */
export function Desk({ drawing, drawingWidth, ledger, main, side, tab, setTab, sideTab, setSideTab }: RunParts) {
  const isWide = drawingWidth > NARROW_DRAWING;
  return (
    <Panels
      // What a person has set for one kind is no good for the other.
      key={isWide ? 'wide' : 'narrow'}
      name={isWide ? 'run-desk-wide' : 'run-desk'}
      className="min-h-0 flex-1"
      items={[
        { id: 'run-drawing', defaultSize: isWide ? '52%' : '44%', minSize: '25%', content: drawing },
        {
          id: 'run-right',
          defaultSize: isWide ? '48%' : '56%',
          minSize: '35%',
          content: (
            <Panels
              name="run-right"
              orientation="vertical"
              className="h-full"
              items={[
                {
                  id: 'run-told',
                  defaultSize: '46%',
                  content: (
                    <Panels
                      name="run-told"
                      className="h-full bg-card"
                      items={[
                        { id: 'run-ledger', defaultSize: '46%', minSize: '25%', content: ledger },
                        {
                          id: 'run-side',
                          defaultSize: '54%',
                          minSize: '25%',
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
                {
                  id: 'run-main',
                  defaultSize: '54%',
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
      ]}
    />
  );
}

/** All tabs in one row; selecting a step opens its tab. */
function AllTabs({ main, side, tab, setTab, className }: RunParts & { className?: string }) {
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

export function Tablet(parts: RunParts) {
  const [open, setOpen] = useState(false);
  const { ledger } = parts.view.projection;
  return (
    <>
      <div className="relative h-[36rem] shrink-0">
        {parts.drawing}
        <Button className="absolute right-3 top-3 z-10" onClick={() => setOpen(true)}>
          <BookOpen aria-hidden />
          Ledger
          <span className="figures text-ink-2">{ledger.left}</span>
        </Button>
      </div>
      <AllTabs {...parts} className="h-[30rem] shrink-0" />
      <Sheet
        open={open}
        onOpenChange={setOpen}
        title="Ledger"
        description="The effects of this run, and which of them remain."
      >
        <div className="-mx-5 -my-4">{parts.ledger}</div>
      </Sheet>
    </>
  );
}

export function Phone(parts: RunParts) {
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
