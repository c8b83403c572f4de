/**
 * Rows of the timeline, and the scale that folds idle gaps.
 *
 * Rules
 * [RP1] One row for each activity, wait, or wait for a signal with a time limit, in the order of their start; an
 *      approval is one row from open to close.
 * [RP2] Attempts are ticks: pending activities list theirs, closed ones have only the attempt that closed them.
 * [RP3] A stretch in which the run only waits is folded if it is long compared with the rest.
 * [RP4] A call whose outcome nobody found out is marked as in the drawing and the ledger: unknown, not failed.
 */
import type { FlowManifest } from '../flow/manifest';
import { isHeld } from './action-view';
import { isOfTask, parseActivityId } from './activity-id';
import type { AttemptView, Ledger, NodeState, NodeView, RunFacts, TimelineRow } from './model';
import type { ActivityRecord, ChildRecord, Records } from './records';

export function timelineOf(
  facts: RunFacts,
  records: Records,
  nodes: Record<string, NodeView>,
  ledger: Ledger,
  manifest: FlowManifest
): TimelineRow[] {
  const rows: TimelineRow[] = [];
  const closedMs = records.closed?.timeMs ?? null;
  const humans = new Map<string, TimelineRow>();
  for (const record of records.activities) {
    const nodeId = record.parsed?.nodeId ?? record.activityId;
    const role = record.parsed?.role ?? 'do';
    const title = manifest.nodes[nodeId]?.title ?? record.activityType;
    const item = itemOf(record.forwardId);
    if (isOfTask(role)) {
      const key = record.forwardId;
      const row = humans.get(key);
      if (row && role === 'close') {
        row.endMs = record.closedMs ?? closedMs;
        row.state = nodes[key]?.state ?? row.state;
      } else if (role === 'open') {
        const state = nodes[key]?.state ?? 'waitsForPerson';
        const made: TimelineRow = {
          nodeId,
          role: 'human',
          title,
          item,
          startMs: record.scheduledMs,
          endMs: closedMs,
          state,
          attempts: [],
        };
        humans.set(key, made);
        rows.push(made);
      }
      continue;
    }
    // Of what a child handed over, the child has the title.
    const handed = record.parsed?.within ? ledger.entries.find((each) => each.activityId === record.forwardId) : null;
    const undoTitle = handed ? handed.undoTitle : manifest.nodes[nodeId]?.undo?.title;
    rows.push({
      nodeId,
      role: role === 'undo' ? 'undo' : 'do',
      title: role === 'undo' && undoTitle ? undoTitle : role === 'check' ? `Check: ${title}` : title,
      item,
      startMs: record.scheduledMs,
      endMs: record.closedMs ?? closedMs,
      state: rowState(record, facts, records.pause !== null, closedMs !== null, nodes[record.forwardId]?.fault ?? null),
      attempts: attemptsOf(record, facts, closedMs),
    });
  }
  for (const child of records.children) {
    const { nodeId, stepId, initiatedMs, startedMs } = child;
    const node = manifest.nodes[nodeId];
    const isLeft = node?.child?.waits === 'start';
    rows.push({
      nodeId,
      role: 'do',
      title: node?.title ?? child.workflowType,
      item: itemOf(stepId),
      startMs: initiatedMs,
      endMs: (isLeft ? startedMs : child.closedMs) ?? closedMs,
      state: childState(child, facts, nodes[stepId]),
      attempts: [],
    });
  }
  for (const timer of records.timers) {
    const node = timer.nodeId ? manifest.nodes[timer.nodeId] : undefined;
    const signal = node?.kind === 'waitForSignal';
    if (!timer.nodeId || !node || timer.role !== 'do' || (node.kind !== 'wait' && !signal)) continue;
    const waits: NodeState = signal ? 'waitsForSignal' : 'waitsForTimer';
    const over: NodeState = timer.outcome === 'fired' ? 'done' : 'cancelled';
    // The timer of a signal's time limit is cancelled when the signal came, and also when the wait ended otherwise:
    // the node's state shows which.
    const ended = signal ? (nodes[timer.stepId ?? timer.nodeId]?.state ?? over) : over;
    const state = timer.outcome !== null ? ended : closedMs !== null ? 'cancelled' : waits;
    rows.push({
      nodeId: timer.nodeId,
      role: 'wait',
      title: node.title,
      item: itemOf(timer.stepId),
      startMs: timer.startedMs,
      endMs: timer.closedMs ?? closedMs,
      state,
      attempts: [],
    });
  }
  return rows.sort((a, b) => a.startMs - b.startMs);
}

