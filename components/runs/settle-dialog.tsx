'use client';

/** After a run has closed, a person records what happened to an effect that remains or may remain. */
import { useState } from 'react';
import { routes } from '@/app/_contract/routes';
import type { Receipt, SettleEffect } from '@/app/_contract/runs';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { FormDialog } from '@/components/ui/form-dialog';
import { toast } from '@/components/ui/toast';
import { RadioList, type RadioOption } from '@/components/ui/radio-list';
import { effectWords } from '@/components/words';
import type { LedgerEntry } from '@/engine/run-view/model';
import { useReason } from './reason-field';
import { Meanwhile, useRunDialog } from './run-dialogs';
import type { RunView } from './run-view';

type Found = SettleEffect['found'];

/** 'It did not happen' is offered only while the outcome is unknown. */
const choicesFor = ({ happened }: LedgerEntry): RadioOption<Found>[] => [
  {
    value: 'undone',
    label: 'It was undone by hand',
    description: 'It no longer counts as remaining. The ledger shows who said so, and why.',
  },
  ...(happened === 'maybe'
    ? ([
        {
          value: 'notApplied',
          label: 'It did not happen',
          description: 'It no longer counts as remaining.',
        },
      ] as const)
    : []),
  {
    value: 'remains',
    label: 'It happened and remains',
    description: 'It counts as an effect that remains.',
  },
];

/** The button of a ledger row with its dialog. */
export function SettleAct({ view, entry }: { view: RunView; entry: LedgerEntry }) {
  const open = useRunDialog();
  const mayNot = view.detail.may.resolve ? null : 'Your role does not allow you to settle an effect.';
  return (
    <Button
      size="sm"
      disabledReason={mayNot ?? view.past ?? view.away?.reason ?? null}
      onClick={() => open((now, close) => <SettleDialog view={now} entry={entry} onClose={close} />)}
    >
      Settle…
    </Button>
  );
}

function SettleDialog({ view, entry, onClose }: { view: RunView; entry: LedgerEntry; onClose: () => void }) {
  const { workflowId, runId } = view.live.summary;
  const choices = choicesFor(entry);
  const [choice, setChoice] = useState<Found>('undone');
  const reason = useReason({ required: true });
  const { pending, failure, send } = useSend(['run', workflowId, runId]);
  const label = choices.find(({ value }) => value === choice)!.label;

  const now = view.projection.ledger.entries.find(({ activityId }) => activityId === entry.activityId);
  const isSettled = now !== undefined && effectWords(now) !== effectWords(entry);
  const by = now?.decidedBy ? `${now.decidedBy.name} has settled it. ` : '';
  const meanwhile = !pending && isSettled ? `${by}The ledger says now: ${effectWords(now)}.` : null;

  const submit = async () => {
    if (!reason.isGiven()) return;
    const body = { activityId: entry.activityId, found: choice, reason: reason.text };
    const receipt = await send<Receipt>(routes.settle(workflowId, runId), body);
    if (!receipt) return;
    toast.success(`${entry.title}: ${label.toLowerCase()}.`, { description: `Settled by ${receipt.by}.` });
    onClose();
  };
  return (
    <FormDialog
      title={`What happened to the effect of '${entry.title}'?`}
      description={`The run has ended. Its ledger says about this effect: ${effectWords(entry)}. Check in the service that was called, then choose what you found.`}
      action={label}
      leave="Not now"
      pending={pending}
      disabledReason={view.away?.reason}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <RadioList legend="What did you find?" options={choices} value={choice} onChange={setChoice} />
      {reason.field}
      <Meanwhile text={meanwhile} />
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
