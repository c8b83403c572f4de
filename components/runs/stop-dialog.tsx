'use client';

/** 'Stop and undo' and 'Kill now': each shows what becomes of what the run did, before it is asked for. */
import { useId, useState, type FormEvent, type ReactNode } from 'react';
import { routes } from '@/app/_contract/routes';
import type { Receipt } from '@/app/_contract/runs';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { toast } from '@/components/ui/toast';
import type { LedgerEntry } from '@/engine/run-view/model';
import { ReasonField, SAY_WHY } from './reason-field';
import type { RunView } from './run-view';
import { countOf, stopLabel } from './stop-words';
import { stoppingOf } from './stopping';
import { useSend } from './use-send';

interface StopProps {
  view: RunView;
  onClose: () => void;
}

export function StopDialog({ view, onClose }: StopProps) {
  const { undone, stays, underWay } = stoppingOf(view.projection, view.readBy);
  return (
    <StopForm
      view={view}
      onClose={onClose}
      title="Stop this run?"
      description={
        undone.length > 0
          ? 'It takes back what it did, the last first, and ends as cancelled.'
          : 'It has done nothing that must be taken back. It ends as cancelled.'
      }
      url={routes.cancel}
      label={stopLabel(undone.length)}
      done={undone.length > 0 ? 'It was asked to stop and takes back what it did.' : 'It was asked to stop.'}
    >
      {undone.length > 0 ? (
        <Effects title="Undone, in this order">
          {undone.map((entry) => (
            <Effect
              key={entry.activityId}
              number={entry.undoOrder}
              entry={entry}
              text={entry.undoTitle ?? entry.title}
            />
          ))}
        </Effects>
      ) : null}
      {stays.length > 0 ? (
        <Effects title="Stays">
          {stays.map((entry) => (
            <Effect key={entry.activityId} number={null} entry={entry} text={entry.title} />
          ))}
        </Effects>
      ) : null}
      {underWay.length > 0 ? (
        <p className="text-sm text-ink-2">
          Under way: {underWay.join(', ')}. It is settled first; what turns out to have happened is taken back too.
        </p>
      ) : null}
    </StopForm>
  );
}

export function KillDialog({ view, onClose }: StopProps) {
  const { standing, underWay } = stoppingOf(view.projection, view.readBy);
  return (
    <StopForm
      view={view}
      onClose={onClose}
      title="Kill this run?"
      description="It ends at once, without running its code. Nothing is undone, now or later."
      url={routes.terminate}
      label={
        standing.length > 0
          ? `Kill now: ${countOf(standing.length, 'effect')} stay${standing.length === 1 ? 's' : ''}`
          : 'Kill now'
      }
      done="The run was killed."
      danger
    >
      {standing.length > 0 ? (
        <Effects title="Stays as it is">
          {standing.map((entry) => (
            <Effect key={entry.activityId} number={null} entry={entry} text={entry.title} />
          ))}
        </Effects>
      ) : (
        <p className="text-sm">Nothing that it did stands now.</p>
      )}
      {underWay.length > 0 ? (
        <p className="text-sm text-ink-2">
          Under way: {underWay.join(', ')}. Whether it still happens, nobody will know.
        </p>
      ) : null}
    </StopForm>
  );
}

function StopForm({
  view,
  onClose,
  title,
  description,
  url,
  label,
  done,
  danger = false,
  children,
}: StopProps & {
  title: string;
  description: string;
  url: (workflowId: string, runId: string) => string;
  label: string;
  done: string;
  /** Needs a reason, and looks like it. */
  danger?: boolean;
  children: ReactNode;
}) {
  const { workflowId, runId } = view.live.summary;
  const form = useId();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const { pending, failure, send } = useSend<Receipt>();
  const missing = danger && !reason.trim();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (missing) return;
    const receipt = await send(url(workflowId, runId), reason.trim() ? { reason } : {});
    if (!receipt) return;
    toast.success(done);
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={onClose}>Let it run</Button>
          <Button
            type="submit"
            form={form}
            variant={danger ? 'dangerFilled' : 'primary'}
            pending={pending}
            disabledReason={view.blocked}
          >
            {label}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
        {children}
        <ReasonField
          value={reason}
          onChange={setReason}
          required={danger}
          problem={tried && missing ? SAY_WHY : null}
        />
        {failure ? <FailureBand failure={failure} /> : null}
      </form>
    </Dialog>
  );
}

function Effects({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 text-xs font-medium">{title}</h3>
      <ul className="divide-y divide-hairline rounded-md border border-hairline">{children}</ul>
    </section>
  );
}
function Effect({ number, entry, text }: { number: number | null; entry: LedgerEntry; text: string }) {
  return (
    <li className="flex items-baseline gap-2.5 px-3 py-1.5 text-sm">
      {number === null ? null : <span className="figures w-4 shrink-0 text-right font-medium text-back">{number}</span>}
      <span className="min-w-0 flex-1">{text}</span>
      <span className="shrink-0 text-xs text-ink-2">
        {number === null ? '' : `takes back '${entry.title}'`}
        {entry.state === 'mayStand' ? (number === null ? 'may stand' : ', may stand') : ''}
      </span>
    </li>
  );
}
