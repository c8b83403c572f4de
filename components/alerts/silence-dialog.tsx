'use client';

import { useState } from 'react';
import type { AlertSilence, SilenceAlert } from '@/app/_contract/alerts';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { Field, Input, Select } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';

const TIMES = [
  { value: '60', label: 'For an hour' },
  { value: '240', label: 'For four hours' },
  { value: '1440', label: 'For a day' },
  { value: '10080', label: 'For a week' },
];

/** `subject`: null for a whole rule. */
export function SilenceDialog({
  ruleId,
  subject,
  silence,
  title,
  onClose,
}: Pick<SilenceAlert, 'ruleId' | 'subject'> & { silence: AlertSilence | null; title: string; onClose: () => void }) {
  const [minutes, setMinutes] = useState('60');
  const [reason, setReason] = useState(silence?.reason ?? '');
  const { pending, failure, send } = useSend(['alerts']);
  const problem = failure?.problems?.find(({ at }) => at === '/reason')?.message ?? null;
  const submit = async (length: number | null) => {
    const body: SilenceAlert = { ruleId, subject, minutes: length, reason: length === null ? '' : reason };
    if (await send(routes.silenceAlert(), body)) onClose();
  };
  return (
    <FormDialog
      title={subject === null ? 'Silence the rule' : 'Silence this alert'}
      description={title}
      action="Silence"
      pending={pending}
      aside={
        silence ? (
          <Button className="mr-auto" pending={pending} onClick={() => void submit(null)}>
            End the silence
          </Button>
        ) : undefined
      }
      onSubmit={() => void submit(Number(minutes))}
      onClose={onClose}
    >
      {failure && problem === null ? <FailureBand failure={failure} /> : null}
      <p className="text-sm text-ink-2">
        Nobody is told or reminded until then. Everybody sees here that it is silent, since when and why. Whoever was
        told that it began is told when it is over.
      </p>
      <Field label="How long" required>
        <Select options={TIMES} value={minutes} onValueChange={setMinutes} />
      </Field>
      <Field label="Why" required error={problem}>
        <Input maxLength={500} value={reason} onChange={({ target }) => setReason(target.value)} />
      </Field>
    </FormDialog>
  );
}
