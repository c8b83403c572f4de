'use client';

/** All runs of a group try their step again at once; the dialog then shows how far the engine is. */
import { useState } from 'react';
import type { AttentionGroup } from '@/app/_contract/attention';
import type { Batch } from '@/app/_contract/batches';
import { routes } from '@/app/_contract/routes';
import { BatchDialog } from '@/components/batches/batch-dialog';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Field, Textarea } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { useCount } from '@/components/ui/writing';

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
  if (batch) return <BatchDialog id={batch.id} started={batch} name={name} onClose={onClose} />;
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
