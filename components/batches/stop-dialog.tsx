'use client';

/** Ends many open runs: what that does, by consequence, is told before it is confirmed. */
import { useState } from 'react';
import type { Batch, StopKind } from '@/app/_contract/batches';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { useReason } from '@/components/runs/reason-field';
import { FormDialog } from '@/components/ui/form-dialog';
import { RadioList } from '@/components/ui/radio-list';
import { useCount } from '@/components/ui/writing';
import { countOf } from '@/components/words';
import { consequenceNotes, consequenceRows } from './consequence-words';
import { PreviewPart } from './preview-part';
import { whichRuns, type ActDialogProps } from './targets';
import { useBatchPreview } from './use-batch-preview';

const KINDS = [
  { value: 'cancel', label: 'Stop and undo', description: 'Each run undoes its effects, the last one first.' },
  { value: 'terminate', label: 'Kill now', description: 'Each run ends at once. Nothing is undone, not even later.' },
] as const;

export function StopDialog({ targets, onStarted, onClose }: ActDialogProps) {
  const [kind, setKind] = useState<StopKind>('cancel');
  // Of both kinds.
  const preview = useBatchPreview(targets, { kind: 'cancel' });
  const reason = useReason({ required: true, most: 1_000 });
  const { pending, failure, send } = useSend();
  const count = useCount();
  const { total, undoing, startedBeforeMs, isRead } = preview;
  // Whoever undoes already is not asked again.
  const asked = total === null ? null : kind === 'cancel' ? Math.max(0, total - undoing) : total;
  const runs = asked === null ? 'all of them' : `${count(asked)} ${asked === 1 ? 'run' : 'runs'}`;
  const submit = async () => {
    if (!reason.isGiven()) return;
    const body = { kind, ...whichRuns(targets, startedBeforeMs), reason: reason.text };
    const batch = await send<Batch>(routes.batches(), body);
    if (batch) onStarted(batch);
  };
  const notes = consequenceNotes(kind, preview.told);
  const left =
    kind === 'cancel' && undoing > 0
      ? [
          `${countOf(undoing, 'run')} ${undoing === 1 ? 'undoes' : 'undo'} already, and ${undoing === 1 ? 'is' : 'are'} not asked again`,
        ]
      : [];
  return (
    <FormDialog
      title="Stop these runs?"
      description={
        'runs' in targets
          ? 'The selected runs that are open, at most 50 a second.'
          : 'All open runs of this list, with its filters, at most 50 a second. Runs that start from now on are not touched.'
      }
      action={kind === 'cancel' ? `Stop ${runs}` : `Kill ${runs}`}
      leave="Keep them running"
      pending={pending}
      danger={kind === 'terminate'}
      disabledReason={
        total === 0
          ? 'None of these runs is open.'
          : asked === 0
            ? 'All of these runs undo already.'
            : isRead
              ? null
              : 'What this does is still being read.'
      }
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <RadioList legend="How" options={KINDS} value={kind} onChange={setKind} />
      <PreviewPart
        preview={preview}
        rows={consequenceRows(kind, preview.told)}
        notes={[...notes, ...left]}
        none="None of these runs is open."
      />
      {reason.field}
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
