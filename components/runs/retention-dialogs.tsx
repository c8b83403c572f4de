'use client';

/** What becomes of a closed run: when it is deleted, who keeps it, and what 'Delete now' removes. */
import { Archive, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { pages, routes } from '@/app/_contract/routes';
import type { Receipt, RunRetention } from '@/app/_contract/runs';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { FormDialog } from '@/components/ui/form-dialog';
import { MenuItem } from '@/components/ui/menu';
import { Instant } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { countOf } from '@/components/words';
import { useReason } from './reason-field';
import type { RunView } from './run-view';

/** One line for the header of a closed run; nothing if it is kept for ever. */
export function RetentionLine({ retention }: { retention: RunRetention | null }) {
  if (!retention) return null;
  const { kept, deletesAtMs, isHeld } = retention;
  if (kept)
    return (
      <span title={kept.reason} className="wrap-anywhere">
        Kept by {kept.by}
      </span>
    );
  if (deletesAtMs === null) return null;
  return isHeld ? (
    <span>Is not deleted while an effect remains</span>
  ) : (
    <span>
      Is deleted on <Instant atMs={deletesAtMs} to="minute" />
    </span>
  );
}

export type RetentionAct = 'keep' | 'delete';

/** Entries of the menu of a closed run. */
export function RetentionItems({ view, onAsk }: { view: RunView; onAsk: (act: RetentionAct) => void }) {
  const { retention, may } = view.detail;
  if (!retention || view.live.summary.closeMs === null) return null;
  const { kept } = retention;
  const whyNoKeep = may.keep ? (view.away?.reason ?? null) : 'Your role does not allow you to keep a run.';
  const whyNoDelete = may.delete ? notDeleted(view) : 'Only administrators delete a run.';
  return (
    <>
      <MenuItem
        icon={<Archive aria-hidden />}
        disabled={whyNoKeep !== null}
        description={
          whyNoKeep ??
          (kept ? `${kept.by} keeps it: ${kept.reason}` : 'It is not deleted, whatever its retention period is.')
        }
        onSelect={() => onAsk('keep')}
      >
        {kept ? 'Keep no longer…' : 'Keep…'}
      </MenuItem>
      <MenuItem
        icon={<Trash2 aria-hidden />}
        danger
        disabled={whyNoDelete !== null}
        description={whyNoDelete ?? 'Its history and its values, for ever.'}
        onSelect={() => onAsk('delete')}
      >
        Delete now…
      </MenuItem>
    </>
  );
}

/** Why the run cannot be deleted now; null if it can. */
function notDeleted({ detail: { retention }, away }: RunView): string | null {
  if (away) return away.reason;
  if (retention?.kept) return `${retention.kept.by} keeps it.`;
  return retention?.isHeld
    ? 'An effect of it remains, or may remain, that nobody has acknowledged. Settle it in the ledger first.'
    : null;
}

export function RetentionDialog({ view, act, onClose }: { view: RunView; act: RetentionAct; onClose: () => void }) {
  return act === 'keep' ? <KeepDialog view={view} onClose={onClose} /> : <DeleteDialog view={view} onClose={onClose} />;
}

function KeepDialog({ view, onClose }: { view: RunView; onClose: () => void }) {
  const { workflowId, runId } = view.live.summary;
  const isKept = view.detail.retention?.kept === null;
  const reason = useReason({ required: true });
  const { pending, failure, send } = useSend(['run', workflowId, runId]);
  const submit = async () => {
    if (!reason.isGiven()) return;
    const body = { isKept, reason: reason.text };
    if (!(await send<Receipt>(routes.keepRun(workflowId, runId), body))) return;
    toast.success(isKept ? 'This run is kept.' : 'This run is kept no longer.');
    onClose();
  };
  return (
    <FormDialog
      title={isKept ? 'Keep this run?' : 'Keep this run no longer?'}
      description={
        isKept
          ? 'No retention period deletes it until somebody ends that. The run says who keeps it, and why.'
          : 'It is deleted when its retention period is over, which may be at once.'
      }
      action={isKept ? 'Keep it' : 'Keep it no longer'}
      pending={pending}
      disabledReason={view.away?.reason}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {reason.field}
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}

function DeleteDialog({ view, onClose }: { view: RunView; onClose: () => void }) {
  const { workflowId, runId } = view.live.summary;
  const router = useRouter();
  const reason = useReason({ required: true, kept: 'in the audit trail' });
  const { pending, failure, send } = useSend(['runs', 'deleted']);
  const submit = async () => {
    if (!reason.isGiven()) return;
    if (!(await send<Receipt>(routes.deleteRun(workflowId, runId), { reason: reason.text }))) return;
    toast.success(`${workflowId} is deleted.`);
    onClose();
    router.push(pages.runs());
  };
  return (
    <FormDialog
      title="Delete this run now?"
      description={`Deleted are its history (${countOf(view.live.events.length, 'event')}), its values, and its decided approvals. This cannot be reverted.`}
      action="Delete this run"
      danger
      pending={pending}
      disabledReason={view.away?.reason}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p className="text-sm">
        The audit trail is kept. If another run still waits to hear from this one, it is deleted after that.
      </p>
      {reason.field}
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
