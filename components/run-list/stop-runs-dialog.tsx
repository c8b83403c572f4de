'use client';

/** Ends all open runs of the list: what that does, by consequence, is told before it is confirmed. */
import { useState } from 'react';
import type { Batch, StopKind } from '@/app/_contract/batches';
import { routes } from '@/app/_contract/routes';
import { ProgressBar } from '@/components/batches/progress-bar';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { useReason } from '@/components/runs/reason-field';
import { FormDialog } from '@/components/ui/form-dialog';
import { RadioList } from '@/components/ui/radio-list';
import { useCount } from '@/components/ui/writing';
import { consequenceNotes, consequenceRows } from './consequence-words';
import { useStopPreview, type StopPreviewState } from './use-stop-preview';

const KINDS = [
  { value: 'cancel', label: 'Stop and undo', description: 'Each run undoes its effects, the last one first.' },
  { value: 'terminate', label: 'Kill now', description: 'Each run ends at once. Nothing is undone, not even later.' },
] as const;

interface StopRunsDialogProps {
  /** The filters of the list, as its API reads them. */
  search: string;
  onStarted: (batch: Batch) => void;
  onClose: () => void;
}

export function StopRunsDialog({ search, onStarted, onClose }: StopRunsDialogProps) {
  const [kind, setKind] = useState<StopKind>('cancel');
  const preview = useStopPreview(search);
  const reason = useReason({ required: true, most: 1_000 });
  const { pending, failure, send } = useSend();
  const count = useCount();
  const { total, startedBeforeMs, isRead } = preview;
  const runs = total === null ? 'all of them' : `${count(total)} ${total === 1 ? 'run' : 'runs'}`;
  const submit = async () => {
    if (!reason.isGiven()) return;
    const filters = { ...Object.fromEntries(new URLSearchParams(search)), startedBeforeMs };
    const batch = await send<Batch>(routes.stopRuns(), { kind, filters, reason: reason.text });
    if (batch) onStarted(batch);
  };
  return (
    <FormDialog
      title="Stop these runs?"
      description="All open runs of this list, with its filters, at most 50 a second. Runs that start from now on are not touched."
      action={kind === 'cancel' ? `Stop ${runs}` : `Kill ${runs}`}
      leave="Keep them running"
      pending={pending}
      danger={kind === 'terminate'}
      disabledReason={
        total === 0 ? 'None of these runs is open.' : isRead ? null : 'What this does is still being read.'
      }
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <RadioList legend="How" options={KINDS} value={kind} onChange={setKind} />
      <Preview kind={kind} preview={preview} />
      {reason.field}
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}

function Preview({ kind, preview }: { kind: StopKind; preview: StopPreviewState }) {
  const count = useCount();
  const { told, total, isRead, isWhole, failure, retry } = preview;
  const of = isWhole ? told.read : Math.max(total ?? 0, told.read);
  return (
    <section aria-label="What this does" className="flex min-h-28 flex-col gap-2 text-sm">
      <ProgressBar label="Runs that were read" now={isRead ? of : told.read} of={of} isDone={isRead} />
      <p className="figures text-xs text-ink-2" role="status">
        {readWords(preview, count)}
      </p>
      <ul className="flex flex-col gap-1">
        {consequenceRows(kind, told).map(({ runs, words }) => (
          <li key={words} className="flex gap-2">
            <span className="figures min-w-10 shrink-0 text-right font-medium">{count(runs)}</span>
            <span>{words}</span>
          </li>
        ))}
      </ul>
      {consequenceNotes(kind, told).map((note) => (
        <p key={note} className="text-ink-2">
          {note}.
        </p>
      ))}
      {failure ? <FailureBand failure={failure} onRetry={retry} /> : null}
    </section>
  );
}

function readWords(
  { told: { read }, total, isRead, isWhole, failure }: StopPreviewState,
  count: (things: number) => string
): string {
  if (failure) return 'What this does could not be read.';
  if (total === 0) return 'None of these runs is open.';
  const of = total === null ? '' : ` of ${count(total)}`;
  if (!isRead) return read === 0 ? 'Reading the runs' : `Reading the runs: ${count(read)}${of}`;
  return isWhole ? `Of ${count(read)} ${read === 1 ? 'run' : 'runs'}` : `Of the newest ${count(read)}${of} runs`;
}
