/**
 * What a reset of a run to a step would do, for the dialog that asks for it: what the new run takes over, what it does a
 * second time, and why the reset is refused. A pure function of the history and the ledger.
 *
 * Rules
 * [RPV1] The point is the workflow task that first began the step (in a loop: for its first item). Everything that the
 *        task began, and all that came after it, is done again.
 * [RPV2] Effects of steps that began before the point belong to the new run. Effects of later steps remain with this run,
 *        and happen a second time if the new run comes to them.
 * [RPV3] Steps that were under way at the point are not sent again: the new run does not know their outcome.
 * [RPV4] It is refused as by the engine (service/frontend/reset.ts): past the first undo, where the new run would count on
 *        a step that was undone later, and if the parent has taken over what the run left.
 */
import type { FlowManifest } from '../flow/manifest';
import { forwardIdOf, parseActivityId } from './activity-id';
import { isLeft } from './ledger';
import type { Ledger, LedgerEntry, RunEvent } from './model';
import { readRecords, type ActivityRecord, type Records } from './records';

export interface ResetPreview {
  /** The event to which the run is reset: the completion of a workflow task. */
  eventId: number;
  /** Why it is refused, as a sentence; null if it is possible. */
  whyNot: string | null;
  /** Effects that remain or may remain, and that the new run takes over. */
  kept: LedgerEntry[];
  /** [RPV2] Effects that remain or may remain here, and may happen once more. */
  twice: LedgerEntry[];
  /** Titles of the other steps that are done again. */
  again: string[];
  /** [RPV3] Titles. */
  unknown: string[];
  /** Messages that came after the point, by name, in their order. Answers to questions of the flow are not among them. */
  signals: { name: string; count: number }[];
  updates: { name: string; count: number }[];
  /** How often people decided after the point. They are asked again. */
  decisions: number;
}

interface PreviewedRun {
  events: readonly RunEvent[];
  ledger: Ledger;
  manifest: FlowManifest;
}

/** Null: nothing in the history belongs to the node, so it names no point. */
export function previewReset(nodeId: string, run: PreviewedRun): ResetPreview | null {
  const eventId = resetPointOf(nodeId, run.events);
  return eventId === null ? null : previewResetAt(eventId, run);
}

/** `eventId`: the completion of a workflow task. */
export function previewResetAt(eventId: number, { events, ledger, manifest }: PreviewedRun): ResetPreview {
  const records = readRecords(events);
  const isAgain = ({ scheduledEventId, parsed }: ActivityRecord) =>
    scheduledEventId > eventId && (parsed?.role === 'do' || parsed?.role === 'open');
  const beganAgain = new Set([
    ...records.activities.flatMap((record) => (isAgain(record) ? [record.forwardId] : [])),
    ...records.children.flatMap(({ initiatedEventId, stepId }) => (initiatedEventId > eventId ? [stepId] : [])),
  ]);
  // Of a child: the step that runs it.
  const stepOf = ({ activityId }: LedgerEntry) => activityId.split('/', 1)[0]!;
  const left = ledger.entries.filter(({ state, heldBy }) => isLeft(state) && heldBy !== 'newRun');
  const twice = left.filter((entry) => beganAgain.has(stepOf(entry)));
  const titleOf = (stepId: string) => {
    const node = parseActivityId(stepId)?.nodeId ?? stepId;
    return manifest.nodes[node]?.title ?? node;
  };
  const named = new Set(twice.map(stepOf));
  return {
    eventId,
    whyNot: refusalOf(eventId, events, records, titleOf),
    kept: left.filter((entry) => !beganAgain.has(stepOf(entry))),
    twice,
    again: [...new Set([...beganAgain].filter((stepId) => !named.has(stepId)).map(titleOf))],
    unknown: [
      ...new Set(
        records.activities.flatMap(({ scheduledEventId, closedEventId, forwardId, parsed }) =>
          parsed?.role === 'do' && scheduledEventId < eventId && (closedEventId === null || closedEventId > eventId)
            ? [titleOf(forwardId)]
            : []
        )
      ),
    ],
    ...messagesAfter(eventId, events),
  };
}

/** [RPV1] Null: nothing in the history belongs to the node. */
export function resetPointOf(nodeId: string, events: readonly RunEvent[]): number | null {
  const isOfNode = (id: unknown): boolean => {
    const parsed = typeof id === 'string' ? parseActivityId(id) : null;
    return parsed?.nodeId === nodeId && (parsed.role === 'do' || parsed.role === 'open');
  };
  const began = events.find(
    ({ type, attributes, summary }) =>
      (type === 'ActivityTaskScheduled' && isOfNode(attributes.activityId)) ||
      ((type === 'StartChildWorkflowExecutionInitiated' || type === 'TimerStarted') && isOfNode(summary))
  );
  const task = Number(began?.attributes.workflowTaskCompletedEventId);
  return Number.isInteger(task) && task > 0 ? task : null;
}

/** [RPV4] */
function refusalOf(
  eventId: number,
  events: readonly RunEvent[],
  { activities, handed, closed }: Records,
  titleOf: (stepId: string) => string
): string | null {
  const undos = activities.filter(({ parsed }) => parsed?.role === 'undo');
  const before = undos.find(({ scheduledEventId }) => scheduledEventId < eventId);
  if (before) return `The run began to undo its effects before this point, with ${titleOf(before.forwardId)}.`;
  const began = new Set(
    activities.flatMap(({ parsed, scheduledEventId, forwardId }) =>
      parsed?.role === 'do' && scheduledEventId < eventId ? [forwardId] : []
    )
  );
  const ofChildren = new Set(
    events.flatMap(({ id, type, summary }) => {
      const parsed =
        type === 'StartChildWorkflowExecutionInitiated' && id < eventId ? parseActivityId(summary ?? '') : null;
      return parsed ? [forwardIdOf(parsed)] : [];
    })
  );
  const later = undos.find(
    ({ forwardId }) => began.has(forwardId) || (forwardId.includes('/') && ofChildren.has(forwardId.split('/', 1)[0]!))
  );
  if (later)
    return `The run began to undo ${titleOf(later.forwardId)} after this point, and the new run would count on it.`;
  const isChild = events[0] && events[0].attributes.parentWorkflowExecution;
  return closed && isChild && handed.size > 0
    ? 'The run that started it has taken over what it left. Reset that run.'
    : null;
}

function messagesAfter(
  eventId: number,
  events: readonly RunEvent[]
): Pick<ResetPreview, 'signals' | 'updates' | 'decisions'> {
  const signals = new Map<string, number>();
  const updates = new Map<string, number>();
  let decisions = 0;
  const add = (to: Map<string, number>, name: string) => void to.set(name, (to.get(name) ?? 0) + 1);
  for (const { id, type, attributes } of events) {
    if (id < eventId) continue;
    if (type === 'WorkflowExecutionSignaled') add(signals, String(attributes.signalName));
    if (type !== 'WorkflowExecutionUpdateAccepted') continue;
    const { input } = (attributes.acceptedRequest ?? {}) as { input?: { name?: string } };
    const name = input?.name ?? '';
    if (name.startsWith('__')) decisions++;
    else add(updates, name);
  }
  const listed = (from: Map<string, number>) => [...from].map(([name, count]) => ({ name, count }));
  return { signals: listed(signals), updates: listed(updates), decisions };
}
