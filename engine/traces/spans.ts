/**
 * The spans of a closed run, from its history alone.
 *
 * Rules
 * [TRC1] One trace a run: a span of the run, below it one of each step, timer and child, and below a step one of its last
 *        attempt. Earlier attempts are in no history: the step has their number.
 * [TRC2] No value of a run is in a span: no input, no output, no message of an error; the name of an error, names of steps and
 *        ids are.
 * [TRC3] A run links to the run before it in its chain and to the step of its parent, the step of a child to the child's run.
 * [TRC4] A history of any length gives at most MOST_SPANS spans; the span of the run says how many were left out.
 */
import { errorName, type HistoryEvent } from '../history';
import { temporal } from '../proto';
import { idOf, timestampMs } from '../proto-time';
import { spanIdOf, traceIdOf } from './ids';

const { EventType } = temporal.api.enums.v1;
type Failure = temporal.api.failure.v1.IFailure;

export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  startMs: number;
  endMs: number;
  status: 'ok' | 'error' | 'unset';
  attributes: Record<string, string | number | boolean>;
  links: { traceId: string; spanId: string; attributes: Record<string, string> }[];
}

export interface ClosedRun {
  namespace: string;
  workflowId: string;
  runId: string;
  /** The published flow; undefined for other workflows. */
  flow: string | undefined;
}

export const MOST_SPANS = 5_000;

/** What is open: by the id of the event that began it. */
interface Begun {
  name: string;
  startMs: number;
  attributes: Span['attributes'];
  links: Span['links'];
  attempt: { startedMs: number; number: number } | null;
}

export function spansOf(run: ClosedRun, events: readonly HistoryEvent[]): Span[] {
  const traceId = traceIdOf(run.runId);
  const rootId = spanIdOf(run.runId);
  const begun = new Map<number, Begun>();
  const spans: Span[] = [];
  let leftOut = 0;
  const add = (span: Omit<Span, 'traceId'>) => {
    if (spans.length < MOST_SPANS - 1) spans.push({ traceId, ...span });
    else leftOut++;
  };
  const end = (eventId: number, endMs: number, failure: Failure | null, result: string) => {
    const found = begun.get(eventId);
    if (!found) return;
    begun.delete(eventId);
    const { name, startMs, attributes, links, attempt } = found;
    const status: Span['status'] = result === 'completed' ? 'ok' : result === 'canceled' ? 'unset' : 'error';
    const spanId = spanIdOf(run.runId, String(eventId));
    const outcome = { 'backstitch.result': result, ...(failure ? { 'error.type': errorName(failure) } : {}) };
    const attempts: Span['attributes'] = attempt ? { 'backstitch.attempts': attempt.number } : {};
    add({
      spanId,
      parentSpanId: rootId,
      name,
      startMs,
      endMs,
      status,
      attributes: { ...attributes, ...attempts, ...outcome },
      links,
    });
    if (!attempt) return;
    add({
      spanId: spanIdOf(run.runId, `${eventId}/${attempt.number}`),
      parentSpanId: spanId,
      name: `${name} attempt ${attempt.number}`,
      startMs: attempt.startedMs,
      endMs,
      status,
      attributes: { ...attributes, 'backstitch.attempt': attempt.number, ...outcome },
      links: [],
    });
  };

  const [first] = events;
  const last = events.at(-1);
  const started = first?.workflowExecutionStartedEventAttributes;
  if (!first || !last || !started) return [];
  for (const event of events) step(event, begun, end);
  const endMs = timestampMs(last.eventTime);
  // What was open when the run closed ended with it.
  for (const eventId of [...begun.keys()]) end(eventId, endMs, null, 'abandoned');

  const workflowType = started.workflowType?.name ?? '';
  const { result, failure, status } = endOf(last);
  const { parentWorkflowExecution: parent, parentInitiatedEventId, continuedExecutionRunId } = started;
  const links: Span['links'] = [];
  if (parent?.runId)
    links.push({
      traceId: traceIdOf(parent.runId),
      spanId: spanIdOf(parent.runId, String(idOf(parentInitiatedEventId))),
      attributes: { 'backstitch.link': 'parent' },
    });
  if (continuedExecutionRunId)
    links.push({
      traceId: traceIdOf(continuedExecutionRunId),
      spanId: spanIdOf(continuedExecutionRunId),
      attributes: { 'backstitch.link': 'run before' },
    });
  const root: Span = {
    traceId,
    spanId: rootId,
    parentSpanId: null,
    name: run.flow ?? workflowType,
    startMs: timestampMs(first.eventTime),
    endMs,
    status,
    attributes: {
      'backstitch.namespace': run.namespace,
      'backstitch.workflow_id': run.workflowId,
      'backstitch.run_id': run.runId,
      'backstitch.workflow_type': workflowType,
      ...(run.flow ? { 'backstitch.flow': run.flow } : {}),
      'backstitch.result': result,
      ...(failure ? { 'error.type': errorName(rootCause(failure)) } : {}),
      ...(leftOut > 0 ? { 'backstitch.spans_left_out': leftOut } : {}),
    },
    links,
  };
  return [root, ...spans];
}

