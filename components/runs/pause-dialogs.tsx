'use client';

/** Pauses and resumes a run or one of its pending steps. Each dialog says, before it is sent, what happens meanwhile. */
import type { ReactNode } from 'react';
import { routes } from '@/app/_contract/routes';
import type { Receipt } from '@/app/_contract/runs';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { FormDialog } from '@/components/ui/form-dialog';
import { Ahead } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import type { PendingActivityView } from '@/engine/run-view/model';
import {
  afterPause,
  afterStepPause,
  deedOfPending,
  isUnderWay,
  retriedNow,
  whilePaused,
  whileStepPaused,
} from './pause-words';
import { useReason } from './reason-field';
import { Meanwhile } from './run-dialogs';
import type { RunView } from './run-view';

interface RunProps {
  view: RunView;
  onClose: () => void;
}

export function PauseRunDialog({ view, onClose }: RunProps) {
  const { pause } = view.projection;
  return (
    <PauseForm
      view={view}
      onClose={onClose}
      title="Pause this run?"
      description="No step begins, and no attempt of a step, until somebody resumes it."
      lines={whilePaused(view)}
      url={routes.pauseRun}
      action="Pause"
      leave="Keep it running"
      done="The run is paused."
      reason="required"
      meanwhile={pause ? `The run is paused already, by ${pause.by}.` : null}
    />
  );
}

export function ResumeRunDialog({ view, onClose }: RunProps) {
  return (
    <PauseForm
      view={view}
      onClose={onClose}
      title="Resume this run?"
      description="It goes on from where it was."
      lines={afterPause(view)}
      url={routes.resumeRun}
      action="Resume"
      leave="Keep it paused"
      done="The run goes on."
      reason="optional"
      meanwhile={view.projection.pause ? null : 'The run is not paused any more.'}
    />
  );
}

interface StepProps extends RunProps {
  /** As it was when the dialog was opened. */
  activity: PendingActivityView;
}

/** As it is now; undefined if it has ended. */
export const pendingNow = ({ live }: RunView, { activityId, scheduledEventId }: PendingActivityView) =>
  live.pending.find((each) => each.activityId === activityId && each.scheduledEventId === scheduledEventId);
const ENDED = 'It is no longer pending: it has ended meanwhile.';

export function PauseStepDialog({ view, activity, onClose }: StepProps) {
  const now = pendingNow(view, activity);
  const title = deedOfPending(view, activity);
  return (
    <PauseForm
      view={view}
      onClose={onClose}
      title={`Pause '${title}'?`}
      lines={whileStepPaused(now ?? activity)}
      url={routes.pauseStep}
      body={{ activityId: activity.activityId }}
      action="Pause the step"
      leave="Not now"
      done={`${title} is paused.`}
      reason="required"
      meanwhile={now ? (now.pause ? `It is paused already, by ${now.pause.by}.` : null) : ENDED}
    />
  );
}

export function ResumeStepDialog({ view, activity, onClose }: StepProps) {
  const now = pendingNow(view, activity);
  const title = deedOfPending(view, activity);
  return (
    <PauseForm
      view={view}
      onClose={onClose}
      title={`Resume '${title}'?`}
      description={afterStepPause(view, now ?? activity)}
      url={routes.resumeStep}
      body={{ activityId: activity.activityId }}
      action="Resume the step"
      leave="Keep it paused"
      done={`${title} goes on.`}
      meanwhile={now ? (now.pause ? null : 'It is not paused any more.') : ENDED}
    />
  );
}

/** Why its next attempt cannot begin now, beside what keeps every change from being sent. */
export function whyNotRetried({ projection }: RunView, activity: PendingActivityView): string | null {
  if (isUnderWay(activity)) return `Attempt ${activity.attempt} is under way already.`;
  return projection.pause ? 'The run is paused: resume it first.' : null;
}

export function RetryStepDialog({ view, activity, onClose }: StepProps) {
  const now = pendingNow(view, activity);
  const title = deedOfPending(view, activity);
  const { attempt, nextAttemptMs } = now ?? activity;
  return (
    <PauseForm
      view={view}
      onClose={onClose}
      title={`Retry '${title}' now?`}
      description={
        <>
          Attempt {attempt} begins at once
          {nextAttemptMs === null ? (
            '.'
          ) : (
            <>
              , and not only <Ahead atMs={nextAttemptMs} />.
            </>
          )}
        </>
      }
      lines={retriedNow(view, now ?? activity)}
      url={routes.retryStep}
      body={{ activityId: activity.activityId }}
      action="Retry now"
      leave="Not now"
      done={`Attempt ${attempt} of ${title} begins.`}
      meanwhile={now ? (now.pause ? `It is paused, by ${now.pause.by}.` : whyNotRetried(view, now)) : ENDED}
    />
  );
}

function PauseForm({
  view,
  onClose,
  title,
  description,
  lines = [],
  url,
  body = {},
  action,
  leave,
  done,
  reason: wants,
  meanwhile: now,
}: RunProps & {
  title: string;
  description?: ReactNode;
  lines?: readonly string[];
  url: (workflowId: string, runId: string) => string;
  body?: object;
  action: string;
  leave: string;
  done: string;
  /** Missing: no reason is asked for. */
  reason?: 'required' | 'optional';
  /** What happened while the dialog was open, so that there is nothing to send any more. */
  meanwhile: string | null;
}) {
  const { workflowId, runId } = view.live.summary;
  const reason = useReason({ required: wants === 'required', most: 1_000 });
  const { pending, failure, send } = useSend();
  const meanwhile = pending ? null : now;
  const submit = async () => {
    if (!reason.isGiven()) return;
    const given = wants && reason.text.trim() ? { reason: reason.text.trim() } : {};
    if (!(await send<Receipt>(url(workflowId, runId), { ...body, ...given }))) return;
    toast.success(done);
    onClose();
  };
  return (
    <FormDialog
      title={title}
      description={description}
      action={action}
      leave={leave}
      pending={pending}
      disabledReason={view.blocked ?? meanwhile}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {lines.length > 0 ? (
        <ul className="flex list-disc flex-col gap-1 pl-4 text-sm">
          {lines.map((line) => (
            <li key={line} className="wrap-anywhere">
              {line}
            </li>
          ))}
        </ul>
      ) : null}
      {wants ? reason.field : null}
      <Meanwhile text={meanwhile} />
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
