'use client';

/**
 * 'Stop and undo' and 'Kill now'. Each dialog lists, before the person confirms, what will happen to the effects of
 * the run.
 */
import { type ReactNode } from 'react';
import { routes } from '@/app/_contract/routes';
import type { Receipt } from '@/app/_contract/runs';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { FormDialog } from '@/components/ui/form-dialog';
import { toast } from '@/components/ui/toast';
import { Ahead } from '@/components/ui/time';
import { isLeft } from '@/engine/run-view/ledger';
import { EffectList, EffectRow } from './effect-list';
import { useReason } from './reason-field';
import type { RunView } from './run-view';
import { killConsequence, stopLabel } from './stop-words';
import { afterAnswer, stoppingOf, waitsUntilMs } from '@/engine/run-view/stopping';

interface StopProps {
  view: RunView;
  onClose: () => void;
}

export function StopDialog({ view, onClose }: StopProps) {
  const stopping = stoppingOf(view.projection);
  const { undone, stays, waitsFor } = stopping;
  const untilMs = waitsUntilMs(stopping);
  const undoes = undone.length > 0 ? 'It undoes its effects, the last one first, and ends as stopped.' : null;
  return (
    <StopForm
      view={view}
      onClose={onClose}
      title="Stop this run?"
      description={
        waitsFor.length > 0
          ? `First it waits for the answers to requests that were sent. ${undoes ?? 'Then it ends as stopped.'}`
          : (undoes ?? 'It has no effects to undo. It ends as stopped.')
      }
      url={routes.cancel}
      label={stopLabel(stopping)}
      done={undone.length > 0 ? 'The run was asked to stop and undoes its effects.' : 'The run was asked to stop.'}
    >
      {view.projection.pause ? (
        <p className="text-sm">This run is paused. The stop is kept, and takes effect when somebody resumes it.</p>
      ) : null}
      {waitsFor.length > 0 ? (
        <EffectList title="Waits for">
          {waitsFor.map((entry) => (
            <EffectRow
              key={entry.activityId}
              number={null}
              entry={entry}
              text={entry.title}
              detail={afterAnswer(entry, view.readBy)}
            />
          ))}
        </EffectList>
      ) : null}
      {waitsFor.length > 0 ? (
        <p className="text-sm text-ink-2">
          {untilMs === null ? (
            'No timeout limits this wait.'
          ) : (
            <>
              This wait ends at the latest <Ahead atMs={untilMs} />.
            </>
          )}
        </p>
      ) : null}
      {undone.length > 0 ? (
        <EffectList title="Undone, in this order">
          {undone.map((entry, index) => (
            <EffectRow key={entry.activityId} number={index + 1} entry={entry} text={entry.undoTitle ?? entry.title} />
          ))}
        </EffectList>
      ) : null}
      {stays.length > 0 ? (
        <EffectList title="Not undone">
          {stays.map((entry) => (
            <EffectRow key={entry.activityId} number={null} entry={entry} text={entry.title} />
          ))}
        </EffectList>
      ) : null}
    </StopForm>
  );
}

export function KillDialog({ view, onClose }: StopProps) {
  const { ledger } = view.projection;
  const left = ledger.entries.filter((entry) => isLeft(entry.state));
  const underWay = left.some((entry) => entry.underWay);
  return (
    <StopForm
      view={view}
      onClose={onClose}
      title="Kill this run?"
      description="It ends at once, without running its code. Nothing is undone, not even later."
      url={routes.terminate}
      label={left.length > 0 ? `Kill now: ${killConsequence(ledger)}` : 'Kill now'}
      done="The run was killed."
      danger
    >
      {left.length > 0 ? (
        <EffectList title="Not undone">
          {left.map((entry) => (
            <EffectRow key={entry.activityId} number={null} entry={entry} text={entry.title} />
          ))}
        </EffectList>
      ) : (
        <p className="text-sm">It has no effects that remain.</p>
      )}
      {underWay ? (
        <p className="text-sm text-ink-2">Requests that were sent may still take effect; the run will not record it.</p>
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
  /** A button for an action that destroys something and needs a reason. */
  danger?: boolean;
  children: ReactNode;
}) {
  const { workflowId, runId } = view.live.summary;
  const reason = useReason({ required: danger });
  const { pending, failure, send } = useSend();
  const submit = async () => {
    if (!reason.isGiven()) return;
    const receipt = await send<Receipt>(url(workflowId, runId), reason.text.trim() ? { reason: reason.text } : {});
    if (!receipt) return;
    toast.success(done);
    onClose();
  };
  return (
    <FormDialog
      title={title}
      description={description}
      action={label}
      leave="Keep it running"
      pending={pending}
      danger={danger}
      disabledReason={view.blocked}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {children}
      {reason.field}
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
