'use client';

/**
 * The live page of a run: the drawing of its version, what it needs, its ledger, its history, and everything that can
 * be done to it. From 1280 px it consists of panels; from 768 px it is a page with the ledger in a drawer; below that
 * it is one column. The selected step and the tabs are in the URL.
 */
import type { RunDetail } from '@/app/_contract/runs';
import type { BookedService } from '@/engine/run-view/books';
import { cn } from '@/components/ui/cn';
import { usePageKeys } from '@/components/ui/page-keys';
import { useListKeys } from '@/components/ui/use-list-keys';
import { AwayBand } from './away-band';
import { HandBand } from './hand-band';
import { MomentBar } from './moment-bar';
import { PauseBand } from './pause-band';
import { useStepCommands } from './run-commands';
import { RunDialogs } from './run-dialogs';
import { RunHeader } from './run-header';
import { Desk, Phone, Tablet } from './run-layouts';
import { useRunParts } from './run-parts';
import { useRunView } from './run-view';
import { useMoment } from './use-moment';
import { useRoom } from './use-room';

const KEYS = [
  { keys: ['←', '↑', '→', '↓'], does: 'In the drawing: from step to step' },
  { keys: ['Enter'], does: 'In the drawing: select the step' },
  { keys: ['-'], does: 'In the drawing: fold the part, or the steps around; + unfolds' },
  { keys: ['Esc'], does: 'End the selection' },
];

export interface RunPageProps {
  initial: RunDetail;
  /** The services that can be asked what they have booked. */
  withBooks: readonly BookedService[];
}

export function RunPage({ initial, withBooks }: RunPageProps) {
  const view = useRunView(initial);
  const room = useRoom();
  const moment = useMoment(view);
  const parts = useRunParts(moment.view, withBooks, { events: view, at: moment.at, go: moment.go });
  useListKeys({ onEscape: parts.selected ? () => parts.select(null) : undefined });
  usePageKeys(KEYS);
  useStepCommands(view, parts.select);
  return (
    <div className={cn('flex flex-col', room === 'desk' || room === null ? 'h-full min-h-0' : 'min-h-full')}>
      {view.away ? <AwayBand away={view.away} asOfMs={view.live.asOfMs} /> : null}
      <RunHeader view={view} room={room} />
      <RunDialogs view={view}>
        {/* Above what a past moment hides: the slider stays below the pointer. */}
        <MomentBar moment={moment} live={view} />
        {moment.at === null ? (
          <>
            <PauseBand view={view} />
            <HandBand view={view} onSelect={parts.select} />
          </>
        ) : null}
        <div className={cn('flex min-h-0 flex-1 flex-col', view.away && 'grayscale')}>
          {room === 'desk' ? <Desk {...parts} /> : null}
          {room === 'tablet' ? <Tablet {...parts} /> : null}
          {room === 'phone' ? <Phone {...parts} /> : null}
        </div>
      </RunDialogs>
    </div>
  );
}
