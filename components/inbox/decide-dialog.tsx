'use client';

/**
 * Asks for a confirmation and lists what will happen. The button names the action; a refusal by the server is shown
 * above it.
 */
import { SchemaForm } from '@/components/flow/schema-form';
import type { InboxTask, TaskConsequences, TaskDecision } from '@/app/_contract/inbox';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ConsequenceLines } from './consequences';
import { useWriting } from '@/components/ui/writing';
import { primaryText, startOf } from './shown-data';
import type { DecideState } from './use-decide';
import { YourComment } from './task-parts';

export interface DecideDialogProps {
  task: InboxTask;
  consequences: TaskConsequences | null;
  comment: string;
  /** The answer to confirm; null while the dialog is closed. */
  asked: TaskDecision | null;
  onAsked: (decision: TaskDecision | null) => void;
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
  const { key, title, form } = asked;
  // A decision with a form has an amount of its own.
  const act = `${title}${amount && !form ? ` ${amount}` : ''}`;
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
        form ? null : (
          <>
            <Button size="lg" className="max-sm:flex-1 sm:h-9" disabled={sending} onClick={() => onAsked(null)}>
              Cancel
            </Button>
            <Button
              size="lg"
              variant={asked.turnsBack ? 'dangerFilled' : 'primary'}
              className="max-sm:flex-1 sm:h-9"
              pending={sending}
              disabledReason={disabledReason}
              onClick={() => decide.send({ key })}
            >
              {decide.failure ? `${title}: send again` : act}
            </Button>
          </>
        )
      }
    >
      <div className="flex flex-col gap-4">
        {decide.failure && !form ? <FailureBand failure={decide.failure} /> : null}
        {consequences?.answers[key] ? (
          <section aria-label="What will happen">
            <h3 className="mb-1.5 text-xs font-medium text-ink-2">What will happen</h3>
            <ConsequenceLines consequence={consequences.answers[key]} />
          </section>
        ) : null}
        <YourComment comment={comment} />
        {form ? (
          <SchemaForm
            key={key}
            schema={form}
            initial={startOf(form, task)}
            submitLabel={decide.failure ? `${title}: send again` : act}
            disabledReason={disabledReason}
            onSubmit={(values) => decide.sendForm({ key, values })}
          />
        ) : null}
        <p role="status" className="sr-only">
          {sending ? 'Sending…' : ''}
        </p>
      </div>
    </Dialog>
  );
}
