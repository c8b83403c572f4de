/** What an event of a history is about, in a few words, and the node of the drawing to which it belongs. Pure. */
import type { FlowManifest } from '@/engine/flow/manifest';
import { parseActivityId } from '@/engine/run-view/activity-id';
import { clauseOf, failureOf } from '@/engine/run-view/failure';
import { fieldsOf } from '@/engine/run-view/fields';
import type { RunEvent } from '@/engine/run-view/model';

export interface EventLine {
  event: RunEvent;
  nodeId: string | null;
  /** What the event is about; '' if the type says everything. */
  what: string;
  /** True if the event reports a failure. */
  trouble: boolean;
}

/** One line for each event, in their order. */
export function eventLinesOf(events: readonly RunEvent[], manifest: FlowManifest): EventLine[] {
  /** Data that later events look up by the id of the event that began the work. */
  const begun = new Map<number, { nodeId: string | null; what: string }>();
  return events.map((event) => {
    const own = beginningOf(event, manifest);
    if (own) begun.set(event.id, own);
    const { scheduledEventId, startedEventId, acceptedEventId } = event.attributes;
    const about =
      own ??
      [scheduledEventId, startedEventId, acceptedEventId].flatMap((id) => begun.get(Number(id)) ?? [])[0] ??
      null;
    const failure = failureOf(event.attributes.failure);
    const rejected = event.rejected === undefined ? '' : `rejected: ${event.rejected}`;
    const words = [about?.what ?? ownWords(event), failure ? clauseOf(failure) : rejected].filter(Boolean).join(': ');
    return { event, nodeId: about?.nodeId ?? null, what: words, trouble: failure !== null || rejected !== '' };
  });
}

function beginningOf(event: RunEvent, manifest: FlowManifest): { nodeId: string | null; what: string } | null {
  const { attributes, type } = event;
  if (type === 'ActivityTaskScheduled' && typeof attributes.activityId === 'string') {
    const parsed = parseActivityId(attributes.activityId);
    const node = parsed ? manifest.nodes[parsed.nodeId] : undefined;
    if (!parsed || !node) return { nodeId: null, what: nameOf(attributes.activityType) };
    return { nodeId: parsed.nodeId, what: parsed.role === 'undo' ? (node.undo?.title ?? node.title) : node.title };
  }
  if (type === 'TimerStarted') {
    const node = event.summary ? manifest.nodes[event.summary] : undefined;
    return { nodeId: node?.id ?? null, what: node?.title ?? event.summary ?? String(attributes.timerId ?? '') };
  }
  if (type === 'WorkflowExecutionUpdateAccepted') {
    const request = fieldsOf(attributes.acceptedRequest);
    return { nodeId: null, what: String(fieldsOf(request.input).name ?? '') };
  }
  return null;
}

function ownWords({ type, attributes }: RunEvent): string {
  switch (type) {
    case 'WorkflowExecutionStarted':
      return nameOf(attributes.workflowType);
    case 'WorkflowExecutionSignaled':
      return String(attributes.signalName ?? '');
    case 'WorkflowExecutionCancelRequested':
      return String(attributes.cause ?? '');
    case 'WorkflowExecutionTerminated':
      return String(attributes.reason ?? '');
    case 'MarkerRecorded':
      return String(attributes.markerName ?? '');
    case 'UpsertWorkflowSearchAttributes':
      return Object.entries(fieldsOf(fieldsOf(attributes.searchAttributes).indexedFields))
        .map(([key, value]) => `${key} ${String(value)}`)
        .join(', ');
    default:
      return '';
  }
}

const nameOf = (type: unknown): string => String(fieldsOf(type).name ?? '');

/**
 * A filter while it is typed: a regular expression, or the plain text if it is not a valid one yet. Null matches
 * everything.
 */
export function filterOf(text: string): ((line: EventLine) => boolean) | null {
  const typed = text.trim();
  if (!typed) return null;
  let matches: (text: string) => boolean;
  try {
    const pattern = new RegExp(typed, 'i');
    matches = (line) => pattern.test(line);
  } catch {
    const lower = typed.toLowerCase();
    matches = (line) => line.toLowerCase().includes(lower);
  }
  return ({ event, what }) => matches(`${event.id} ${event.type} ${what}`);
}
