'use client';

/** An operator's answer for a step whose outcome is unknown. */
import { useId, useState, type FormEvent } from 'react';
import { routes } from '@/app/_contract/routes';
import type { DecideOutcome, Receipt } from '@/app/_contract/runs';
import { SchemaForm } from '@/components/flow/schema-form';
import { postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { useRequestId } from '@/components/live/request-id';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { toast } from '@/components/ui/toast';
import { RadioList, type RadioOption } from '@/components/ui/radio-list';
import { stepOfWait } from '@/engine/run-view/activity-id';
import { undoReadsOutput } from '@/engine/run-view/undo-reads-output';
import { useReason } from './reason-field';
import { answeredMeanwhile, Meanwhile } from './run-dialogs';
import type { RunView } from './run-view';

/** Answers to the question; a wait is ended elsewhere (end-wait-dialog.tsx). */
export type OutcomeChoice = Exclude<DecideOutcome['choice'], 'endWait'>;

export const OUTCOME_CHOICES: readonly RadioOption<OutcomeChoice>[] = [
  {
    value: 'applied',
    label: 'It happened',
    description: 'The step counts as done and the run continues. If the run fails later, the step is undone.',
  },
  {
    value: 'notApplied',
    label: 'It did not happen',
    description: 'The step counts as failed. There is nothing to undo.',
  },
  {
    value: 'undo',
    label: 'Undo it, to be sure',
    description: 'The step counts as failed, and its undo is called with the idempotency key of the step.',
  },
];

export function OutcomeDialog({
  view,
  nodeId,
  stepId = nodeId,
  first,
  onClose,
}: {
  view: RunView;
  nodeId: string;
  /** In a loop the step of the item. */
  stepId?: string;
  first: OutcomeChoice;
  onClose: () => void;
}) {
  const { workflowId, runId } = view.live.summary;
  const node = view.readBy.nodes[nodeId];
  const title = node?.title ?? nodeId;
  const form = useId();
  const [choice, setChoice] = useState(first);
  const reason = useReason({ required: true });
  const { pending, failure, send } = useSend();
  const request = useRequestId();
  const url = routes.decideOutcome(workflowId, runId);
  const choices = node?.undo ? OUTCOME_CHOICES : OUTCOME_CHOICES.filter(({ value }) => value !== 'undo');
  const label = OUTCOME_CHOICES.find(({ value }) => value === choice)!.label;
  const waits = view.live.nodes?.waitsFor;
  const isAsked =
    view.live.summary.closeMs === null &&
    (!waits || waits.some((wait) => wait.kind === 'outcome' && stepOfWait(wait) === stepId));
  const meanwhile = pending || isAsked ? null : answeredMeanwhile(view, stepId);
  const disabledReason = view.undecided ?? meanwhile;
  const answered = (receipt: Receipt) => {
    toast.success(`${title}: ${label.toLowerCase()}.`, { description: `Decided by ${receipt.by}.` });
    onClose();
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!reason.isGiven()) return;
    const receipt = await send<Receipt>(url, { nodeId: stepId, choice, reason: reason.text });
    if (receipt) answered(receipt);
  };
  const submitOutput = async (output: unknown) => {
    if (!reason.isGiven()) return;
    const body = { nodeId: stepId, choice, reason: reason.text, output };
    const receipt = await postJson<Receipt>(url, { ...body, requestId: request.of(body) });
    request.answered();
    answered(receipt);
  };
  // Later steps and its undo read this output.
  const asksOutput =
    (choice === 'applied' || (choice === 'undo' && undoReadsOutput(view.readBy, nodeId))) && node?.output;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Did '${title}' happen?`}
      description="An attempt was sent, and no reliable answer came. Check in the service that was called, then choose what you found."
      footer={
        asksOutput ? null : (
          <>
            <Button onClick={onClose}>Not now</Button>
            <Button type="submit" form={form} variant="primary" pending={pending} disabledReason={disabledReason}>
              {label}
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-4">
        <RadioList legend="What did you find?" options={choices} value={choice} onChange={setChoice} />
        <Meanwhile text={meanwhile} />
        {asksOutput ? (
          <>
            <p className="text-xs text-ink-2">
              {choice === 'applied'
                ? 'Later steps read the output of this step. Enter it.'
                : 'The undo reads the output of this step. Enter it.'}
            </p>
            <SchemaForm schema={asksOutput} onSubmit={submitOutput} submitLabel={label} disabledReason={disabledReason}>
              {reason.field}
            </SchemaForm>
          </>
        ) : (
          <form id={form} noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
            {reason.field}
            {failure ? <FailureBand failure={failure} /> : null}
          </form>
        )}
      </div>
    </Dialog>
  );
}