function step(
  event: HistoryEvent,
  begun: Map<number, Begun>,
  end: (eventId: number, endMs: number, failure: Failure | null, result: string) => void
): void {
  const atMs = timestampMs(event.eventTime);
  const eventId = idOf(event.eventId);
  const begin = (name: string, attributes: Span['attributes'], links: Span['links'] = []) =>
    begun.set(eventId, { name, startMs: atMs, attributes, links, attempt: null });
  const ends = (
    attributes: {
      scheduledEventId?: unknown;
      startedEventId?: unknown;
      initiatedEventId?: unknown;
      failure?: Failure | null;
    },
    id: Parameters<typeof idOf>[0],
    result: string
  ) => end(idOf(id), atMs, attributes.failure ?? null, result);
  switch (event.eventType) {
    case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: {
      const { activityId, activityType } = event.activityTaskScheduledEventAttributes!;
      const [id, type] = [activityId ?? '', activityType?.name ?? ''];
      begin(id, { 'backstitch.kind': 'step', 'backstitch.step': id, 'backstitch.activity': type });
      return;
    }
    case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED: {
      const { scheduledEventId, attempt } = event.activityTaskStartedEventAttributes!;
      const found = begun.get(idOf(scheduledEventId));
      if (found) found.attempt = { startedMs: atMs, number: attempt ?? 1 };
      return;
    }
    case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: {
      const attributes = event.activityTaskCompletedEventAttributes!;
      return ends({}, attributes.scheduledEventId, 'completed');
    }
    case EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED: {
      const attributes = event.activityTaskFailedEventAttributes!;
      return ends(attributes, attributes.scheduledEventId, 'failed');
    }
    case EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: {
      const attributes = event.activityTaskTimedOutEventAttributes!;
      return ends(attributes, attributes.scheduledEventId, 'timed_out');
    }
    case EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
      return ends({}, event.activityTaskCanceledEventAttributes!.scheduledEventId, 'canceled');
    case EventType.EVENT_TYPE_TIMER_STARTED: {
      const { timerId } = event.timerStartedEventAttributes!;
      begin(`timer ${timerId}`, { 'backstitch.kind': 'timer' });
      return;
    }
    case EventType.EVENT_TYPE_TIMER_FIRED:
      return ends({}, event.timerFiredEventAttributes!.startedEventId, 'completed');
    case EventType.EVENT_TYPE_TIMER_CANCELED:
      return ends({}, event.timerCanceledEventAttributes!.startedEventId, 'canceled');
    case EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: {
      const { workflowType } = event.startChildWorkflowExecutionInitiatedEventAttributes!;
      const type = workflowType?.name ?? '';
      begin(type, { 'backstitch.kind': 'child', 'backstitch.workflow_type': type });
      return;
    }
    case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED: {
      const { initiatedEventId, workflowExecution } = event.childWorkflowExecutionStartedEventAttributes!;
      const runId = workflowExecution?.runId;
      if (runId)
        begun.get(idOf(initiatedEventId))?.links.push({
          traceId: traceIdOf(runId),
          spanId: spanIdOf(runId),
          attributes: { 'backstitch.link': 'child' },
        });
      return;
    }
    case EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_FAILED:
      return ends({}, event.startChildWorkflowExecutionFailedEventAttributes!.initiatedEventId, 'failed');
    case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_COMPLETED:
      return ends({}, event.childWorkflowExecutionCompletedEventAttributes!.initiatedEventId, 'completed');
    case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_FAILED: {
      const attributes = event.childWorkflowExecutionFailedEventAttributes!;
      return ends(attributes, attributes.initiatedEventId, 'failed');
    }
    case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_CANCELED:
      return ends({}, event.childWorkflowExecutionCanceledEventAttributes!.initiatedEventId, 'canceled');
    case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TERMINATED:
      return ends({}, event.childWorkflowExecutionTerminatedEventAttributes!.initiatedEventId, 'terminated');
    case EventType.EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_TIMED_OUT:
      return ends({}, event.childWorkflowExecutionTimedOutEventAttributes!.initiatedEventId, 'timed_out');
    default:
      return;
  }
}

/** 'ActivityError' says nothing: what failed below it does. */
function rootCause(failure: Failure): Failure {
  let cause = failure;
  for (let depth = 0; depth < 20 && cause.cause; depth++) cause = cause.cause;
  return cause;
}

function endOf(event: HistoryEvent): { result: string; failure: Failure | null; status: Span['status'] } {
  switch (event.eventType) {
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
      return { result: 'completed', failure: null, status: 'ok' };
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
      return { result: 'continued_as_new', failure: null, status: 'ok' };
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
      return {
        result: 'failed',
        failure: event.workflowExecutionFailedEventAttributes?.failure ?? null,
        status: 'error',
      };
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
      return { result: 'timed_out', failure: null, status: 'error' };
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
      return { result: 'terminated', failure: null, status: 'error' };
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
      return { result: 'canceled', failure: null, status: 'unset' };
    default:
      return { result: 'open', failure: null, status: 'unset' };
  }
}
