'use client';

/** Resets many runs: to their first or last workflow task, or to a step if all are of one version of a flow. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Batch, BatchResetPoint } from '@/app/_contract/batches';
import type { FlowDetail } from '@/app/_contract/flows';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { useReason } from '@/components/runs/reason-field';
import { CheckboxField, Field, Select } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { RadioList } from '@/components/ui/radio-list';
import { useCount } from '@/components/ui/writing';
import { allNodes } from '@/engine/flow/tree';
import { PreviewPart } from './preview-part';
import { isAllRefused, tallyNotes, tallyRows } from './tally-words';
import { whichRuns, type ActDialogProps } from './targets';
import { useBatchPreview } from './use-batch-preview';

/** Nodes that leave an event with which they begin (reset-preview.ts, RPV1). */
const RESETTABLE: readonly string[] = ['action', 'approval', 'child', 'wait'];
type Where = 'last' | 'first' | 'step';

export function ResetRunsDialog({ targets, flow, version, isCluster, onStarted, onClose }: ActDialogProps) {
  const [where, setWhere] = useState<Where>('last');
  const [step, setStep] = useState('');
  const [signals, setSignals] = useState(true);
  const [updates, setUpdates] = useState(true);
  const noStep = isCluster
    ? 'A Temporal cluster resets one run at a time to a step: open the run.'
    : flow === null || version === null
      ? 'Only for runs of one version of one flow.'
      : null;
  const detail = useQuery({
    queryKey: ['flows', 'detail', flow, version],
    queryFn: ({ signal }) => getJson<FlowDetail>(routes.flow(flow ?? '', version ?? undefined), signal),
    enabled: noStep === null && where === 'step',
  });
  const steps = allNodes(detail.data?.shown.manifest.document.steps ?? []).filter(({ kind }) =>
    RESETTABLE.includes(kind)
  );
  const isChosen = where !== 'step' || step !== '';
  const preview = useBatchPreview(targets, { kind: 'reset', to: where === 'step' ? `step:${step}` : where }, isChosen);
  const reason = useReason({ required: true, most: 1_000 });
  const { pending, failure, send } = useSend();
  const count = useCount();
  const { total, startedBeforeMs, isRead, isWhole, tally } = preview;
  const runs = total === null ? 'all of them' : `${count(total)} ${total === 1 ? 'run' : 'runs'}`;
  const isTwice = Object.keys(tally.effects).length > 0;
  const submit = async () => {
    if (!reason.isGiven()) return;
    const to: BatchResetPoint = where === 'step' ? { step } : where;
    const reset = { to, signals, updates };
    const body = { kind: 'reset', reset, ...whichRuns(targets, startedBeforeMs), reason: reason.text };
    const batch = await send<Batch>(routes.batches(), body);
    if (batch) onStarted(batch);
  };
  return (
    <FormDialog
      title="Reset these runs?"
      description="Each run gets a new run with its history up to a point, which goes on from there. Open runs end at once and undo nothing."
      action={isTwice ? `Reset ${runs}: effects may happen twice` : `Reset ${runs}`}
      pending={pending}
      danger={isTwice}
      disabledReason={
        !isChosen
          ? 'Choose a step.'
          : total === 0
            ? 'None of these runs is there.'
            : !isRead
              ? 'What this does is still being read.'
              : isWhole && isAllRefused(tally)
                ? 'All of these runs would refuse.'
                : null
      }
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <RadioList
        legend="To where"
        options={[
          {
            value: 'last',
            label: 'The last decision',
            description: 'The last completed workflow task: what was decided then is decided again.',
          },
          {
            value: 'first',
            label: 'The beginning',
            description: 'The first completed workflow task: every step is done again.',
          },
          {
            value: 'step',
            label: 'A step',
            description: 'The decision that began it, in a loop for its first item.',
            ...(noStep === null ? {} : { disabled: noStep }),
          },
        ]}
        value={where}
        onChange={setWhere}
      />
      {where === 'step' ? (
        <Field label="Step" required>
          <Select
            value={step}
            onValueChange={setStep}
            placeholder={detail.data ? 'Choose a step' : 'Reading the steps'}
            options={steps.map(({ id, title }) => ({ value: id, label: title, description: id }))}
          />
        </Field>
      ) : null}
      {detail.error ? <FailureBand failure={failureFrom(detail.error)} onRetry={() => void detail.refetch()} /> : null}
      {isChosen ? (
        <PreviewPart
          preview={preview}
          rows={tallyRows(tally)}
          notes={tallyNotes(tally)}
          none="None of these runs is there."
        />
      ) : null}
      <CheckboxField
        label="Deliver signals again that came after this point"
        checked={signals}
        onCheckedChange={(checked) => setSignals(checked === true)}
      />
      <CheckboxField
        label="Apply updates again that came after this point"
        checked={updates}
        onCheckedChange={(checked) => setUpdates(checked === true)}
      />
      {reason.field}
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
