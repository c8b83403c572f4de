/** Rule H3: what an event must contain by itself, independent of the events around it. */
import { temporal } from '../proto';
import type { HistoryEvent } from './api';

const { EventType } = temporal.api.enums.v1;

/** EVENT_TYPE_ACTIVITY_TASK_SCHEDULED → activityTaskScheduledEventAttributes */
const attributesOf = (type: number): string =>
  `${(EventType[type] ?? '')
    .replace('EVENT_TYPE_', '')
    .toLowerCase()
    .replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())}EventAttributes`;

/** Fields without which an event has no meaning. */
const required: Record<string, readonly string[]> = {
  workflowExecutionStarted: [
    'workflowType.name',
    'taskQueue.name',
    'workflowId',
    'originalExecutionRunId',
    'firstExecutionRunId',
    'attempt',
    'workflowTaskTimeout',
  ],
  workflowTaskScheduled: ['taskQueue.name', 'startToCloseTimeout', 'attempt'],
  activityTaskScheduled: [
    'activityId',
    'activityType.name',
    'taskQueue.name',
    'startToCloseTimeout',
    'scheduleToCloseTimeout',
    'scheduleToStartTimeout',
    'heartbeatTimeout',
    'retryPolicy.initialInterval',
    'retryPolicy.maximumInterval',
    'retryPolicy.backoffCoefficient',
  ],
  activityTaskStarted: ['attempt', 'requestId'],
  activityTaskFailed: ['failure', 'retryState'],
  activityTaskTimedOut: ['failure.timeoutFailureInfo', 'retryState'],
  timerStarted: ['timerId', 'startToFireTimeout'],
  workflowExecutionSignaled: ['signalName'],
  startChildWorkflowExecutionInitiated: [
    'namespace',
    'workflowId',
    'workflowType.name',
    'taskQueue.name',
    'parentClosePolicy',
    'workflowIdReusePolicy',
  ],
  startChildWorkflowExecutionFailed: ['namespace', 'workflowId', 'workflowType.name', 'cause'],
  childWorkflowExecutionStarted: ['namespace', 'workflowExecution.runId', 'workflowType.name'],
  childWorkflowExecutionCompleted: ['namespace', 'workflowExecution.runId', 'workflowType.name'],
  childWorkflowExecutionFailed: ['namespace', 'workflowExecution.runId', 'workflowType.name', 'failure', 'retryState'],
  childWorkflowExecutionTimedOut: ['namespace', 'workflowExecution.runId', 'workflowType.name', 'retryState'],
  childWorkflowExecutionCanceled: ['namespace', 'workflowExecution.runId', 'workflowType.name'],
  childWorkflowExecutionTerminated: ['namespace', 'workflowExecution.runId', 'workflowType.name'],
  signalExternalWorkflowExecutionInitiated: ['namespace', 'workflowExecution.workflowId', 'signalName'],
  signalExternalWorkflowExecutionFailed: ['namespace', 'workflowExecution.workflowId', 'cause'],
  externalWorkflowExecutionSignaled: ['namespace', 'workflowExecution.workflowId'],
  requestCancelExternalWorkflowExecutionInitiated: ['namespace', 'workflowExecution.workflowId'],
  requestCancelExternalWorkflowExecutionFailed: ['namespace', 'workflowExecution.workflowId', 'cause'],
  externalWorkflowExecutionCancelRequested: ['namespace', 'workflowExecution.workflowId'],
  markerRecorded: ['markerName'],
  workflowExecutionFailed: ['failure', 'retryState'],
  workflowExecutionContinuedAsNew: [
    'newExecutionRunId',
    'workflowType.name',
    'taskQueue.name',
    'initiator',
    'workflowTaskTimeout',
  ],
  workflowExecutionUpdateAdmitted: ['request.meta.updateId', 'request.input.name', 'origin'],
  workflowExecutionUpdateAccepted: ['protocolInstanceId', 'acceptedRequestMessageId', 'acceptedRequest'],
  workflowExecutionUpdateCompleted: ['outcome', 'meta.updateId'],
};

/** A decoded message has its defaults on the prototype, so a field that was never set reads as '', 0 or null. */
function present(attributes: object, path: string): boolean {
  let value: unknown = attributes;
  for (const name of path.split('.')) {
    if (value === null || typeof value !== 'object') return false;
    value = (value as Record<string, unknown>)[name];
  }
  return value !== null && value !== undefined && value !== '' && value !== 0;
}

/** What is wrong with the event. `whole`: its attributes are those of its type, so its references can be read. */
export function checkEvent(event: HistoryEvent): { problems: string[]; whole: boolean } {
  const problems = event.eventTime ? [] : ['has no time'];
  const expected = attributesOf(event.eventType ?? 0);
  const set = Object.keys(event).filter((key) => key.endsWith('EventAttributes') && event[key as keyof HistoryEvent]);
  if (set.length !== 1 || set[0] !== expected) {
    problems.push(`has ${set.join(', ') || 'no attributes'}; its type asks for ${expected}`);
    return { problems, whole: false };
  }
  const attributes = event[expected as keyof HistoryEvent] as object;
  for (const field of required[expected.replace('EventAttributes', '')] ?? []) {
    if (!present(attributes, field)) problems.push(`${field} is not set`);
  }
  return { problems, whole: true };
}
