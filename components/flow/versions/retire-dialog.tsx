'use client';

/** Retires a version, or takes that back: says first what it means for new runs and for open ones. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { VersionRow, VersionSummary } from '@/app/_contract/flows';
import { routes } from '@/app/_contract/routes';
import { failureFrom, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { CheckboxField, Field, Textarea } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { toast } from '@/components/ui/toast';
import { useRefresh } from '../use-refresh';

interface RetireDialogProps {
  flow: string;
  version: VersionRow;
  what: 'retire' | 'unretire';
  /** All of the flow, newest first. */
  versions: readonly VersionRow[];
  onClose: () => void;
}

export function RetireDialog({ flow, version, what, versions, onClose }: RetireDialogProps) {
  const refresh = useRefresh();
  const [reason, setReason] = useState('');
  const [evenLast, setEvenLast] = useState(false);
  const number = version.version;
  const isRetiring = what === 'retire';
  const others = versions.filter((each) => each.retired === null && each.version !== number);
  const isLast = isRetiring && others.length === 0;
  const { mutate, isPending, error } = useMutation({
    meta: { shownByForm: true },
    mutationFn: () =>
      isRetiring
        ? postJson<VersionSummary>(routes.retireVersion(flow, number), { reason, evenLast })
        : postJson<VersionSummary>(routes.unretireVersion(flow, number), { reason }),
    onSuccess: async () => {
      await refresh();
      toast(isRetiring ? `Version ${number} is retired.` : `Version ${number} starts runs again.`);
      onClose();
    },
  });
  return (
    <FormDialog
      title={isRetiring ? `Retire version ${number}?` : `Take back the retirement of version ${number}?`}
      description={consequences(version, what, others)}
      action={isRetiring ? `Retire version ${number}` : 'Take it back'}
      danger={isLast}
      pending={isPending}
      disabledReason={isLast && !evenLast ? 'Say first that the flow is to start no more runs.' : null}
      onSubmit={() => mutate()}
      onClose={onClose}
    >
      <Field
        label="Reason"
        help="It is shown in the list of versions, in the audit trail, and to whoever tries to start it."
      >
        <Textarea rows={2} maxLength={2_000} value={reason} onChange={({ target }) => setReason(target.value)} />
      </Field>
      {isLast ? (
        <CheckboxField
          label="It is the only version that starts runs. Retire it all the same."
          checked={evenLast}
          onCheckedChange={(checked) => setEvenLast(checked === true)}
        />
      ) : null}
      {error ? <FailureBand failure={failureFrom(error)} /> : null}
    </FormDialog>
  );
}

/** What it means for new runs and for open ones. */
export function consequences(
  { version, openRuns }: Pick<VersionRow, 'version' | 'openRuns'>,
  what: 'retire' | 'unretire',
  others: readonly Pick<VersionRow, 'version'>[]
): string {
  const newestOther = others[0]?.version ?? null;
  if (what === 'unretire')
    return newestOther === null || version > newestOther
      ? `New runs start with version ${version} again.`
      : `It can be started by name again. New runs still start with version ${newestOther}, which is newer.`;
  const open =
    openRuns === null
      ? 'Its open runs go on with it.'
      : openRuns === 0
        ? 'No run of it is open.'
        : openRuns === 1
          ? 'Its open run goes on with it.'
          : `Its ${openRuns} open runs go on with it.`;
  const next =
    newestOther === null
      ? 'The flow cannot be started at all then.'
      : newestOther > version
        ? `New runs start with version ${newestOther}, as before.`
        : `New runs start with version ${newestOther} from then on.`;
  return `It starts no new runs, whoever asks for it. ${next} ${open} It can be taken back at any time.`;
}
