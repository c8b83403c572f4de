/** Reading events. */
import type { HistoryEvent } from './api';

/** startedEventId of a close whose ActivityTaskStarted is buffered with it. */
export const PLACEHOLDER = -123;

/** The attributes of an activity's closing event, null for any other. */
export const activityClose = (event: HistoryEvent) =>
  event.activityTaskCompletedEventAttributes ??
  event.activityTaskFailedEventAttributes ??
  event.activityTaskTimedOutEventAttributes ??
  event.activityTaskCanceledEventAttributes ??
  null;
