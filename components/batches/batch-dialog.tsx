'use client';

/** How far the engine is with a batch. It is found by its id alone, so that it is there again after a reload. */
import { useQuery } from '@tanstack/react-query';
import type { Batch } from '@/app/_contract/batches';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { useWhyNot } from '@/components/people/person';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { useCount } from '@/components/ui/writing';
import { ProgressBar } from './progress-bar';

const LOOK_MS = 1_000;

const NAMES = { cancel: 'Stop and undo', terminate: 'Kill now', retry: 'Try again now' } as const;
const STATES = { running: 'Under way', completed: 'Done', stopped: 'Stopped' } as const;

interface BatchDialogProps {
  id: string;
  /** What its start answered, if it was started here. */
  started?: Batch;
  /** What it does; without it, the name of its kind. */
  name?: string;
  onClose: () => void;
}

export function BatchDialog({ id, started, name, onClose }: BatchDialogProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ['batch', id],
    queryFn: ({ signal }) => getJson<Batch>(routes.batch(id), signal),
    initialData: started,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? LOOK_MS : false),
  });
  const stop = useSend(['batch', id]);
  const whyNot = useWhyNot('batches.stop');
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={data ? STATES[data.state] : 'A batch of runs'}
      description={name ?? (data?.kind ? NAMES[data.kind] : undefined)}
      footer={
        <>
          {data?.state === 'running' ? (
            <Button
              pending={stop.pending}
              disabledReason={whyNot}
              onClick={() => void stop.send(routes.stopBatch(id), { reason: 'Stopped in its dialog' })}
            >
              Stop
            </Button>
          ) : null}
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

function HowFar({ batch: { total, done, failed, state, kind } }: { batch: Batch }) {
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
