'use client';

/**
 * Work that has not finished: the pending activities and the pending workflow task of Temporal. The history has no
 * events for them yet.
 */
import { CircleCheck } from 'lucide-react';
import { EmptyState } from '@/components/ui/states';
import { JsonTree } from '@/components/ui/json-tree';
import { Ahead, RelativeTime } from '@/components/ui/time';
import { StatusMark } from '@/components/status/status-mark';
import { parseActivityId } from '@/engine/run-view/activity-id';
import { clauseOf } from '@/engine/run-view/failure';
import type { NodeState, PendingActivityView } from '@/engine/run-view/model';
import type { RunView } from './run-view';

const STATES: Record<PendingActivityView['state'], { mark: NodeState; words: string }> = {
  scheduled: { mark: 'notYet', words: 'Waits for a worker' },
  started: { mark: 'running', words: 'Running' },
  cancelRequested: { mark: 'cancelled', words: 'Asked to stop' },
  backingOff: { mark: 'retrying', words: 'Waits for its next attempt' },
};

export function PendingPanel({ view, onSelect }: { view: RunView; onSelect: (nodeId: string) => void }) {
  const { pending, workflowTask, nodesProblem, summary } = view.live;
  if (pending.length === 0 && !workflowTask) {
    return (
      <EmptyState icon={<CircleCheck aria-hidden />} title="Nothing is running">
        {summary.closeMs === null ? 'The run waits; no activity is scheduled.' : 'The run has ended.'}
      </EmptyState>
    );
  }
  return (
    <ul className="flex flex-col divide-y divide-hairline">
      {workflowTask ? (
        <li className="p-3 text-sm">
          <p className="flex items-center justify-between gap-2">
            <StatusMark state={workflowTask.failure ? 'failed' : 'running'} word="none" />
            <span className="flex-1 font-medium">Workflow task</span>
            <span className="figures text-xs text-ink-2">attempt {workflowTask.attempt}</span>
          </p>
          {workflowTask.failure ? <p className="mt-1 text-fail">{clauseOf(workflowTask.failure)}</p> : null}
        </li>
      ) : null}
      {pending.map((each) => (
        <Pending key={each.activityId} view={view} activity={each} onSelect={onSelect} />
      ))}
      {nodesProblem && summary.closeMs === null ? <li className="p-3 text-xs text-ink-2">{nodesProblem}</li> : null}
    </ul>
  );
}

function Pending({
  view,
  activity,
  onSelect,
}: {
  view: RunView;
  activity: PendingActivityView;
  onSelect: (nodeId: string) => void;
}) {
  const parsed = parseActivityId(activity.activityId);
  const node = parsed ? view.readBy.nodes[parsed.nodeId] : undefined;
  const title = (parsed?.role === 'undo' ? node?.undo?.title : node?.title) ?? activity.activityType;
  const { mark, words } = STATES[activity.state];
  const attempts =
    activity.maximumAttempts > 0 ? `${activity.attempt} of ${activity.maximumAttempts}` : String(activity.attempt);
  return (
    <li className="flex flex-col gap-1 p-3 text-sm">
      <p className="flex items-center gap-2">
        <StatusMark state={mark} attempt={activity.attempt} maximumAttempts={activity.maximumAttempts} word="none" />
        {node ? (
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
        <span className="figures shrink-0 text-xs text-ink-2">attempt {attempts}</span>
      </p>
      <p className="text-xs text-ink-2">
        {words}
        {activity.nextAttemptMs !== null ? (
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
      {activity.lastFailure ? <p className="text-xs text-fail">{clauseOf(activity.lastFailure)}</p> : null}
      {activity.heartbeat !== null && activity.heartbeat !== undefined ? <JsonTree value={activity.heartbeat} /> : null}
    </li>
  );
}
