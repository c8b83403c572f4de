/**
 * The ledger of a run: every step with an effect, and whether that effect remains, may remain, or was undone. Lists,
 * counts, previews, the drawing and receipts all use this one function (remaining.ts counts). It is a pure function
 * of (history, pending attempts, settlements, manifest), so that it works on closed runs without a worker; the query
 * `__ledger` must agree with it.
 *
 * Rules
 * [G1] Every step with an effect has an entry, in the order of the flow; a step in a loop has one entry for each
 *      item.
 * [G2] The effect of a completed step remains. It may have happened from the time when an attempt was sent until the
 *      outcome is known. Pending attempts show whether one was sent; if they are unknown, a scheduled activity counts
 *      as sent.
 * [G3] After any close but Completed the outcome is unknown, and the effect may remain, unless it certainly did not
 *      happen (saga/outcome.ts).
 * [G4] A check that answers `applied`, and an operator's decision, settle an unknown outcome. A check that answers
 *      `not applied` settles it only if no late call can follow [G9].
 * [G5] The last scheduled undo decides between undoing, undone and undo failed.
 * [G6] 'Done by hand' and 'leave it' end an undo that failed, or whose input could not be computed. After 'retry' the
 *      state is undoing as soon as the undo is scheduled again.
 * [G7] Undo order is the reverse order of arming: last done, first undone. Steps that still run come first: their
 *      outcome is settled before anything is undone. Null if the effect will not be undone: no undo, after the pivot,
 *      run closed.
 * [G8] A closed run undoes nothing more: the effects of steps that ran when it was closed may remain.
 * [G9] The undo of an unknown outcome settles it only if the target refuses a forward call that arrives later, or if
 *      the undo was scheduled after the time within which late calls settle. Otherwise the effect may remain although
 *      the undo ran.
 * [G10] On a closed run a person can settle effects that remain or may remain.
 * [G11] An answer that arrives after the run was closed settles the outcome of its step: the effect happened, or it
 *      certainly did not.
 * [G12] An operator who ends the wait for an answer, or for late calls to settle, leaves the outcome unknown: the
 *      effect may have happened, and no time is known any more after which late calls settle. An answer that comes all
 *      the same settles the outcome if no undo was scheduled before it, or if it says that the effect did not happen.
 * [G14] What a child has left when it ends is in the ledger of the parent that waits for it, each effect with the id that
 *      the child's step gives it (saga/handed.ts). While the child runs, and if it is unknown what it has left, the child
 *      itself is one effect that may remain.
 * [G13] An undo that failed may have been carried out all the same, unless it certainly was not (saga/outcome.ts): the
 *      effect may remain, whatever was known of it before. Only a person who looked can say that it remains [G10].
 * [G16] The effects that the runs before this one in its chain have carried to it are in its ledger, before its own. Those
 *      of a run that continued as new belong to the next run.
 * [G15] An effect that belongs to another run now (passed-on.ts) has an entry, and is not counted.
 */
import type { FlowManifest, NodeManifest } from '../flow/manifest';
import { itemWords } from './item-words';
import { OUTCOME_DECISION_UPDATE, UNDO_DECISION_UPDATE, type LedgerState } from '../saga/contract';
import { carriedEffects } from '../saga/carried';
import { handedEffects, handedIdOf, type HandedEffect } from '../saga/handed';
import { NOT_APPLIED } from '../saga/outcome';
import { nodeIdOf } from '../saga/item-path';
import type { ActivityRecord, Records } from './records';
import { isHandedWaitEnded, isWaitEnded, outcomeDecisions, readRecords, undoDecisions, waitEnd } from './records';
import type { LateAnswer, Ledger, LedgerEntry, PassedOn, PendingActivityView, RunEvent, Settlement } from './model';
import { heldBy } from './passed-on';

const LEFT: ReadonlySet<LedgerState> = new Set(['standing', 'mayStand', 'undoing', 'undoFailed', 'leftStanding']);
/** True if the effect remains or may remain. */
export const isLeft = (state: LedgerState): boolean => LEFT.has(state);
/** True if it is known that the effect remains; false if it may remain, and if it does not. */
export const surelyRemains = ({ state, happened, mayBeUndone }: RemainsBy): boolean =>
  isLeft(state) && happened === 'yes' && !mayBeUndone;
type RemainsBy = Pick<LedgerEntry, 'state' | 'happened' | 'mayBeUndone'>;

