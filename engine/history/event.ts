/** Reading events. */
import type { HistoryEvent } from './api';

/** The startedEventId of a close whose Started is in the buffer with it. */
export const PLACEHOLDER = -123;

/** The attributes of an activity's closing event, null for any other. */
export const activityClose = (event: HistoryEvent) =>
  event.activityTaskCompletedEventAttributes ??
  event.activityTaskFailedEventAttributes ??
  event.activityTaskTimedOutEventAttributes ??
  event.activityTaskCanceledEventAttributes ??
  null;

/** The attributes of a child's closing event, null for any other. */
export const childClose = (event: HistoryEvent) =>
  event.childWorkflowExecutionCompletedEventAttributes ??
  event.childWorkflowExecutionFailedEventAttributes ??
  event.childWorkflowExecutionTimedOutEventAttributes ??
  event.childWorkflowExecutionCanceledEventAttributes ??
  event.childWorkflowExecutionTerminatedEventAttributes ??
  null;
