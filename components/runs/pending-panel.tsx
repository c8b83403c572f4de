'use client';

/**
 * Work that has not finished: the pending activities and the pending workflow task of Temporal. The history has no
 * events for them yet.
 */
import { CircleCheck } from 'lucide-react';
import { EmptyState } from '@/components/ui/states';
import { Instant, RelativeTime } from '@/components/ui/time';
import { StatusMark } from '@/components/status/status-mark';
import { clauseOf } from '@/engine/run-view/failure';
import { entriesByNode } from '@/engine/run-view/loops';
import type { NodeState, NodeView } from '@/engine/run-view/model';
import { PendingActivity } from './pending-activity';
import type { RunView } from './run-view';

/** Steps that wait for somebody or something, and whose attempt is no pending activity. */
const WAITS: ReadonlySet<NodeState> = new Set(['waitsForPerson', 'waitsForSignal', 'waitsForTimer']);

/** Everything that is under way or waits: what this tab lists, and its number. */
export function pendingOf({ live, projection }: Pick<RunView, 'live' | 'projection'>) {
  const open = live.summary.closeMs === null;
  // A failed undo and an unknown outcome wait for a decision.
  const asked = new Set(live.nodes?.waitsFor.map(({ nodeId }) => nodeId));
  const waits = Object.values(projection.nodes).filter(
    ({ nodeId, state }) => open && (WAITS.has(state) || asked.has(nodeId))
  );
  return { waits, count: waits.length + live.pending.length + (live.workflowTask ? 1 : 0) };
}

export function PendingPanel({ view, onSelect }: { view: RunView; onSelect: (nodeId: string) => void }) {
  const { pending, workflowTask, nodesProblem, summary } = view.live;
  const { waits, count } = pendingOf(view);
  if (count === 0) {
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
        <PendingActivity key={each.activityId} view={view} activity={each} onSelect={onSelect} />
      ))}
      {waits.map((node) => (
        <Wait key={node.nodeId} view={view} node={node} onSelect={onSelect} />
      ))}
      {nodesProblem && summary.closeMs === null ? <li className="p-3 text-xs text-ink-2">{nodesProblem}</li> : null}
    </ul>
  );
}

const asksOperator = ({ state }: NodeView): boolean => state === 'undoFailed' || state === 'unknown';

function Wait({ view, node, onSelect }: { view: RunView; node: NodeView; onSelect: (nodeId: string) => void }) {
  const entry = entriesByNode(view.projection.ledger).get(node.nodeId);
  /* A decision is asked for since the undo failed or the outcome became unknown, not since the step began. */
  const sinceMs = asksOperator(node) ? (entry?.sinceMs ?? null) : node.startedMs;
  return (
    <li className="flex flex-col gap-1 p-3 text-sm">
      <p className="flex items-center gap-2">
        <StatusMark state={node.state} word="none" />
        <button
          type="button"
          onClick={() => onSelect(node.nodeId)}
          className="min-w-0 flex-1 rounded-sm text-left font-medium break-words hover:underline"
        >
          {view.readBy.nodes[node.nodeId]?.title ?? node.nodeId}
        </button>
      </p>
      <p className="text-xs break-words text-ink-2">
        {asksOperator(node) ? 'Waits for a decision' : (node.note ?? 'Waits')}
        {sinceMs !== null ? (
          <>
            {' · since '}
            <RelativeTime atMs={sinceMs} />
          </>
        ) : null}
        {node.dueMs !== null ? (
          <>
            {' · until '}
            <Instant atMs={node.dueMs} to="minute" />
          </>
        ) : null}
      </p>
    </li>
  );
}