/** What is known about a run beside its history. */
export interface KnownBeside {
  /** Null: it is not known which attempts are in flight (a closed run, a worker that is away). */
  pending: readonly PendingActivityView[] | null;
  /** What people recorded after the run had closed. */
  settlements: readonly Settlement[];
  /** What calls answered after the run had closed; nothing where it is missing. */
  lateAnswers?: readonly LateAnswer[];
  /** Nothing where it is missing. */
  passedOn?: PassedOn | null;
}
export const NOTHING_BESIDE: KnownBeside = { pending: null, settlements: [] };

interface Working extends LedgerEntry {
  /** The event that armed it; it determines the order of undoing. */
  armedBy: number | null;
  /** The event with which its step began; null if it did not begin. */
  beganBy: number | null;
  /** When the forward activity closed with an unknown outcome. */
  unknownSinceMs: number | null;
  /** It was handed over by a child: with its late calls, and what was known of its undo. */
  handed?: Pick<HandedEffect, 'late' | 'mayBeUndone'> & { byEventId: number };
}

export function ledgerOf(
  events: readonly RunEvent[],
  manifest: FlowManifest,
  beside: KnownBeside = NOTHING_BESIDE
): Ledger {
  return ledgerFrom(readRecords(events), manifest, beside);
}

export function ledgerFrom(records: Records, manifest: FlowManifest, beside: KnownBeside = NOTHING_BESIDE): Ledger {
  const entries: Working[] = [];
  const ownRecords = recordsByStep(records);
  const carried = entriesCarried(records, manifest);
  for (const node of Object.values(manifest.nodes)) {
    const before = carried.get(node.id) ?? [];
    entries.push(...before);
    if (node.child) entries.push(...entriesOfChild(node, records, manifest, before.length > 0));
    if (node.effect === 'none' || node.kind !== 'action') continue;
    const forward = lastByForwardId(
      records.activities.filter((each) => each.parsed?.nodeId === node.id && each.parsed.role === 'do')
    );
    if (forward.length === 0 && before.length === 0) entries.push(blank(node, node.id, manifest));
    for (const record of forward) entries.push(entryOf(node, record, ownRecords(record.forwardId), beside, manifest));
  }
  for (const entry of entries) applyUndo(entry, ownRecords(entry.activityId), manifest.nodes[entry.nodeId]!);
  const closed = records.closed !== null;
  if (closed) {
    for (const entry of entries) if (entry.state === 'undoing') become(entry, 'mayStand', 'maybe');
    for (const settlement of beside.settlements) settle(entries, settlement);
  }
  numberUndos(entries, manifest, closed, records.carried?.pivoted ?? false);
  return counted(
    entries.map(({ armedBy: _, unknownSinceMs: __, handed: ___, beganBy, ...entry }) => ({
      ...entry,
      heldBy: closed ? holderOf({ ...entry, beganBy }, records, beside) : null,
    }))
  );
}

function holderOf(entry: Parameters<typeof heldBy>[0], { closed, handed }: Records, { passedOn }: KnownBeside) {
  const next = closed?.type === 'WorkflowExecutionContinuedAsNew' ? 'nextRun' : null;
  return heldBy(entry, handed, passedOn) ?? next;
}

/** True for an effect that remains or may remain, and belongs to this run. [G15] */
export const countsHere = ({ state, heldBy }: Pick<LedgerEntry, 'state' | 'heldBy'>): boolean =>
  isLeft(state) && heldBy === null;

export function counted(entries: LedgerEntry[]): Ledger {
  const left = entries.filter(countsHere);
  const remains = left.filter(surelyRemains).length;
  return { entries, remains, mayRemain: left.length - remains, left: left.length };
}

/** What decides about one step, which is little of a long run: its own activities, and what operators decided. [LI3] */
function recordsByStep(records: Records): (forwardId: string) => Records {
  const byStep = new Map<string, ActivityRecord[]>();
  for (const record of records.activities) {
    const known = byStep.get(record.forwardId);
    if (known) known.push(record);
    else byStep.set(record.forwardId, [record]);
  }
  const updates = records.updates.filter(({ name }) => DECISIONS.has(name));
  return (forwardId) => ({ ...records, updates, activities: byStep.get(forwardId) ?? [] });
}
const DECISIONS: ReadonlySet<string> = new Set([UNDO_DECISION_UPDATE, OUTCOME_DECISION_UPDATE]);

