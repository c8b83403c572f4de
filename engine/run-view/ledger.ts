/**
 * The ledger of a run: every step with an effect, and whether that effect stands. A pure function of (history, manifest),
 * so that it works on closed runs without a worker; the query `__ledger` must agree with it.
 *
 * Rules
 * [G1] Every step with an effect has an entry, in the order of the flow; a step in a loop has one an item.
 * [G2] A completed step stands. A step whose undo is armed on attempt may stand from the moment it is scheduled.
 * [G3] Any close but Completed leaves the outcome unknown, and it may stand, unless it surely did not happen (saga/outcome.ts).
 * [G4] A check that answers `applied`, and an operator's decision, settle an unknown outcome.
 * [G5] The last undo scheduled says: undoing, undone, undo failed.
 * [G6] 'Done by hand' and 'leave it standing' end an undo that failed; 'retry' makes it undoing when it is scheduled again.
 * [G7] Undo order is the reverse order of arming, last done first, though armed on attempt; null for what will not be undone: no undo, after the pivot, run closed.
 * [G8] A closed run undoes nothing more: what was under way when it was cut off may stand.
 */
import type { FlowManifest, NodeManifest } from '../flow/manifest';
import type { LedgerState } from '../saga/contract';
import type { ActivityRecord, Records } from './records';
import { outcomeDecisions, readRecords, undoDecisions } from './records';
import type { Ledger, LedgerEntry, RunEvent } from './model';

const STANDS: ReadonlySet<LedgerState> = new Set(['standing', 'mayStand', 'undoing', 'undoFailed', 'leftStanding']);
/** Does the effect stand, or may it? */
export const stands = (state: LedgerState): boolean => STANDS.has(state);

interface Working extends LedgerEntry {
  /** Event by which it was armed; orders the undoing. */
  armedBy: number | null;
  /** Armed, and not through yet: it will be armed again when it is, after all that are. */
  underWay: boolean;
}

export function ledgerOf(events: readonly RunEvent[], manifest: FlowManifest): Ledger {
  return ledgerFrom(readRecords(events), manifest);
}

export function ledgerFrom(records: Records, manifest: FlowManifest): Ledger {
  const entries: Working[] = [];
  for (const node of Object.values(manifest.nodes)) {
    if (node.effect === 'none' || node.kind !== 'action') continue;
    const forward = lastByForwardId(
      records.activities.filter((each) => each.parsed?.nodeId === node.id && each.parsed.role === 'do')
    );
    if (forward.length === 0) entries.push(blank(node, node.id));
    for (const record of forward) entries.push(entryOf(node, record, records));
  }
  for (const entry of entries) applyUndo(entry, records);
  const closed = records.closed !== null;
  if (closed) for (const entry of entries) if (entry.state === 'undoing') entry.state = 'mayStand';
  numberUndos(entries, manifest, closed);
  return {
    entries: entries.map(({ armedBy: _, underWay: __, ...entry }) => entry),
    standing: entries.filter((entry) => stands(entry.state)).length,
  };
}

function blank(node: NodeManifest, activityId: string): Working {
  return {
    nodeId: node.id,
    activityId,
    title: node.title,
    undoTitle: node.undo?.title ?? null,
    effect: node.effect === 'irreversible' ? 'irreversible' : 'reversible',
    state: 'notArmed',
    undoOrder: null,
    sinceMs: null,
    failure: null,
    decidedBy: null,
    armedBy: null,
    underWay: false,
  };
}

