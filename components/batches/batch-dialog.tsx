'use client';

/** How far the engine is with a batch. It is found by its id alone, so that it is there again after a reload. */
import type { Batch } from '@/app/_contract/batches';
import { pages, routes } from '@/app/_contract/routes';
import { failureFrom } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { LinkButton } from '@/components/ui/link-button';
import { useCount } from '@/components/ui/writing';
import { ProgressBar } from './progress-bar';
import { useBatch } from './use-batch';
import { batchWords, STATE_WORDS } from './words';

interface BatchDialogProps {
  id: string;
  /** What its start answered, if it was started here. */
  started?: Batch;
  /** What it does; without it, the name of its kind. */
  name?: string;
  onClose: () => void;
}

export function BatchDialog({ id, started, name, onClose }: BatchDialogProps) {
  const { data, error, refetch } = useBatch(id, started);
  const stop = useSend(['batch', id]);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={data ? STATE_WORDS[data.state] : 'A batch of runs'}
      description={name ?? (data ? batchWords(data) : undefined)}
      footer={
        <>
          {data?.state === 'running' ? (
            <Button
              pending={stop.pending}
              disabledReason={data.mayStop ? null : STOP_WHY_NOT}
              onClick={() => void stop.send(routes.stopBatch(id), { reason: 'Stopped in its dialog' })}
            >
              Stop
            </Button>
          ) : null}
          <LinkButton href={pages.batch(id)}>Each run</LinkButton>
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      {data ? <HowFar batch={data} /> : null}
      {error ? <FailureBand failure={failureFrom(error)} onRetry={() => void refetch()} /> : null}
      {stop.failure ? <FailureBand failure={stop.failure} /> : null}
    </Dialog>
  );
}

export const STOP_WHY_NOT =
  'It is stopped by whoever began it, or by somebody who may operate the flows of all its runs.';

export function HowFar({ batch: { total, done, failed, state, kind } }: { batch: Batch }) {
  const count = useCount();
  return (
    <div role="status" className="flex flex-col gap-2 text-sm">
      <ProgressBar label="Runs that were asked" now={done + failed} of={total} isDone={state !== 'running'} />
      <p className="figures">
        {count(done + failed)} of {count(total)} runs were asked{failed > 0 ? `, ${count(failed)} refused` : ''}.
      </p>
      {state === 'running' ? (
        <p className="text-ink-2">It goes on when you close this, and after a restart.</p>
      ) : kind === 'cancel' ? (
        <p className="text-ink-2">The list shows how each of them ends.</p>
      ) : null}
    </div>
  );
}
