'use client';

/**
 * Asks for a confirmation and lists what will happen. The button names the action; a refusal by the server is shown
 * above it.
 */
import type { InboxTask, TaskConsequences } from '@/app/_contract/inbox';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ConsequenceLines } from './consequences';
import { ANSWERS } from './decide-bar';
import type { Decision } from './draft';
import { useWriting } from '@/components/ui/writing';
import { primaryText } from './shown-data';
import type { DecideState } from './use-decide';

export interface DecideDialogProps {
  task: InboxTask;
  consequences: TaskConsequences | null;
  comment: string;
  /** The answer to confirm; null while the dialog is closed. */
  asked: Decision | null;
  onAsked: (decision: Decision | null) => void;
  decide: DecideState;
  disabledReason: string | null;
}

export function DecideDialog({
  task,
  consequences,
  comment,
  asked,
  onAsked,
  decide,
  disabledReason,
}: DecideDialogProps) {
  if (asked === null || task.settled) return null;
  const writing = useWriting();
  const amount = primaryText(task.data, task.schema, writing);
  const act = `${ANSWERS[asked].word}${amount ? ` ${amount}` : ''}`;
  const sending = decide.sending !== null;
  return (
    <Dialog
      open
      // A request that has been sent is not cancelled when the dialog is closed.
      onOpenChange={(open) => {
        if (open || sending) return;
        decide.reset();
        onAsked(null);
      }}
      title={`${act}?`}
      description={task.question || task.title}
      footer={
        <>
          <Button size="lg" className="max-sm:flex-1 sm:h-9" disabled={sending} onClick={() => onAsked(null)}>
            Cancel
          </Button>
          <Button
            size="lg"
            variant={asked === 'approve' ? 'primary' : 'dangerFilled'}
            className="max-sm:flex-1 sm:h-9"
            pending={sending}
            disabledReason={disabledReason}
            onClick={() => decide.send(asked)}
          >
            {decide.failure ? `${ANSWERS[asked].word}: send again` : act}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {decide.failure ? <FailureBand failure={decide.failure} /> : null}
        {consequences ? (
          <section aria-label="What will happen">
            <h3 className="mb-1.5 text-xs font-medium text-ink-2">What will happen</h3>
            <ConsequenceLines consequence={consequences[asked]} />
          </section>
        ) : null}
        <section aria-label="Your comment">
          <h3 className="mb-1.5 text-xs font-medium text-ink-2">Your comment</h3>
          <p className="max-h-40 overflow-auto text-sm break-words whitespace-pre-wrap">
            {comment || <span className="text-ink-2">none</span>}
          </p>
        </section>
        <p role="status" className="sr-only">
          {sending ? 'Sending…' : ''}
        </p>
      </div>
    </Dialog>
  );
}