/** [G2] [G3] [G4] */
function entryOf(node: NodeManifest, record: ActivityRecord, records: Records): Working {
  const entry = blank(node, record.activityId);
  const attempted = node.undo?.armed === 'attempted';
  if (record.outcome === 'completed') {
    const { closedMs: sinceMs, closedEventId: armedBy } = record;
    return { ...entry, state: 'standing', sinceMs, output: record.result, armedBy };
  }
  if (record.outcome === null) {
    /* [G8]: cut off while under way. */
    if (records.closed) return { ...entry, state: 'mayStand', sinceMs: records.closed.timeMs };
    return attempted
      ? { ...entry, state: 'mayStand', sinceMs: record.scheduledMs, armedBy: record.scheduledEventId, underWay: true }
      : entry;
  }
  const { failure } = record;
  if (record.notApplied) return { ...entry, failure };
  const unknown: Working = {
    ...entry,
    state: 'mayStand',
    sinceMs: record.closedMs,
    failure,
    armedBy: record.closedEventId,
  };
  const check = records.activities.findLast(
    (each) => each.forwardId === record.forwardId && each.parsed?.role === 'check' && each.outcome === 'completed'
  );
  const applied = check && (check.result as { applied?: unknown; output?: unknown } | null);
  if (check && applied && typeof applied.applied === 'boolean') {
    if (!applied.applied) return { ...entry, failure };
    const { closedMs: sinceMs, closedEventId: armedBy } = check;
    return { ...unknown, state: 'standing', output: applied.output, sinceMs, armedBy, failure: null };
  }
  const answer = outcomeDecisions(records).findLast(
    (each) => each.decision.nodeId === record.activityId || each.decision.nodeId === node.id
  );
  if (!answer) return unknown;
  const decidedBy = { name: answer.by, reason: answer.decision.reason };
  switch (answer.decision.choice) {
    case 'applied':
      return {
        ...unknown,
        state: 'standing',
        output: answer.decision.output,
        sinceMs: answer.atMs,
        armedBy: answer.eventId,
        failure: null,
        decidedBy,
      };
    case 'notApplied':
      return { ...entry, sinceMs: answer.atMs, failure, decidedBy };
    case 'undo':
      return { ...unknown, decidedBy };
  }
}

/** [G5] [G6] */
function applyUndo(entry: Working, records: Records): void {
  const undo = records.activities.findLast(
    (each) => each.parsed?.role === 'undo' && each.forwardId === entry.activityId
  );
  if (!undo) return;
  entry.failure = undo.failure;
  if (undo.outcome === null) {
    entry.state = 'undoing';
    entry.sinceMs = undo.scheduledMs;
    return;
  }
  entry.sinceMs = undo.closedMs;
  if (undo.outcome === 'completed') {
    entry.state = 'undone';
    return;
  }
  entry.state = 'undoFailed';
  const answer = undoDecisions(records).findLast(
    (each) =>
      each.eventId > (undo.closedEventId ?? 0) &&
      (each.decision.nodeId === entry.activityId ||
        each.decision.nodeId === entry.nodeId ||
        each.decision.nodeId === undo.activityId)
  );
  if (!answer || answer.decision.choice === 'retry') return;
  entry.state = answer.decision.choice === 'doneByHand' ? 'doneByHand' : 'leftStanding';
  entry.sinceMs = answer.atMs;
  entry.decidedBy = { name: answer.by, reason: answer.decision.reason };
}

const rankOf = ({ state, underWay }: Working): number => (state === 'undoing' ? 2 : underWay ? 1 : 0);

/** [G7] */
function numberUndos(entries: Working[], manifest: FlowManifest, closed: boolean): void {
  if (closed) return;
  const pivots = entries.filter((entry) => manifest.nodes[entry.nodeId]?.pivot && entry.state === 'standing');
  const passed = Math.max(-1, ...pivots.map((entry) => entry.armedBy ?? -1));
  const due = entries
    .filter((entry) => entry.undoTitle !== null && entry.effect === 'reversible' && entry.armedBy !== null)
    .filter((entry) => entry.state === 'standing' || entry.state === 'mayStand' || entry.state === 'undoing')
    .filter((entry) => entry.armedBy! > passed && !manifest.nodes[entry.nodeId]?.afterPivot)
    .sort((a, b) => rankOf(b) - rankOf(a) || b.armedBy! - a.armedBy!);
  due.forEach((entry, index) => (entry.undoOrder = index + 1));
}

function lastByForwardId(records: readonly ActivityRecord[]): ActivityRecord[] {
  return [...new Map(records.map((record) => [record.forwardId, record])).values()];
}
