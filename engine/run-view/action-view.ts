/** A step on the screens: its last forward activity, its pending state, and what its undo has done. */
import type { FlowManifest } from '../flow/manifest';
import type { Ledger, LedgerEntry, NodeView, PauseView, PendingActivityView, RunFacts } from './model';
import { isWaitEnded, type ActivityRecord, type Records } from './records';

/** An activity that no worker has started for this long, in milliseconds, probably has no worker. */
export const NO_WORKER_AFTER_MS = 10_000;

/** [N1] [N2] [N8] [N12] */
export function actionView(
  view: NodeView,
  facts: RunFacts,
  records: Records,
  ledger: Ledger,
  manifest: FlowManifest
): NodeView {
  const { nodeId } = view;
  view.note = manifest.nodes[nodeId]?.activity ?? null;
  const record = records.activities.findLast((each) => each.parsed?.nodeId === nodeId && each.parsed.role === 'do');
  const entry = ledger.entries.findLast((each) => each.nodeId === nodeId) ?? null;
  view.ledger = entry?.state ?? null;
  if (!record && !entry?.carried) return view;
  if (!record) {
    // A run before this one in its chain did it.
    view.state = entry?.state === 'mayStand' ? 'unknown' : 'done';
    view.fault = entry?.happened === 'maybe' ? 'unknown' : null;
    return onTheWayBack(view, entry, facts, records);
  }
  Object.assign(view, {
    startedMs: record.startedMs ?? record.scheduledMs,
    endedMs: record.closedMs,
    attempt: record.attempt,
    maximumAttempts: record.maximumAttempts,
    failure: record.failure,
    input: record.input,
    output: record.result,
  });
  const ended = isWaitEnded(records, record);
  view.fault = faultOf(record, entry, ended || facts.status !== 'running');
  if (record.cancelRequested && manifest.nodes[nodeId]?.effect === 'none') {
    return { ...view, state: 'cancelled', note: record.outcome === null ? 'Asked to stop' : view.note };
  }
  if (record.outcome === null && !ended) {
    const pending = facts.pending.find((each) => each.scheduledEventId === record.scheduledEventId);
    applyPending(view, record, pending, facts.nowMs, records.pause !== null);
    return view;
  }
  const asked = facts.nodes?.waitsFor.some((wait) => wait.kind === 'outcome' && wait.nodeId === nodeId);
  view.state =
    record.outcome === 'completed' && entry?.state !== 'mayStand'
      ? 'done'
      : asked || entry?.state === 'mayStand'
        ? 'unknown'
        : record.outcome === 'canceled'
          ? 'cancelled'
          : 'failed';
  // It did not complete, but its effect remains: a look-up or a person found that it happened.
  if (record.outcome !== 'completed' && entry?.state === 'standing') {
    Object.assign(view, { state: 'done', failure: null, output: entry.output });
  }
  return onTheWayBack(view, entry, facts, records);
}

/** [N2] */
function onTheWayBack(view: NodeView, entry: LedgerEntry | null, facts: RunFacts, records: Records): NodeView {
  const { nodeId } = view;
  // The input of its undo could not be computed: no undo was scheduled, and a person is asked.
  const unmade = facts.nodes?.waitsFor.some((wait) => wait.kind === 'undo' && wait.nodeId === nodeId);
  if (unmade) view.state = 'undoFailed';
  switch (entry?.state) {
    case 'undoing': {
      view.state = 'unwinding';
      const undo = records.activities.findLast((each) => each.parsed?.role === 'undo' && each.parsed.nodeId === nodeId);
      const pending = undo && facts.pending.find((each) => each.scheduledEventId === undo.scheduledEventId);
      view.attempt = pending?.attempt ?? 1;
      view.maximumAttempts = undo?.maximumAttempts ?? 0;
      view.dueMs = records.pause ? null : (pending?.nextAttemptMs ?? null);
      if (pending?.pause) view.note = pausedWords(pending.pause);
      break;
    }
    case 'undone':
    case 'doneByHand':
      view.state = 'undone';
      break;
    case 'undoFailed':
      view.state = 'undoFailed';
      break;
  }
  return view;
}

/** [N8] */
function faultOf(record: ActivityRecord, entry: LedgerEntry | null, over: boolean): NodeView['fault'] {
  if (record.outcome === 'completed' || (record.outcome === null && !over)) return null;
  if (entry?.happened === 'maybe') return 'unknown';
  // A look-up or a person found that it happened.
  if (entry?.happened === 'yes') return null;
  return record.outcome === 'failed' || record.outcome === 'timedOut' ? 'failed' : null;
}

function applyPending(
  view: NodeView,
  record: ActivityRecord,
  pending: PendingActivityView | undefined,
  nowMs: number,
  isRunPaused: boolean
): void {
  view.state = 'running';
  if (!pending) return;
  view.attempt = pending.attempt;
  view.maximumAttempts = pending.maximumAttempts;
  view.failure = pending.lastFailure;
  view.startedMs = pending.attempts[0]?.startedMs ?? pending.lastStartedMs ?? record.scheduledMs;
  if (pending.state === 'cancelRequested') {
    view.note = 'Asked to stop';
    return;
  }
  if (pending.pause) view.note = pausedWords(pending.pause);
  if (isHeld(pending, isRunPaused)) {
    view.state = 'paused';
    if (!pending.pause) view.note = 'Waits until the run is resumed';
    return;
  }
  if (pending.attempt > 1 || pending.state === 'backingOff') {
    view.state = 'retrying';
    view.dueMs = pending.state === 'backingOff' ? pending.nextAttemptMs : null;
    return;
  }
  if (
    pending.state === 'scheduled' &&
    pending.lastStartedMs === null &&
    nowMs - record.scheduledMs > NO_WORKER_AFTER_MS
  ) {
    view.state = 'noWorker';
  }
}

/** [N12] True if its pause, or that of the run, keeps the next attempt from beginning. */
export function isHeld({ state }: PendingActivityView, isRunPaused: boolean): boolean {
  return state === 'paused' || (isRunPaused && (state === 'scheduled' || state === 'backingOff'));
}

const pausedWords = ({ by, reason }: PauseView): string => `Paused by ${by}${reason ? `: ${reason}` : ''}`;
