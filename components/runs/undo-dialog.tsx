'use client';

/** An operator's answer to an undo that ran out of retries. */
import { useId, useState, type FormEvent } from 'react';
import { routes } from '@/app/_contract/routes';
import type { DecideUndo, Receipt } from '@/app/_contract/runs';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { toast } from '@/components/ui/toast';
import { clauseOf } from '@/engine/run-view/failure';
import type { LedgerEntry } from '@/engine/run-view/model';
import { UNDO_INPUT } from '@/engine/saga/contract';
import { ChoiceList, type Choice } from './choice-list';
import { ReasonField, SAY_WHY } from './reason-field';
import type { RunView } from './run-view';
import { useSend } from './use-send';

export type UndoChoice = DecideUndo['choice'];

const UNDO_CHOICES: readonly Choice<UndoChoice>[] = [
  {
    value: 'retry',
    label: 'Try again',
    consequence: 'Calls the undo once more, with the same key, as often as its retry policy says.',
  },
  {
    value: 'doneByHand',
    label: 'I undid it by hand',
    consequence: 'The run takes your word for it and goes on undoing the rest.',
  },
  {
    value: 'leave',
    label: 'Leave it as it is',
    consequence: 'The effect remains, and the run says so. The run goes on undoing the rest.',
  },
];
/** The ways on. An undo whose input cannot be made would fail in the same way again. */
export const undoChoices = (unmade: boolean) =>
  unmade ? UNDO_CHOICES.filter(({ value }) => value !== 'retry') : UNDO_CHOICES;

/** Is a person asked because the input of the undo cannot be made? */
export const undoIsUnmade = (view: RunView, nodeId: string): boolean =>
  Boolean(
    view.live.nodes?.waitsFor.some(
      (wait) => wait.kind === 'undo' && wait.nodeId === nodeId && wait.error.type === UNDO_INPUT
    )
  );
const DONE: Record<UndoChoice, string> = {
  retry: 'The undo is tried again.',
  doneByHand: 'Counted as undone by hand.',
  leave: 'Left as it is.',
};

export function UndoDialog({
  view,
  entry,
  first,
  onClose,
}: {
  view: RunView;
  entry: LedgerEntry;
  first: UndoChoice;
  onClose: () => void;
}) {
  const { workflowId, runId } = view.live.summary;
  const form = useId();
  const [choice, setChoice] = useState(first);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const { pending, failure, send } = useSend<Receipt>();
  const undo = entry.undoTitle ?? `the undo of ${entry.title}`;
  const unmade = undoIsUnmade(view, entry.nodeId);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!reason.trim()) return;
    const receipt = await send(routes.decideUndo(workflowId, runId), { nodeId: entry.nodeId, choice, reason });
    if (!receipt) return;
    toast.success(DONE[choice], { description: `${undo}, decided by ${receipt.by}.` });
    onClose();
  };
  const label = UNDO_CHOICES.find(({ value }) => value === choice)!.label;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={unmade ? `${undo} cannot be called` : `${undo} failed`}
      description={
        unmade
          ? `Undoes '${entry.title}'. Its input could not be made from what the step answered.`
          : `Undoes '${entry.title}'. ${clauseOf(entry.failure)}.`
      }
      footer={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button type="submit" form={form} variant="primary" pending={pending} disabledReason={view.blocked}>
            {label}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        <ChoiceList legend="How shall it go on?" choices={undoChoices(unmade)} value={choice} onChange={setChoice} />
        <ReasonField value={reason} onChange={setReason} required problem={tried && !reason.trim() ? SAY_WHY : null} />
        {failure ? <FailureBand failure={failure} /> : null}
      </form>
    </Dialog>
  );
}