function blank(node: NodeManifest, activityId: string, manifest: FlowManifest): Working {
  return {
    nodeId: node.id,
    activityId,
    title: node.title + itemWords(activityId, manifest),
    undoTitle: node.undo ? node.undo.title + itemWords(activityId, manifest) : null,
    effect: node.effect === 'irreversible' ? 'irreversible' : 'reversible',
    state: 'notArmed',
    happened: 'no',
    underWay: false,
    answersByMs: null,
    undoRan: false,
    mayBeUndone: false,
    answeredLateMs: null,
    undoOrder: null,
    sinceMs: null,
    failure: null,
    decidedBy: null,
    carried: false,
    heldBy: null,
    armedBy: null,
    beganBy: null,
    unknownSinceMs: null,
  };
}

const become = (entry: Working, state: LedgerState, happened: LedgerEntry['happened']) =>
  void Object.assign(entry, { state, happened });

/** [G16] By node. */
function entriesCarried({ carried }: Records, manifest: FlowManifest): Map<string, Working[]> {
  const byNode = new Map<string, Working[]>();
  const effects = carried ? carriedEffects(carried) : [];
  for (const [index, { activityId, title, effect, state, happened, undo, ...more }] of effects.entries()) {
    const node = manifest.nodes[nodeIdOf(activityId)];
    if (!node) continue;
    const own = blank(node, activityId, manifest);
    const words = itemWords(activityId, manifest);
    const isOfChild = activityId.includes('/');
    const entry: Working = {
      ...own,
      ...(isOfChild ? { title: title + words, undoTitle: undo ? undo.title + words : null } : {}),
      effect,
      state,
      happened,
      undoRan: more.undoRan,
      carried: true,
      // Before everything that this run did, in the order of the chain.
      armedBy: (index + 1) / (effects.length + 1),
      beganBy: 0,
      handed: { late: more.late, mayBeUndone: more.mayBeUndone, byEventId: 0 },
    };
    const known = byNode.get(node.id);
    if (known) known.push(entry);
    else byNode.set(node.id, [entry]);
  }
  return byNode;
}

/** [G14] `isKnown`: runs before this one in the chain did something in it. */
function entriesOfChild(node: NodeManifest, records: Records, manifest: FlowManifest, isKnown: boolean): Working[] {
  const runs = records.children.filter(({ nodeId }) => nodeId === node.id);
  const lasts = [...new Map(runs.map((record) => [record.stepId, record])).values()];
  if (node.child?.waits !== 'end') return [];
  if (lasts.length === 0) return node.effect === 'none' || isKnown ? [] : [blank(node, node.id, manifest)];
  return lasts.flatMap((record) => {
    const { stepId, outcome, closedEventId, closedMs: sinceMs, failure, left, initiatedEventId } = record;
    const own = { ...blank(node, stepId, manifest), failure, beganBy: initiatedEventId };
    const handed = left ? handedEffects(left) : [];
    if (handed.length > 0)
      return handed.map((each, index): Working => ({
        ...own,
        activityId: handedIdOf(stepId, each.activityId),
        title: each.title + itemWords(stepId, manifest),
        undoTitle: each.undo ? each.undo.title + itemWords(stepId, manifest) : null,
        effect: each.effect,
        state: each.state,
        happened: each.happened,
        undoRan: each.undoRan,
        sinceMs,
        failure: null,
        // All of them were armed when the child ended, in the order of the child.
        armedBy: (closedEventId ?? 0) + (index + 1) / (handed.length + 1),
        handed: { late: each.late, mayBeUndone: each.mayBeUndone, byEventId: closedEventId ?? 0 },
      }));
    if (node.effect === 'none') return [];
    if (left) return [{ ...own, sinceMs }];
    const unknown: Working = { ...own, state: 'mayStand', happened: 'maybe', undoTitle: null, sinceMs };
    if (outcome !== null) return [{ ...unknown, armedBy: closedEventId }];
    // [G8]
    if (records.closed) return [{ ...unknown, sinceMs: records.closed.timeMs }];
    const underWay = { underWay: true, sinceMs: record.startedMs ?? record.initiatedMs, armedBy: initiatedEventId };
    return [{ ...unknown, ...underWay, undoTitle: own.undoTitle }];
  });
}

