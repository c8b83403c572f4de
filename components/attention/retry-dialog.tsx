'use client';

/** All runs of a group try their step again at once; the dialog then shows how far the engine is. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AttentionGroup } from '@/app/_contract/attention';
import type { Batch } from '@/app/_contract/batches';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Dialog } from '@/components/ui/dialog';
import { Field, Textarea } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { useCount } from '@/components/ui/writing';

const LOOK_MS = 1_000;

export function RetryDialog({ group, name, onClose }: { group: AttentionGroup; name: string; onClose: () => void }) {
  const [batch, setBatch] = useState<Batch | null>(null);
  const [reason, setReason] = useState('');
  const [isTried, setTried] = useState(false);
  const isMissing = reason.trim() === '';
  const { pending, failure, send } = useSend(['attention']);
  const count = useCount();
  const { flow, key } = group;
  const runs = `${count(group.count)} ${group.count === 1 ? 'run' : 'runs'}`;
  const submit = async () => {
    setTried(true);
    if (isMissing) return;
    const started = await send<Batch>(routes.retryGroup(), { flow, key, reason });
    if (started) setBatch(started);
  };
  if (batch) return <Progress started={batch} name={name} onClose={onClose} />;
  return (
    <FormDialog
      title={`Try again now in ${runs}?`}
      description={`${name}. The next attempt begins at once in each of them, at most 50 a second. Nothing is undone or skipped.`}
      action="Try all now"
      pending={pending}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Field
        label="Reason"
        required
        help="Kept in the audit trail, together with your name."
        error={isTried && isMissing ? 'Enter a reason.' : null}
      >
        <Textarea rows={2} maxLength={1_000} value={reason} onChange={({ target }) => setReason(target.value)} />
      </Field>
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}

function Progress({ started, name, onClose }: { started: Batch; name: string; onClose: () => void }) {
  const count = useCount();
  const { data, error, refetch } = useQuery({
    queryKey: ['batch', started.id],
    queryFn: ({ signal }) => getJson<Batch>(routes.batch(started.id), signal),
    initialData: started,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? LOOK_MS : false),
  });
  const stop = useSend(['batch', started.id]);
  const { total, done, failed, state } = data;
  const words = { running: 'Under way', completed: 'Done', stopped: 'Stopped' }[state];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={words}
      description={name}
      footer={
        <>
          {state === 'running' ? (
            <Button
              pending={stop.pending}
              onClick={() => void stop.send(routes.stopBatch(started.id), { reason: 'Stopped in its dialog' })}
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
      <div role="status" className="flex flex-col gap-2 text-sm">
        <div
          role="progressbar"
          aria-label="Runs that were asked"
          aria-valuemin={0}
          aria-valuenow={done + failed}
          aria-valuemax={Math.max(1, total)}
          className="h-1 w-full overflow-hidden rounded-sm bg-ink/8"
        >
          <div
            className={cn('h-full', state === 'running' ? 'bg-work' : 'bg-forward')}
            style={{ width: `${(100 * (done + failed)) / Math.max(1, total)}%` }}
          />
        </div>
        <p className="figures">
          {count(done + failed)} of {count(total)} runs were asked{failed > 0 ? `, ${count(failed)} refused` : ''}.
        </p>
        {state === 'running' ? (
          <p className="text-ink-2">It goes on when you close this, and after a restart.</p>
        ) : null}
      </div>
      {error ? <FailureBand failure={failureFrom(error)} onRetry={() => void refetch()} /> : null}
      {stop.failure ? <FailureBand failure={stop.failure} /> : null}
    </Dialog>
  );
}
