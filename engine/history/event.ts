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

const LONGEST_SUMMARY = 200;

/** By which flows name the step of a timer or of a child; '' if there is none. */
export function summaryOf({ userMetadata }: HistoryEvent): string {
  try {
    const summary: unknown = JSON.parse(new TextDecoder().decode(userMetadata?.summary?.data ?? new Uint8Array()));
    return typeof summary === 'string' ? summary.slice(0, LONGEST_SUMMARY) : '';
  } catch {
    return '';
  }
}