/** [G2] [G3] [G4] `records`: of this step. */
function entryOf(
  node: NodeManifest,
  record: ActivityRecord,
  records: Records,
  beside: KnownBeside,
  manifest: FlowManifest
): Working {
  const entry = { ...blank(node, record.activityId, manifest), beganBy: record.scheduledEventId };
  const end = waitEnd(records, record);
  const ended = isWaitEnded(records, record);
  if (record.outcome === 'completed' && !(ended && undoneBefore(record, records))) {
    const { closedMs: sinceMs, closedEventId: armedBy } = record;
    return { ...entry, state: 'standing', happened: 'yes', sinceMs, output: record.result, armedBy };
  }
  const late = record.notApplied ? undefined : lateAnswerTo(record, records, beside);
  if (late) {
    const answered = { ...entry, sinceMs: late.atMs, answeredLateMs: late.atMs, failure: record.failure };
    return late.applied ? { ...answered, state: 'standing', happened: 'yes' } : answered;
  }
  if (record.outcome === null && !ended) {
    /* [G8]: the run was closed while the step ran. */
    if (records.closed) return { ...entry, state: 'mayStand', happened: 'maybe', sinceMs: records.closed.timeMs };
    return underWay(entry, record, beside.pending);
  }
  const { failure } = record;
  if (record.notApplied) return { ...entry, failure };
  const unknown: Working = {
    ...entry,
    state: 'mayStand',
    happened: 'maybe',
    sinceMs: ended ? (end?.atMs ?? null) : record.closedMs,
    failure,
    armedBy: ended ? (end?.eventId ?? null) : record.closedEventId,
    // [G12]
    unknownSinceMs: end ? null : record.closedMs,
    decidedBy: end && { name: end.by, reason: end.decision.reason },
  };
  const check = records.activities.findLast((each) => each.parsed?.role === 'check' && each.outcome === 'completed');
  const applied = check && (check.result as { applied?: unknown; output?: unknown } | null);
  if (check && applied && typeof applied.applied === 'boolean') {
    const { closedMs: sinceMs, closedEventId } = check;
    if (!applied.applied) {
      if (noLateCallAfter(check.scheduledMs, unknown.unknownSinceMs, node)) return { ...entry, failure };
      return { ...unknown, armedBy: node.undo?.armed === 'attempted' ? closedEventId : null };
    }
    return {
      ...unknown,
      state: 'standing',
      happened: 'yes',
      output: applied.output,
      sinceMs,
      armedBy: closedEventId,
      failure: null,
    };
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
        happened: 'yes',
        output: answer.decision.output,
        sinceMs: answer.atMs,
        armedBy: answer.eventId,
        failure: null,
        decidedBy,
      };
    case 'notApplied':
      return { ...entry, sinceMs: answer.atMs, failure, decidedBy };
    case 'undo':
    case 'endWait':
      return { ...unknown, decidedBy };
  }
}

/** Was its undo scheduled before it was answered? */
const undoneBefore = (record: ActivityRecord, { activities }: Records): boolean =>
  activities.some((each) => each.parsed?.role === 'undo' && each.scheduledEventId < (record.closedEventId ?? 0));

/** [G11] */
function lateAnswerTo({ scheduledEventId }: ActivityRecord, { closed }: Records, { lateAnswers }: KnownBeside) {
  return closed ? lateAnswers?.find((each) => each.scheduledEventId === scheduledEventId) : undefined;
}

/** [G2] */
function underWay(entry: Working, record: ActivityRecord, pending: KnownBeside['pending']): Working {
  const known = pending?.find((each) => each.scheduledEventId === record.scheduledEventId);
  const sinceMs = known?.attempts[0]?.startedMs ?? known?.lastStartedMs ?? record.scheduledMs;
  if (known) {
    const sent = known.state !== 'scheduled' || known.attempt > 1 || known.lastStartedMs !== null;
    // This failure holds for all attempts so far, and the next attempt has not begun.
    const denied =
      known.state === 'backingOff' && (known.lastFailure?.type === NOT_APPLIED || known.lastFailure?.notApplied);
    if (!sent || denied) return { ...entry, underWay: true };
  }
  return {
    ...entry,
    state: 'mayStand',
    happened: 'maybe',
    underWay: true,
    answersByMs: answersByMs(record, known),
    sinceMs,
    failure: known?.lastFailure ?? null,
    armedBy: record.scheduledEventId,
  };
}

/**
 * The latest time for the answer to a sent request, by its timeouts; null if no timeout limits it. A run that is
 * asked to stop waits until then; attempts that were not sent yet end at once.
 */
function answersByMs(record: ActivityRecord, pending: PendingActivityView | undefined): number | null {
  if (pending?.state === 'backingOff') return null;
  const sentMs = pending?.lastStartedMs ?? record.scheduledMs;
  const ends = [
    record.startToCloseMs === null ? null : sentMs + record.startToCloseMs,
    record.scheduleToCloseMs === null ? null : record.scheduledMs + record.scheduleToCloseMs,
  ].filter((end) => end !== null);
  return ends.length > 0 ? Math.min(...ends) : null;
}

