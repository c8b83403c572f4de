'use client';

/** An operator's answer for an undo that has no retries left. */
import { useState } from 'react';
import { routes } from '@/app/_contract/routes';
import type { DecideUndo, Receipt } from '@/app/_contract/runs';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { FormDialog } from '@/components/ui/form-dialog';
import { toast } from '@/components/ui/toast';
import { RadioList, type RadioOption } from '@/components/ui/radio-list';
import { stepOfWait } from '@/engine/run-view/activity-id';
import { clauseOf } from '@/engine/run-view/failure';
import { isLeft } from '@/engine/run-view/ledger';
import type { LedgerEntry } from '@/engine/run-view/model';
import { UNDO_INPUT } from '@/engine/saga/contract';
import { useReason } from './reason-field';
import { answeredMeanwhile, Meanwhile } from './run-dialogs';
import type { RunView } from './run-view';

export type UndoChoice = DecideUndo['choice'];

const UNDO_CHOICES: readonly RadioOption<UndoChoice>[] = [
  {
    value: 'retry',
    label: 'Try again',
    description: 'Calls the undo again with the same idempotency key, with all the retries of its retry policy.',
  },
  {
    value: 'doneByHand',
    label: 'I undid it by hand',
    description: 'The effect counts as undone. The run undoes the other effects.',
  },
  {
    value: 'leave',
    label: 'Leave it as it is',
    description: 'The run undoes the other effects. The ledger shows this one as left.',
  },
];
/** The possible answers. If the input of the undo cannot be made, trying again would fail in the same way. */
export const undoChoices = (unmade: boolean) =>
  unmade ? UNDO_CHOICES.filter(({ value }) => value !== 'retry') : UNDO_CHOICES;

/** True if a person is asked because the input of the undo cannot be made. */
export const undoIsUnmade = (view: RunView, stepId: string): boolean =>
  Boolean(
    view.live.nodes?.waitsFor.some(
      (wait) => wait.kind === 'undo' && stepOfWait(wait) === stepId && wait.error.type === UNDO_INPUT
    )
  );

/** The effect of this step, if a person is asked about its undo now. */
export const askedUndo = (view: RunView, stepId: string): LedgerEntry | undefined =>
  view.projection.ledger.entries.find(
    ({ activityId, state }) =>
      view.live.summary.closeMs === null &&
      activityId === stepId &&
      (state === 'undoFailed' || (undoIsUnmade(view, stepId) && isLeft(state)))
  );

const CHECK_FIRST = ' It may have worked all the same: check in the service that was called.';
const DONE: Record<UndoChoice, string> = {
  retry: 'The undo is retried.',
  doneByHand: 'It counts as undone by hand.',
  leave: 'It is left as it is.',
};

export function UndoDialog({
  view,
  entry,
  first,
  onClose,
}: {
  view: RunView;
  /** As it was when the dialog was opened. */
  entry: LedgerEntry;
  first: UndoChoice;
  onClose: () => void;
}) {
  const { workflowId, runId } = view.live.summary;
  const [choice, setChoice] = useState(first);
  const reason = useReason({ required: true });
  const { pending, failure, send } = useSend();
  const undo = entry.undoTitle ?? `the undo of ${entry.title}`;
  const [unmade] = useState(() => undoIsUnmade(view, entry.activityId));
  const meanwhile = pending || askedUndo(view, entry.activityId) ? null : answeredMeanwhile(view, entry.activityId);

  const submit = async () => {
    if (!reason.isGiven()) return;
    const receipt = await send<Receipt>(routes.decideUndo(workflowId, runId), {
      nodeId: entry.activityId,
      choice,
      reason: reason.text,
    });
    if (!receipt) return;
    toast.success(DONE[choice], { description: `${undo}, decided by ${receipt.by}.` });
    onClose();
  };
  const label = UNDO_CHOICES.find(({ value }) => value === choice)!.label;
  return (
    <FormDialog
      title={unmade ? `${undo} cannot be called` : `${undo} failed`}
      description={
        unmade
          ? `Undoes '${entry.title}'. Its input could not be made from the output of the step.`
          : `Undoes '${entry.title}'. ${clauseOf(entry.failure)}.${entry.mayBeUndone ? CHECK_FIRST : ''}`
      }
      action={label}
      leave="Not now"
      pending={pending}
      disabledReason={view.undecided ?? meanwhile}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <RadioList
        legend="How should the run continue?"
        options={undoChoices(unmade)}
        value={choice}
        onChange={setChoice}
      />
      {reason.field}
      <Meanwhile text={meanwhile} />
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
