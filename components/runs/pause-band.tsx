'use client';

/** On the page of a paused run: who paused it, when and why, what goes on meanwhile, and its end. */
import { Pause } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { PlainText } from '@/components/ui/plain-text';
import { RelativeTime } from '@/components/ui/time';
import { ResumeRunDialog } from './pause-dialogs';
import { useRunDialog } from './run-dialogs';
import type { RunView } from './run-view';

export function PauseBand({ view }: { view: RunView }) {
  const { pause } = view.projection;
  const open = useRunDialog();
  if (!pause) return null;
  return (
    <section
      aria-label="Paused"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-hairline bg-sunken px-4 py-2 text-sm"
    >
      <p role="status" className="flex min-w-0 flex-1 basis-80 items-start gap-2.5">
        <Pause aria-hidden className="mt-0.5 size-4 shrink-0" />
        <span className="min-w-0 wrap-anywhere">
          <span className="font-medium">
            Paused by {pause.by} <RelativeTime atMs={pause.atMs} />
            {pause.reason ? (
              <>
                : <PlainText text={withStop(pause.reason)} />
              </>
            ) : (
              '.'
            )}
          </span>{' '}
          <span className="text-ink-2">
            No step and no attempt begins. Timers and time limits run on; signals and a stop are kept; decisions are
            refused.
          </span>
        </span>
      </p>
      <Button
        variant="primary"
        disabledReason={view.blocked}
        onClick={() => open((now, close) => <ResumeRunDialog view={now} onClose={close} />)}
      >
        Resume…
      </Button>
    </section>
  );
}

const withStop = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`);