/** The row is of the run alone: what was undone of it has rows of its own. */
function childState({ outcome, runId }: ChildRecord, { status }: RunFacts, view: NodeView | undefined): NodeState {
  if (view?.fault) return view.fault;
  if (outcome === 'completed' || (view?.childRun && view.state === 'done')) return 'done';
  if (outcome === 'canceled') return 'cancelled';
  if (outcome !== null) return 'failed';
  if (status === 'running') return runId === null || view?.state !== 'done' ? 'running' : 'done';
  return status === 'terminated' ? 'terminated' : 'cancelled';
}

/** As `TimelineRow.item`. */
function itemOf(stepId: string | null): string {
  const path = parseActivityId(stepId ?? '')?.path ?? [];
  return path.join('.');
}

function rowState(
  record: ActivityRecord,
  facts: RunFacts,
  isRunPaused: boolean,
  closed: boolean,
  fault: NodeView['fault']
): NodeState {
  const role = record.parsed?.role ?? 'do';
  const undo = role === 'undo';
  switch (record.outcome) {
    case 'completed':
      return undo ? 'undone' : 'done';
    case 'failed':
    case 'timedOut':
      if (undo) return 'undoFailed';
      return role === 'do' && fault === 'unknown' ? 'unknown' : 'failed';
    case 'canceled':
      return 'cancelled';
    case null: {
      if (closed) return facts.status === 'terminated' ? 'terminated' : 'cancelled';
      const pending = facts.pending.find((each) => each.scheduledEventId === record.scheduledEventId);
      if (pending && isHeld(pending, isRunPaused)) return 'paused';
      if (undo) return 'unwinding';
      return pending && (pending.attempt > 1 || pending.state === 'backingOff') ? 'retrying' : 'running';
    }
  }
}

/** [RP2] */
function attemptsOf(record: ActivityRecord, facts: RunFacts, closedMs: number | null): AttemptView[] {
  const pending = facts.pending.find((each) => each.scheduledEventId === record.scheduledEventId);
  if (pending && record.outcome === null) return pending.attempts;
  const seen = facts.seenAttempts?.[record.scheduledEventId] ?? [];
  if (record.startedMs === null) return [...seen];
  const last: AttemptView = {
    attempt: record.attempt,
    startedMs: record.startedMs,
    endedMs: record.closedMs ?? closedMs,
    failure: record.failure,
  };
  return [...seen.filter(({ attempt }) => attempt < last.attempt), last];
}

export interface Stretch {
  startMs: number;
  endMs: number;
  /** A folded gap has a fixed width, whatever its length. */
  folded: boolean;
}
/** [RP3] Stretches from the first row to `untilMs`, without gaps. Timers and people do not count as work. */
export function stretchesOf(rows: readonly TimelineRow[], untilMs: number): Stretch[] {
  if (rows.length === 0) return [];
  const from = Math.min(...rows.map((row) => row.startMs));
  const until = Math.max(untilMs, from + 1, ...rows.map((row) => row.endMs ?? untilMs));
  const busy = rows
    .flatMap((row): [number, number][] =>
      row.role === 'wait' || row.role === 'human'
        ? [[row.startMs, row.startMs], ...(row.endMs === null ? [] : ([[row.endMs, row.endMs]] as [number, number][]))]
        : [[row.startMs, row.endMs ?? until]]
    )
    .sort((a, b) => a[0] - b[0]);
  const islands: [number, number][] = [];
  for (const [start, end] of busy) {
    const last = islands.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else islands.push([start, end]);
  }
  const worked = islands.reduce((total, [start, end]) => total + end - start, 0);
  const long = Math.max(2_000, worked / 2);
  const room = Math.min(long / 8, 500);
  const stretches: Stretch[] = [];
  let cursor = from;
  const gap = (start: number, end: number) => {
    if (end - start <= long) return;
    const left = Math.min(start + room, end);
    const right = Math.max(end - room, left);
    if (left > cursor) stretches.push({ startMs: cursor, endMs: left, folded: false });
    stretches.push({ startMs: left, endMs: right, folded: true });
    cursor = right;
  };
  islands.forEach(([, end], index) => gap(end, islands[index + 1]?.[0] ?? until));
  if (cursor < until) stretches.push({ startMs: cursor, endMs: until, folded: false });
  return stretches;
}
