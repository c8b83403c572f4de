'use client';

/** The dialogs of acts on many runs: each tells by consequence what it does before it is confirmed. */
import type { Batch } from '@/app/_contract/batches';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { useReason } from '@/components/runs/reason-field';
import { FormDialog } from '@/components/ui/form-dialog';
import { useCount } from '@/components/ui/writing';
import { PreviewPart } from './preview-part';
import { ResetRunsDialog } from './reset-runs-dialog';
import { SignalRunsDialog } from './signal-runs-dialog';
import { StopDialog } from './stop-dialog';
import { isAllRefused, tallyNotes, tallyRows } from './tally-words';
import { whichRuns, type ActDialogProps, type ActName } from './targets';
import { useBatchPreview } from './use-batch-preview';

export function ActDialog({ act, ...rest }: ActDialogProps & { act: ActName }) {
  switch (act) {
    case 'stop':
      return <StopDialog {...rest} />;
    case 'signal':
      return <SignalRunsDialog {...rest} />;
    case 'reset':
      return <ResetRunsDialog {...rest} />;
    default:
      return <PlainDialog kind={act} {...rest} />;
  }
}

const PLAIN = {
  retry: {
    title: 'Try again now?',
    description:
      'Every step that waits for another attempt begins it at once, at most 50 runs a second. Nothing is undone or skipped, and what is paused stays paused.',
    action: 'Try again in',
  },
  pause: {
    title: 'Pause these runs?',
    description:
      'No step and no attempt of them begins until somebody resumes them. Attempts that are under way go on.',
    action: 'Pause',
  },
  resume: {
    title: 'Resume these runs?',
    description: 'They go on where they were paused. A step that was paused by itself stays paused.',
    action: 'Resume',
  },
} as const;

/** What needs to know nothing but the reason. */
function PlainDialog({ kind, targets, onStarted, onClose }: ActDialogProps & { kind: keyof typeof PLAIN }) {
  const { title, description, action } = PLAIN[kind];
  const preview = useBatchPreview(targets, { kind });
  const reason = useReason({ required: true, most: 1_000 });
  const { pending, failure, send } = useSend();
  const count = useCount();
  const { total, startedBeforeMs, isRead, isWhole, tally } = preview;
  const runs = total === null ? 'all of them' : `${count(total)} ${total === 1 ? 'run' : 'runs'}`;
  const submit = async () => {
    if (!reason.isGiven()) return;
    const body = { kind, ...whichRuns(targets, startedBeforeMs), reason: reason.text };
    const batch = await send<Batch>(routes.batches(), body);
    if (batch) onStarted(batch);
  };
  return (
    <FormDialog
      title={title}
      description={description}
      action={`${action} ${runs}`}
      pending={pending}
      disabledReason={
        total === 0
          ? 'None of these runs is open.'
          : !isRead
            ? 'What this does is still being read.'
            : isWhole && isAllRefused(tally)
              ? 'It would change none of these runs.'
              : null
      }
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <PreviewPart
        preview={preview}
        rows={tallyRows(tally)}
        notes={tallyNotes(tally)}
        none="None of these runs is open."
      />
      {reason.field}
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
