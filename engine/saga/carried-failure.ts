/**
 * The failure of a run that turns back, as data: the next run of its chain goes on with the undoing, and ends with this
 * failure. What the parts of a failure are called is as in the workflow library.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
  isCancellation,
} from '@temporalio/workflow';
import type { CarriedFailure } from './carried';
import { failureType } from './failures';

/** The workflow library does not export it by its name. */
type RetryState = ActivityFailure['retryState'];
const UNKNOWN = 'NON_RETRYABLE_FAILURE';

export function failureAsData(error: unknown): CarriedFailure {
  const message = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause !== undefined ? failureAsData(error.cause) : null;
  const base = { message, cause };
  if (error instanceof ActivityFailure) {
    const { activityType, activityId = '', retryState = UNKNOWN, identity = '' } = error;
    return { ...base, kind: 'activity', activityType, activityId, retryState, identity };
  }
  if (error instanceof ChildWorkflowFailure) {
    const { namespace = '', workflowType, retryState = UNKNOWN } = error;
    const { workflowId, runId } = error.execution;
    const execution = { workflowId: workflowId ?? '', runId: runId ?? '' };
    return { ...base, kind: 'child', namespace, execution, workflowType, retryState };
  }
  if (error instanceof TimeoutFailure)
    return { ...base, kind: 'timeout', timeoutType: error.timeoutType ?? 'START_TO_CLOSE' };
  if (isCancellation(error)) return { ...base, kind: 'cancelled' };
  const isOurs = error instanceof ApplicationFailure;
  const details = isOurs ? (error.details ?? []) : [];
  return { ...base, kind: 'application', type: failureType(error), details };
}

export function failureFromData(data: CarriedFailure): Error {
  const { message } = data;
  const cause = data.cause ? failureFromData(data.cause) : undefined;
  switch (data.kind) {
    case 'activity': {
      const { activityType, activityId, identity } = data;
      return new ActivityFailure(message, activityType, activityId, data.retryState as RetryState, identity, cause);
    }
    case 'child': {
      const { namespace, execution, workflowType } = data;
      return new ChildWorkflowFailure(namespace, execution, workflowType, data.retryState as RetryState, cause);
    }
    case 'timeout':
      return new TimeoutFailure(message, undefined, data.timeoutType as TimeoutFailure['timeoutType']);
    case 'cancelled':
      return new CancelledFailure(message, [], cause);
    case 'application':
      return ApplicationFailure.create({ message, type: data.type, nonRetryable: true, details: data.details, cause });
  }
}
