'use client';

/** Which failure leaves something else behind than before: both states are played in every way that they can fail. */
import { Square, Undo2 } from 'lucide-react';
import { useWhyNot } from '@/components/people/person';
import { FailureBand } from '@/components/live/failure-band';
import { Badge } from '@/components/ui/surface';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { EmptyState } from '@/components/ui/states';
import type { FailureChange } from '@/engine/trial/compare-matrices';
import { changeKind, comparisonWords, ifWords, leavesMore, thenWords } from './rollback-words';
import type { Rollback } from './use-rollback';

export interface RollbackTabProps {
  rollback: Rollback;
  flow: string;
  labels: [from: string, to: string];
  onStep: (id: string) => void;
}

export function RollbackTab({ rollback, flow, labels: [from, to], onStep }: RollbackTabProps) {
  const { state, played, expected, comparison, early, failure } = rollback;
  const whyNot = useWhyNot('flows.try', flow);
  const changes = [...(comparison?.changes ?? [])].sort((a, b) => Number(leavesMore(b)) - Number(leavesMore(a)));
  const isPlaying = state === 'before' || state === 'after';
  if (state === 'none')
    return (
      <EmptyState
        icon={<Undo2 aria-hidden />}
        title="Which failure leaves something else behind than before?"
        action={
          <Button variant="primary" disabledReason={whyNot} onClick={rollback.play}>
            Compare the rollback
          </Button>
        }
      >
        {`Every step of ${from} and then of ${to} fails in every way, and nothing is sent. Only what differs is shown. A flow is played for at most a minute; both use the operations of connections as they are now.`}
      </EmptyState>
    );
  return (
    <section aria-label="Differences of the rollback" className="flex flex-col">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-hairline px-3 py-2">
        <p role="status" className="min-w-0 flex-1 text-sm">
          {isPlaying
            ? `${state === 'before' ? from : to} is played: ${played} of ${expected || '…'} failures`
            : summary(rollback)}
        </p>
        {isPlaying ? (
          <Button size="sm" onClick={rollback.stop}>
            <Square aria-hidden /> Stop
          </Button>
        ) : (
          <Button size="sm" disabledReason={whyNot} onClick={rollback.play}>
            Compare again
          </Button>
        )}
      </header>
      {isPlaying ? (
        <div
          role="progressbar"
          aria-label="Failures played"
          aria-valuemin={0}
          aria-valuemax={expected}
          aria-valuenow={played}
          className="h-0.5 bg-hairline"
        >
          <div
            className="h-full bg-work transition-[width]"
            style={{ width: `${expected === 0 ? 0 : (100 * played) / expected}%` }}
          />
        </div>
      ) : null}
      {failure ? <FailureBand failure={failure} onRetry={rollback.play} className="m-2" /> : null}
      {[...early, ...(state === 'done' ? rollback.notCompared : [])].map((why) => (
        <p key={why} className="border-b border-hairline bg-sunken px-3 py-1.5 text-xs text-ink-2">
          {why}
        </p>
      ))}
      <ul aria-label="Failures that end otherwise">
        {changes.map((change) => (
          <Change key={change.key} change={change} onStep={onStep} />
        ))}
      </ul>
    </section>
  );
}

function Change({ change, onStep }: { change: FailureChange; onStep: (id: string) => void }) {
  const worse = leavesMore(change);
  return (
    <li className="border-b border-hairline">
      <button
        type="button"
        onClick={() => onStep(change.nodeId)}
        className="flex w-full flex-wrap items-start gap-x-3 gap-y-1 px-3 py-2 text-left text-sm hover:bg-ink/4"
      >
        <span className="w-28 shrink-0">
          <Badge tone={worse ? 'fail' : 'neutral'}>{changeKind(change)}</Badge>
        </span>
        <span className="min-w-0 flex-1 basis-64 wrap-anywhere">
          <span className="font-medium">{ifWords(change)}:</span>{' '}
          {thenWords(change).map((sentence) => (
            <span key={sentence} className={cn('block', worse && 'text-fail')}>
              {sentence}
            </span>
          ))}
        </span>
      </button>
    </li>
  );
}

function summary({ comparison, state }: Rollback): string {
  if (!comparison) return state === 'done' ? 'Nothing was compared.' : '';
  return comparisonWords(comparison);
}
