/**
 * Divides a history into its workflow tasks: for each task, its new events and the WorkflowTaskCompleted that
 * answered it.
 */
import { temporal } from '../../proto';
import type { HistoryEvent } from '../../history/api';

const { EventType } = temporal.api.enums.v1;

export interface TaskEvents {
  /** After the previous task's WorkflowTaskStarted, up to and including this task's. */
  events: HistoryEvent[];
  /** False for the task that is open now. */
  isReplaying: boolean;
}

/** The events of attempts that failed or timed out belong to the task that followed these attempts. */
export function splitTasks(history: readonly HistoryEvent[]): { tasks: TaskEvents[]; rest: HistoryEvent[] } {
  const completed = new Set<string>();
  for (const event of history) {
    const started = event.workflowTaskCompletedEventAttributes?.startedEventId;
    if (started) completed.add(started.toString());
  }
  const last = history.at(-1);
  const tasks: TaskEvents[] = [];
  let events: HistoryEvent[] = [];
  for (const event of history) {
    events.push(event);
    if (event.eventType !== EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED) continue;
    const isReplaying = completed.has(String(event.eventId));
    if (!isReplaying && event !== last) continue;
    tasks.push({ events, isReplaying });
    events = [];
  }
  return { tasks, rest: events };
}
