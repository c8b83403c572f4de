'use client';

/** One pending activity: its state, attempt, last failure, heartbeat, and what an operator can do with it. */
import { JsonTree } from '@/components/ui/json-tree';
import { Button } from '@/components/ui/button';
import { Ahead, RelativeTime } from '@/components/ui/time';
import { StatusMark } from '@/components/status/status-mark';
import { parseActivityId } from '@/engine/run-view/activity-id';
import { clauseOf } from '@/engine/run-view/failure';
import type { NodeState, PendingActivityView } from '@/engine/run-view/model';
import { OptionsDialog } from './options-dialog';
import { PauseStepDialog, ResumeStepDialog, RetryStepDialog, whyNotRetried } from './pause-dialogs';
import { deedOfPending } from './pause-words';
import { useRunDialog } from './run-dialogs';
import type { RunView } from './run-view';

interface Shown {
  mark: NodeState;
  words: string;
}
const STATES: Record<PendingActivityView['state'], Shown> = {
  scheduled: { mark: 'notYet', words: 'Waits for a worker' },
  started: { mark: 'running', words: 'Running' },
  cancelRequested: { mark: 'cancelled', words: 'Asked to stop' },
  backingOff: { mark: 'retrying', words: 'Waits for its next attempt' },
  paused: { mark: 'paused', words: 'No attempt is under way' },
  pauseRequested: { mark: 'running', words: 'This attempt is still under way' },
};
/** Of what a pause of its run keeps from beginning. */
const HELD: Shown = { mark: 'paused', words: 'Waits until the run is resumed' };

function shownAs({ state }: PendingActivityView, isRunPaused: boolean): Shown {
  return isRunPaused && (state === 'scheduled' || state === 'backingOff') ? HELD : STATES[state];
}

export function PendingActivity({
  view,
  activity,
  onSelect,
}: {
  view: RunView;
  activity: PendingActivityView;
  /** Missing where the step is shown already. */
  onSelect?: (nodeId: string) => void;
}) {
  const nodeId = parseActivityId(activity.activityId)?.nodeId;
  const node = nodeId === undefined ? undefined : view.readBy.nodes[nodeId];
  const title = deedOfPending(view, activity);
  const { mark, words } = shownAs(activity, view.projection.pause !== null);
  const { attempt, maximumAttempts, pause, heartbeat, heartbeatMs } = activity;
  return (
    <li className="flex flex-col gap-1 p-3 text-sm">
      <p className="flex items-center gap-2">
        <StatusMark state={mark} attempt={attempt} maximumAttempts={maximumAttempts} word="none" />
        {node && onSelect ? (
          <button
            type="button"
            onClick={() => onSelect(node.id)}
            className="min-w-0 flex-1 truncate rounded-sm text-left font-medium hover:underline"
          >
            {title}
          </button>
        ) : (
          <span className="min-w-0 flex-1 truncate font-medium">{title}</span>
        )}
        <span className="figures shrink-0 text-xs text-ink-2">
          attempt {maximumAttempts > 0 ? `${attempt} of ${maximumAttempts}` : attempt}
        </span>
      </p>
      {pause ? (
        <p className="text-xs wrap-anywhere">
          Paused by {pause.by} <RelativeTime atMs={pause.atMs} />
          {pause.reason ? `: ${pause.reason}` : null}
        </p>
      ) : null}
      <p className="text-xs text-ink-2">
        {words}
        {activity.nextAttemptMs !== null && mark === 'retrying' ? (
          <>
            , <Ahead atMs={activity.nextAttemptMs} />
          </>
        ) : null}
        {activity.lastStartedMs !== null ? (
          <>
            {' · last started '}
            <RelativeTime atMs={activity.lastStartedMs} />
          </>
        ) : null}
      </p>
      {activity.lastFailure ? (
        <p className="text-xs wrap-anywhere text-fail">{clauseOf(activity.lastFailure)}</p>
      ) : null}
      {heartbeatMs !== undefined ? (
        <p className="text-xs text-ink-2">
          Last heartbeat <RelativeTime atMs={heartbeatMs} />
        </p>
      ) : null}
      {heartbeat !== null && heartbeat !== undefined ? <JsonTree value={heartbeat} /> : null}
      <StepActs view={view} activity={activity} />
    </li>
  );
}

interface ActProps {
  view: RunView;
  activity: PendingActivityView;
}

function StepActs({ view, activity }: ActProps) {
  const open = useRunDialog();
  const { state, pause, options } = activity;
  return (
    <p className="flex flex-wrap gap-2 pt-1">
      {state === 'backingOff' ? <RetryAct view={view} activity={activity} /> : null}
      {pause ? (
        <ResumeAct view={view} activity={activity} />
      ) : (
        <Button
          size="sm"
          disabledReason={view.blocked}
          onClick={() => open((now, close) => <PauseStepDialog view={now} activity={activity} onClose={close} />)}
        >
          Pause…
        </Button>
      )}
      {options ? (
        <Button
          size="sm"
          disabledReason={view.blocked}
          onClick={() =>
            open((now, close) => <OptionsDialog view={now} activity={activity} options={options} onClose={close} />)
          }
        >
          Options…
        </Button>
      ) : null}
    </p>
  );
}

/** For a step that waits for its next attempt. */
export function RetryAct({ view, activity }: ActProps) {
  const open = useRunDialog();
  return (
    <Button
      size="sm"
      disabledReason={view.blocked ?? whyNotRetried(view, activity)}
      onClick={() => open((now, close) => <RetryStepDialog view={now} activity={activity} onClose={close} />)}
    >
      Retry now…
    </Button>
  );
}

export function ResumeAct({ view, activity }: ActProps) {
  const open = useRunDialog();
  return (
    <Button
      size="sm"
      disabledReason={view.blocked}
      onClick={() => open((now, close) => <ResumeStepDialog view={now} activity={activity} onClose={close} />)}
    >
      Resume…
    </Button>
  );
}