/**
 * [G9] True if the target can no longer carry out the forward call. For versions that were published before this
 *      declaration existed, targets count as refusing late calls, as they did then.
 */
function noLateCallAfter(askedMs: number, forwardClosedMs: number | null, node: NodeManifest): boolean {
  if (node.lateCalls !== 'possible') return true;
  const { settlesWithinMs } = node;
  return settlesWithinMs !== undefined && forwardClosedMs !== null && askedMs >= forwardClosedMs + settlesWithinMs;
}

/** [G5] [G6] [G9] `records`: of this step. */
function applyUndo(entry: Working, records: Records, node: NodeManifest): void {
  const undos = records.activities.filter((each) => each.parsed?.role === 'undo');
  const undo = undos.at(-1);
  // [G13]
  entry.mayBeUndone =
    (entry.handed?.mayBeUndone ?? false) ||
    undos.some(({ outcome, notApplied }) => outcome !== null && outcome !== 'completed' && !notApplied);
  if (undo) {
    entry.failure = undo.failure;
    if (undo.outcome === null) {
      entry.state = 'undoing';
      entry.sinceMs = undo.scheduledMs;
      return;
    }
    entry.sinceMs = undo.closedMs;
    if (undo.outcome === 'completed') {
      // What was answered after the close may have been carried out after the undo.
      const knownBefore = entry.happened === 'yes' && entry.answeredLateMs === null;
      const settles = entry.handed
        ? handedLateSettles(entry, records)
        : noLateCallAfter(undo.scheduledMs, entry.unknownSinceMs, node);
      const cleared = knownBefore || entry.happened === 'no' || settles;
      if (cleared) entry.state = 'undone';
      else Object.assign(entry, { state: 'mayStand', undoRan: true });
      return;
    }
    entry.state = 'undoFailed';
  } else if (!isLeft(entry.state)) return;
  const answer = undoDecisions(records).findLast(
    (each) =>
      each.eventId > (undo?.closedEventId ?? entry.armedBy ?? 0) &&
      (each.decision.nodeId === entry.activityId ||
        each.decision.nodeId === entry.nodeId ||
        each.decision.nodeId === undo?.activityId)
  );
  if (!answer || answer.decision.choice === 'retry') return;
  entry.state = answer.decision.choice === 'doneByHand' ? 'doneByHand' : 'leftStanding';
  entry.sinceMs = answer.atMs;
  entry.decidedBy = { name: answer.by, reason: answer.decision.reason };
}

/** [G9] The child had computed when late calls settle, and its parent waited for it. */
function handedLateSettles({ activityId, handed }: Working, records: Records): boolean {
  if (!handed?.late) return true;
  return handed.late.settledAtMs !== null && !isHandedWaitEnded(records, activityId, handed.byEventId);
}

/** [G10] */
function settle(entries: Working[], { activityId, found, by, reason, atMs }: Settlement): void {
  const entry = entries.find((each) => each.activityId === activityId);
  if (!entry || !isLeft(entry.state)) return;
  if (found === 'notApplied') become(entry, 'notArmed', 'no');
  else if (found === 'undone') entry.state = 'doneByHand';
  else become(entry, 'leftStanding', 'yes');
  entry.mayBeUndone = false;
  Object.assign(entry, { sinceMs: atMs, decidedBy: { name: by, reason } });
}

const rankOf = (entry: Working): number => (entry.state === 'undoing' ? 2 : entry.underWay ? 1 : 0);

/** [G7] */
function numberUndos(entries: Working[], manifest: FlowManifest, closed: boolean, pivoted: boolean): void {
  if (closed || pivoted) return;
  const pivots = entries.filter((entry) => manifest.nodes[entry.nodeId]?.pivot && entry.state === 'standing');
  const passed = Math.max(-1, ...pivots.map((entry) => entry.armedBy ?? -1));
  const due = entries
    .filter((entry) => entry.undoTitle !== null && entry.effect === 'reversible' && entry.armedBy !== null)
    .filter((entry) => entry.state === 'standing' || entry.state === 'mayStand' || entry.state === 'undoing')
    .filter((entry) => !entry.undoRan)
    .filter((entry) => entry.armedBy! > passed && !manifest.nodes[entry.nodeId]?.afterPivot)
    .sort((a, b) => rankOf(b) - rankOf(a) || b.armedBy! - a.armedBy!);
  due.forEach((entry, index) => (entry.undoOrder = index + 1));
}

function lastByForwardId(records: readonly ActivityRecord[]): ActivityRecord[] {
  return [...new Map(records.map((record) => [record.forwardId, record])).values()];
}
