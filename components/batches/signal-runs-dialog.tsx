'use client';

/** Sends one signal to many runs of a flow: a form made from its schema. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Batch } from '@/app/_contract/batches';
import type { FlowDetail } from '@/app/_contract/flows';
import { routes } from '@/app/_contract/routes';
import { SchemaForm } from '@/components/flow/schema-form';
import { failureFrom, getJson, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { useRequestId } from '@/components/live/request-id';
import { useReason } from '@/components/runs/reason-field';
import { Dialog } from '@/components/ui/dialog';
import { Field, Select } from '@/components/ui/field';
import { useCount } from '@/components/ui/writing';
import { PreviewPart } from './preview-part';
import { isAllRefused, tallyNotes, tallyRows } from './tally-words';
import { whichRuns, type ActDialogProps } from './targets';
import { useBatchPreview } from './use-batch-preview';

export function SignalRunsDialog({ targets, flow, version, onStarted, onClose }: ActDialogProps) {
  const detail = useQuery({
    queryKey: ['flows', 'detail', flow, version],
    queryFn: ({ signal }) => getJson<FlowDetail>(routes.flow(flow ?? '', version ?? undefined), signal),
    enabled: flow !== null,
  });
  const signals = Object.entries(detail.data?.shown.manifest.document.signals ?? {});
  const [chosen, setChosen] = useState('');
  const name = chosen || (signals[0]?.[0] ?? '');
  const offer = signals.find(([each]) => each === name)?.[1] ?? null;
  const preview = useBatchPreview(targets, { kind: 'signal', signal: name }, name !== '');
  const reason = useReason({ required: true, most: 1_000 });
  const request = useRequestId();
  const count = useCount();
  const { total, startedBeforeMs, isRead, isWhole, tally } = preview;
  const runs = total === null ? 'all of them' : `${count(total)} ${total === 1 ? 'run' : 'runs'}`;
  /** Rejects with the server's refusal. */
  const send = async (input: unknown): Promise<void> => {
    if (!reason.isGiven()) return;
    const which = whichRuns(targets, startedBeforeMs);
    const body = { kind: 'signal', signal: { name, input }, ...which, reason: reason.text };
    const batch = await postJson<Batch>(routes.batches(), { ...body, requestId: request.of(body) });
    request.answered();
    onStarted(batch);
  };
  const whyNot =
    total === 0
      ? 'None of these runs is open.'
      : !isRead
        ? 'What this does is still being read.'
        : isWhole && isAllRefused(tally)
          ? 'None of these runs takes this signal.'
          : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Send a signal to these runs"
      description="It is written to the history of each, at most 50 a second. A run reads it when it waits for this signal."
    >
      <div className="flex flex-col gap-4">
        {detail.error ? (
          <FailureBand failure={failureFrom(detail.error)} onRetry={() => void detail.refetch()} />
        ) : null}
        {detail.data && signals.length === 0 ? <p className="text-sm">This flow declares no signals.</p> : null}
        {signals.length > 0 ? (
          <Field label="Signal" required>
            <Select
              value={name}
              onValueChange={setChosen}
              options={signals.map(([value, { title }]) => ({ value, label: title, description: value }))}
            />
          </Field>
        ) : null}
        {offer ? (
          <>
            <PreviewPart
              preview={preview}
              rows={tallyRows(tally)}
              notes={tallyNotes(tally)}
              none="None of these runs is open."
            />
            <SchemaForm
              key={name}
              schema={offer.schema}
              onSubmit={send}
              submitLabel={`Signal ${runs}`}
              disabledReason={whyNot}
            >
              {reason.field}
            </SchemaForm>
          </>
        ) : null}
      </div>
    </Dialog>
  );
}
