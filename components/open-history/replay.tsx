'use client';

/** 'Replay it here': whether the code that is published here does what the history has. */
import { CircleCheck, CircleX, Repeat2 } from 'lucide-react';
import { useState } from 'react';
import { REPLAYED_MOST, type Replayed, type ReplayHistory } from '@/app/_contract/histories';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { useWhyNot } from '@/components/people/person';
import type { RunView } from '@/components/runs/run-view';
import { Button } from '@/components/ui/button';
import { PlainText } from '@/components/ui/plain-text';
import { MASK } from '@/engine/flow/values/mask';

export function Replay({
  view: { manifest, live },
  text,
  onEvent,
  onSelect,
}: {
  view: RunView;
  text: string;
  /** Shows the run as it was before the event. */
  onEvent: (at: number | null) => void;
  onSelect: (nodeId: string) => void;
}) {
  const [found, setFound] = useState<Replayed | null>(null);
  const { pending, failure, send } = useSend();
  const whyNot = useWhyNot('histories.replay', manifest?.flow ?? null);
  if (!manifest) return null;
  const { flow, version, revision } = manifest;
  const tooLong = text.length > REPLAYED_MOST ? 'Only a file of at most 2 MB can be replayed here.' : null;
  const replay = async () => {
    setFound(null);
    const wish: ReplayHistory = { flow, version, revision, history: text };
    setFound(await send<Replayed>(routes.replayHistory(), wish));
  };
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 pl-6.5">
      <Button size="sm" pending={pending} disabledReason={whyNot ?? tooLong} onClick={() => void replay()}>
        <Repeat2 aria-hidden />
        Replay it here
      </Button>
      <div role="status" className="min-w-0 flex-1 basis-60 text-sm">
        {found === null ? (
          <span className="text-xs text-ink-2">
            {pending
              ? 'Replaying: the file was sent to this Backstitch, and is not kept.'
              : `Runs the code of ${revision} on the history, with nothing sent and nothing kept.`}
          </span>
        ) : found.holds ? (
          <span className="flex items-start gap-1.5">
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-forward" />
            It replays: the code of {revision} here does exactly what this history has.
          </span>
        ) : (
          <span className="flex items-start gap-1.5">
            <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-fail" />
            <span className="min-w-0 wrap-anywhere">
              <span className="font-medium">
                {found.eventId === null ? 'It does not replay.' : `It differs at event ${found.eventId}.`}
              </span>{' '}
              <PlainText text={found.why} /> {isHidden(live.events) ? HIDDEN : null}
            </span>
          </span>
        )}
      </div>
      {found && !found.holds && found.eventId !== null ? (
        <Button
          size="sm"
          onClick={() => {
            onEvent(Math.max(1, (found.eventId ?? 1) - 1));
            if (found.nodeId) onSelect(found.nodeId);
          }}
        >
          Show the run before it
        </Button>
      ) : null}
      {failure ? <FailureBand failure={failure} className="w-full" /> : null}
    </div>
  );
}

const HIDDEN = 'Values in this file are hidden, which alone can be the reason.';
const isHidden = (events: RunView['live']['events']): boolean =>
  events.some(({ attributes }) => JSON.stringify(attributes).includes(MASK));
